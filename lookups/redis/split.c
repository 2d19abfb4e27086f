#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lookups/redis/route.h"

/* A command whose keys may lie in several slots: each slot's keys make a command
   of the same name, and the answers are put together again. */
struct split {
    const struct redis_command *command;
    size_t step; /* arguments a key: 1, or 2 with its value */
    size_t keys;
    uint64_t *order; /* a key's slot, and in the low half its place */
    struct redis_errand *parts;
    size_t count;
    struct arena *arena;
};

static size_t step_of(const struct redis_command *command)
{
    if (command->row == NULL)
        return 0;
    return command->row->key_rule == REDIS_KEYS_FROM ? 1 : command->row->key_rule == REDIS_PAIRS_FROM ? 2 : 0;
}

static unsigned slot_at(const struct redis_command *command, size_t argument)
{
    return redis_slot(command->arguments[argument].bytes, command->arguments[argument].length);
}

bool redis_split_needed(const struct redis_command *command)
{
    size_t step = step_of(command);

    if (step == 0 || command->count < 1 + 2 * step || (command->count - 1) % step != 0)
        return false;
    for (size_t i = 1 + step; i < command->count; i += step)
        if (slot_at(command, i) != slot_at(command, 1))
            return true;
    return false;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static size_t place_of(uint64_t ordered)
{
    return (size_t)(ordered & UINT32_MAX);
}

/* Where the keys of one slot end that begin at "from". */
static size_t end_of_slot(const struct split *split, size_t from)
{
    size_t end = from + 1;

    while (end < split->keys && split->order[end] >> 32 == split->order[from] >> 32)
        end++;
    return end;
}

/* The command for the keys from "from" to "end". NULL: no memory. */
static const struct redis_command *make_part(const struct split *split, size_t from, size_t end)
{
    struct redis_command *part = arena_calloc(split->arena, 1, sizeof *part);

    if (part == NULL)
        return NULL;
    *part = *split->command;
    part->count = 1 + (end - from) * split->step;
    part->arguments = arena_calloc(split->arena, part->count, sizeof *part->arguments);
    if (part->arguments == NULL)
        return NULL;
    part->arguments[0] = split->command->arguments[0];
    for (size_t i = from; i < end; i++)
        memcpy(&part->arguments[1 + (i - from) * split->step],
               &split->command->arguments[1 + place_of(split->order[i]) * split->step],
               split->step * sizeof *part->arguments);
    return part;
}

static bool make_parts(struct split *split, enum redis_read_from read_from)
{
    if (split->step == 0)
        return false;
    split->keys = (split->command->count - 1) / split->step;
    split->order = arena_calloc(split->arena, split->keys, sizeof *split->order);
    split->parts = arena_calloc(split->arena, split->keys, sizeof *split->parts);
    if (split->order == NULL || split->parts == NULL)
        return false;
    for (size_t i = 0; i < split->keys; i++)
        split->order[i] = (uint64_t)slot_at(split->command, 1 + i * split->step) << 32 | i;
    qsort(split->order, split->keys, sizeof *split->order, compare);
    for (size_t from = 0; from < split->keys; from = end_of_slot(split, from)) {
        struct redis_errand *part = &split->parts[split->count++];
        part->command = make_part(split, from, end_of_slot(split, from));
        part->read_from = read_from;
        if (part->command == NULL || !redis_errand_open(part, split->arena))
            return false;
    }
    return true;
}

/* ---- the answers ---- */

/* Numbers are added up; the first word of several is as good as the others. */
static bool join_values(const struct split *split, struct redis_reply *whole)
{
    *whole = *split->parts[0].reply;
    for (size_t i = 1; i < split->count; i++) {
        if (split->parts[i].reply->type != whole->type)
            return false;
        if (whole->type == REDIS_INTEGER)
            whole->as.integer += split->parts[i].reply->as.integer;
    }
    return whole->type == REDIS_INTEGER || whole->type == REDIS_STATUS;
}

/* Each element goes to the place of its key. */
static bool join_elements(const struct split *split, struct redis_reply *whole)
{
    size_t next = 0;

    *whole = (struct redis_reply){.type = REDIS_ARRAY};
    whole->as.array.count = split->keys;
    whole->as.array.elements = arena_calloc(split->arena, split->keys, sizeof *whole);
    if (whole->as.array.elements == NULL)
        return false;
    for (size_t i = 0; i < split->count; i++) {
        const struct redis_reply *part = split->parts[i].reply;
        size_t keys = split->parts[i].command->count - 1;
        if (part->type != REDIS_ARRAY || part->as.array.count != keys)
            return false;
        for (size_t k = 0; k < keys; k++)
            whole->as.array.elements[place_of(split->order[next++])] = part->as.array.elements[k];
    }
    return true;
}

/* The first part without an answer, NULL if all have one. */
static const struct redis_errand *first_without(const struct split *split)
{
    for (size_t i = 0; i < split->count; i++)
        if (split->parts[i].outcome != OUTCOME_DONE)
            return &split->parts[i];
    return NULL;
}

static bool any_done(const struct split *split)
{
    for (size_t i = 0; i < split->count; i++)
        if (split->parts[i].outcome == OUTCOME_DONE)
            return true;
    return false;
}

static void join(const struct split *split, struct redis_errand *errand)
{
    const struct redis_errand *missing = first_without(split);
    struct redis_reply *whole = arena_alloc(split->arena, sizeof *whole);

    if (whole == NULL) {
        errand->outcome = error_no_memory(&errand->error);
    } else if (missing != NULL) {
        bool is_partial = !errand->only_reads && any_done(split);
        errand->outcome =
            error_set(&errand->error, split->arena, missing->outcome, "%s%s", missing->error.message,
                      is_partial ? "; it has run for keys of other slots" : "");
    } else if (split->parts[0].reply->type == REDIS_ARRAY ? join_elements(split, whole)
                                                          : join_values(split, whole)) {
        errand->outcome = OUTCOME_DONE;
        errand->reply = whole;
    } else {
        errand->outcome = error_set(&errand->error, split->arena, OUTCOME_DEFERRED,
                                    "the answers for the keys of several slots do not fit together");
    }
}

void redis_split_ask(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline,
                     struct arena *arena)
{
    struct split split = {.command = errand->command, .step = step_of(errand->command), .arena = arena};

    if (!make_parts(&split, errand->read_from)) {
        errand->outcome = error_no_memory(&errand->error);
        return;
    }
    redis_router_run(router, split.parts, split.count, deadline, arena);
    join(&split, errand);
}
