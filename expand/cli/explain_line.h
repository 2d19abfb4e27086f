/* The lines that an explanation is made of. "level" is how far to the right. */

#ifndef REXPAND_CLI_EXPLAIN_LINE_H
#define REXPAND_CLI_EXPLAIN_LINE_H

#include "cli/explain_print.h"

/* A part with its result; says whether all of its source is there to be seen. */
bool print_line(const struct explain_look *look, const struct explained *part, size_t level);

void print_lookups(const struct explain_look *look, const struct explained *part, size_t level);

/* $0, $1, … and $value, as the part left them, or a string found them. */
void print_bindings(const struct explain_look *look, const struct explained *part, size_t level);

void print_dropped(const struct explain_look *look, size_t count, size_t level);

/* What came of a part, in so many columns; and why it was no value, in a word. */
void put_result(const struct explain_look *look, const struct explained *part, size_t room);
const char *result_words(const struct explained *part);

/* What there is to say behind a result. */
void put_notes(const struct explain_look *look, const struct explained *part);

/* A line with a mark in that column. */
void put_caret(size_t column);

bool is_same_text(const struct kept *left, const struct kept *right);

/* The only part of a string, whose line would be the string's again. */
bool is_whole_string(const struct explained *part);

#endif
