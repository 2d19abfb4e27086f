/* Between the command and its line editor. libedit costs start-up time that
   only a person at a terminal should pay: the editor is a module of its own, loaded at
   its first use (Local/Makefile, LINE_EDITING). It calls the command only through
   what stands here. */

#ifndef REXPAND_CLI_TERMINAL_H
#define REXPAND_CLI_TERMINAL_H

#include <stddef.h>

/* Gives one way to complete the text in front of the cursor: the "index"th
   (from 0) that could replace its last bytes from "*from" on. NULL: no more. */
typedef const char *(*terminal_completer)(const char *text, size_t length, size_t index, size_t *from);

struct terminal;

struct terminal_module {
    /* NULL when the terminal cannot be used. History is read from "history_path"
       and kept there; NULL: not kept. */
    struct terminal *(*open)(const char *name, const char *history_path, terminal_completer completer);
    /* The next line without its end, valid until the next call; NULL at the end
       of input. */
    const char *(*read_line)(struct terminal *terminal, const char *prompt, size_t *length);
    void (*close)(struct terminal *terminal);
};

/* The module's only name, of type "const struct terminal_module". */
#define TERMINAL_MODULE_NAME "rexpand_terminal"

extern const struct terminal_module rexpand_terminal;

#endif
