/* Any bytes as a server's replies: in pieces of a size that the first byte
   gives, until one is refused. */

#include <stdint.h>

#include "lookups/redis/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct redis_reply *reply, struct arena *arena)
{
    const struct redis_reply_form form = {.nil_is_empty = false};
    struct value text;
    bool found;

    if (redis_reply_text(reply, &form, arena, &found, &text) && text.length > 0)
        (void)value_byte_is_tainted(&text, text.length - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct redis_codec codec;
    struct redis_reply *reply;
    struct arena arena;
    enum redis_progress progress = REDIS_MORE;

    if (size < 2 || !redis_codec_open(&codec, 65536))
        return 0;
    size_t step = (size_t)data[0] + 1;
    arena_init(&arena, 256, (size_t)4 * 1024 * 1024);
    for (size_t at = 1, used; at < size && progress != REDIS_BROKEN; at += used) {
        size_t piece = size - at < step ? size - at : step;
        progress = redis_codec_feed(&codec, &arena, (const char *)data + at, piece, &used, &reply);
        if (progress == REDIS_REPLY)
            use(reply, &arena);
        if (progress == REDIS_REPLY)
            arena_reset(&arena, 4096);
    }
    redis_codec_close(&codec);
    arena_free(&arena);
    return 0;
}
