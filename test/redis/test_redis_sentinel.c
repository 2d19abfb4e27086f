#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/ask.h"
#include "test/support/redis_flow.h"
#include "test/support/redis_sentinel.h"
#include "test/support/redis_server.h"

#define PASSWORD          "opensesame"
#define SENTINEL_PASSWORD "watchword"

static const char *const settings[] = {"redis_sentinel_password", SENTINEL_PASSWORD, NULL};

/* Sentinels and servers for all tests, and lookups that are new for each. */
struct live {
    struct redis_test_sentinel sentinel;
    char list[256];
    struct asker asker;
};

static int open_group(void **state)
{
    struct live *live = calloc(1, sizeof *live);

    redis_test_sentinel_start(&live->sentinel, PASSWORD, SENTINEL_PASSWORD);
    (void)snprintf(live->list, sizeof live->list,
                   "<;redis+sentinel://:" PASSWORD "@127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d/mail",
                   live->sentinel.sentinels[0].port, live->sentinel.sentinels[1].port,
                   live->sentinel.sentinels[2].port);
    *state = live;
    return 0;
}

static int close_group(void **state)
{
    struct live *live = *state;

    redis_test_sentinel_stop(&live->sentinel);
    free(live);
    return 0;
}

static int open_live(void **state)
{
    struct live *live = *state;

    redis_test_sentinel_wait(&live->sentinel);
    asker_open(&live->asker);
    asker_set(&live->asker, "redis_servers", live->list);
    asker_set(&live->asker, settings[0], settings[1]);
    asker_set(&live->asker, "redis_lookup_timeout", "10s");
    return 0;
}

static int close_live(void **state)
{
    struct live *live = *state;

    asker_close(&live->asker);
    return 0;
}

static void fill(struct live *live)
{
    char query[64];

    for (int i = 0; i < REDIS_FLOW_KEYS; i++) {
        (void)snprintf(query, sizeof query, "SET flow:%d value%d", i, i);
        assert_answer(&live->asker, query, "OK");
    }
}

static void test_sentinel_leads_to_the_primary(void **state)
{
    struct live *live = *state;
    struct asker *asker = &live->asker;
    char list[256];

    fill(live);
    assert_answer(asker, "GET flow:1", "value1");
    assert_answer(asker, "INCR n", "1");
    assert_answer(asker, "DEL n", "1");
    asker_set(asker, "redis_sentinel_password", "wrong");
    assert_answer(asker, "GET flow:2", "deferred: WRONGPASS");
    assert_null(strstr(asker->error.message, PASSWORD));
    asker_set(asker, "redis_sentinel_password", "");
    assert_answer(asker, "GET flow:2", "deferred: NOAUTH");
    asker_set(asker, "redis_sentinel_password", SENTINEL_PASSWORD);
    (void)snprintf(list, sizeof list, "<;redis+sentinel://:" PASSWORD "@127.0.0.1:%d/other",
                   live->sentinel.sentinels[0].port);
    asker_set(asker, "redis_servers", list);
    assert_answer(asker, "GET flow:2", "deferred: does not know the master \"other\"");
    (void)snprintf(list, sizeof list, "<;127.0.0.1:%d/0/" PASSWORD, live->sentinel.sentinels[2].port);
    asker_set(asker, "redis_servers", list);
    asker_set(asker, "redis_mode", "sentinel");
    assert_answer(asker, "GET flow:2", "failed: Sentinels must be told the name of the master");
    asker_set(asker, "redis_sentinel_master", "mail");
    assert_answer(asker, "GET flow:2", "value2");
    (void)snprintf(list, sizeof list, "<;127.0.0.1:%d/0/nonsense", live->sentinel.sentinels[2].port);
    asker_set(asker, "redis_servers", list);
    assert_answer(asker, "GET flow:2", "deferred: log-in refused: WRONGPASS");
}

static void test_sentinel_gives_replicas_for_reads(void **state)
{
    struct live *live = *state;
    struct value query = VALUE_LITERAL("ROLE");
    struct value get = VALUE_LITERAL("GET flow:3");

    for (int i = 0; i < 10; i++) {
        assert_int_equal(ask_value(&live->asker, &query, "cache=no,read=replica"), OUTCOME_DONE);
        assert_memory_equal(live->asker.answer.value.bytes, "slave", 5);
    }
    assert_int_equal(ask_value(&live->asker, &query, "cache=no"), OUTCOME_DONE);
    assert_memory_equal(live->asker.answer.value.bytes, "master", 6);
    assert_result(&live->asker, ask_value(&live->asker, &get, "cache=no,read=prefer_replica"), "value3");
    asker_set(&live->asker, "redis_read_from", "replica");
    assert_answer(&live->asker, "INCR n", "1");
    assert_answer(&live->asker, "DEL n", "1");
}

static void test_sentinel_failover_under_reads_and_writes(void **state)
{
    static const enum redis_flow_kind kinds[] = {REDIS_FLOW_READS, REDIS_FLOW_COUNTS, REDIS_FLOW_WRITES,
                                                 REDIS_FLOW_READS_AT, REDIS_FLOW_GATHERED};
    struct live *live = *state;
    struct redis_flow_count count;
    size_t victim = (size_t)redis_test_sentinel_primary(&live->sentinel);

    struct redis_flow *flow = redis_flow_start(live->list, "20s", kinds, 5, settings);
    redis_flow_wait(flow, 500);
    redis_test_process_kill(&live->sentinel.servers[victim]);
    (void)redis_test_sentinel_wait_for_other(&live->sentinel, victim);
    redis_flow_wait(flow, 500);
    redis_test_process_restart(&live->sentinel, &live->sentinel.servers[victim]);
    redis_flow_wait(flow, 500);
    redis_test_sentinel_wait(&live->sentinel);
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("kill -9 of the primary", &count, true);
}

static void test_sentinel_failover_by_hand_and_one_sentinel_gone(void **state)
{
    static const enum redis_flow_kind kinds[] = {REDIS_FLOW_READS, REDIS_FLOW_COUNTS, REDIS_FLOW_FRESH};
    struct live *live = *state;
    struct redis_flow_count count;
    char text[256];
    size_t old = (size_t)redis_test_sentinel_primary(&live->sentinel);

    redis_test_process_kill(&live->sentinel.sentinels[0]);
    struct redis_flow *flow = redis_flow_start(live->list, "20s", kinds, 3, settings);
    redis_flow_wait(flow, 300);
    for (int i = 0; i < 20 && !redis_test_process_ask(&live->sentinel, &live->sentinel.sentinels[1], text,
                                                      sizeof text, "SENTINEL FAILOVER mail");
         i++)
        (void)usleep(500000);
    (void)redis_test_sentinel_wait_for_other(&live->sentinel, old);
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_test_process_restart(&live->sentinel, &live->sentinel.sentinels[0]);
    /* Sentinel's own failover may lose what was written last. */
    (void)printf("  lost to SENTINEL FAILOVER: %lu\n", count.lost);
    count.lost = 0;
    redis_flow_check("SENTINEL FAILOVER", &count, true);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, open_live, close_live)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(test_sentinel_leads_to_the_primary),
        LIVE(test_sentinel_gives_replicas_for_reads),
        LIVE(test_sentinel_failover_under_reads_and_writes),
        LIVE(test_sentinel_failover_by_hand_and_one_sentinel_gone),
    };
    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, open_group, close_group);
}
