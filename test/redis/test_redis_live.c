#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "test/support/ask.h"
#include "test/support/fake_redis.h"
#include "test/support/redis_server.h"

#define SHORT "400ms"
static const nanoseconds generous = 20 * NANOSECONDS_PER_SECOND;

/* A server and lookups that use it, anew for each test. */
struct live {
    struct redis_test_server server;
    struct asker asker;
};

static void set_place(struct asker *asker, const char *format, const char *first, const char *second)
{
    char servers[512];

    (void)snprintf(servers, sizeof servers, format, first, second);
    asker_set(asker, "redis_servers", servers);
}

static int open_live(void **state)
{
    struct live *live = calloc(1, sizeof *live);

    redis_test_server_start(&live->server, NULL);
    asker_open(&live->asker);
    /* The scripts of fake servers begin without HELLO. */
    asker_set(&live->asker, "redis_protocol", "2");
    set_place(&live->asker, "<;%s/3/%s", live->server.place, "");
    *state = live;
    return 0;
}

static int close_live(void **state)
{
    struct live *live = *state;

    asker_close(&live->asker);
    redis_test_server_stop(&live->server);
    free(live);
    return 0;
}

static void test_live_gives_each_type_as_text(void **state)
{
    struct live *live = *state;
    struct asker *asker = &live->asker;

    assert_answer(asker, "SET k value", "OK");
    assert_answer(asker, "GET k", "value");
    assert_answer(asker, "GET nosuch", "(none)");
    assert_answer(asker, "SET e \"\"", "OK");
    assert_answer(asker, "GET e", "");
    assert_answer(asker, "INCRBY n 41", "41");
    assert_answer(asker, "INCR n", "42");
    assert_answer(asker, "RPUSH l a b c", "3");
    assert_answer(asker, "LRANGE l 0 -1", "a\nb\nc");
    assert_answer(asker, "MGET k nosuch n", "value\n\n42");
    assert_answer(asker, "SMEMBERS nosuch", "(none)");
    assert_answer(asker, "EVAL 'return\\ {1,{2,{3}},\"x\"}' 0", "deferred: ERR Error compiling script");
    assert_answer(asker, "EVAL return\\ {1,{2,{3,false}},\"x\"} 0", "1\n2\n3\n\nx");
    assert_answer(asker, "EVAL return\\ redis.call(\"GET\",KEYS[1]) 1 k", "value");
    assert_answer(asker, "LPUSH k x", "deferred: redis server");
    assert_answer(asker, "LPUSH k x",
                  "deferred: WRONGTYPE Operation against a key holding the wrong kind of value");
    assert_answer(asker, "NOSUCH k", "deferred: ERR unknown command");
    assert_answer(asker, "PING", "PONG");
}

static void test_live_gives_the_same_text_by_either_protocol(void **state)
{
    static const char *const protocols[] = {"2", "auto"};
    struct live *live = *state;
    struct asker *asker = &live->asker;

    for (size_t i = 0; i < 2; i++) {
        asker_set(asker, "redis_protocol", protocols[i]);
        assert_answer(asker, "FLUSHALL", "OK");
        assert_answer(asker, "HSET h a 1 b b\\ c", "2");
        assert_answer(asker, "HGETALL h", "a=1 b=\"b c\" ");
        assert_answer(asker, "HGETALL nosuch", "(none)");
        assert_answer(asker, "CONFIG GET maxmemory-policy", "maxmemory-policy=noeviction ");
        assert_answer(asker, "ZADD z 1 one 2.5 two", "2");
        assert_answer(asker, "ZSCORE z two", "2.5");
        assert_answer(asker, "ZSCORE z nosuch", "(none)");
        assert_answer(asker, "ZRANGE z 0 -1 WITHSCORES", "one\n1\ntwo\n2.5");
        assert_answer(asker, "ZRANDMEMBER z 0 WITHSCORES", "(none)");
        assert_answer(asker, "INCRBYFLOAT f 0.5", "0.5");
        assert_answer(asker, "SADD s x", "1");
        assert_answer(asker, "SMEMBERS s", "x");
        assert_answer(asker, "SISMEMBER s x", "1");
        assert_answer(asker, "GET nosuch", "(none)");
        assert_answer(asker, "MGET f nosuch", "0.5\n");
        assert_answer(asker, "XADD x 1-1 field value", "1-1");
        assert_answer(asker, "XREAD STREAMS x 0", "x\n1-1\nfield\nvalue");
        assert_answer(asker, "LMPOP 1 nosuch LEFT", "(none)");
        assert_answer(asker, "EVAL return\\ redis.call('HGETALL',KEYS[1]) 1 h", "a\n1\nb\nb c");
    }
}

static void test_live_settings_give_exims_nil_and_integers(void **state)
{
    struct live *live = *state;
    struct asker *asker = &live->asker;

    asker_set(asker, "redis_nil", "empty");
    asker_set(asker, "redis_integer", "bool");
    assert_answer(asker, "GET nosuch", "");
    assert_answer(asker, "SADD s a", "true");
    assert_answer(asker, "SADD s a", "false");
}

static void test_live_works_over_a_socket_with_password_and_database(void **state)
{
    struct redis_test_server server;
    struct asker asker;

    (void)state;
    redis_test_server_start(&server, "pass/word");
    asker_open(&asker);
    set_place(&asker, "<;(%s)/5/%s", server.socket, "pass/word");
    assert_answer(&asker, "SET k socket", "OK");
    assert_answer(&asker, "GET k", "socket");
    set_place(&asker, "<;redis://default:pass%%2Fword@%s/5", server.place, "");
    assert_answer(&asker, "GET k", "socket");
    set_place(&asker, "<;%s/0/%s", server.place, "pass/word");
    assert_answer(&asker, "GET k", "(none)");
    set_place(&asker, "<;%s/0/%s", server.place, "wrong");
    assert_answer(&asker, "GET k", "deferred: log-in refused: WRONGPASS");
    assert_answer(&asker, "SET k x", "deferred: log-in refused: WRONGPASS");
    assert_null(strstr(asker.error.message, "wrong/"));
    set_place(&asker, "<;%s/0/%s", server.place, "");
    assert_answer(&asker, "GET k", "deferred: NOAUTH Authentication required");
    set_place(&asker, "<;%s/99/%s", server.place, "pass/word");
    assert_answer(&asker, "GET k", "deferred: database refused: ERR DB index is out of range");
    asker_close(&asker);
    redis_test_server_stop(&server);
}

static void test_live_a_write_never_runs_in_the_wrong_database(void **state)
{
    struct live *live = *state;

    set_place(&live->asker, "<;%s/99/%s", live->server.place, "");
    assert_answer(&live->asker, "SET wrong x", "deferred: database refused");
    assert_int_equal(redis_test_server_run(&live->server, "EXISTS wrong"), 0);
}

static void test_live_tries_the_servers_in_order(void **state)
{
    struct live *live = *state;
    char closed[32];

    (void)snprintf(closed, sizeof closed, "127.0.0.1:%d", free_port());
    assert_answer(&live->asker, "SET k v", "OK");
    set_place(&live->asker, "<;%s/0/;%s/3/", closed, live->server.place);
    assert_answer(&live->asker, "GET k", "v");
    assert_answer(&live->asker, "SET k w", "OK");
    assert_answer(&live->asker, "GET k", "w");
}

static void test_live_servers_option_asks_others(void **state)
{
    struct live *live = *state;
    struct value query = VALUE_LITERAL("GET k");
    char option[128];

    assert_answer(&live->asker, "SET k v", "OK");
    (void)snprintf(option, sizeof option, "servers=<;%s/4/", live->server.place);
    assert_result(&live->asker, ask_value(&live->asker, &query, option), "(none)");
    (void)snprintf(option, sizeof option, "servers=<;%s", live->server.place);
    assert_result(&live->asker, ask_value(&live->asker, &query, option), "v");
    struct lookup_request request = {
        .driver = lookup_driver_find("redis", 5),
        .key = query,
        .options = value_tainted("servers=x", 9),
        .arena = &live->asker.arena,
        .error = &live->asker.error,
        .deadline = CLOCK_NEVER,
    };
    assert_result(&live->asker, lookup_find(live->asker.lookups, &request, &live->asker.answer),
                  "failed: the options of a redis lookup are tainted");
}

/* Not sooner than the deadline, and not for ever. */
static void assert_took(nanoseconds since, nanoseconds at_least)
{
    nanoseconds time = clock_now() - since;

    assert_true(time >= at_least);
    assert_true(time < generous);
}

static void test_live_a_silent_server_costs_one_deadline(void **state)
{
    struct live *live = *state;
    struct redis_test_server silent;

    redis_test_server_start(&silent, NULL);
    redis_test_server_freeze(&silent);
    asker_set(&live->asker, "redis_command_timeout", SHORT);
    assert_answer(&live->asker, "SET k v", "OK");
    set_place(&live->asker, "<;%s/0/;%s/3/", silent.place, live->server.place);
    nanoseconds begin = clock_now();
    assert_answer(&live->asker, "GET k", "v");
    assert_took(begin, 400 * NANOSECONDS_PER_MILLISECOND);
    begin = clock_now();
    for (int i = 0; i < 10; i++)
        assert_answer(&live->asker, "PING", "PONG"); /* the silent one rests */
    assert_true(clock_now() - begin < generous);
    set_place(&live->asker, "<;%s/0/%s", silent.place, "");
    assert_answer(&live->asker, "GET k", "deferred: no answer in time");
    assert_answer(&live->asker, "SET k x", "deferred: no answer in time; the command may have run");
    redis_test_server_thaw(&silent);
    assert_answer(&live->asker, "GET k2", "(none)");
    redis_test_server_stop(&silent);
}

static void test_live_the_lookup_timeout_bounds_all(void **state)
{
    struct live *live = *state;
    struct value query = VALUE_LITERAL("GET k");

    redis_test_server_freeze(&live->server);
    nanoseconds begin = clock_now();
    assert_result(&live->asker, ask_value(&live->asker, &query, "timeout=300ms"),
                  "deferred: no answer in time");
    assert_took(begin, 300 * NANOSECONDS_PER_MILLISECOND);
    redis_test_server_thaw(&live->server);
    assert_result(&live->asker, ask_value(&live->asker, &query, "timeout=10s"), "(none)");
}

static void test_live_a_restarted_server_is_not_noticed(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "SET k v", "OK");
    for (int round = 0; round < 3; round++) {
        redis_test_server_kill(&live->server);
        redis_test_server_restart(&live->server);
        assert_answer(&live->asker, round % 2 == 0 ? "GET k" : "SET k v", round % 2 == 0 ? "(none)" : "OK");
        lookups_tidy(live->asker.lookups);
    }
}

static void test_live_a_dead_server_defers_and_comes_back(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "SET k v", "OK");
    redis_test_server_kill(&live->server);
    assert_answer(&live->asker, "GET k", "deferred: Connection refused");
    assert_answer(&live->asker, "SET k v", "deferred: Connection refused");
    assert_null(strstr(live->asker.error.message, "may have run"));
    redis_test_server_restart(&live->server);
    assert_answer(&live->asker, "GET k", "(none)");
}

static void test_live_a_child_uses_its_own_connection(void **state)
{
    struct live *live = *state;
    int status;

    assert_answer(&live->asker, "SET k v", "OK");
    long long before = redis_test_server_run(&live->server, "CLIENT ID");
    pid_t child = fork();
    if (child == 0) {
        bool good = true;
        for (int i = 0; i < 200; i++)
            good = good && ask(&live->asker, "ECHO child") == OUTCOME_DONE &&
                   value_equals_text(&live->asker.answer.value, "child");
        asker_close(&live->asker); /* must not harm the parent's connection */
        _exit(good ? 0 : 1);
    }
    struct value parent = VALUE_LITERAL("ECHO parent");
    for (int i = 0; i < 200; i++)
        assert_result(&live->asker, ask_value(&live->asker, &parent, "cache=no"), "parent");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    /* The child's connection has a number of its own. */
    assert_int_equal(redis_test_server_run(&live->server, "CLIENT ID"), before + 2);
    assert_result(&live->asker, ask_value(&live->asker, &parent, "cache=no"), "parent");
}

static void test_live_text_from_outside_stays_one_argument(void **state)
{
    static const char *const attacks[] = {
        "x\r\nFLUSHALL\r\n",
        "x FLUSHALL",
        "\" FLUSHALL \"",
        "\\",
        "",
        "\"\"",
        "\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        "a\\ b",
    };
    struct live *live = *state;

    assert_answer(&live->asker, "SET safe v", "OK");
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct arena arena;
        struct buffer query;
        struct value value;
        arena_init(&arena, 1024, SIZE_MAX);
        buffer_init(&query, &arena);
        buffer_add_string(&query, "ECHO ");
        buffer_add_string(&query, attacks[i]);
        buffer_taint(&query, 5, NULL);
        assert_true(buffer_value(&query, &value));
        assert_result(&live->asker, ask_value(&live->asker, &value, ""), attacks[i]);
        arena_free(&arena);
    }
    assert_answer(&live->asker, "GET safe", "v");
}

static void test_live_a_huge_reply_is_refused_and_the_next_is_right(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "SETRANGE big 104857599 x", "104857600");
    assert_answer(&live->asker, "GET big", "deferred: its reply is larger than redis_reply_limit");
    assert_answer(&live->asker, "PING", "PONG");
    assert_answer(&live->asker, "SETRANGE good 9999999 x", "10000000");
    assert_int_equal(ask(&live->asker, "GET good"), OUTCOME_DONE);
    assert_int_equal(live->asker.answer.value.length, 10000000);
}

static void test_live_takes_many_and_binary_arguments(void **state)
{
    struct live *live = *state;
    struct arena arena;
    struct buffer query;
    struct value value;

    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&query, &arena);
    buffer_add_string(&query, "RPUSH list");
    for (int i = 0; i < 1000; i++)
        buffer_format(&query, " v%d", i);
    assert_true(buffer_value(&query, &value));
    assert_result(&live->asker, ask_value(&live->asker, &value, ""), "1000");
    assert_answer(&live->asker, "LINDEX list 999", "v999");
    value = value_clean("ECHO a\0b", 8);
    assert_int_equal(ask_value(&live->asker, &value, ""), OUTCOME_DONE);
    assert_int_equal(live->asker.answer.value.length, 3);
    assert_memory_equal(live->asker.answer.value.bytes, "a\0b", 3);
    arena_free(&arena);
}

static void test_live_a_kept_answer_makes_no_round_trip(void **state)
{
    struct live *live = *state;
    struct value query = VALUE_LITERAL("GET k");

    assert_answer(&live->asker, "SET k v", "OK");
    assert_answer(&live->asker, "GET k", "v");
    assert_answer(&live->asker, "GET none", "(none)");
    assert_int_equal(redis_test_server_run(&live->server, "FLUSHALL"), -1);
    assert_answer(&live->asker, "GET k", "v");
    assert_result(&live->asker, ask_value(&live->asker, &query, "cache=no_wr"), "(none)");
    redis_test_server_freeze(&live->server);
    assert_answer(&live->asker, "GET k", "v");
    assert_answer(&live->asker, "GET none", "(none)");
    redis_test_server_thaw(&live->server);
    assert_answer(&live->asker, "SET other x", "OK"); /* forgets all of redis */
    assert_answer(&live->asker, "GET k", "(none)");
    assert_answer(&live->asker, "SET k new", "OK");
    assert_answer(&live->asker, "GET k", "new");
    lookups_tidy(live->asker.lookups);
    assert_answer(&live->asker, "TTL k", "-1"); /* changes by itself: never kept */
    assert_answer(&live->asker, "EXPIRE k 100", "1");
    assert_answer(&live->asker, "TTL k", "100");
}

static void test_fake_a_lost_write_is_not_repeated(void **state)
{
    static const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                             {FAKE_EXPECT, "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n", 0},
                                             {FAKE_CLOSE, NULL, 0},
                                             {FAKE_END, NULL, 0}};
    struct live *live = *state;
    struct fake_redis fake;

    fake_redis_start(&fake, steps);
    set_place(&live->asker, "<;%s/0/;%s/3/", fake.place, live->server.place);
    assert_answer(&live->asker, "INCR n", "deferred: (rediss://)?; the command may have run");
    assert_int_equal(fake_redis_stop(&fake), 0);
    assert_answer(&live->asker, "GET n", "(none)");
}

static void test_fake_answers_that_help_elsewhere_go_on(void **state)
{
    static const char *const answers[] = {
        "-LOADING Redis is loading the dataset in memory\r\n",
        "-READONLY You can't write against a read only replica.\r\n",
        "-MASTERDOWN Link with MASTER is down\r\n",
        "-CLUSTERDOWN The cluster is down\r\n",
        "-MOVED 1 127.0.0.1:1\r\n",
        "-ASK 1 127.0.0.1:1\r\n",
        "-NOAUTH Authentication required.\r\n",
        "-NOPERM no\r\n",
        "-ERR max number of clients reached\r\n",
    };
    struct live *live = *state;

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n", 0},
                                          {FAKE_SEND, answers[i], 0},
                                          {FAKE_SILENCE, NULL, 0},
                                          {FAKE_END, NULL, 0}};
        struct fake_redis fake;
        fake_redis_start(&fake, steps);
        set_place(&live->asker, "<;%s/0/;%s/3/", fake.place, live->server.place);
        assert_answer(&live->asker, "SET k v", "OK");
        asker_set(&live->asker, "redis_servers", "127.0.0.1::1"); /* closes the connection */
        assert_int_equal(fake_redis_stop(&fake), 0);
    }
}

enum { NESTED = 10000, LONG_LINE = 2 * 1024 * 1024 };

static void test_fake_garbage_and_half_replies_never_answer(void **state)
{
    static char nested[4 * NESTED + 1];
    static char line[LONG_LINE + 1];
    static const struct {
        struct fake_step step;
        const char *expected;
    } peers[] = {
        {{FAKE_SEND, nested, 0}, "deferred: its reply has arrays too deep in arrays"},
        {{FAKE_SEND, line, 0}, "deferred: its reply is larger than redis_reply_limit"},
        {{FAKE_SEND, "\0\0\0\0\r\n", 6}, "deferred: it does not speak the Redis protocol"},
        {{FAKE_SEND, "*2\r\n$1\r\na\r\n", 0}, "deferred: the connection was closed"},
        {{FAKE_SEND, "*2\r\n$1\r\na\r\n\xff", 0}, "deferred: it does not speak the Redis protocol"},
        {{FAKE_SEND, "HTTP/1.1 400 Bad Request\r\n\r\n", 0},
         "deferred: it does not speak the Redis protocol"},
        {{FAKE_SEND, "$10\r\nhalf", 0}, "deferred: the connection was closed"},
        {{FAKE_SEND, "$1073741824\r\n", 0}, "deferred: its reply is larger than redis_reply_limit"},
        {{FAKE_SEND, "*10000000\r\n", 0}, "deferred: its reply has too many elements"},
        {{FAKE_TRICKLE, "$30\r\n012345678901234567890123456789\r\n", 0}, "deferred: no answer in time"},
    };
    struct live *live = *state;

    for (size_t i = 0; i < NESTED; i++)
        memcpy(nested + 4 * i, "*1\r\n", 4);
    memset(line, '+', LONG_LINE);
    asker_set(&live->asker, "redis_reply_limit", "1M");
    asker_set(&live->asker, "redis_command_timeout", SHORT);
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", 0},
                                          peers[i].step,
                                          {FAKE_CLOSE, NULL, 0},
                                          {FAKE_END, NULL, 0}};
        struct fake_redis fake;
        fake_redis_start(&fake, steps);
        set_place(&live->asker, "<;%s/0/%s", fake.place, "");
        assert_answer(&live->asker, "GET k", peers[i].expected);
        assert_int_equal(fake_redis_stop(&fake), 0);
    }
}

/* The same for what comes before the command's own answer. "GET" is never taken for
   answered by what was said to AUTH, and a write is not sent before that is said. */
static void test_fake_a_greeting_that_breaks_off_runs_nothing(void **state)
{
    static const struct {
        struct fake_step step;
        const char *expected;
    } peers[] = {
        {{FAKE_SEND, "", 0}, "deferred: the connection was closed"},
        {{FAKE_RESET, NULL, 0}, "deferred: the connection was closed"},
        {{FAKE_SEND, "+O", 0}, "deferred: the connection was closed"},
        {{FAKE_SEND, "$2\r\nOK\r\n", 0}, "deferred: its answer to the greeting is not OK"},
        {{FAKE_SEND, "+OK\r\n+v\r\n", 0}, "deferred: it answers more than it was asked"},
        {{FAKE_SEND, "\r\n\r\n", 0}, "deferred: it does not speak the Redis protocol"},
        {{FAKE_SEND, "$1073741824\r\n", 0}, "deferred: its reply is larger than redis_reply_limit"},
        {{FAKE_TRICKLE, "+OOOOOOOOOOOOOOOOOOOOOOOOOOOOOO\r\n", 0}, "deferred: no answer in time"},
    };
    struct live *live = *state;

    asker_set(&live->asker, "redis_command_timeout", SHORT);
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, "*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n", 0},
                                          peers[i].step,
                                          {FAKE_CLOSE, NULL, 0},
                                          {FAKE_END, NULL, 0}};
        struct fake_redis fake;
        fake_redis_start(&fake, steps);
        set_place(&live->asker, "<;%s/0/p%s", fake.place, "");
        assert_answer(&live->asker, "SET k v", peers[i].expected);
        assert_null(strstr(live->asker.error.message, "may have run"));
        assert_int_equal(fake_redis_stop(&fake), 0);
    }
}

static void test_fake_a_second_reply_is_never_the_next_answer(void **state)
{
    static const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                             {FAKE_EXPECT, "*2\r\n$3\r\nGET\r\n$1\r\na\r\n", 0},
                                             {FAKE_SEND, "$1\r\n1\r\n$1\r\nX\r\n", 0},
                                             {FAKE_ACCEPT, NULL, 0},
                                             {FAKE_EXPECT, "*2\r\n$3\r\nGET\r\n$1\r\nb\r\n", 0},
                                             {FAKE_SEND, "$1\r\n2\r\n", 0},
                                             {FAKE_END, NULL, 0}};
    struct live *live = *state;
    struct fake_redis fake;

    fake_redis_start(&fake, steps);
    set_place(&live->asker, "<;%s/0/%s", fake.place, "");
    assert_answer(&live->asker, "GET a", "1");
    assert_answer(&live->asker, "GET b", "2");
    assert_int_equal(fake_redis_stop(&fake), 0);
}

static void test_fake_greeting_and_query_travel_together(void **state)
{
    static const struct fake_step steps[] = {
        {FAKE_ACCEPT, NULL, 0},
        {FAKE_EXPECT,
         "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n*2\r\n$"
         "3\r\nGET\r\n$1\r\nk\r\n",
         0},
        {FAKE_SEND, "+OK\r\n+OK\r\n$1\r\nv\r\n", 0},
        {FAKE_ACCEPT, NULL, 0},
        {FAKE_SEND, "-ERR unknown command 'AUTH', with args beginning with: 'u' 'secret'\r\n", 0},
        {FAKE_SILENCE, NULL, 0},
        {FAKE_END, NULL, 0}};
    struct live *live = *state;
    struct fake_redis fake;

    fake_redis_start(&fake, steps);
    set_place(&live->asker, "<;redis://u:secret@%s/2%s", fake.place, "");
    assert_answer(&live->asker, "GET k", "v");
    set_place(&live->asker, "<;redis://u:secret@%s/2%s", fake.place, "");
    assert_answer(&live->asker, "GET k", "deferred: log-in refused: ERR (its words are left out");
    assert_null(strstr(live->asker.error.message, "secret"));
    assert_int_equal(fake_redis_stop(&fake), 0);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, open_live, close_live)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(test_live_gives_each_type_as_text),
        LIVE(test_live_gives_the_same_text_by_either_protocol),
        LIVE(test_live_settings_give_exims_nil_and_integers),
        LIVE(test_live_works_over_a_socket_with_password_and_database),
        LIVE(test_live_a_write_never_runs_in_the_wrong_database),
        LIVE(test_live_tries_the_servers_in_order),
        LIVE(test_live_servers_option_asks_others),
        LIVE(test_live_a_silent_server_costs_one_deadline),
        LIVE(test_live_the_lookup_timeout_bounds_all),
        LIVE(test_live_a_restarted_server_is_not_noticed),
        LIVE(test_live_a_dead_server_defers_and_comes_back),
        LIVE(test_live_a_child_uses_its_own_connection),
        LIVE(test_live_text_from_outside_stays_one_argument),
        LIVE(test_live_a_huge_reply_is_refused_and_the_next_is_right),
        LIVE(test_live_takes_many_and_binary_arguments),
        LIVE(test_live_a_kept_answer_makes_no_round_trip),
        LIVE(test_fake_a_lost_write_is_not_repeated),
        LIVE(test_fake_answers_that_help_elsewhere_go_on),
        LIVE(test_fake_garbage_and_half_replies_never_answer),
        LIVE(test_fake_a_greeting_that_breaks_off_runs_nothing),
        LIVE(test_fake_a_second_reply_is_never_the_next_answer),
        LIVE(test_fake_greeting_and_query_travel_together),
    };
    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
