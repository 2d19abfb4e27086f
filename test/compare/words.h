/* The small things that constructs are filled with: numbers, addresses,
   patterns, … Each writes one, right or a little wrong. */

#ifndef REXPAND_TEST_COMPARE_WORDS_H
#define REXPAND_TEST_COMPARE_WORDS_H

#include "test/compare/generate.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define PUT_ONE_OF(generator, ...)                                                                           \
    do {                                                                                                     \
        static const char *const texts_[] = {__VA_ARGS__};                                                   \
        put(generator, texts_[pick(generator, COUNT(texts_))]);                                              \
    } while (0)

void put(struct generator *generator, const char *text);

void write_digits(struct generator *generator);
void write_number(struct generator *generator);
void write_arithmetic(struct generator *generator);
void write_word(struct generator *generator);
void write_domain(struct generator *generator);
void write_local_part(struct generator *generator);
void write_address(struct generator *generator);
void write_addresses(struct generator *generator);
void write_ip(struct generator *generator);
void write_masked(struct generator *generator);
void write_file(struct generator *generator);
void write_key(struct generator *generator);
void write_list_match(struct generator *generator);
void write_pattern(struct generator *generator);
void write_separator(struct generator *generator);
void write_json(struct generator *generator);
void write_base64(struct generator *generator);
void write_hex(struct generator *generator);
void write_time(struct generator *generator);
void write_unicode(struct generator *generator);
void write_encoded(struct generator *generator);
void write_pairs(struct generator *generator);

#endif
