/* A program that expands strings as `PROGRAM -be STRING…` does, and prints one
   result after the other: exim4, or rexpand. */

#ifndef REXPAND_TEST_EXPANDER_H
#define REXPAND_TEST_EXPANDER_H

#include <stdbool.h>
#include <stddef.h>

/* What it printed for one string. */
struct expansion {
    char *bytes; /* without the line end behind it; NULL: it stopped at this string */
    size_t length;
};

/* The path of an exim4 on this machine, or NULL. */
const char *exim_path(void);

/* Whether both programs take a string as it is. Exim takes an argument with a
   dash in front for an option, and no argument of more than 256 bytes: a longer string has to
   be a line of standard input, of 1000 bytes at most, without a line end in it, white
   space at its ends or a backslash at the last. */
bool expander_takes(const char *string);

/* Asks for "count" strings, many a process. Where the program stops (crashes, or
   says nothing for ten seconds) the halves are asked again, so that only strings which stop
   it alone have no answer. */
void expander_ask(const char *path, const char *const *strings, size_t count, struct expansion *answers);

/* As expander_ask with a process for each string: nothing of one can show in
   another. */
void expander_ask_singly(const char *path, const char *const *strings, size_t count,
                         struct expansion *answers);

void expansions_free(struct expansion *answers, size_t count);

#endif
