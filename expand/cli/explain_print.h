/* The tree of an evaluation on paper: for people, or as JSON for programs. */

#ifndef REXPAND_CLI_EXPLAIN_PRINT_H
#define REXPAND_CLI_EXPLAIN_PRINT_H

#include "cli/explained.h"

struct explain_look {
    bool has_colour;
    size_t width; /* of a line, in columns */
};

/* The string, its result, and below what led to it. */
void explain_print_text(const struct explained *root, const struct explain_look *look);

/* One line. */
void explain_print_json(const struct explained *root);

#endif
