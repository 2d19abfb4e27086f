/* Strings for both programs to expand, made from a grammar of the language. */

#ifndef REXPAND_TEST_COMPARE_GENERATE_H
#define REXPAND_TEST_COMPARE_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "rexpand.h"

enum { KINDS = REXPAND_VARIABLE + 1, DEEPEST = 5 };

/* How often each row of a table was written. */
struct coverage {
    size_t *counts[KINDS];
    size_t rows[KINDS];
};

struct generator {
    uint64_t state;
    const char *data; /* the folder of the files that lookups look at */
    struct buffer *out;
    unsigned depth;
    struct coverage *coverage;
};

bool coverage_open(struct coverage *coverage);
void coverage_close(struct coverage *coverage);

/* Whether a row is left out, and why; NULL: it is not. */
const char *left_out(enum rexpand_kind kind, const char *name);

/* A number below "limit", which is above 0. */
size_t pick(struct generator *generator, size_t limit);

/* Whether something of one in "chances" happens. */
bool happens(struct generator *generator, size_t chances);

/* Writes string "number" of the series "seed" to "out": the constructs take
   turns in being its outermost one. */
void generate(struct generator *generator, uint64_t seed, size_t number, struct buffer *out);

/* Copies "text" to "out" with some small damage done. */
void damage(struct generator *generator, const char *text, size_t length, struct buffer *out);

#endif
