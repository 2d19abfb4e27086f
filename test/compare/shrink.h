/* Makes a string on which the two programs disagree as short as possible. */

#ifndef REXPAND_TEST_COMPARE_SHRINK_H
#define REXPAND_TEST_COMPARE_SHRINK_H

#include <stddef.h>

#include "base/arena.h"

struct comparer {
    const char *exim;
    const char *rexpand;
};

/* The shortest that was found, in "arena". */
const char *shrink(const struct comparer *comparer, struct arena *arena, const char *text);

/* Whether the two disagree on each of "count" strings in a way that is not
   known; each in a process of its own if "singly". */
void disagree(const struct comparer *comparer, const char *const *strings, size_t count, bool singly,
              bool *results);

#endif
