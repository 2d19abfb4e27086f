/* What stands behind `rexpand` on the command line. */

#ifndef REXPAND_CLI_OPTIONS_H
#define REXPAND_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "rexpand.h"

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum assignment_kind { ASSIGN_TAINTED, ASSIGN_CLEAN, ASSIGN_OPTION };

/* --set, --set-clean and --option, in their order. */
struct assignment {
    const char *name;
    const char *value;
    enum assignment_kind kind;
};

struct options {
    const struct command *command;
    const char *config_path;  /* -C */
    const char **definitions; /* -D */
    size_t definition_count;
    struct assignment *assignments;
    size_t assignment_count;
    bool is_json;             /* --json */
    enum colour colour;       /* --colour */
    size_t items;             /* --items */
    const char *message_path; /* -bem */
    const char *sender;       /* -f, NULL: none */
    bool dots_are_text;       /* -i, -oi */
    bool values_only;         /* -n */
    const char **words;       /* what is left: strings to expand, names to print */
    size_t word_count;
};

/* Reads the command line. False when it is wrong, which has then been said.
   The strings are those of "argv". */
bool options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* The rows, for --help: how an option is written, and its help. False behind
   the last. */
bool options_describe(size_t index, const char **form, const char **help);

#endif
