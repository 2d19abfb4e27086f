/* Lookups through a cluster, by contenders that take turns.

   bench_redis_cluster ROUNDS PORT…
     PORT…      of the cluster's primaries on 127.0.0.1

   Prints a line for each contender: its name and the median of the rounds' GETs per second.
     bare       hiredis, one GET after the other, by a loop that knows each key's node
     lookup     lookup_find, one after the other
     pipeline   hiredis, a pipeline of 100 a node, by a loop that knows each key's node
     many       lookup_find_many, 1000 at once
   Keys are key:0 to key:9999 and need not exist; no answer comes from a cache. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "lookups/lookup.h"
#include "lookups/redis/slots.h"

enum { KEYS = 10000, GETS_A_ROUND = 1000, AT_ONCE = 100, NODES = 16, ROUNDS_AT_MOST = 1000, CONTENDERS = 4 };

struct bench {
    redisContext *nodes[NODES];
    size_t count;
    unsigned owner[REDIS_SLOTS];
    char keys[KEYS][24];
    char queries[KEYS][32];
    struct lookups *lookups;
    struct arena arena;
    struct lookup_turn turns[GETS_A_ROUND];
    struct error errors[GETS_A_ROUND];
    unsigned first; /* key of the round */
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_redis_cluster: %s\n", what);
    exit(1);
}

/* ---- hiredis ---- */

static void learn_owners(struct bench *bench, const int *ports)
{
    redisReply *reply = redisCommand(bench->nodes[0], "CLUSTER SLOTS");

    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY)
        fail("no cluster");
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *range = reply->element[i];
        for (long long slot = range->element[0]->integer; slot <= range->element[1]->integer; slot++)
            for (unsigned node = 0; node < bench->count; node++)
                if (ports[node] == range->element[2]->element[1]->integer)
                    bench->owner[slot] = node;
    }
    freeReplyObject(reply);
}

static redisContext *node_of(const struct bench *bench, const char *key)
{
    return bench->nodes[bench->owner[redis_slot(key, strlen(key))]];
}

static void check_reply(redisReply *reply)
{
    if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
        fail("no answer");
    freeReplyObject(reply);
}

static void run_bare(struct bench *bench)
{
    for (unsigned i = 0; i < GETS_A_ROUND; i++) {
        const char *key = bench->keys[(bench->first + i) % KEYS];
        check_reply(redisCommand(node_of(bench, key), "GET %b", key, strlen(key)));
    }
}

static void take_replies(redisContext *node, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        void *reply = NULL;
        if (redisGetReply(node, &reply) != REDIS_OK)
            fail("no answer");
        check_reply(reply);
    }
}

static void run_pipeline(struct bench *bench)
{
    unsigned open[NODES] = {0};

    for (unsigned i = 0; i < GETS_A_ROUND; i++) {
        const char *key = bench->keys[(bench->first + i) % KEYS];
        unsigned node = bench->owner[redis_slot(key, strlen(key))];
        (void)redisAppendCommand(bench->nodes[node], "GET %b", key, strlen(key));
        if (++open[node] == AT_ONCE) {
            take_replies(bench->nodes[node], open[node]);
            open[node] = 0;
        }
    }
    for (size_t node = 0; node < bench->count; node++)
        take_replies(bench->nodes[node], open[node]);
}

/* ---- lookups ---- */

static void make_request(struct bench *bench, unsigned i)
{
    const char *query = bench->queries[(bench->first + i) % KEYS];

    bench->turns[i].request = (struct lookup_request){
        .driver = lookup_driver_find("redis", 5),
        .key = value_clean(query, strlen(query)),
        .file = value_of_string(""),
        .options = value_of_string(""),
        .arena = &bench->arena,
        .error = &bench->errors[i],
        .deadline = CLOCK_NEVER,
    };
}

static void run_lookup(struct bench *bench)
{
    for (unsigned i = 0; i < GETS_A_ROUND; i++) {
        struct lookup_turn *turn = &bench->turns[i];
        make_request(bench, i);
        arena_reset(&bench->arena, (size_t)4 * 1024 * 1024);
        if (lookup_find(bench->lookups, &turn->request, &turn->answer) != OUTCOME_DONE)
            fail(bench->errors[i].message);
    }
    lookups_tidy(bench->lookups);
}

static void run_many(struct bench *bench)
{
    for (unsigned i = 0; i < GETS_A_ROUND; i++)
        make_request(bench, i);
    arena_reset(&bench->arena, (size_t)4 * 1024 * 1024);
    lookup_find_many(bench->lookups, bench->turns, GETS_A_ROUND);
    for (unsigned i = 0; i < GETS_A_ROUND; i++)
        if (bench->turns[i].outcome != OUTCOME_DONE)
            fail(bench->errors[i].message);
    lookups_tidy(bench->lookups);
}

/* ---- taking turns ---- */

static const struct contender {
    const char *name;
    void (*run)(struct bench *bench);
} contenders[CONTENDERS] = {
    {"bare", run_bare},
    {"lookup", run_lookup},
    {"pipeline", run_pipeline},
    {"many", run_many},
};

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

static void open_bench(struct bench *bench, char **ports)
{
    struct error error = {0};
    int numbers[NODES] = {0};
    char servers[64];

    for (; ports[bench->count] != NULL && bench->count < NODES; bench->count++) {
        numbers[bench->count] = atoi(ports[bench->count]);
        bench->nodes[bench->count] = redisConnect("127.0.0.1", numbers[bench->count]);
        if (bench->nodes[bench->count] == NULL || bench->nodes[bench->count]->err != 0)
            fail("no connection");
    }
    learn_owners(bench, numbers);
    for (int i = 0; i < KEYS; i++) {
        (void)snprintf(bench->keys[i], sizeof bench->keys[i], "key:%d", i);
        (void)snprintf(bench->queries[i], sizeof bench->queries[i], "GET key:%d", i);
    }
    arena_init(&bench->arena, 4096, SIZE_MAX);
    bench->lookups = lookups_new();
    (void)snprintf(servers, sizeof servers, "<;127.0.0.1:%d/0/", numbers[0]);
    if (bench->lookups == NULL ||
        lookups_set(bench->lookups, "redis_servers", servers, &bench->arena, &error) != OUTCOME_DONE)
        fail("redis_servers");
}

int main(int argc, char **argv)
{
    static struct bench bench;
    static double rates[CONTENDERS][ROUNDS_AT_MOST];

    if (argc < 3)
        fail("usage: bench_redis_cluster ROUNDS PORT…");
    size_t rounds = (size_t)atoi(argv[1]);
    if (rounds < 1 || rounds > ROUNDS_AT_MOST)
        fail("ROUNDS is from 1 to 1000");
    open_bench(&bench, argv + 2);
    for (size_t i = 0; i < CONTENDERS; i++)
        contenders[i].run(&bench);
    for (size_t round = 0; round < rounds; round++, bench.first += GETS_A_ROUND)
        for (size_t i = 0; i < CONTENDERS; i++) {
            nanoseconds begin = clock_now();
            contenders[i].run(&bench);
            rates[i][round] = GETS_A_ROUND * 1e9 / (double)(clock_now() - begin);
        }
    for (size_t i = 0; i < CONTENDERS; i++) {
        qsort(rates[i], rounds, sizeof rates[i][0], compare);
        (void)printf("%s %.0f\n", contenders[i].name, rates[i][rounds / 2]);
    }
    for (size_t i = 0; i < bench.count; i++)
        redisFree(bench.nodes[i]);
    lookups_free(bench.lookups);
    arena_free(&bench.arena);
    return 0;
}
