/* The driver "redis": a query becomes a command, a reply becomes text. All that
   speaks to servers is in lookups/redis/. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/lookup.h"
#include "lookups/redis/reply.h"
#include "lookups/redis/router.h"

extern const struct lookup_driver lookup_driver_redis;

enum option { OPTION_SERVERS, OPTION_TIMEOUT };

static const struct lookup_option options[] = {
    [OPTION_SERVERS] = {"servers", "the servers to ask instead of redis_servers", true},
    [OPTION_TIMEOUT] = {"timeout", "the time for this lookup instead of redis_lookup_timeout", false},
};

/* One list of servers, and how answers are to look. */
struct redis_state {
    struct arena arena; /* of the servers */
    struct redis_servers servers;
    struct redis_router router;
    struct redis_reply_form form;
    nanoseconds lookup_timeout;
};

static void redis_close(void *opened)
{
    struct redis_state *state = opened;

    redis_router_close(&state->router);
    arena_free(&state->arena);
    free(state);
}

/* Messages go into the request's arena, servers into the state's. */
static enum outcome read_servers(struct redis_state *state, const struct value *chosen, const char *setting,
                                 const struct lookup_request *request)
{
    struct value known = value_of_string(setting);
    enum outcome outcome =
        chosen->bytes != NULL
            ? redis_servers_choose(&state->servers, chosen, &known, &state->arena, request->error)
            : redis_servers_parse(&state->servers, &known, &state->arena, request->error);

    if (outcome != OUTCOME_DONE)
        return error_set(request->error, request->arena, outcome, "%s", request->error->message);
    if (state->servers.count == 0)
        return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                         "no Redis servers defined (redis_servers option)");
    return OUTCOME_DONE;
}

static enum outcome redis_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    struct redis_state *state = calloc(1, sizeof *state);
    struct redis_settings settings = {
        .connect_timeout = lookups_time(lookups, "redis_connect_timeout"),
        .command_timeout = lookups_time(lookups, "redis_command_timeout"),
        .reply_limit = (size_t)lookups_number(lookups, "redis_reply_limit"),
    };

    if (state == NULL)
        return error_no_memory(request->error);
    arena_init(&state->arena, 1024, SIZE_MAX);
    state->form.nil_is_empty = lookups_word(lookups, "redis_nil") == 1;
    state->form.integers_as_bool = lookups_word(lookups, "redis_integer") == 1;
    state->lookup_timeout = lookups_time(lookups, "redis_lookup_timeout");
    enum outcome outcome = read_servers(state, &request->chosen[OPTION_SERVERS],
                                        lookups_text(lookups, "redis_servers"), request);
    if (outcome == OUTCOME_DONE && !redis_router_open(&state->router, &state->servers, &settings))
        outcome = error_no_memory(request->error);
    if (outcome != OUTCOME_DONE) {
        redis_close(state);
        return outcome;
    }
    *opened = state;
    return OUTCOME_DONE;
}

static enum outcome redis_find(void *opened, const struct lookup_request *request,
                               struct lookup_answer *answer)
{
    struct redis_state *state = opened;
    const struct value *timeout = &request->chosen[OPTION_TIMEOUT];
    nanoseconds time = state->lookup_timeout;
    struct redis_command command;
    struct redis_reply *reply;

    if (timeout->bytes != NULL && !(lookup_time_read(timeout->bytes, timeout->length, &time) && time > 0))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "timeout= of a lookup wants a time such as 5s or 250ms, not \"%.*s\"",
                         (int)timeout->length, timeout->bytes);
    enum outcome outcome =
        redis_command_parse(&command, &request->key, &lookup_driver_redis, request->arena, request->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    answer->may_cache = command.effect == REDIS_READS;
    answer->empties_cache = command.effect == REDIS_WRITES;
    nanoseconds deadline = clock_earlier(request->deadline, clock_deadline(time));
    outcome = redis_router_ask(&state->router, &command, deadline, request->arena, &reply, request->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!redis_reply_text(reply, &state->form, request->arena, &answer->found, &answer->value))
        return error_no_memory(request->error);
    return OUTCOME_DONE;
}

/* A command that does not parse is reported in its place. */
static enum lookup_foresight redis_foresee(const struct lookup_request *request)
{
    struct redis_command command;

    if (redis_command_parse(&command, &request->key, &lookup_driver_redis, request->arena, request->error) !=
        OUTCOME_DONE)
        return LOOKUP_ALONE;
    if (command.effect == REDIS_WRITES)
        return LOOKUP_BARRIER;
    return command.effect == REDIS_READS ? LOOKUP_AHEAD : LOOKUP_ALONE;
}

static void redis_find_many(void *opened, struct lookup_question *const *questions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        questions[i]->outcome = redis_find(opened, &questions[i]->request, &questions[i]->answer);
}

static bool redis_quote_operator(struct buffer *out, const struct value *text, const struct value *option)
{
    if (option->length > 0)
        return false;
    redis_quote(out, text);
    return true;
}

static enum outcome check_servers(const char *text, struct arena *arena, struct error *error)
{
    struct redis_servers servers;
    struct value list = value_of_string(text);

    return redis_servers_parse(&servers, &list, arena, error);
}

static enum outcome check_limit(const char *text, struct arena *arena, struct error *error)
{
    if (text[strspn(text, "0")] != '\0' && byte_is_digit(text[strspn(text, "0")]))
        return OUTCOME_DONE;
    return error_set(error, arena, OUTCOME_FAILED, "redis_reply_limit must be more than 0");
}

static const struct lookup_setting settings[] = {
    {
        .name = "redis_servers",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the servers, tried in this order: host:port/database/password, (socket)/database/password, "
                "redis://user:password@host:port/database",
        .check = check_servers,
    },
    {
        .name = "redis_connect_timeout",
        .type = LOOKUP_SETTING_TIME,
        .default_value = "2s",
        .help = "how long one server may take to accept a connection",
    },
    {
        .name = "redis_command_timeout",
        .type = LOOKUP_SETTING_TIME,
        .default_value = "2s",
        .help = "how long one server may take to answer a command",
    },
    {
        .name = "redis_lookup_timeout",
        .type = LOOKUP_SETTING_TIME,
        .default_value = "5s",
        .help = "how long a lookup may take with all the servers it tries",
    },
    {
        .name = "redis_nil",
        .type = LOOKUP_SETTING_WORD,
        .words = "notfound empty",
        .default_value = "notfound",
        .help = "what a nil reply is: not found, or found and empty as in Exim",
    },
    {
        .name = "redis_integer",
        .type = LOOKUP_SETTING_WORD,
        .words = "number bool",
        .default_value = "number",
        .help = "how an integer reply is shown: in decimal, or as true and false as in Exim",
    },
    {
        .name = "redis_reply_limit",
        .type = LOOKUP_SETTING_NUMBER,
        .default_value = "16M",
        .help = "the largest reply in bytes that is taken from a server",
        .check = check_limit,
    },
};

const struct lookup_driver lookup_driver_redis = {
    .name = "redis",
    .built_by = "LOOKUP_REDIS",
    .help = "a command to a Redis server: ${lookup redis{GET key}}",
    .style = LOOKUP_QUERY,
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .open = redis_open,
    .find = redis_find,
    .foresee = redis_foresee,
    .find_many = redis_find_many,
    .close = redis_close,
    .quote = redis_quote_operator,
    .version = redis_codec_version,
};
