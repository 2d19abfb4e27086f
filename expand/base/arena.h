/* Memory that is given back all at once: one arena for a program, one for an
   evaluation. Nothing in an arena is freed by itself, and nothing that points
   into it may be used after a reset or release that covers it. */

#ifndef REXPAND_BASE_ARENA_H
#define REXPAND_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *first;   /* all chunks, oldest first */
    struct arena_chunk *current; /* the one that is being filled; later ones are empty and kept for use */
    char *next;                  /* first free byte of "current" */
    char *end;
    size_t reserved; /* bytes of all chunks */
    size_t limit;    /* what "reserved" may grow to */
    size_t chunk_size;
};

/* A place in an arena to return to. */
struct arena_mark {
    struct arena_chunk *chunk;
    char *next;
};

/* Prepares an empty arena. Nothing is allocated until it is used. "chunk_size"
   is the size of its first chunk in bytes; "limit" bounds all chunks together
   (SIZE_MAX: none). */
void arena_init(struct arena *arena, size_t chunk_size, size_t limit);

/* Frees everything. The arena can be used again afterwards. */
void arena_free(struct arena *arena);

/* Forgets everything that was allocated. Chunks up to "keep" bytes are kept
   for the next use, the others are freed. */
void arena_reset(struct arena *arena, size_t keep);

/* "size" bytes, aligned for any type; NULL when the limit is reached. A size
   of 0 gives a valid pointer to nothing. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* As arena_alloc, without alignment: for text. */
static inline char *arena_alloc_text(struct arena *arena, size_t size);

/* As arena_alloc, filled with zeroes. "count" times "size" may not overflow:
   NULL if it would. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);

/* Makes the text block of "size" bytes at "block" one of "new_size" bytes:
   where it stands if it is the newest one and there is room (always when
   "new_size" is smaller), else as a copy. NULL when the limit is reached; the old
   block is valid then. */
char *arena_grow_text(struct arena *arena, char *block, size_t size, size_t new_size);

/* A copy of "length" bytes with a NUL behind it; NULL when the limit is
   reached. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

/* printf into the arena; NULL when the limit is reached. */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* The same where the current chunk has no room. */
char *arena_alloc_text_elsewhere(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

static inline char *arena_alloc_text(struct arena *arena, size_t size)
{
    if (arena->next == NULL || size > (size_t)(arena->end - arena->next))
        return arena_alloc_text_elsewhere(arena, size);
    char *block = arena->next;
    arena->next += size;
    return block;
}

/* Everything allocated after arena_mark is given back by arena_release. The
   bytes stand untouched until the next allocation. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

#endif
