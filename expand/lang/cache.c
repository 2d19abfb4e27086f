#include "lang/cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lang/node.h"

/* Sets of a few places each; in a set the one that was not used for longest
   gives way. */
enum { SETS = 64, WAYS = 4, USES_BEFORE_FAST = 3 };

/* A line of a megabyte comes once: it should not push out what is small and
   comes again, nor stay in memory. */
enum { LONGEST_KEPT = 8 * 1024 };

struct program_cache_entry {
    struct program *program;
    uint64_t hash;
    uint64_t used; /* when, in the cache's own count */
    unsigned uses;
    unsigned users; /* evaluations under way; ${expand:…} can nest them */
};

struct program_cache {
    struct program_cache_entry entries[SETS][WAYS];
    uint64_t count;
};

struct program_cache *program_cache_new(void)
{
    return calloc(1, sizeof(struct program_cache));
}

void program_cache_free(struct program_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < SETS; i++)
        for (size_t j = 0; j < WAYS; j++)
            program_free(cache->entries[i][j].program);
    free(cache);
}

static const uint64_t hash_factor = UINT64_C(0x9E3779B97F4A7C15);

static uint64_t mix_word(uint64_t hash, const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    hash = (hash ^ word) * hash_factor;
    return hash ^ hash >> 29;
}

/* Eight bytes a step, two steps side by side, and the last eight once more for
   what is left over. The texts are the administrator's own, so nobody gains from making
   two of them meet. */
static uint64_t hash_text(const char *text, size_t length)
{
    enum { WORD = sizeof(uint64_t) };
    uint64_t left = length * hash_factor;
    uint64_t right = hash_factor;
    size_t at = 0;

    if (length < WORD) {
        char padded[WORD] = {0};
        for (; at < length; at++)
            padded[at] = text[at];
        return mix_word(left, padded);
    }
    for (; at + (size_t)2 * WORD <= length; at += (size_t)2 * WORD) {
        left = mix_word(left, text + at);
        right = mix_word(right, text + at + WORD);
    }
    if (at + WORD <= length)
        left = mix_word(left, text + at);
    right = mix_word(right, text + length - WORD);
    left = (left ^ right) * hash_factor;
    return left ^ left >> 32;
}

static struct program_cache_entry *find_entry(struct program_cache_entry *set, uint64_t hash,
                                              const char *text, size_t length)
{
    for (size_t i = 0; i < WAYS; i++) {
        const struct program *program = set[i].program;
        if (program != NULL && set[i].hash == hash && program->source.length == length &&
            memcmp(program->source.bytes, text, length) == 0)
            return &set[i];
    }
    return NULL;
}

/* The place for a new program; NULL when all are being evaluated. */
static struct program_cache_entry *find_place(struct program_cache_entry *set)
{
    struct program_cache_entry *place = NULL;

    for (size_t i = 0; i < WAYS; i++)
        if (set[i].users == 0 && (place == NULL || set[i].used < place->used))
            place = &set[i];
    return place;
}

static void use_entry(struct program_cache *cache, struct program_cache_entry *entry, struct program_use *use)
{
    entry->used = ++cache->count;
    entry->users++;
    if (++entry->uses == USES_BEFORE_FAST && entry->users == 1)
        program_prepare_for_many_runs(entry->program);
    *use = (struct program_use){.program = entry->program, .entry = entry};
}

bool program_cache_acquire(struct program_cache *cache, const char *text, size_t length,
                           struct program_use *use)
{
    uint64_t hash = length > LONGEST_KEPT ? 0 : hash_text(text, length);
    struct program_cache_entry *set = cache->entries[hash % SETS];
    struct program_cache_entry *entry = length > LONGEST_KEPT ? NULL : find_entry(set, hash, text, length);

    if (entry != NULL) {
        use_entry(cache, entry, use);
        return true;
    }
    struct program *program = program_compile(text, length);
    if (program == NULL)
        return false;
    entry = length > LONGEST_KEPT ? NULL : find_place(set);
    if (entry == NULL) {
        *use = (struct program_use){.program = program, .own = program, .is_new = true};
        return true;
    }
    program_free(entry->program);
    *entry = (struct program_cache_entry){.program = program, .hash = hash};
    use_entry(cache, entry, use);
    use->is_new = true;
    return true;
}

void program_cache_release(struct program_use *use)
{
    if (use->entry != NULL)
        use->entry->users--;
    program_free(use->own);
    *use = (struct program_use){0};
}
