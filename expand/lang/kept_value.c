#include "lang/kept_value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The spans and then the bytes stand behind it. */
struct kept_block {
    struct kept_block *next;
    size_t span_count;
    struct taint_span spans[];
};

static char *block_bytes(struct kept_block *block)
{
    return (char *)(block->spans + block->span_count);
}

/* The block of a kept value begins with what its spans or, without any, its
   bytes stand behind. */
static struct kept_block *block_of(const struct value *value)
{
    uintptr_t start = value->span_count > 0 ? (uintptr_t)value->spans : (uintptr_t)value->bytes;

    return (struct kept_block *)(start - offsetof(struct kept_block, spans));
}

bool kept_value_set(struct value *place, const struct value *value, struct kept_block **retired)
{
    const size_t head = sizeof(struct kept_block) + value->span_count * sizeof(struct taint_span);
    struct kept_block *block = value->length < SIZE_MAX - head ? malloc(head + value->length + 1) : NULL;

    if (block == NULL)
        return false;
    block->next = NULL;
    block->span_count = value->span_count;
    if (value->span_count > 0)
        memcpy(block->spans, value->spans, value->span_count * sizeof(struct taint_span));
    char *bytes = block_bytes(block);
    if (value->length > 0)
        memcpy(bytes, value->bytes, value->length);
    bytes[value->length] = '\0';
    if (place->bytes != NULL && retired != NULL) {
        struct kept_block *old = block_of(place);
        old->next = *retired;
        *retired = old;
    } else {
        kept_value_free(place);
    }
    *place = (struct value){.bytes = bytes,
                            .length = value->length,
                            .spans = value->span_count > 0 ? block->spans : NULL,
                            .span_count = value->span_count};
    return true;
}

void kept_value_free(struct value *place)
{
    if (place->bytes != NULL)
        free(block_of(place));
    *place = (struct value){0};
}

void kept_blocks_free(struct kept_block **retired)
{
    while (*retired != NULL) {
        struct kept_block *next = (*retired)->next;
        free(*retired);
        *retired = next;
    }
}
