/* Any bytes as a query, with spans from the first bytes: what comes out must be
   as many bytes or fewer, and a tainted span must never be split. */

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "lookups/redis/command.h"

enum { SPANS = 3 };

static const char redis_row;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct redis_command *command, const struct value *query, struct arena *arena)
{
    struct buffer out;
    size_t bytes = 0;

    for (size_t i = 0; i < command->count; i++)
        bytes += command->arguments[i].length;
    if (command->count == 0 || bytes > query->length || redis_command_first_key(command) > command->count)
        abort();
    /* Wholly tainted, it is one argument with the same bytes. */
    if (query->span_count == 1 && query->spans[0].begin == 0 && query->spans[0].end >= query->length &&
        query->spans[0].quoter == NULL && (command->count != 1 || bytes != query->length))
        abort();
    buffer_init(&out, arena);
    redis_command_encode(&out, command->arguments, command->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lookup_driver *quoter = (const struct lookup_driver *)(const void *)&redis_row;
    struct taint_span spans[SPANS];
    struct redis_command command;
    struct arena arena;
    struct error error;
    size_t end = 0;

    if (size < (size_t)2 * SPANS + 1)
        return 0;
    struct value query = value_clean((const char *)data + 2 * SPANS + 1, size - 2 * SPANS - 1);
    for (size_t i = 0; i < SPANS; i++) {
        spans[i].begin = end + data[2 * i] % 8;
        spans[i].end = spans[i].begin + data[2 * i + 1] % 16;
        spans[i].quoter = data[2 * i + 1] >= 128 ? quoter : NULL;
        end = spans[i].end;
    }
    query.spans = spans;
    query.span_count = data[2 * SPANS] % (SPANS + 1);
    if (data[2 * SPANS] >= 128)
        query.spans = taint_whole, query.span_count = 1;
    arena_init(&arena, 256, (size_t)4 * 1024 * 1024);
    if (redis_command_parse(&command, &query, quoter, &arena, &error) == OUTCOME_DONE)
        check(&command, &query, &arena);
    arena_free(&arena);
    return 0;
}
