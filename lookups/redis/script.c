#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lookups/redis/cluster.h"

enum { SHA_LENGTH = 40, MOST_SCRIPT_BYTES = 1024 * 1024 };

/* The text of a script that was loaded through this router. */
struct redis_script {
    struct redis_script *next;
    char sha[SHA_LENGTH];
    struct redis_argument text;
};

bool redis_command_is_for_all(const struct redis_command *command)
{
    return command->row != NULL && command->row->key_rule == REDIS_NO_KEY_ON_EACH;
}

static bool has_name(const struct redis_command *command, const char *name)
{
    return command->row != NULL && strcmp(command->row->name, name) == 0;
}

static struct redis_script *find_script(const struct redis_router *router, const char *sha)
{
    for (struct redis_script *script = router->scripts; script != NULL; script = script->next) {
        size_t i = 0;
        while (i < SHA_LENGTH && byte_lower(sha[i]) == byte_lower(script->sha[i]))
            i++;
        if (i == SHA_LENGTH)
            return script;
    }
    return NULL;
}

void redis_script_learn(struct redis_router *router, const struct redis_errand *errand)
{
    const struct redis_reply *reply = errand->reply;

    if (!has_name(errand->command, "SCRIPT LOAD") || errand->outcome != OUTCOME_DONE ||
        errand->command->count != 3 || reply->type != REDIS_BULK || reply->as.text.length != SHA_LENGTH ||
        find_script(router, reply->as.text.bytes) != NULL)
        return;
    const struct redis_argument *text = &errand->command->arguments[2];
    if (text->length > MOST_SCRIPT_BYTES - router->script_bytes)
        return;
    struct redis_script *script = arena_alloc(&router->memory, sizeof *script);
    char *copy = arena_copy(&router->memory, text->bytes, text->length);
    if (script == NULL || copy == NULL)
        return;
    *script = (struct redis_script){.next = router->scripts, .text = {copy, text->length}};
    memcpy(script->sha, reply->as.text.bytes, SHA_LENGTH);
    router->scripts = script;
    router->script_bytes += text->length + sizeof *script;
    if (router->script_bytes > MOST_SCRIPT_BYTES)
        router->script_bytes = MOST_SCRIPT_BYTES;
}

bool redis_script_supply(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    const struct redis_command *command = errand->command;
    struct redis_argument text = command->script;

    if (errand->has_loaded || !(has_name(command, "EVALSHA") || has_name(command, "EVALSHA_RO")))
        return false;
    if (text.bytes == NULL && command->count > 1 && command->arguments[1].length == SHA_LENGTH) {
        const struct redis_script *script = find_script(router, command->arguments[1].bytes);
        if (script != NULL)
            text = script->text;
    }
    if (text.bytes == NULL)
        return false;
    const struct redis_argument load[] = {{"SCRIPT", 6}, {"LOAD", 4}, text};
    const struct redis_reply *reply =
        redis_router_query(router, errand->node, load, 3, CLOCK_NEVER, deadline, errand->problems.arena);
    errand->has_loaded = true;
    return reply != NULL && reply->type == REDIS_BULK;
}

/* An errand for each primary, by a slot that it serves: should it be replaced, the
   new one is asked. */
static size_t make_errands(const struct redis_router *router, const struct redis_errand *errand,
                           struct redis_errand *each, struct arena *arena)
{
    const struct redis_cluster *cluster = router->cluster;
    size_t count = 0;
    size_t last = 0;

    bool *is_there = arena_calloc(arena, cluster->shard_count + 1, sizeof *is_there);
    if (is_there == NULL)
        return 0;
    for (unsigned slot = 0; slot < REDIS_SLOTS; slot++) {
        size_t shard = cluster->owners[slot];
        if (shard == last || shard == 0 || is_there[shard])
            continue;
        is_there[shard] = true;
        last = shard;
        each[count].command = errand->command;
        if (!redis_errand_open(&each[count], arena))
            return 0;
        each[count].has_slot = true;
        each[count++].slot = slot;
    }
    return count;
}

void redis_script_ask_all(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline,
                          struct arena *arena)
{
    struct redis_errand *each = arena_calloc(arena, router->cluster->shard_count + 1, sizeof *each);
    size_t count = each == NULL ? 0 : make_errands(router, errand, each, arena);

    if (each == NULL || (count == 0 && router->cluster->shard_count > 0)) {
        errand->outcome = error_no_memory(&errand->error);
        return;
    }
    if (count == 0) {
        errand->outcome =
            error_set(&errand->error, arena, OUTCOME_DEFERRED, "no node of the cluster serves any slot");
        return;
    }
    redis_router_run(router, each, count, deadline, arena);
    errand->outcome = OUTCOME_DONE;
    errand->reply = each[0].reply;
    for (size_t i = 0; i < count; i++)
        if (each[i].outcome != OUTCOME_DONE) {
            errand->outcome = each[i].outcome;
            errand->error = each[i].error;
        }
}
