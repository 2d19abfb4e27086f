#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lookups/redis/cluster.h"

/* A question about a command is asked within this time. */
static const nanoseconds patience = NANOSECONDS_PER_SECOND;

enum { LONGEST_NAME = 64, MOST_KNOWN = 256 };

/* A command that the built-in table does not have, a module's mostly. */
struct redis_known_command {
    struct redis_known_command *next;
    char name[LONGEST_NAME]; /* in lower case */
    size_t name_length;
    bool reads;
    bool has_movable_keys; /* only the server can tell them */
    size_t first_key;      /* 0: it has none */
};

static bool is_name(const struct redis_known_command *known, const struct redis_argument *word)
{
    if (known->name_length != word->length)
        return false;
    for (size_t i = 0; i < word->length; i++)
        if (byte_lower(word->bytes[i]) != known->name[i])
            return false;
    return true;
}

static bool has_flag(const struct redis_reply *flags, const char *flag)
{
    for (size_t i = 0; flags->type == REDIS_ARRAY && i < flags->as.array.count; i++) {
        const struct redis_reply *word = &flags->as.array.elements[i];
        if ((word->type == REDIS_BULK || word->type == REDIS_STATUS) &&
            strcmp(word->as.text.bytes, flag) == 0)
            return true;
    }
    return false;
}

/* The elements of a command's row in COMMAND: name, arity, flags, first key, last
   key, step; since Redis 7 the tenth has its subcommands. */
static void read_row(struct redis_known_command *known, const struct redis_reply *row)
{
    const struct redis_reply *parts = row->as.array.elements;
    bool has_subcommands =
        row->as.array.count > 9 && parts[9].type == REDIS_ARRAY && parts[9].as.array.count > 0;

    known->reads = has_flag(&parts[2], "readonly") && !has_flag(&parts[2], "write");
    known->has_movable_keys = has_flag(&parts[2], "movablekeys") || has_subcommands;
    known->first_key = parts[3].as.integer > 0 ? (size_t)parts[3].as.integer : 0;
}

static struct redis_known_command *learn(struct redis_router *router, struct redis_node *node,
                                         const struct redis_argument *word, nanoseconds deadline)
{
    const struct redis_argument question[] = {{"COMMAND", 7}, {"INFO", 4}, *word};
    struct redis_known_command found = {.next = router->commands};

    const struct redis_reply *reply =
        redis_router_query(router, node, question, 3, patience, deadline, &router->cluster->scratch);
    if (reply == NULL || reply->type != REDIS_ARRAY || reply->as.array.count != 1)
        return NULL;
    const struct redis_reply *row = &reply->as.array.elements[0];
    if (row->type == REDIS_ARRAY && row->as.array.count >= 6 &&
        row->as.array.elements[3].type == REDIS_INTEGER)
        read_row(&found, row);
    for (; found.name_length < word->length; found.name_length++)
        found.name[found.name_length] = byte_lower(word->bytes[found.name_length]);
    struct redis_known_command *known = arena_alloc(&router->memory, sizeof *known);
    if (known == NULL)
        return NULL;
    *known = found;
    router->commands = known;
    router->command_count++;
    return known;
}

static unsigned ask_key(struct redis_router *router, struct redis_node *node,
                        const struct redis_command *command, nanoseconds deadline)
{
    struct arena *arena = &router->cluster->scratch;
    struct redis_argument *words = arena_calloc(arena, command->count + 2, sizeof *words);

    if (words == NULL)
        return REDIS_NO_SLOT;
    words[0] = (struct redis_argument){"COMMAND", 7};
    words[1] = (struct redis_argument){"GETKEYS", 7};
    memcpy(words + 2, command->arguments, command->count * sizeof *words);
    const struct redis_reply *reply =
        redis_router_query(router, node, words, command->count + 2, patience, deadline, arena);
    if (reply == NULL || reply->type != REDIS_ARRAY || reply->as.array.count == 0 ||
        reply->as.array.elements[0].type != REDIS_BULK)
        return REDIS_NO_SLOT;
    const struct redis_reply *key = &reply->as.array.elements[0];
    return redis_slot(key->as.text.bytes, key->as.text.length);
}

unsigned redis_keys_slot(struct redis_router *router, struct redis_node *node, struct redis_errand *errand,
                         nanoseconds deadline)
{
    const struct redis_command *command = errand->command;
    const struct redis_argument *word = &command->arguments[0];
    struct redis_known_command *known = router->commands;

    while (known != NULL && !is_name(known, word))
        known = known->next;
    if (known == NULL && word->length < LONGEST_NAME && router->command_count < MOST_KNOWN)
        known = learn(router, node, word, deadline);
    if (known == NULL)
        return REDIS_NO_SLOT;
    errand->only_reads = known->reads;
    if (known->has_movable_keys)
        return ask_key(router, node, command, deadline);
    if (known->first_key == 0 || known->first_key >= command->count)
        return REDIS_NO_SLOT;
    const struct redis_argument *key = &command->arguments[known->first_key];
    return redis_slot(key->bytes, key->length);
}
