/* Programs by their text: a string that comes again is not compiled again. */

#ifndef REXPAND_LANG_CACHE_H
#define REXPAND_LANG_CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct program;
struct program_cache;
struct program_cache_entry;

/* NULL when memory runs out. */
struct program_cache *program_cache_new(void);
void program_cache_free(struct program_cache *cache);

/* A program while it is evaluated. */
struct program_use {
    const struct program *program;
    bool is_new;                       /* compiled for this use */
    struct program *own;               /* not kept in the cache: goes with the release */
    struct program_cache_entry *entry; /* kept: stays put until the release */
};

/* The program for a text, compiled if the cache has none. False when memory
   runs out; otherwise the caller releases it after use. */
bool program_cache_acquire(struct program_cache *cache, const char *text, size_t length,
                           struct program_use *use);
void program_cache_release(struct program_use *use);

#endif
