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
#include "test/support/redis_cluster.h"
#include "test/support/redis_flow.h"
#include "test/support/redis_server.h"

#include "lookups/redis/slots.h"

enum { NODE_TIMEOUT = 1000 };

/* One cluster for all tests, and lookups that are new for each. */
struct live {
    struct redis_test_cluster cluster;
    char list[1024];
    struct asker asker;
};

static int open_group(void **state)
{
    struct live *live = calloc(1, sizeof *live);

    redis_test_cluster_start(&live->cluster, 3, 1, NODE_TIMEOUT);
    redis_test_cluster_list(&live->cluster, 0, live->list, sizeof live->list);
    redis_flow_fill(live->list);
    *state = live;
    return 0;
}

static int close_group(void **state)
{
    struct live *live = *state;

    redis_test_cluster_stop(&live->cluster);
    free(live);
    return 0;
}

static int open_live(void **state)
{
    struct live *live = *state;

    redis_test_cluster_wait(&live->cluster);
    asker_open(&live->asker);
    asker_set(&live->asker, "redis_servers", live->list);
    asker_set(&live->asker, "redis_lookup_timeout", "10s");
    return 0;
}

static int close_live(void **state)
{
    struct live *live = *state;

    asker_close(&live->asker);
    return 0;
}

static unsigned slot(const char *key)
{
    return redis_slot(key, strlen(key));
}

static size_t owner(const struct live *live, unsigned number)
{
    int index = redis_test_cluster_owner(&live->cluster, number, -1);

    assert_true(index >= 0);
    return (size_t)index;
}

/* ---- answers ---- */

static void test_cluster_a_plain_list_of_one_node_finds_every_key(void **state)
{
    struct live *live = *state;
    char list[64];
    char query[64];
    char expected[64];

    for (size_t node = 0; node < live->cluster.count; node += 4) {
        (void)snprintf(list, sizeof list, "<;127.0.0.1:%d/0/", live->cluster.nodes[node].port);
        asker_set(&live->asker, "redis_servers", list);
        for (int i = 0; i < 200; i++) {
            (void)snprintf(query, sizeof query, "GET flow:%d", i);
            (void)snprintf(expected, sizeof expected, "value%d", i);
            assert_answer(&live->asker, query, expected);
        }
    }
}

static void test_cluster_each_mode_that_fits_answers(void **state)
{
    struct live *live = *state;

    asker_set(&live->asker, "redis_mode", "cluster");
    assert_answer(&live->asker, "GET flow:1", "value1");
    assert_answer(&live->asker, "PING", "PONG");
    asker_set(&live->asker, "redis_mode", "standalone");
    assert_answer(&live->asker, "GET flow:1", "value1"); /* the list has the node, after some MOVED */
}

static void test_cluster_keys_of_several_slots_are_asked_slot_by_slot(void **state)
{
    struct live *live = *state;
    struct asker *asker = &live->asker;

    assert_answer(asker, "MSET a 1 b 2 c 3 {a}x 4", "OK");
    assert_answer(asker, "MGET c a nosuch b {a}x a", "3\n1\n\n2\n4\n1");
    assert_answer(asker, "EXISTS a b c nosuch a", "4");
    assert_answer(asker, "TOUCH a b nosuch", "2");
    assert_answer(asker, "DEL a nosuch b", "2");
    assert_answer(asker, "UNLINK c {a}x b", "2");
    assert_answer(asker, "MGET a b c", "\n\n");
    assert_answer(asker, "SUNION a b", "deferred: CROSSSLOT");
    assert_answer(asker, "SUNION a b", "deferred: must share a {tag} in a cluster");
    assert_answer(asker, "SADD {t}1 x", "1");
    assert_answer(asker, "SADD {t}2 y", "1");
    assert_answer(asker, "SCARD {t}2", "1");
    assert_answer(asker, "SUNIONSTORE {t}3 {t}1 {t}2", "2");
    assert_answer(asker, "MSET a", "deferred: wrong number of arguments");
}

static void test_cluster_scripts_are_where_they_are_called(void **state)
{
    static const char *const keys[] = {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"};
    struct live *live = *state;
    struct asker *asker = &live->asker;
    char query[256];
    char sha[64];

    assert_answer(asker, "EVAL return\\ KEYS[1]..ARGV[1] 1 a b", "ab");
    assert_int_equal(ask(asker, "SCRIPT LOAD return\\ redis.call('INCR',KEYS[1])"), OUTCOME_DONE);
    (void)snprintf(sha, sizeof sha, "%.*s", (int)asker->answer.value.length, asker->answer.value.bytes);
    assert_int_equal(strlen(sha), 40);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)snprintf(query, sizeof query, "EVALSHA %s 1 %s", sha, keys[i]);
        assert_answer(asker, query, "1");
    }
    /* Gone from all nodes: loaded again where it is missing, and run once. */
    for (size_t i = 0; i < live->cluster.count; i++)
        redis_test_node_do(&live->cluster, i, "SCRIPT FLUSH");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)snprintf(query, sizeof query, "EVALSHA %s 1 %s", sha, keys[i]);
        assert_answer(asker, query, "2");
    }
    assert_answer(asker, "EVALSHA 0123456789012345678901234567890123456789 1 a", "deferred: NOSCRIPT");
    assert_answer(asker, "FUNCTION LOAD #!lua\\ name=lib\\nredis.register_function('f',function(k)\\ return\\ k[1]\\ end)",
                  "deferred: ERR");
}

/* ---- failures ---- */

/* What becomes of lookups while one node goes. */
static const enum redis_flow_kind readers[] = {REDIS_FLOW_READS, REDIS_FLOW_READS, REDIS_FLOW_MANY,
                                               REDIS_FLOW_READS};
static const enum redis_flow_kind mixed[] = {REDIS_FLOW_READS, REDIS_FLOW_COUNTS, REDIS_FLOW_WRITES,
                                             REDIS_FLOW_MANY};

static void test_cluster_kill_of_a_primary_defers_no_reader(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t victim = owner(live, slot("flow:1"));

    struct redis_flow *flow = redis_flow_start(live->list, "10s", readers, 4, NULL);
    redis_flow_wait(flow, 500);
    redis_test_node_kill(&live->cluster, victim);
    (void)redis_test_cluster_wait_for_other(&live->cluster, slot("flow:1"), victim);
    nanoseconds recovered = clock_now();
    redis_flow_wait(flow, 1000);
    redis_test_node_restart(&live->cluster, victim);
    redis_flow_wait(flow, 1000);
    redis_flow_stop(flow, &count);
    (void)printf("  answers resumed %.0f ms after another node had the slots\n",
                 (double)(count.longest_ended - recovered) / 1e6);
    redis_flow_check("kill -9", &count, false);
}

static void test_cluster_kill_of_a_primary_runs_no_write_twice(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t victim = owner(live, slot("flow:1"));

    struct redis_flow *flow = redis_flow_start(live->list, "10s", mixed, 4, NULL);
    redis_flow_wait(flow, 500);
    redis_test_node_kill(&live->cluster, victim);
    (void)redis_test_cluster_wait_for_other(&live->cluster, slot("flow:1"), victim);
    redis_flow_wait(flow, 1000);
    redis_test_node_restart(&live->cluster, victim);
    redis_flow_wait(flow, 1000);
    redis_flow_stop(flow, &count);
    redis_flow_check("kill -9 under writes", &count, true);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, open_live, close_live)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(test_cluster_a_plain_list_of_one_node_finds_every_key),
        LIVE(test_cluster_each_mode_that_fits_answers),
        LIVE(test_cluster_keys_of_several_slots_are_asked_slot_by_slot),
        LIVE(test_cluster_scripts_are_where_they_are_called),
        LIVE(test_cluster_kill_of_a_primary_defers_no_reader),
        LIVE(test_cluster_kill_of_a_primary_runs_no_write_twice),
    };
    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, open_group, close_group);
}
