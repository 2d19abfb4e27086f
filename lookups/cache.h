/* Answers of earlier lookups, in one block of memory: when it is full the oldest
   make room. */

#ifndef REXPAND_LOOKUPS_CACHE_H
#define REXPAND_LOOKUPS_CACHE_H

#include <stdint.h>

#include "lookups/lookup.h"

enum { LOOKUP_CACHE_BYTES = 1024 * 1024, LOOKUP_CACHE_BUCKETS = 4096, LOOKUP_CACHE_DRIVERS = 32 };

struct lookup_cache {
    char *bytes; /* allocated when the first answer comes */
    uint32_t *buckets;
    uint32_t head; /* where the next entry goes */
    uint32_t tail; /* the oldest entry */
    uint32_t end;  /* behind the last entry before the block's end, when "wraps" */
    bool wraps;    /* head has gone back to the start, tail has not */
    size_t count;
    uint64_t seed;
    uint32_t epochs[LOOKUP_CACHE_DRIVERS]; /* entries of an earlier epoch of their driver are void */
};

void lookup_cache_open(struct lookup_cache *cache);
void lookup_cache_close(struct lookup_cache *cache);

/* What an answer depends on, with its hash. "number" is the driver's place in
   the table. The taint of a query is part of it: the driver may take the same
   bytes apart in another way. */
struct lookup_cache_key {
    const struct lookup_request *request;
    size_t number;
    uint64_t hash;
};

void lookup_cache_key(const struct lookup_cache *cache, struct lookup_cache_key *key,
                      const struct lookup_request *request, size_t number);

bool lookup_cache_same_key(const struct lookup_cache_key *left, const struct lookup_cache_key *right);

/* True: "answer" is filled in, its value copied into the request's arena. */
bool lookup_cache_get(const struct lookup_cache *cache, const struct lookup_cache_key *key,
                      struct lookup_answer *answer);

/* Whether lookup_cache_get would be true. */
bool lookup_cache_holds(const struct lookup_cache *cache, const struct lookup_cache_key *key);

/* Keeps an answer if it is not too large. */
void lookup_cache_put(struct lookup_cache *cache, const struct lookup_cache_key *key,
                      const struct lookup_answer *answer);

/* Forgets all answers of one driver, or all. */
void lookup_cache_forget(struct lookup_cache *cache, size_t number);
void lookup_cache_empty(struct lookup_cache *cache);

#endif
