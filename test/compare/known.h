/* Differences from Exim that are meant, each with its reason. The same reasons
   stand in rexpand-language(7), "DIFFERENCES FROM EXIM", or behind @differs in
   test/language. */

#ifndef REXPAND_TEST_COMPARE_KNOWN_H
#define REXPAND_TEST_COMPARE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "test/support/expander.h"

struct known_difference {
    const char *reason;
    /* Extended regular expressions that have to match; NULL: anything does. With "!"
       in front one may not match. For Exim "" says that it stopped. */
    const char *expression;
    const char *exim;
    const char *ours;
};

extern const struct known_difference known_differences[];
extern const size_t known_count;

/* The row that explains a difference; "known_count" when none does. */
size_t known_find(const char *expression, const struct expansion *exim, const struct expansion *ours);

#endif
