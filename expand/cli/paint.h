/* Pieces of a line: text cut to the room there is, in colours where they are
   wanted. */

#ifndef REXPAND_CLI_PAINT_H
#define REXPAND_CLI_PAINT_H

#include "cli/explain_print.h"
#include "cli/shown.h"

enum paint { PLAIN, FAINT, LABEL, VALUE, TAINTED, NO, WRONG, STRING };

/* A text that is the program's own. */
void paint_words(const struct explain_look *look, enum paint paint, const char *text);

/* The columns of such a text. */
size_t paint_columns(const char *text);

/* Whether all of a text fits. */
bool paint_fits(enum shown_as as, const struct kept *text, size_t room);

/* A part of a string as it is written; "…" at its end says that it is cut. */
void paint_source(const struct explain_look *look, enum paint paint, const struct kept *source, size_t room);

/* A value in quotes, and cut, with its length named, where it does not fit. The
   second says too whether it is tainted. */
void paint_quoted(const struct explain_look *look, const struct kept *value, size_t room);
void paint_value(const struct explain_look *look, const struct kept *value, size_t room);

/* The columns that put_value would like to have; more than "most" counts as one
   more. */
size_t paint_value_columns(const struct kept *value, size_t most);

void paint_time(const struct explain_look *look, double seconds);
void paint_message(const struct explain_look *look, const char *message, size_t room);

#endif
