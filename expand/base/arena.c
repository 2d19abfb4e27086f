#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* of "bytes" */
    alignas(max_align_t) char bytes[];
};

/* Chunks double up to this size, so that a large evaluation makes few and a
   small one stays small. */
enum { LARGEST_CHUNK = 1024 * 1024 };

void arena_init(struct arena *arena, size_t chunk_size, size_t limit)
{
    *arena = (struct arena){.limit = limit, .chunk_size = chunk_size};
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void arena_free(struct arena *arena)
{
    free_chunks(arena->first);
    arena_init(arena, arena->chunk_size, arena->limit);
}

static void use_chunk(struct arena *arena, struct arena_chunk *chunk)
{
    arena->current = chunk;
    arena->next = chunk->bytes;
    arena->end = chunk->bytes + chunk->size;
}

void arena_reset(struct arena *arena, size_t keep)
{
    struct arena_chunk *chunk = arena->first;
    size_t kept = 0;

    if (chunk == NULL)
        return;
    struct arena_chunk **link = &arena->first;
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        if (kept + chunk->size <= keep) {
            kept += chunk->size;
            *link = chunk;
            link = &chunk->next;
        } else {
            free(chunk);
        }
        chunk = next;
    }
    *link = NULL;
    arena->reserved = kept;
    if (arena->first == NULL) {
        arena->current = NULL;
        arena->next = arena->end = NULL;
        return;
    }
    use_chunk(arena, arena->first);
}

/* Makes a chunk with at least "size" free bytes the current one: the next kept
   one if it is large enough, else a new one in front of the kept ones. */
static bool next_chunk(struct arena *arena, size_t size)
{
    struct arena_chunk *kept = arena->current == NULL ? arena->first : arena->current->next;

    if (kept != NULL && kept->size >= size) {
        use_chunk(arena, kept);
        return true;
    }
    size_t wanted = arena->chunk_size;
    if (arena->current != NULL && wanted < LARGEST_CHUNK)
        wanted = arena->reserved < LARGEST_CHUNK ? arena->reserved : (size_t)LARGEST_CHUNK;
    if (wanted < size)
        wanted = size;
    if (wanted > SIZE_MAX / 2 || arena->limit < arena->reserved)
        return false;
    if (wanted > arena->limit - arena->reserved) {
        wanted = size; /* near the limit a chunk is no larger than it must be */
        if (wanted > arena->limit - arena->reserved)
            return false;
    }
    struct arena_chunk *chunk = malloc(sizeof *chunk + wanted);
    if (chunk == NULL)
        return false;
    chunk->size = wanted;
    chunk->next = kept;
    if (arena->current == NULL)
        arena->first = chunk;
    else
        arena->current->next = chunk;
    arena->reserved += wanted;
    use_chunk(arena, chunk);
    return true;
}

char *arena_alloc_text_elsewhere(struct arena *arena, size_t size)
{
    if (!next_chunk(arena, size))
        return NULL;
    char *block = arena->next;
    arena->next += size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t alignment = alignof(max_align_t);
    size_t padding = (alignment - ((uintptr_t)arena->next & (alignment - 1))) & (alignment - 1);
    size_t room = (size_t)(arena->end - arena->next);

    if (arena->next == NULL || room < padding || size > room - padding) {
        if (!next_chunk(arena, size))
            return NULL;
        padding = 0; /* a chunk's bytes are aligned */
    }
    char *block = arena->next + padding;
    arena->next = block + size;
    return block;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *block = arena_alloc(arena, bytes);
    if (block != NULL)
        memset(block, 0, bytes);
    return block;
}

char *arena_grow_text(struct arena *arena, char *block, size_t size, size_t new_size)
{
    if (block != NULL && block + size == arena->next && new_size <= (size_t)(arena->end - block)) {
        arena->next = block + new_size;
        return block;
    }
    if (block != NULL && new_size <= size)
        return block;
    char *copy = arena_alloc_text(arena, new_size);
    if (copy != NULL && block != NULL && size > 0)
        memcpy(copy, block, size);
    return copy;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : arena_alloc_text(arena, length + 1);

    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return NULL;
    char *text = arena_alloc_text(arena, (size_t)length + 1);
    if (text != NULL)
        (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.chunk = arena->current, .next = arena->next};
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    if (mark.chunk == NULL) {
        if (arena->first != NULL)
            use_chunk(arena, arena->first);
        return;
    }
    arena->current = mark.chunk;
    arena->next = mark.next;
    arena->end = mark.chunk->bytes + mark.chunk->size;
}
