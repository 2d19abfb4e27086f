#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/ask.h"
#include "test/support/redis_server.h"

enum { MOST = 20000 };

/* A server, lookups, and many of them at once. */
struct gathered {
    struct redis_test_server server;
    struct asker asker;
    struct lookup_turn *turns;
    struct error *errors;
    char (*queries)[64];
    size_t count;
};

static int open_gathered(void **state)
{
    struct gathered *gathered = calloc(1, sizeof *gathered);
    char list[64];

    redis_test_server_start(&gathered->server, NULL);
    asker_open(&gathered->asker);
    (void)snprintf(list, sizeof list, "<;%s/0/", gathered->server.place);
    asker_set(&gathered->asker, "redis_servers", list);
    gathered->turns = calloc(MOST, sizeof *gathered->turns);
    gathered->errors = calloc(MOST, sizeof *gathered->errors);
    gathered->queries = calloc(MOST, sizeof *gathered->queries);
    *state = gathered;
    return 0;
}

static int close_gathered(void **state)
{
    struct gathered *gathered = *state;

    asker_close(&gathered->asker);
    redis_test_server_stop(&gathered->server);
    free(gathered->turns);
    free(gathered->errors);
    free(gathered->queries);
    free(gathered);
    return 0;
}

static void add_with(struct gathered *gathered, const char *options, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_with(struct gathered *gathered, const char *options, const char *format, ...)
{
    size_t number = gathered->count++;
    va_list arguments;

    assert_true(number < MOST);
    va_start(arguments, format);
    (void)vsnprintf(gathered->queries[number], sizeof gathered->queries[number], format, arguments);
    va_end(arguments);
    gathered->turns[number].request = (struct lookup_request){
        .driver = lookup_driver_find("redis", 5),
        .key = value_of_string(gathered->queries[number]),
        .file = value_of_string(""),
        .options = value_of_string(options),
        .arena = &gathered->asker.arena,
        .error = &gathered->errors[number],
        .deadline = CLOCK_NEVER,
    };
}

#define add(gathered, ...) add_with(gathered, "", __VA_ARGS__)

static void run(struct gathered *gathered)
{
    lookup_find_many(gathered->asker.lookups, gathered->turns, gathered->count);
    gathered->count = 0;
}

static void assert_turn(struct gathered *gathered, size_t number, const char *expected)
{
    gathered->asker.answer = gathered->turns[number].answer;
    gathered->asker.error = gathered->errors[number];
    assert_result(&gathered->asker, gathered->turns[number].outcome, expected);
}

static long long count_of(const struct gathered *gathered)
{
    /* The server counts this one too. */
    return redis_test_server_run(&gathered->server,
                                 "EVAL return(tonumber(string.match(redis.call('INFO','stats'),"
                                 "'total_commands_processed:(%%d+)'))) 0");
}

static void test_gather_gives_each_its_own_answer(void **state)
{
    struct gathered *gathered = *state;
    char expected[32];

    for (int i = 0; i < MOST; i++)
        add(gathered, "SET k%d v%d", i, i);
    run(gathered); /* one after the other */
    for (int i = 0; i < MOST; i++)
        add(gathered, "GET k%d", i);
    run(gathered);
    for (size_t i = 0; i < MOST; i++) {
        (void)snprintf(expected, sizeof expected, "v%zu", i);
        assert_turn(gathered, i, expected);
    }
}

static void test_gather_keeps_the_order_of_reads_and_writes(void **state)
{
    struct gathered *gathered = *state;

    add(gathered, "GET n");
    add(gathered, "GET n");
    add(gathered, "INCR n");
    add(gathered, "GET n");
    add(gathered, "EXISTS n");
    add(gathered, "INCR n");
    add(gathered, "GET n");
    add(gathered, "GET n");
    add(gathered, "LPUSH n x");
    add(gathered, "LLEN n");
    add(gathered, "GET n");
    add(gathered, "NOSUCH");
    add(gathered, "GET");
    add(gathered, "SELECT 1");
    add(gathered, "GET n");
    run(gathered);
    static const char *const expected[] = {
        "(none)",
        "(none)",
        "1",
        "1",
        "1",
        "2",
        "2",
        "2",
        "deferred: WRONGTYPE",
        "deferred: WRONGTYPE",
        "2",
        "deferred: ERR unknown command",
        "deferred: wrong number of arguments",
        "failed: SELECT changes the connection",
        "2",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_turn(gathered, i, expected[i]);
}

static void test_gather_asks_the_same_once_and_the_cache_first(void **state)
{
    struct gathered *gathered = *state;

    assert_answer(&gathered->asker, "SET a 1", "OK");
    assert_answer(&gathered->asker, "GET a", "1");
    long long before = count_of(gathered);
    for (int i = 0; i < 100; i++)
        add(gathered, i % 2 == 0 ? "GET a" : "GET b");
    run(gathered);
    assert_int_equal(count_of(gathered) - before, 3); /* GET b, and EVAL with its INFO */
    assert_turn(gathered, 98, "1");
    assert_turn(gathered, 99, "(none)");
    before = count_of(gathered);
    for (int i = 0; i < 10; i++)
        add_with(gathered, "cache=no_rd", "GET a");
    run(gathered);
    assert_int_equal(count_of(gathered) - before, 12);
    before = count_of(gathered);
    for (int i = 0; i < 10; i++)
        add(gathered, "TTL a"); /* changes by itself */
    run(gathered);
    assert_int_equal(count_of(gathered) - before, 12);
    assert_turn(gathered, 9, "-1");
}

static void test_gather_fails_for_all_when_the_server_is_away(void **state)
{
    struct gathered *gathered = *state;

    assert_answer(&gathered->asker, "SET a 1", "OK");
    redis_test_server_kill(&gathered->server);
    for (int i = 0; i < 100; i++)
        add(gathered, "GET k%d", i % 50);
    run(gathered);
    for (size_t i = 0; i < 100; i++)
        assert_turn(gathered, i, "deferred: Connection refused");
    redis_test_server_restart(&gathered->server);
    for (int i = 0; i < 100; i++)
        add(gathered, "GET k%d", i % 50);
    run(gathered);
    assert_turn(gathered, 7, "(none)");
    for (int i = 0; i < 10; i++)
        add_with(gathered, "timeout=x", "GET k%d", i);
    run(gathered);
    assert_turn(gathered, 9, "failed: timeout= of a lookup wants a time");
}

#define GATHERED(test) cmocka_unit_test_setup_teardown(test, open_gathered, close_gathered)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATHERED(test_gather_gives_each_its_own_answer),
        GATHERED(test_gather_keeps_the_order_of_reads_and_writes),
        GATHERED(test_gather_asks_the_same_once_and_the_cache_first),
        GATHERED(test_gather_fails_for_all_when_the_server_is_away),
    };
    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
