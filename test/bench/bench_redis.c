/* One blocking GET after the other: through lookup_find, or through hiredis alone.

   bench_redis PLACE COUNT MODE [DATABASE [PASSWORD]]
     PLACE  host:port or the path of a socket
     MODE   bare, lookup (each key once, so that no answer is in the cache),
            nocache (cache=no), cached (the same key always)

   Prints one JSON object. Keys are key:0 to key:9999 and need not exist. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "lookups/lookup.h"

enum { KEYS = 10000 };

struct bench {
    const char *place;
    long count;
    const char *database;
    const char *password;
    long found;
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_redis: %s\n", what);
    exit(1);
}

static void expect_ok(redisContext *context, const char *command, const char *argument)
{
    redisReply *reply = redisCommand(context, "%s %s", command, argument);

    if (reply == NULL || reply->type != REDIS_REPLY_STATUS)
        fail(command);
    freeReplyObject(reply);
}

static redisContext *connect_bare(const struct bench *bench)
{
    redisContext *context;
    char host[128];

    if (bench->place[0] == '/') {
        context = redisConnectUnix(bench->place);
    } else {
        const char *colon = strchr(bench->place, ':');
        (void)snprintf(host, sizeof host, "%.*s", (int)strcspn(bench->place, ":"), bench->place);
        context = redisConnect(host, colon == NULL ? 6379 : atoi(colon + 1));
    }
    if (context == NULL || context->err != 0)
        fail("no connection");
    if (bench->password[0] != '\0')
        expect_ok(context, "AUTH", bench->password);
    if (strcmp(bench->database, "0") != 0)
        expect_ok(context, "SELECT", bench->database);
    return context;
}

static nanoseconds run_bare(struct bench *bench)
{
    redisContext *context = connect_bare(bench);
    nanoseconds begin = clock_now();
    char key[64];

    for (long i = 0; i < bench->count; i++) {
        int length = snprintf(key, sizeof key, "key:%ld", i % KEYS);
        redisReply *reply = redisCommand(context, "GET %b", key, (size_t)length);
        if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
            fail("no answer");
        bench->found += reply->type == REDIS_REPLY_STRING;
        freeReplyObject(reply);
    }
    nanoseconds time = clock_now() - begin;
    redisFree(context);
    return time;
}

static struct lookups *open_lookups(const struct bench *bench, struct arena *arena)
{
    struct lookups *lookups = lookups_new();
    struct error error = {0};
    const char *format = bench->place[0] == '/' ? "<;(%s)/%s/%s" : "<;%s/%s/%s";
    const char *servers = arena_format(arena, format, bench->place, bench->database, bench->password);

    if (lookups == NULL || servers == NULL)
        fail("no memory");
    if (lookups_set(lookups, "redis_servers", servers, arena, &error) != OUTCOME_DONE)
        fail(error.message);
    return lookups;
}

static nanoseconds run_lookup(struct bench *bench, const char *options, long keys)
{
    struct arena arena;
    struct error error = {0};
    struct lookup_answer answer;
    char query[64];

    arena_init(&arena, 4096, SIZE_MAX);
    struct lookups *lookups = open_lookups(bench, &arena);
    struct lookup_request request = {
        .driver = lookup_driver_find("redis", 5),
        .options = value_of_string(options),
        .arena = &arena,
        .error = &error,
        .deadline = CLOCK_NEVER,
    };
    nanoseconds begin = clock_now();
    for (long i = 0; i < bench->count; i++) {
        /* A key that no other lookup has, of the same length as the bare loop's. */
        int length = snprintf(query, sizeof query, "GET key:%ld", i % keys);
        request.key = value_clean(query, (size_t)length);
        arena_reset(&arena, 64 * 1024);
        if (lookup_find(lookups, &request, &answer) != OUTCOME_DONE)
            fail(error.message);
        bench->found += answer.found;
    }
    nanoseconds time = clock_now() - begin;
    lookups_free(lookups);
    arena_free(&arena);
    return time;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage: bench_redis PLACE COUNT bare|lookup|nocache|cached [DATABASE [PASSWORD]]");
    struct bench bench = {
        .place = argv[1],
        .count = atol(argv[2]),
        .database = argc > 4 ? argv[4] : "0",
        .password = argc > 5 ? argv[5] : "",
    };
    const char *mode = argv[3];
    nanoseconds time;

    if (strcmp(mode, "bare") == 0)
        time = run_bare(&bench);
    else if (strcmp(mode, "lookup") == 0)
        time = run_lookup(&bench, "", INT32_MAX);
    else if (strcmp(mode, "nocache") == 0)
        time = run_lookup(&bench, "cache=no", KEYS);
    else
        time = run_lookup(&bench, "", 1);
    double each = (double)time / (double)bench.count;
    (void)printf("{\"place\": \"%s\", \"mode\": \"%s\", \"count\": %ld, \"found\": %ld, \"ns_per_op\": %.0f, "
                 "\"ops_per_s\": %.0f}\n",
                 bench.place, mode, bench.count, bench.found, each, 1e9 / each);
    return 0;
}
