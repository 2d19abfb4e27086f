/* The hash that the tables of this folder are kept by. Keys come from outside: a
   seed that nobody knows keeps them from being made to collide. */

#ifndef REXPAND_LOOKUPS_HASH_H
#define REXPAND_LOOKUPS_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

/* A seed; "somewhere" is any address, for systems without random bytes. */
static inline uint64_t hash_seed(const void *somewhere)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)clock_now() ^ (uint64_t)(uintptr_t)somewhere;
    return seed;
}

static inline uint64_t hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

static inline uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length)
{
    uint64_t word;

    hash = hash_mix(hash, length);
    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = hash_mix(hash, word);
    }
    word = 0;
    if (length > 0)
        memcpy(&word, bytes, length);
    return hash_mix(hash, word);
}

/* The same with upper-case ASCII letters taken as their lower-case ones, eight
   bytes at a time: a byte's bit 5 is set where adding to it carries for 'A' and not
   for what comes behind 'Z'. */
static inline uint64_t hash_lower_word(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low = word & (ones * 0x7f);
    uint64_t from_a = low + ones * (0x80 - 'A');
    uint64_t behind_z = low + ones * (0x80 - 'Z' - 1);
    uint64_t is_upper = (from_a ^ behind_z) & ~word & (ones * 0x80);

    return word | is_upper >> 2;
}

static inline uint64_t hash_bytes_caseless(uint64_t hash, const char *bytes, size_t length)
{
    uint64_t word;

    hash = hash_mix(hash, length);
    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = hash_mix(hash, hash_lower_word(word));
    }
    word = 0;
    if (length > 0)
        memcpy(&word, bytes, length);
    return hash_mix(hash, hash_lower_word(word));
}

#endif
