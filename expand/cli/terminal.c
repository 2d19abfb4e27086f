/* Line editing, history and completion with libedit. */

#include "cli/terminal.h"

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_LINES = 1000, CANDIDATES_SHOWN = 200 };

struct terminal {
    EditLine *editor;
    History *history;
    const char *history_path;
    const char *prompt;
    terminal_completer completer;
};

static char *show_prompt(EditLine *editor)
{
    struct terminal *terminal;

    (void)el_get(editor, EL_CLIENTDATA, &terminal);
    return (char *)(size_t)terminal->prompt;
}

/* How many bytes all candidates have in common with the first. */
static size_t common_length(const struct terminal *terminal, const char *text, size_t length, size_t *count,
                            size_t *from)
{
    const char *first = terminal->completer(text, length, 0, from);

    *count = 0;
    if (first == NULL)
        return 0;
    size_t common = strlen(first);
    for (*count = 1;; (*count)++) {
        const char *other = terminal->completer(text, length, *count, from);
        if (other == NULL)
            return common;
        while (strncmp(first, other, common) != 0)
            common--;
    }
}

static void show_candidates(const struct terminal *terminal, const char *text, size_t length, size_t count)
{
    size_t from;

    (void)putchar('\n');
    for (size_t i = 0; i < count && i < CANDIDATES_SHOWN; i++)
        (void)printf("%s%s", i == 0 ? "" : "  ", terminal->completer(text, length, i, &from));
    if (count > CANDIDATES_SHOWN)
        (void)printf("  … and %zu more", count - CANDIDATES_SHOWN);
    (void)putchar('\n');
}

static unsigned char complete(EditLine *editor, int key)
{
    struct terminal *terminal;
    const LineInfo *line = el_line(editor);
    size_t length = (size_t)(line->cursor - line->buffer);
    size_t from = 0;
    size_t count;

    (void)key;
    (void)el_get(editor, EL_CLIENTDATA, &terminal);
    size_t common = common_length(terminal, line->buffer, length, &count, &from);
    if (count == 0)
        return CC_ERROR;
    size_t typed = length - from;
    const char *first = terminal->completer(line->buffer, length, 0, &from);
    if (common > typed) {
        char *rest = strndup(first + typed, common - typed);
        bool inserted = rest != NULL && el_insertstr(editor, rest) == 0;
        free(rest);
        return inserted ? CC_REFRESH : CC_ERROR;
    }
    if (count == 1)
        return CC_ERROR;
    show_candidates(terminal, line->buffer, length, count);
    return CC_REDISPLAY;
}

static void close_terminal(struct terminal *terminal)
{
    HistEvent event;

    if (terminal->history != NULL) {
        if (terminal->history_path != NULL)
            (void)history(terminal->history, &event, H_SAVE, terminal->history_path);
        history_end(terminal->history);
    }
    if (terminal->editor != NULL)
        el_end(terminal->editor);
    free(terminal);
}

/* libedit takes apart what is typed by the locale's rules, and drops bytes that
   have no meaning there. */
static void know_utf8(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static struct terminal *open_terminal(const char *name, const char *history_path,
                                      terminal_completer completer)
{
    HistEvent event;
    struct terminal *terminal = calloc(1, sizeof *terminal);

    if (terminal == NULL)
        return NULL;
    *terminal = (struct terminal){.prompt = "", .completer = completer};
    know_utf8();
    terminal->editor = el_init(name, stdin, stdout, stderr);
    terminal->history = history_init();
    if (terminal->editor == NULL || terminal->history == NULL) {
        close_terminal(terminal);
        return NULL;
    }
    terminal->history_path = history_path;
    (void)el_set(terminal->editor, EL_CLIENTDATA, terminal);
    (void)el_set(terminal->editor, EL_PROMPT, show_prompt);
    (void)el_set(terminal->editor, EL_EDITOR, "emacs");
    (void)el_set(terminal->editor, EL_SIGNAL, 1);
    (void)history(terminal->history, &event, H_SETSIZE, HISTORY_LINES);
    (void)history(terminal->history, &event, H_SETUNIQUE, 1);
    (void)el_set(terminal->editor, EL_HIST, history, terminal->history);
    /* The wide form keeps these strings; the other would copy and never free them. */
    (void)el_wset(terminal->editor, EL_ADDFN, L"rexpand-complete", L"Complete a name", complete);
    (void)el_set(terminal->editor, EL_BIND, "^I", "rexpand-complete", NULL);
    (void)el_source(terminal->editor, NULL);
    if (history_path != NULL)
        (void)history(terminal->history, &event, H_LOAD, history_path);
    return terminal;
}

static const char *read_terminal(struct terminal *terminal, const char *prompt, size_t *length)
{
    HistEvent event;
    int count = 0;

    terminal->prompt = prompt;
    const char *line = el_gets(terminal->editor, &count);
    if (line == NULL || count <= 0)
        return NULL;
    *length = (size_t)count;
    if (*length > 0 && line[*length - 1] == '\n')
        (*length)--;
    if (*length > 0)
        (void)history(terminal->history, &event, H_ENTER, line);
    return line;
}

__attribute__((visibility("default"))) const struct terminal_module rexpand_terminal = {
    .open = open_terminal,
    .read_line = read_terminal,
    .close = close_terminal,
};
