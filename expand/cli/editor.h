/* The line editor, if this build and this machine have it. */

#ifndef REXPAND_CLI_EDITOR_H
#define REXPAND_CLI_EDITOR_H

#include "cli/terminal.h"

struct editor {
    const struct terminal_module *module;
    struct terminal *terminal; /* NULL: lines are read as from a pipe */
    char *history_path;
};

/* Opens it when standard input and output are a terminal. */
void editor_open(struct editor *editor);
void editor_close(struct editor *editor);

/* As terminal_completer: names of the language that fit in front of the
   cursor. */
const char *editor_complete(const char *text, size_t length, size_t index, size_t *from);

#endif
