#include "cli/editor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/module.h"
#include "rexpand.h"

#ifdef LINE_EDITING_LINKED
static const struct terminal_module *find_module(void)
{
    return &rexpand_terminal;
}
#elif defined LINE_EDITING_MODULE
static const struct terminal_module *find_module(void)
{
    const char *problem;

    return module_find("rexpand_terminal.so", TERMINAL_MODULE_NAME, &problem);
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
