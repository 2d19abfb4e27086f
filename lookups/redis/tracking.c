#include "lookups/redis/tracking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lookups/redis/pipeline.h"

static const nanoseconds longest_keep = 60 * NANOSECONDS_PER_SECOND;
static const nanoseconds longest_setup = NANOSECONDS_PER_SECOND;
static const nanoseconds refusal_rest = 30 * NANOSECONDS_PER_SECOND;

enum { MOST_SCRATCH = 16 * 1024 * 1024 };

struct redis_kept {
    uint16_t next; /* slot in its bucket's chain, counted from 1; 0: none */
    struct redis_watch *watch;
    nanoseconds until;
    uint64_t hash; /* of the key */
    bool found;
    size_t key_length;
    size_t query_length;
    size_t text_length;
    char bytes[]; /* key, query, text */
};

/* ---- the answers ---- */

void redis_tracking_open(struct redis_tracking *tracking)
{
    *tracking = (struct redis_tracking){.owner = getpid()};
    tracking->seed = (uint64_t)clock_now() * UINT64_C(0x9e3779b97f4a7c15);
    arena_init(&tracking->scratch, 1024, MOST_SCRATCH);
}

/* FNV-1a, from a start that nobody outside knows. */
static uint64_t hash_of(const struct redis_tracking *tracking, const char *bytes, size_t length)
{
    uint64_t hash = tracking->seed ^ UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static size_t size_of(const struct redis_kept *kept)
{
    return sizeof *kept + kept->key_length + kept->query_length + kept->text_length;
}

static uint16_t *bucket_of(const struct redis_tracking *tracking, uint64_t hash)
{
    return &tracking->buckets[hash % REDIS_TRACKED_BUCKETS];
}

static void drop(struct redis_tracking *tracking, size_t slot)
{
    struct redis_kept *kept = tracking->slots[slot];
    uint16_t *place = bucket_of(tracking, kept->hash);

    while (*place != slot + 1)
        place = &tracking->slots[*place - 1]->next;
    *place = kept->next;
    tracking->slots[slot] = NULL;
    tracking->count--;
    tracking->bytes -= size_of(kept);
    free(kept);
}

void redis_tracking_empty(struct redis_tracking *tracking)
{
    for (size_t i = 0; tracking->count > 0 && i < REDIS_TRACKED_ANSWERS; i++)
        if (tracking->slots[i] != NULL)
            drop(tracking, i);
}

static void drop_key(struct redis_tracking *tracking, const char *key, size_t length)
{
    uint64_t hash = hash_of(tracking, key, length);
    uint16_t next;

    if (tracking->count == 0)
        return;
    for (uint16_t at = *bucket_of(tracking, hash); at != 0; at = next) {
        const struct redis_kept *kept = tracking->slots[at - 1];
        next = kept->next;
        if (kept->hash == hash && kept->key_length == length && memcmp(kept->bytes, key, length) == 0)
            drop(tracking, at - 1U);
    }
}

/* ---- the commands ---- */

/* Commands that read their first argument's key and no other. */
static const char *const single_key_reads[] = {
    "BITCOUNT",      "GET",    "GETBIT",    "GETRANGE",         "HEXISTS",  "HGET",       "HGETALL",
    "HKEYS",         "HLEN",   "HMGET",     "HSTRLEN",          "HVALS",    "LINDEX",     "LLEN",
    "LPOS",          "LRANGE", "SCARD",     "SISMEMBER",        "SMEMBERS", "SMISMEMBER", "STRLEN",
    "TYPE",          "ZCARD",  "ZCOUNT",    "ZLEXCOUNT",        "ZMSCORE",  "ZRANGE",     "ZRANGEBYLEX",
    "ZRANGEBYSCORE", "ZRANK",  "ZREVRANGE", "ZREVRANGEBYSCORE", "ZREVRANK", "ZSCORE",
};

bool redis_tracking_takes(const struct redis_command *command)
{
    const struct redis_argument *name = &command->arguments[0];

    if (command->effect != REDIS_READS || command->count < 2)
        return false;
    for (size_t i = 0; i < sizeof single_key_reads / sizeof single_key_reads[0]; i++)
        if (strlen(single_key_reads[i]) == name->length &&
            strncasecmp(single_key_reads[i], name->bytes, name->length) == 0)
            return true;
    return false;
}

/* The command as bytes that no other command has. */
static bool query_of(const struct redis_command *command, struct arena *arena, struct value *query)
{
    struct buffer bytes;

    buffer_init(&bytes, arena);
    redis_command_encode(&bytes, command->arguments, command->count);
    return buffer_value(&bytes, query);
}

/* The slot of the answer, counted from 1; 0: there is none. */
static uint16_t find_kept(const struct redis_tracking *tracking, const struct redis_argument *key,
                          const struct value *query)
{
    uint64_t hash = hash_of(tracking, key->bytes, key->length);
    uint16_t at = tracking->count == 0 ? 0 : *bucket_of(tracking, hash);

    for (; at != 0; at = tracking->slots[at - 1]->next) {
        const struct redis_kept *kept = tracking->slots[at - 1];
        if (kept->hash == hash && kept->query_length == query->length &&
            memcmp(kept->bytes + kept->key_length, query->bytes, query->length) == 0)
            return at;
    }
    return 0;
}

/* ---- the news ---- */

static void free_watch(struct redis_watch *watch)
{
    redis_connection_free(&watch->news);
    arena_free(&watch->arena);
    free(watch);
}

/* Nothing is known any more. A watched connection that is still there is watched
   anew when the next answer comes over it. */
static void start_over(struct redis_tracking *tracking)
{
    redis_tracking_empty(tracking);
    for (size_t i = 0; i < tracking->watch_count; i++)
        free_watch(tracking->watches[i]);
    tracking->watch_count = 0;
    tracking->seen = tracking->losses;
    tracking->owner = getpid();
}

void redis_tracking_close(struct redis_tracking *tracking)
{
    start_over(tracking);
    free(tracking->buckets);
    free(tracking->slots);
    tracking->buckets = NULL;
    tracking->slots = NULL;
    arena_free(&tracking->scratch);
}

static bool is_text(const struct redis_reply *reply, const char *text)
{
    return (reply->type == REDIS_BULK || reply->type == REDIS_STATUS) &&
           reply->as.text.length == strlen(text) && memcmp(reply->as.text.bytes, text, strlen(text)) == 0;
}

/* ["message", "__redis__:invalidate", keys]; nil in place of the keys means all. False:
   that is no news. */
static bool take_news(struct redis_tracking *tracking, const struct redis_reply *reply)
{
    if (reply->type != REDIS_ARRAY || reply->as.array.count != 3 ||
        !is_text(&reply->as.array.elements[0], "message"))
        return false;
    const struct redis_reply *keys = &reply->as.array.elements[2];
    if (keys->type == REDIS_NIL) {
        redis_tracking_empty(tracking);
        return true;
    }
    if (keys->type != REDIS_ARRAY)
        return false;
    for (size_t i = 0; i < keys->as.array.count; i++) {
        const struct redis_reply *key = &keys->as.array.elements[i];
        if (key->type != REDIS_BULK)
            return false;
        drop_key(tracking, key->as.text.bytes, key->as.text.length);
    }
    return true;
}

/* Uses up what is in the connection's input. */
static bool read_input(struct redis_tracking *tracking, struct redis_watch *watch)
{
    struct redis_connection *news = &watch->news;

    while (news->input_next < news->input_end) {
        struct redis_reply *reply = NULL;
        size_t used;
        enum redis_progress progress =
            redis_codec_feed(&news->codec, &watch->arena, news->input + news->input_next,
                             news->input_end - news->input_next, &used, &reply);
        if (progress == REDIS_BROKEN)
            return false;
        news->input_next += used;
        if (progress == REDIS_MORE)
            return true;
        if (!take_news(tracking, reply))
            return false;
        arena_reset(&watch->arena, 4096);
    }
    return true;
}

/* All news that have come in. False: there will be no more. */
static bool read_news(struct redis_tracking *tracking, struct redis_watch *watch)
{
    struct redis_connection *news = &watch->news;

    for (;;) {
        if (!redis_connection_is_open(news) || !read_input(tracking, watch))
            return false;
        ssize_t count = news->transport->receive(&news->link, news->input, REDIS_INPUT_SIZE, false);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return true;
        if (count <= 0)
            return false;
        news->input_next = 0;
        news->input_end = (size_t)count;
    }
}

/* The answers are as good as the connections they depend on: the one that asked,
   whose end makes the server forget what it was asked, and the one with the news. */
static bool is_up_to_date(struct redis_tracking *tracking, struct redis_watch *watch)
{
    struct redis_connection *asks = (struct redis_connection *)(uintptr_t)watch->asks;

    return redis_connection_is_open(asks) && asks->opened == watch->opened &&
           !redis_connection_is_dead(asks) && read_news(tracking, watch);
}

/* Answers of another process, or of connections that are gone, are nobody's. */
static void notice_losses(struct redis_tracking *tracking)
{
    if (tracking->owner != getpid() || tracking->seen != tracking->losses)
        start_over(tracking);
}

bool redis_tracking_find(struct redis_tracking *tracking, const struct redis_command *command,
                         struct arena *arena, bool *found, struct value *text)
{
    struct value query;

    notice_losses(tracking);
    if (tracking->count == 0 || !query_of(command, arena, &query))
        return false;
    uint16_t at = find_kept(tracking, &command->arguments[1], &query);
    if (at == 0)
        return false;
    if (!is_up_to_date(tracking, tracking->slots[at - 1]->watch)) {
        start_over(tracking);
        return false;
    }
    at = find_kept(tracking, &command->arguments[1], &query);
    if (at == 0 || clock_is_past(tracking->slots[at - 1]->until))
        return false;
    const struct redis_kept *kept = tracking->slots[at - 1];
    const char *bytes =
        arena_copy(arena, kept->bytes + kept->key_length + kept->query_length, kept->text_length);
    if (bytes == NULL)
        return false;
    *found = kept->found;
    *text = value_clean(bytes, kept->text_length);
    return true;
}

/* ---- beginning to watch ---- */

static struct redis_watch *find_watch(const struct redis_tracking *tracking,
                                      const struct redis_connection *connection)
{
    for (size_t i = 0; i < tracking->watch_count; i++)
        if (tracking->watches[i]->asks == connection)
            return tracking->watches[i];
    return NULL;
}

static bool encode(struct buffer *out, struct arena *arena, const char *const *words)
{
    struct redis_argument arguments[6];
    size_t count = 0;

    for (; *words != NULL; words++)
        arguments[count++] = (struct redis_argument){*words, strlen(*words)};
    buffer_init(out, arena);
    redis_command_encode(out, arguments, count);
    return !out->failed;
}

/* Opens the connection for news. Gives its number at the server, 0 if that goes
   wrong. */
static long long subscribe(struct redis_connection *news, nanoseconds deadline, struct arena *arena)
{
    struct buffer id;
    struct buffer subscribe;

    if (!encode(&id, arena, (const char *const[]){"CLIENT", "ID", NULL}) ||
        !encode(&subscribe, arena, (const char *const[]){"SUBSCRIBE", "__redis__:invalidate", NULL}))
        return 0;
    struct redis_turn turns[] = {
        {.bytes = id.bytes, .length = id.length, .may_repeat = true},
        {.bytes = subscribe.bytes, .length = subscribe.length, .may_repeat = true},
    };
    struct redis_pipeline pipeline = {
        .connection = news,
        .turns = turns,
        .count = 2,
        .arena = arena,
        .connect_timeout = longest_setup,
        .command_timeout = longest_setup,
        .deadline = deadline,
    };
    redis_pipeline_start(&pipeline);
    redis_pipelines_run((struct redis_pipeline *const[]){&pipeline}, 1);
    return pipeline.problem == NULL && turns[0].reply->type == REDIS_INTEGER &&
                   turns[1].reply->type == REDIS_ARRAY
               ? turns[0].reply->as.integer
               : 0;
}

static bool turn_tracking_on(struct redis_connection *connection, long long id, nanoseconds deadline,
                             struct arena *arena)
{
    const char *number = arena_format(arena, "%lld", id);
    struct redis_reply *reply = NULL;
    const char *problem;
    struct buffer command;

    if (number == NULL ||
        !encode(&command, arena, (const char *const[]){"CLIENT", "TRACKING", "ON", "REDIRECT", number, NULL}))
        return false;
    const struct redis_question question = {
        .bytes = command.bytes,
        .length = command.length,
        .may_repeat = true,
        .arena = arena,
        .connect_timeout = longest_setup,
        .command_timeout = longest_setup,
        .deadline = deadline,
    };
    return redis_connection_ask(connection, &question, &reply, &problem) == REDIS_ANSWERED &&
           reply->type == REDIS_STATUS;
}

static void watch_on(struct redis_tracking *tracking, struct redis_connection *connection,
                     nanoseconds deadline)
{
    struct redis_watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        return;
    if (tracking->watch_count == REDIS_WATCHES)
        start_over(tracking);
    tracking->watches[tracking->watch_count++] = watch;
    watch->server = *connection->server;
    watch->server.uses_resp2 = true;
    arena_init(&watch->arena, 1024, MOST_SCRATCH);
    redis_connection_init(&watch->news, &watch->server, (size_t)1024 * 1024);
    deadline = clock_earlier(deadline, clock_deadline(longest_setup));
    long long id = subscribe(&watch->news, deadline, &tracking->scratch);
    watch->is_on = id != 0 && turn_tracking_on(connection, id, deadline, &tracking->scratch);
    arena_reset(&tracking->scratch, 4096);
    watch->asks = connection;
    watch->opened = connection->opened;
    watch->retry_at = clock_deadline(refusal_rest);
    if (watch->is_on)
        connection->losses = &tracking->losses;
    else
        redis_connection_close(&watch->news);
}

/* ---- keeping ---- */

/* The next slot, and as many of the oldest after it as take too many bytes. */
static size_t make_slot(struct redis_tracking *tracking, size_t size)
{
    size_t slot = tracking->next;

    tracking->next = (slot + 1) % REDIS_TRACKED_ANSWERS;
    if (tracking->slots[slot] != NULL)
        drop(tracking, slot);
    for (size_t oldest = tracking->next; tracking->bytes + size > REDIS_TRACKED_BYTES && tracking->count > 0;
         oldest = (oldest + 1) % REDIS_TRACKED_ANSWERS)
        if (tracking->slots[oldest] != NULL)
            drop(tracking, oldest);
    return slot;
}

static bool make_tables(struct redis_tracking *tracking)
{
    if (tracking->slots == NULL)
        tracking->slots = calloc(REDIS_TRACKED_ANSWERS, sizeof *tracking->slots);
    if (tracking->buckets == NULL)
        tracking->buckets = calloc(REDIS_TRACKED_BUCKETS, sizeof *tracking->buckets);
    return tracking->slots != NULL && tracking->buckets != NULL;
}

static void add(struct redis_tracking *tracking, struct redis_kept *kept)
{
    size_t slot = make_slot(tracking, size_of(kept));
    uint16_t *bucket = bucket_of(tracking, kept->hash);

    kept->next = *bucket;
    *bucket = (uint16_t)(slot + 1);
    tracking->slots[slot] = kept;
    tracking->count++;
    tracking->bytes += size_of(kept);
}

static void keep(struct redis_tracking *tracking, struct redis_watch *watch,
                 const struct redis_command *command, bool found, const struct value *text)
{
    const struct redis_argument *key = &command->arguments[1];
    struct value query;

    if (text->length > REDIS_TRACKED_BYTES / 4 || !make_tables(tracking) ||
        !query_of(command, &tracking->scratch, &query))
        return;
    uint16_t old = find_kept(tracking, key, &query);
    if (old != 0)
        drop(tracking, old - 1U);
    struct redis_kept *kept = malloc(sizeof *kept + key->length + query.length + text->length);
    if (kept == NULL)
        return;
    *kept = (struct redis_kept){
        .watch = watch,
        .until = clock_deadline(longest_keep),
        .hash = hash_of(tracking, key->bytes, key->length),
        .found = found,
        .key_length = key->length,
        .query_length = query.length,
        .text_length = text->length,
    };
    char *next = kept->bytes;
    if (key->length > 0)
        memcpy(next, key->bytes, key->length);
    memcpy(next + key->length, query.bytes, query.length);
    if (text->length > 0)
        memcpy(next + key->length + query.length, text->bytes, text->length);
    add(tracking, kept);
}

void redis_tracking_keep(struct redis_tracking *tracking, const struct redis_command *command,
                         struct redis_connection *connection, nanoseconds deadline, bool found,
                         const struct value *text)
{
    notice_losses(tracking);
    struct redis_watch *watch = find_watch(tracking, connection);
    bool is_same = watch != NULL && watch->opened == connection->opened;

    if (watch != NULL && watch->is_on && is_same && redis_connection_is_open(connection)) {
        keep(tracking, watch, command, found, text);
        arena_reset(&tracking->scratch, 4096);
    } else if (watch == NULL) {
        watch_on(tracking, connection, deadline);
    } else if (!watch->is_on && clock_is_past(watch->retry_at)) {
        start_over(tracking);
    }
}
