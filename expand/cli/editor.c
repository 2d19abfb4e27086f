#include "cli/editor.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rexpand.h"

#ifdef LINE_EDITING_LINKED
static const struct terminal_module *find_module(void)
{
    return &rexpand_terminal;
}
#elif defined LINE_EDITING_MODULE
/* Beside the command, where the build puts it, else where `make install`
   does. */
static void *open_module(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "/terminal.so");

    if (length > 0) {
        path[length] = '\0';
        char *slash = strrchr(path, '/');
        memcpy(slash == NULL ? path : slash + 1, "terminal.so", sizeof "terminal.so");
        if (access(path, R_OK) == 0)
            return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return dlopen(REXPAND_MODULE_DIR "/terminal.so", RTLD_NOW | RTLD_LOCAL);
}

static const struct terminal_module *find_module(void)
{
    void *module = open_module();

    return module == NULL ? NULL : dlsym(module, TERMINAL_MODULE_NAME);
}
#else
static const struct terminal_module *find_module(void)
{
    return NULL;
}
#endif

/* $XDG_STATE_HOME/rexpand/history, by default below ~/.local/state. NULL:
   there is no such place. */
static char *make_history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int length = -1;

    if (state != NULL && state[0] == '/')
        length = asprintf(&path, "%s/rexpand/history", state);
    else if (home != NULL && home[0] == '/')
        length = asprintf(&path, "%s/.local/state/rexpand/history", home);
    if (length < 0)
        return NULL;
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, S_IRWXU) == 0 || errno == EEXIST;
        *slash = '/';
        if (made)
            continue;
        free(path);
        return NULL;
    }
    return path;
}

void editor_open(struct editor *editor)
{
    *editor = (struct editor){0};
    if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
        return;
    editor->module = find_module();
    if (editor->module == NULL)
        return;
    editor->history_path = make_history_path();
    editor->terminal = editor->module->open("rexpand", editor->history_path, editor_complete);
}

void editor_close(struct editor *editor)
{
    if (editor->terminal != NULL)
        editor->module->close(editor->terminal);
    free(editor->history_path);
    *editor = (struct editor){0};
}
