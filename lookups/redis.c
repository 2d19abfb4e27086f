/* The driver "redis": a query becomes a command, a reply becomes text. All that
   speaks to servers is in lookups/redis/. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/lookup.h"
#include "lookups/redis/reply.h"
#include "lookups/redis/router.h"
#include "lookups/redis/tls.h"
#include "lookups/redis/tracking.h"

extern const struct lookup_driver lookup_driver_redis;

enum option { OPTION_READ, OPTION_SERVERS, OPTION_TIMEOUT };

static const struct lookup_option options[] = {
    [OPTION_READ] = {"read", "who answers a command that only reads, instead of redis_read_from", false},
    [OPTION_SERVERS] = {"servers", "the servers to ask instead of redis_servers", true},
    [OPTION_TIMEOUT] = {"timeout", "the time for this lookup instead of redis_lookup_timeout", false},
};

/* One list of servers, and how answers are to look. */
struct redis_state {
    struct arena arena; /* of the servers */
    struct redis_servers servers;
    struct redis_tls tls;
    struct redis_router router;
    struct redis_tracking tracking;
    bool is_tracking; /* answers are kept there, not until the end of the message */
    struct redis_reply_form form;
    enum redis_read_from read_from;
    nanoseconds lookup_timeout;
};

/* In the order of enum redis_mode and enum redis_read_from. */
#define MODES      "auto standalone cluster sentinel"
#define READ_FROMS "primary replica prefer_replica"

static void redis_close(void *opened)
{
    struct redis_state *state = opened;

    redis_router_close(&state->router);
    redis_tracking_close(&state->tracking);
    redis_tls_free(&state->tls);
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

/* The settings' texts may change while the servers are in use: they are copied. */
static bool read_tls(struct redis_state *state, struct lookups *lookups)
{
    static const char *const names[] = {"redis_tls_ca", "redis_tls_certificate", "redis_tls_privatekey",
                                        "redis_tls_servername", "redis_tls_sessions"};
    const char *texts[sizeof names / sizeof names[0]];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = lookups_text(lookups, names[i]);
        texts[i] = arena_copy(&state->arena, text, strlen(text));
        if (texts[i] == NULL)
            return false;
    }
    const struct redis_tls_settings settings = {
        .ca = texts[0],
        .certificate = texts[1],
        .privatekey = texts[2],
        .servername = texts[3],
        .sessions = texts[4],
        .verify = (enum redis_tls_verify)lookups_word(lookups, "redis_tls_verify"),
    };
    redis_tls_init(&state->tls, &settings);
    redis_servers_set_tls(&state->servers, &state->tls);
    return true;
}

/* A copy that lives as long as the state: the setting may change before it. */
static const char *keep_text(struct redis_state *state, const char *text)
{
    const char *copy = text[0] == '\0' ? "" : arena_copy(&state->arena, text, strlen(text));

    return copy == NULL ? "" : copy;
}

/* What the servers are is said by their URIs, or else by redis_mode. */
static enum outcome choose_mode(const struct redis_state *state, struct redis_settings *settings,
                                const struct lookup_request *request)
{
    if (state->servers.kind == REDIS_SERVERS_CLUSTER)
        settings->mode = REDIS_MODE_CLUSTER;
    if (state->servers.kind == REDIS_SERVERS_SENTINEL)
        settings->mode = REDIS_MODE_SENTINEL;
    if (state->servers.master_name != NULL)
        settings->master_name = state->servers.master_name;
    if (settings->mode == REDIS_MODE_SENTINEL && settings->master_name[0] == '\0')
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "Sentinels must be told the name of the master: set redis_sentinel_master, or write "
                         "redis+sentinel://host:port/name");
    return OUTCOME_DONE;
}

static enum outcome redis_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    struct redis_state *state = calloc(1, sizeof *state);
    struct redis_settings settings = {
        .connect_timeout = lookups_time(lookups, "redis_connect_timeout"),
        .command_timeout = lookups_time(lookups, "redis_command_timeout"),
        .reply_limit = (size_t)lookups_number(lookups, "redis_reply_limit"),
        .mode = (enum redis_mode)lookups_word(lookups, "redis_mode"),
    };

    if (state == NULL)
        return error_no_memory(request->error);
    arena_init(&state->arena, 1024, SIZE_MAX);
    state->form.nil_is_empty = lookups_word(lookups, "redis_nil") == 1;
    state->form.integers_as_bool = lookups_word(lookups, "redis_integer") == 1;
    state->form.maps_as_lines = lookups_word(lookups, "redis_map") == 1;
    state->read_from = (enum redis_read_from)lookups_word(lookups, "redis_read_from");
    redis_tracking_open(&state->tracking);
    state->is_tracking = lookups_word(lookups, "redis_tracking") == 1;
    state->lookup_timeout = lookups_time(lookups, "redis_lookup_timeout");
    settings.topology_cache = keep_text(state, request->chosen[OPTION_SERVERS].bytes == NULL
                                                   ? lookups_text(lookups, "redis_topology_cache")
                                                   : "");
    settings.master_name = keep_text(state, lookups_text(lookups, "redis_sentinel_master"));
    settings.sentinel_user = keep_text(state, lookups_text(lookups, "redis_sentinel_user"));
    settings.sentinel_password = keep_text(state, lookups_text(lookups, "redis_sentinel_password"));
    enum outcome outcome = read_servers(state, &request->chosen[OPTION_SERVERS],
                                        lookups_text(lookups, "redis_servers"), request);
    if (outcome == OUTCOME_DONE && !read_tls(state, lookups))
        outcome = error_no_memory(request->error);
    if (outcome == OUTCOME_DONE)
        outcome = choose_mode(state, &settings, request);
    if (lookups_word(lookups, "redis_protocol") == 1)
        redis_servers_set_resp2(&state->servers);
    if (outcome == OUTCOME_DONE && !redis_router_open(&state->router, &state->servers, &settings))
        outcome = error_no_memory(request->error);
    if (outcome != OUTCOME_DONE) {
        redis_close(state);
        return outcome;
    }
    *opened = state;
    return OUTCOME_DONE;
}

/* False: "text" is none of the words. */
static bool choose_read(const struct value *text, enum redis_read_from *read_from)
{
    static const char *const words[] = {
        [REDIS_READ_PRIMARY] = "primary",
        [REDIS_READ_REPLICA] = "replica",
        [REDIS_READ_PREFER_REPLICA] = "prefer_replica",
    };

    if (text->bytes == NULL)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (value_equals_text(text, words[i])) {
            *read_from = (enum redis_read_from)i;
            return true;
        }
    return false;
}

/* How a lookup is to be made: what its options say, or else the settings. */
struct terms {
    enum redis_read_from read_from;
    nanoseconds deadline;
};

static enum outcome read_terms(const struct redis_state *state, const struct lookup_request *request,
                               struct terms *terms)
{
    const struct value *timeout = &request->chosen[OPTION_TIMEOUT];
    nanoseconds time = state->lookup_timeout;

    if (timeout->bytes != NULL && !(lookup_time_read(timeout->bytes, timeout->length, &time) && time > 0))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "timeout= of a lookup wants a time such as 5s or 250ms, not \"%.*s\"",
                         (int)timeout->length, timeout->bytes);
    terms->read_from = state->read_from;
    if (!choose_read(&request->chosen[OPTION_READ], &terms->read_from))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "read= of a lookup wants primary, replica or prefer_replica, not \"%.*s\"",
                         (int)request->chosen[OPTION_READ].length, request->chosen[OPTION_READ].bytes);
    terms->deadline = clock_earlier(request->deadline, clock_deadline(time));
    return OUTCOME_DONE;
}

static enum outcome read_command(const struct lookup_request *request, struct lookup_answer *answer,
                                 struct redis_command *command)
{
    enum outcome outcome =
        redis_command_parse(command, &request->key, &lookup_driver_redis, request->arena, request->error);

    if (outcome == OUTCOME_DONE) {
        answer->may_cache = command->effect == REDIS_READS;
        answer->empties_cache = command->effect == REDIS_WRITES;
    }
    return outcome;
}

/* Whether an answer that the server has not taken back is at hand. What is written
   makes all of them void at once: the server's own word may come later than the next
   question. */
static bool find_tracked(struct redis_state *state, const struct lookup_request *request,
                         const struct redis_command *command, struct lookup_answer *answer)
{
    if (!state->is_tracking)
        return false;
    if (answer->empties_cache)
        redis_tracking_empty(&state->tracking);
    if (!redis_tracking_takes(command))
        return false;
    answer->may_cache = false;
    return redis_tracking_find(&state->tracking, command, request->arena, &answer->found, &answer->value);
}

/* A cluster's node may have left it, and been forgotten, since it answered. */
static bool is_still_known(const struct redis_state *state, const struct redis_node *node)
{
    for (size_t i = 0; i < state->router.nodes.count; i++)
        if (state->router.nodes.all[i] == node)
            return true;
    return false;
}

/* What came of an errand, as the lookup's outcome and answer. */
static enum outcome take_errand(struct redis_state *state, const struct lookup_request *request,
                                const struct redis_errand *errand, nanoseconds deadline,
                                struct lookup_answer *answer)
{
    if (errand->outcome != OUTCOME_DONE) {
        *request->error = errand->error;
        return errand->outcome;
    }
    if (errand->node != NULL && is_still_known(state, errand->node)) {
        const char *label = errand->node->connection.server->label;
        answer->source = arena_copy(request->arena, label, strlen(label));
    }
    redis_reply_find_map(errand->reply, errand->command);
    if (!redis_reply_text(errand->reply, &state->form, request->arena, &answer->found, &answer->value))
        return error_no_memory(request->error);
    if (state->is_tracking && redis_tracking_takes(errand->command) && is_still_known(state, errand->node))
        redis_tracking_keep(&state->tracking, errand->command, &errand->node->connection, deadline,
                            answer->found, &answer->value);
    return OUTCOME_DONE;
}

static enum outcome redis_find(void *opened, const struct lookup_request *request,
                               struct lookup_answer *answer)
{
    struct redis_state *state = opened;
    struct redis_command command = {.count = 0};
    struct terms terms = {.deadline = 0};

    enum outcome outcome = read_terms(state, request, &terms);
    if (outcome == OUTCOME_DONE)
        outcome = read_command(request, answer, &command);
    if (outcome != OUTCOME_DONE || find_tracked(state, request, &command, answer))
        return outcome;
    struct redis_errand errand = {.command = &command, .read_from = terms.read_from};
    redis_router_ask_many(&state->router, &errand, 1, terms.deadline, request->arena);
    return take_errand(state, request, &errand, terms.deadline, answer);
}

/* What is not a command at all is reported in its place. */
static enum lookup_foresight redis_foresee(const struct lookup_request *request)
{
    static const enum lookup_foresight foresights[] = {
        [REDIS_READS] = LOOKUP_AHEAD,
        [REDIS_READS_CHANGING] = LOOKUP_AHEAD,
        [REDIS_WRITES] = LOOKUP_BARRIER,
        [REDIS_REFUSED] = LOOKUP_ALONE,
        [REDIS_BY_SECOND_WORD] = LOOKUP_BARRIER,
    };

    return foresights[redis_query_effect(&request->key)];
}

/* What a mistake in the options, or a lack of memory, means for all. */
static void end_all(struct lookup_turn *const *turns, size_t count, enum outcome outcome)
{
    for (size_t i = 0; i < count; i++) {
        *turns[i]->request.error = *turns[0]->request.error;
        turns[i]->outcome = outcome;
    }
}

static void redis_find_many(void *opened, struct lookup_turn *const *turns, size_t count)
{
    struct redis_state *state = opened;
    struct arena *arena = turns[0]->request.arena;
    struct redis_command *commands = arena_calloc(arena, count, sizeof *commands);
    struct redis_errand *errands = arena_calloc(arena, count, sizeof *errands);
    bool *is_known = arena_calloc(arena, count, sizeof *is_known);
    struct terms terms = {.deadline = 0};
    size_t sent = 0;

    if (commands == NULL || errands == NULL || is_known == NULL) {
        end_all(turns, count, error_no_memory(turns[0]->request.error));
        return;
    }
    enum outcome outcome = read_terms(state, &turns[0]->request, &terms);
    if (outcome != OUTCOME_DONE) {
        end_all(turns, count, outcome);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        turns[i]->outcome = read_command(&turns[i]->request, &turns[i]->answer, &commands[sent]);
        is_known[i] = turns[i]->outcome != OUTCOME_DONE ||
                      find_tracked(state, &turns[i]->request, &commands[sent], &turns[i]->answer);
        if (!is_known[i]) {
            errands[sent].command = &commands[sent];
            errands[sent++].read_from = terms.read_from;
        }
    }
    redis_router_ask_many(&state->router, errands, sent, terms.deadline, arena);
    for (size_t i = 0, next = 0; i < count; i++)
        if (!is_known[i])
            turns[i]->outcome =
                take_errand(state, &turns[i]->request, &errands[next++], terms.deadline, &turns[i]->answer);
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

static enum outcome check_file(const char *text, struct arena *arena, struct error *error)
{
    if (text[0] == '\0' || text[0] == '/')
        return OUTCOME_DONE;
    return error_set(error, arena, OUTCOME_FAILED, "redis_topology_cache must be an absolute path");
}

static const struct lookup_setting settings[] = {
    {
        .name = "redis_servers",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the servers, tried in this order: host:port/database/password, (socket)/database/password, "
                "redis://user:password@host:port/database (rediss:// with TLS)",
        .check = check_servers,
    },
    {
        .name = "redis_mode",
        .type = LOOKUP_SETTING_WORD,
        .words = MODES,
        .default_value = "auto",
        .help = "what redis_servers are: a list to be tried in order, the nodes of a cluster, or Sentinels; "
                "auto finds a cluster out",
    },
    {
        .name = "redis_read_from",
        .type = LOOKUP_SETTING_WORD,
        .words = READ_FROMS,
        .default_value = "primary",
        .help = "who answers commands that only read, in a cluster and with Sentinel",
    },
    {
        .name = "redis_sentinel_master",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the name by which Sentinels know the master, for redis_mode = sentinel",
    },
    {
        .name = "redis_sentinel_password",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the password of the Sentinels themselves",
    },
    {
        .name = "redis_sentinel_user",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the user at the Sentinels themselves",
    },
    {
        .name = "redis_topology_cache",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "a file that tells new processes which node of a cluster serves what",
        .check = check_file,
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
        .name = "redis_map",
        .type = LOOKUP_SETTING_WORD,
        .words = "pairs lines",
        .default_value = "pairs",
        .help = "how a map is shown: as key=value pairs, or one key or value a line as in Exim",
    },
    {
        .name = "redis_protocol",
        .type = LOOKUP_SETTING_WORD,
        .words = "auto 2",
        .default_value = "auto",
        .help = "the protocol: RESP3 where server and hiredis know it, or RESP2",
    },
    {
        .name = "redis_tracking",
        .type = LOOKUP_SETTING_WORD,
        .words = "no yes",
        .default_value = "no",
        .help = "yes: answers are kept until the server says that they have changed, for long-lived programs",
    },
    {
        .name = "redis_reply_limit",
        .type = LOOKUP_SETTING_NUMBER,
        .default_value = "16M",
        .help = "the largest reply in bytes that is taken from a server",
        .check = check_limit,
    },
    {
        .name = "redis_tls_ca",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "a file or folder with the certificates of the issuers that are trusted; empty: the system's",
    },
    {
        .name = "redis_tls_certificate",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "a file with the client's own certificate, for servers that want one",
    },
    {
        .name = "redis_tls_privatekey",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "a file with its private key; empty: it is in the same file",
    },
    {
        .name = "redis_tls_verify",
        .type = LOOKUP_SETTING_WORD,
        .words = "yes issuer no",
        .default_value = "yes",
        .help = "what is checked of a server's certificate: issuer and name, the issuer only, or nothing",
    },
    {
        .name = "redis_tls_servername",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the name that all servers' certificates are for; empty: each server's host",
    },
    {
        .name = "redis_tls_sessions",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "a file in which processes leave TLS sessions for the next to resume; empty: none",
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
