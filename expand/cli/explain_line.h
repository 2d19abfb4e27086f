/* The lines that an explanation is made of. "level" is how far to the right. */

#ifndef REXPAND_CLI_EXPLAIN_LINE_H
#define REXPAND_CLI_EXPLAIN_LINE_H

#include "cli/explain_print.h"

/* A part with its result; says whether all of its source is there to be seen. */
bool explain_line(const struct explain_look *look, const struct explained *part, size_t level);

void explain_lookups(const struct explain_look *look, const struct explained *part, size_t level);

/* $0, $1, … and $value, as the part left them, or a string found them. */
void explain_bindings(const struct explain_look *look, const struct explained *part, size_t level);

void explain_dropped(const struct explain_look *look, size_t count, size_t level);

/* What came of a part, in so many columns; and why it was no value, in a word. */
void explain_result(const struct explain_look *look, const struct explained *part, size_t room);
const char *explain_outcome(const struct explained *part);

/* What there is to say behind a result. */
void explain_notes(const struct explain_look *look, const struct explained *part);

/* A line with a mark in that column. */
void explain_caret(size_t column);

#endif
