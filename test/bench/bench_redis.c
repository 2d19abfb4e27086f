/* One blocking GET after the other, by contenders that take turns on one server.

   bench_redis PLACE ROUNDS DATABASE PASSWORD CONTENDER…
     PLACE      host:port, rediss://host:port, or the path of a socket
     PASSWORD   may be empty
     CONTENDER  bare: hiredis alone; tls: hiredis and OpenSSL alone; lookup: lookup_find; expand: a compiled
                ${lookup redis{…}} through rexpand_evaluate; cached: the same with one key only

   Prints a line for each contender: its name and the median of the rounds' GETs per second.
   But for "cached" every key is a new one until rexpand_env_tidy, so that no answer is in a
   cache. Keys are key:0 to key:9999 and need not exist. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lookups/lookup.h"
#include "rexpand.h"

enum { KEYS = 10000, GETS_A_ROUND = 1000, ROUNDS_AT_MOST = 1000, CONTENDERS_AT_MOST = 8 };

struct bench {
    const char *place;
    const char *database;
    const char *password;
    char servers[512]; /* as redis_servers has it */
    long count;        /* of GETs so far */
    redisContext *bare;
    int socket; /* of "tls" */
    SSL_CTX *tls_context;
    SSL *tls;
    redisReader *reader;
    struct lookups *lookups;
    struct arena arena;
    struct rexpand_env *env;
    struct rexpand_program *program;
};

/* A contender: makes its connection at its first GET. */
struct contender {
    const char *name;
    void (*open)(struct bench *bench);
    void (*get)(struct bench *bench, const char *key, size_t length);
    void (*tidy)(struct bench *bench); /* between rounds; may be NULL */
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_redis: %s\n", what);
    exit(1);
}

/* ---- hiredis alone ---- */

static void expect_ok(redisContext *context, const char *command, const char *argument)
{
    redisReply *reply = redisCommand(context, "%s %s", command, argument);

    if (reply == NULL || reply->type != REDIS_REPLY_STATUS)
        fail(command);
    freeReplyObject(reply);
}

static void open_bare(struct bench *bench)
{
    const char *colon = strchr(bench->place, ':');
    char host[128];

    if (bench->place[0] == '/') {
        bench->bare = redisConnectUnix(bench->place);
    } else {
        (void)snprintf(host, sizeof host, "%.*s", (int)strcspn(bench->place, ":"), bench->place);
        bench->bare = redisConnect(host, colon == NULL ? 6379 : atoi(colon + 1));
    }
    if (bench->bare == NULL || bench->bare->err != 0)
        fail("no connection");
    if (bench->password[0] != '\0')
        expect_ok(bench->bare, "AUTH", bench->password);
    if (strcmp(bench->database, "0") != 0)
        expect_ok(bench->bare, "SELECT", bench->database);
}

static void get_bare(struct bench *bench, const char *key, size_t length)
{
    redisReply *reply = redisCommand(bench->bare, "GET %b", key, length);

    if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
        fail("no answer");
    freeReplyObject(reply);
}

/* ---- hiredis and OpenSSL alone ---- */

static redisReply *ask_tls(struct bench *bench, char *command, int length)
{
    char bytes[16 * 1024];
    void *reply = NULL;

    if (length < 0 || SSL_write(bench->tls, command, length) != length)
        fail("TLS does not send");
    while (reply == NULL) {
        int count = SSL_read(bench->tls, bytes, sizeof bytes);
        if (count <= 0 || redisReaderFeed(bench->reader, bytes, (size_t)count) != REDIS_OK ||
            redisReaderGetReply(bench->reader, &reply) != REDIS_OK)
            fail("no answer by TLS");
    }
    redisFreeCommand(command);
    return reply;
}

static void open_tls(struct bench *bench)
{
    const char *place = strstr(bench->place, "://");
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host[128];
    char *port;
    char *command = NULL;

    (void)snprintf(host, sizeof host, "%s", place == NULL ? "" : place + 3);
    port = strchr(host, ':');
    if (port == NULL)
        fail("TLS wants rediss://host:port");
    *port++ = '\0';
    if (getaddrinfo(host, port, &hints, &found) != 0)
        fail("no address");
    bench->socket = socket(found->ai_family, SOCK_STREAM, 0);
    if (bench->socket < 0 || connect(bench->socket, found->ai_addr, found->ai_addrlen) != 0)
        fail("no connection");
    freeaddrinfo(found);
    (void)setsockopt(bench->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    bench->tls_context = SSL_CTX_new(TLS_client_method());
    bench->tls = SSL_new(bench->tls_context);
    bench->reader = redisReaderCreate();
    if (bench->tls == NULL || bench->reader == NULL || SSL_set_fd(bench->tls, bench->socket) != 1 ||
        SSL_connect(bench->tls) != 1)
        fail("no TLS");
    int length = redisFormatCommand(&command, "SELECT %s", bench->database);
    freeReplyObject(ask_tls(bench, command, length));
}

static void get_tls(struct bench *bench, const char *key, size_t length)
{
    char *command = NULL;
    int command_length = redisFormatCommand(&command, "GET %b", key, length);

    freeReplyObject(ask_tls(bench, command, command_length));
}

static void close_tls(struct bench *bench)
{
    if (bench->tls_context == NULL)
        return;
    SSL_free(bench->tls);
    SSL_CTX_free(bench->tls_context);
    redisReaderFree(bench->reader);
    (void)close(bench->socket);
}

/* ---- the lookup, without the language ---- */

static void open_lookup(struct bench *bench)
{
    struct error error = {0};

    arena_init(&bench->arena, 4096, SIZE_MAX);
    bench->lookups = lookups_new();
    if (bench->lookups == NULL)
        fail("no memory");
    if (lookups_set(bench->lookups, "redis_servers", bench->servers, &bench->arena, &error) != OUTCOME_DONE ||
        lookups_set(bench->lookups, "redis_tls_verify", "no", &bench->arena, &error) != OUTCOME_DONE)
        fail(error.message);
}

static void get_lookup(struct bench *bench, const char *key, size_t length)
{
    struct error error = {0};
    struct lookup_answer answer;
    char query[64];
    int query_length = snprintf(query, sizeof query, "GET %.*s", (int)length, key);
    struct lookup_request request = {
        .driver = lookup_driver_find("redis", 5),
        .options = value_of_string(""),
        .key = value_clean(query, (size_t)query_length),
        .arena = &bench->arena,
        .error = &error,
        .deadline = CLOCK_NEVER,
    };

    arena_reset(&bench->arena, (size_t)64 * 1024);
    if (lookup_find(bench->lookups, &request, &answer) != OUTCOME_DONE)
        fail(error.message);
}

static void tidy_lookup(struct bench *bench)
{
    lookups_tidy(bench->lookups);
}

/* ---- the language ---- */

static void open_expand(struct bench *bench)
{
    static const char text[] = "${lookup redis{GET $acl_c_key}{$value}{-}}";

    if (bench->env != NULL)
        return;
    bench->env = rexpand_env_new(NULL, NULL);
    bench->program = rexpand_compile(text, strlen(text), NULL);
    if (bench->env == NULL || bench->program == NULL)
        fail("no memory");
    if (!rexpand_env_set_option(bench->env, "redis_servers", bench->servers, NULL) ||
        !rexpand_env_set_option(bench->env, "redis_tls_verify", "no", NULL))
        fail("redis_servers does not parse");
}

static void get_expand(struct bench *bench, const char *key, size_t length)
{
    struct rexpand_result result;

    if (!rexpand_env_set(bench->env, "acl_c_key", key, length, false))
        fail("no memory");
    if (rexpand_evaluate(bench->program, bench->env, &result) != REXPAND_DONE)
        fail(result.message);
}

static void get_cached(struct bench *bench, const char *key, size_t length)
{
    (void)key;
    (void)length;
    get_expand(bench, "key:0", 5);
}

static void tidy_expand(struct bench *bench)
{
    rexpand_env_tidy(bench->env);
}

/* ---- taking turns ---- */

static const struct contender contenders[] = {
    {"bare", open_bare, get_bare, NULL},
    {"tls", open_tls, get_tls, NULL},
    {"lookup", open_lookup, get_lookup, tidy_lookup},
    {"expand", open_expand, get_expand, tidy_expand},
    {"cached", open_expand, get_cached, tidy_expand},
};

static const struct contender *find_contender(const char *name)
{
    for (size_t i = 0; i < sizeof contenders / sizeof contenders[0]; i++)
        if (strcmp(contenders[i].name, name) == 0)
            return &contenders[i];
    fail("there is no such contender");
    return NULL;
}

static double run_round(struct bench *bench, const struct contender *contender)
{
    nanoseconds begin = clock_now();
    char key[64];

    for (long i = 0; i < GETS_A_ROUND; i++) {
        int length = snprintf(key, sizeof key, "key:%ld", (bench->count + i) % KEYS);
        contender->get(bench, key, (size_t)length);
    }
    if (contender->tidy != NULL)
        contender->tidy(bench);
    return GETS_A_ROUND * 1e9 / (double)(clock_now() - begin);
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

static void close_all(struct bench *bench)
{
    if (bench->bare != NULL)
        redisFree(bench->bare);
    close_tls(bench);
    lookups_free(bench->lookups);
    arena_free(&bench->arena);
    rexpand_program_free(bench->program);
    rexpand_env_free(bench->env);
}

int main(int argc, char **argv)
{
    static double rates[CONTENDERS_AT_MOST][ROUNDS_AT_MOST];
    const struct contender *running[CONTENDERS_AT_MOST];

    if (argc < 6 || argc - 5 > CONTENDERS_AT_MOST)
        fail("usage: bench_redis PLACE ROUNDS DATABASE PASSWORD bare|tls|lookup|expand|cached…");
    struct bench bench = {.place = argv[1], .database = argv[3], .password = argv[4]};
    size_t rounds = (size_t)atoi(argv[2]);
    size_t count = (size_t)argc - 5;
    if (rounds < 1 || rounds > ROUNDS_AT_MOST)
        fail("ROUNDS is from 1 to 1000");
    if (strstr(bench.place, "://") != NULL)
        (void)snprintf(bench.servers, sizeof bench.servers, "<;%s/%s", bench.place, bench.database);
    else
        (void)snprintf(bench.servers, sizeof bench.servers,
                       bench.place[0] == '/' ? "<;(%s)/%s/%s" : "<;%s/%s/%s", bench.place, bench.database,
                       bench.password);
    for (size_t i = 0; i < count; i++) {
        running[i] = find_contender(argv[5 + i]);
        running[i]->open(&bench);
        (void)run_round(&bench, running[i]); /* the first makes the connection */
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++)
            rates[i][round] = run_round(&bench, running[i]);
        bench.count += GETS_A_ROUND;
    }
    for (size_t i = 0; i < count; i++) {
        qsort(rates[i], rounds, sizeof rates[i][0], compare);
        (void)printf("%s %.0f\n", running[i]->name, rates[i][rounds / 2]);
    }
    close_all(&bench);
    return 0;
}
