#include "lookups/redis/router.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DOUBLINGS = 5 };
static const nanoseconds shortest_rest = NANOSECONDS_PER_SECOND;
static const nanoseconds longest_rest = 30 * NANOSECONDS_PER_SECOND;

/* Error replies that say "not here", or "not now": another server of the list
   may do better, and the one that said it has not run the command. */
static const struct redirect {
    const char *beginning;
    bool needs_rest; /* it will say so again: ask others first for a while */
} redirects[] = {
    {"LOADING", true},     {"MASTERDOWN", true},
    {"CLUSTERDOWN", true}, {"NOAUTH", true},
    {"WRONGPASS", true},   {"READONLY", false},
    {"MOVED", false},      {"ASK", false},
    {"TRYAGAIN", false},   {"NOPERM", false},
    {"BUSY", true},        {"MISCONF", false},
    {"NOREPLICAS", false}, {"ERR max number of clients reached", true},
};

static const struct redirect *find_redirect(const struct redis_reply *reply, bool only_reads)
{
    const char *words = reply->as.text.bytes;

    /* A script may have written before one of its commands was refused. */
    if (!only_reads && strstr(words, "script:") != NULL)
        return NULL;
    for (size_t i = 0; i < sizeof redirects / sizeof redirects[0]; i++) {
        size_t length = strlen(redirects[i].beginning);
        if (strncmp(words, redirects[i].beginning, length) == 0 &&
            (words[length] == ' ' || words[length] == '\0'))
            return &redirects[i];
    }
    return NULL;
}

bool redis_router_open(struct redis_router *router, const struct redis_servers *servers,
                       const struct redis_settings *settings)
{
    *router = (struct redis_router){.ops = &redis_standalone, .settings = *settings};
    router->nodes = calloc(servers->count + 1, sizeof *router->nodes);
    if (router->nodes == NULL)
        return false;
    for (router->count = 0; router->count < servers->count; router->count++)
        redis_connection_init(&router->nodes[router->count].connection, &servers->all[router->count],
                              settings->reply_limit);
    return true;
}

void redis_router_close(struct redis_router *router)
{
    for (size_t i = 0; i < router->count; i++)
        redis_connection_free(&router->nodes[i].connection);
    free(router->nodes);
    *router = (struct redis_router){.ops = router->ops};
}

static void has_failed(struct redis_node *node)
{
    unsigned doublings = node->failures < MOST_DOUBLINGS ? node->failures : MOST_DOUBLINGS;
    nanoseconds rest = shortest_rest << doublings;

    node->failures++;
    node->retry_at = clock_deadline(rest < longest_rest ? rest : longest_rest);
}

static void has_answered(struct redis_node *node)
{
    node->failures = 0;
    node->retry_at = 0;
}

/* What went wrong at each server, for one message. */
static void complain(struct buffer *problems, const struct redis_node *node, const char *what)
{
    if (problems->length > 0)
        buffer_add_string(problems, "; ");
    buffer_format(problems, "redis server %s: %s", node->connection.server->label, what);
}

static enum outcome defer(struct buffer *problems, struct error *error)
{
    struct value text;

    if (!buffer_value(problems, &text))
        return error_no_memory(error);
    error->message = text.bytes;
    return OUTCOME_DEFERRED;
}

/* Whether this answer ends the walk. */
static bool takes_answer(struct redis_node *node, const struct redis_reply *reply, bool only_reads,
                         struct buffer *problems)
{
    if (reply->type != REDIS_ERROR) {
        has_answered(node);
        return true;
    }
    const struct redirect *redirect = find_redirect(reply, only_reads);
    complain(problems, node, redis_error_words(reply, problems->arena));
    if (redirect != NULL && redirect->needs_rest)
        has_failed(node);
    else
        has_answered(node);
    return redirect == NULL;
}

enum outcome redis_router_ask(struct redis_router *router, const struct redis_command *command,
                              nanoseconds deadline, struct arena *arena, struct redis_reply **reply,
                              struct error *error)
{
    const bool only_reads = command->effect == REDIS_READS || command->effect == REDIS_READS_CHANGING;
    struct redis_node *node;
    struct buffer bytes;
    struct buffer problems;

    buffer_init(&bytes, arena);
    redis_command_encode(&bytes, command->arguments, command->count);
    if (bytes.failed)
        return error_no_memory(error);
    buffer_init(&problems, arena);
    struct redis_question question = {
        .bytes = bytes.bytes,
        .length = bytes.length,
        .may_repeat = only_reads,
        .arena = arena,
        .connect_timeout = router->settings.connect_timeout,
        .command_timeout = router->settings.command_timeout,
        .deadline = deadline,
    };
    router->walk++;
    while ((node = router->ops->pick(router, command)) != NULL) {
        const char *problem = NULL;
        if (problems.length > 0 && clock_is_past(deadline)) {
            buffer_add_string(&problems, "; no time is left to ask another server");
            break;
        }
        node->walk = router->walk;
        enum redis_fate fate = redis_connection_ask(&node->connection, &question, reply, &problem);
        if (fate == REDIS_ANSWERED) {
            if (!takes_answer(node, *reply, only_reads, &problems))
                continue;
            router->answered_by = node->connection.server->label;
            return (*reply)->type == REDIS_ERROR ? defer(&problems, error) : OUTCOME_DONE;
        }
        has_failed(node);
        complain(&problems, node, problem);
        if (fate == REDIS_UNKNOWN && !only_reads) {
            buffer_add_string(&problems, "; the command may have run");
            break;
        }
    }
    return defer(&problems, error);
}
