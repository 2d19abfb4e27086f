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

/* Milliseconds; REDIS_TEST_NODE_TIMEOUT gives another. */
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

    const char *timeout = getenv("REDIS_TEST_NODE_TIMEOUT");

    redis_test_cluster_start(&live->cluster, 3, 1, timeout == NULL ? (int)NODE_TIMEOUT : atoi(timeout));
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

/* The other primaries do not vote again for some time after an election: it is
   asked for until it happens. */
static void hand_over(struct live *live, unsigned number, const char *how)
{
    size_t old = owner(live, number);
    int replica = redis_test_cluster_replica(&live->cluster, old);

    assert_true(replica >= 0);
    for (int i = 0; i < 10; i++) {
        redis_test_node_do(&live->cluster, (size_t)replica, "CLUSTER FAILOVER%s", how);
        for (int k = 0; k < 100; k++) {
            int now = redis_test_cluster_owner(&live->cluster, number, (int)old);
            if (now >= 0 && (size_t)now != old)
                return;
            (void)usleep(20000);
        }
    }
    fail_msg("no failover");
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
    assert_answer(
        asker,
        "FUNCTION LOAD #!lua\\ name=lib\\nredis.register_function('f',function(k)\\ return\\ k[1]\\ end)",
        "deferred: ERR");
}

/* ---- new processes ---- */

static long connections(const struct live *live)
{
    char text[8192];
    long sum = 0;

    for (size_t i = 0; i < live->cluster.count; i++) {
        assert_true(redis_test_node_ask(&live->cluster, i, text, sizeof text, "INFO stats"));
        sum += strtol(strstr(text, "total_connections_received:") + 27, NULL, 10);
    }
    return sum;
}

/* A lookup as a new process makes it; gives the connections that it took. */
static long ask_anew(struct live *live, const char *path, const char *query, const char *expected)
{
    struct asker asker;

    asker_open(&asker);
    asker_set(&asker, "redis_servers", live->list);
    asker_set(&asker, "redis_topology_cache", path);
    long before = connections(live);
    assert_answer(&asker, query, expected);
    long after = connections(live);
    asker_close(&asker);
    return after - before - (long)live->cluster.count; /* asking takes one of each node */
}

static void test_cluster_a_new_process_asks_the_right_node_at_once(void **state)
{
    struct live *live = *state;
    struct temp_folder folder;
    char path[128];
    char query[32];
    char expected[32];

    temp_folder_open(&folder);
    temp_folder_path(&folder, "topology", path, sizeof path);
    asker_set(&live->asker, "redis_topology_cache", path);
    for (int i = 0; i < 20; i++) { /* some of them are moved, and tell of the cluster */
        (void)snprintf(query, sizeof query, "GET flow:%d", i);
        assert_int_equal(ask(&live->asker, query), OUTCOME_DONE);
    }
    assert_int_equal(access(path, R_OK), 0);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(query, sizeof query, "GET flow:%d", i);
        (void)snprintf(expected, sizeof expected, "value%d", i);
        assert_int_equal(ask_anew(live, path, query, expected), 1);
    }
    /* A map that is wrong by now is put right by the first that finds out. */
    size_t old = owner(live, slot("flow:1"));
    hand_over(live, slot("flow:1"), "");
    assert_true(ask_anew(live, path, "GET flow:1", "value1") <= 3);
    assert_int_equal(ask_anew(live, path, "GET flow:1", "value1"), 1);
    /* So is a file that nobody can read. */
    temp_folder_write(&folder, "topology", "rexpand redis topology 1\nlist x\n", 32);
    assert_int_equal(ask_anew(live, path, "GET flow:2", "value2") > 0, 1);
    redis_test_cluster_wait(&live->cluster);
    hand_over(live, slot("flow:1"), "");
    assert_int_equal(owner(live, slot("flow:1")), old);
    temp_folder_close(&folder);
}

/* ---- failures ---- */

/* What becomes of lookups while one node goes. */
static const enum redis_flow_kind readers[] = {REDIS_FLOW_READS, REDIS_FLOW_GATHERED, REDIS_FLOW_MANY,
                                               REDIS_FLOW_FRESH};
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

static void test_cluster_a_stopped_primary_is_replaced_and_comes_back(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t victim = owner(live, slot("flow:1"));

    struct redis_flow *flow = redis_flow_start(live->list, "10s", mixed, 4, NULL);
    redis_flow_wait(flow, 300);
    redis_test_node_freeze(&live->cluster, victim);
    (void)redis_test_cluster_wait_for_other(&live->cluster, slot("flow:1"), victim);
    redis_flow_wait(flow, 500);
    redis_test_node_thaw(&live->cluster, victim);
    redis_flow_wait(flow, 1000);
    redis_flow_stop(flow, &count);
    redis_flow_check("SIGSTOP", &count, true);
}

static void test_cluster_a_stop_that_heals_costs_time_only(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t victim = owner(live, slot("flow:2"));

    struct redis_flow *flow = redis_flow_start(live->list, "10s", readers, 4, NULL);
    redis_flow_wait(flow, 300);
    redis_test_node_freeze(&live->cluster, victim);
    (void)usleep(400000);
    redis_test_node_thaw(&live->cluster, victim);
    redis_flow_wait(flow, 1000);
    redis_flow_stop(flow, &count);
    redis_flow_check("SIGSTOP for 0.4 s", &count, false);
}

static void test_cluster_failover_by_hand_is_not_noticed(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;

    struct redis_flow *flow = redis_flow_start(live->list, "10s", mixed, 4, NULL);
    redis_flow_wait(flow, 300);
    hand_over(live, slot("flow:3"), "");
    redis_flow_wait(flow, 500);
    redis_test_cluster_wait(&live->cluster);
    hand_over(live, slot("flow:3"), "");
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("CLUSTER FAILOVER", &count, false);
    /* TAKEOVER asks no one, and may lose what was written last. */
    redis_test_cluster_wait(&live->cluster);
    flow = redis_flow_start(live->list, "10s", readers, 4, NULL);
    redis_flow_wait(flow, 300);
    hand_over(live, slot("flow:3"), " TAKEOVER");
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("CLUSTER FAILOVER TAKEOVER", &count, false);
}

static void test_cluster_slots_move_under_the_lookups(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t from = owner(live, slot("flow:4"));
    size_t to =
        owner(live, slot("flow:1")) != from ? owner(live, slot("flow:1")) : owner(live, slot("flow:2"));
    char key[32];

    struct redis_flow *flow = redis_flow_start(live->list, "10s", mixed, 4, NULL);
    redis_flow_wait(flow, 300);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(key, sizeof key, "flow:%d", i);
        if (owner(live, slot(key)) == from)
            redis_test_cluster_move_slot(&live->cluster, slot(key), from, to, false);
    }
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("slots moved", &count, false);
}

static void test_cluster_a_slot_on_its_way_asks_and_tries_again(void **state)
{
    struct live *live = *state;
    struct asker *asker = &live->asker;
    const unsigned tag = slot("way");
    size_t from = owner(live, tag);
    size_t to = owner(live, tag < 8192 ? 16383 : 0);

    assert_answer(asker, "MSET {way}1 1 {way}2 2 {way}3 3", "OK");
    redis_test_cluster_move_slot(&live->cluster, tag, from, to, true);
    assert_answer(asker, "GET {way}1", "1");
    assert_answer(asker, "GET {way}2", "2");
    assert_answer(asker, "GET {way}3", "3");
    assert_answer(asker, "INCR {way}new", "1");
    assert_answer(asker, "INCR {way}new", "2");
    /* Neither node has all of them: it ends when the slot has arrived, or the time. */
    asker_set(asker, "redis_lookup_timeout", "500ms");
    assert_answer(asker, "MGET {way}1 {way}2 {way}3", "deferred: TRYAGAIN");
    asker_set(asker, "redis_lookup_timeout", "10s");
    redis_test_cluster_move_slot(&live->cluster, tag, from, to, false);
    assert_answer(asker, "MGET {way}1 {way}2 {way}3", "1\n2\n3");
    assert_answer(asker, "DEL {way}1 {way}2 {way}3 {way}new", "4");
}

static void test_cluster_nodes_come_and_go(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;
    size_t from = owner(live, slot("flow:5"));

    struct redis_flow *flow = redis_flow_start(live->list, "10s", mixed, 4, NULL);
    redis_flow_wait(flow, 200);
    size_t added = redis_test_cluster_add(&live->cluster);
    redis_test_cluster_move_slot(&live->cluster, slot("flow:5"), from, added, false);
    redis_flow_wait(flow, 500);
    redis_test_cluster_move_slot(&live->cluster, slot("flow:5"), added, from, false);
    redis_flow_wait(flow, 200);
    redis_test_cluster_remove(&live->cluster, added);
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("a node came and went", &count, false);
}

static void test_cluster_replicas_answer_reads(void **state)
{
    static const enum redis_flow_kind kinds[] = {REDIS_FLOW_READS_AT, REDIS_FLOW_READS_AT, REDIS_FLOW_READS};
    struct live *live = *state;
    struct redis_flow_count count;
    char text[4096];
    size_t primary = owner(live, slot("flow:6"));
    int replica = redis_test_cluster_replica(&live->cluster, primary);
    struct value query = VALUE_LITERAL("GET flow:6");

    assert_true(replica >= 0);
    redis_test_node_do(&live->cluster, (size_t)replica, "CONFIG RESETSTAT");
    for (int i = 0; i < 20; i++)
        assert_result(&live->asker, ask_value(&live->asker, &query, "cache=no,read=replica"), "value6");
    assert_true(redis_test_node_ask(&live->cluster, (size_t)replica, text, sizeof text, "INFO commandstats"));
    assert_non_null(strstr(text, "cmdstat_get:calls=20,"));
    assert_result(&live->asker, ask_value(&live->asker, &query, "read=nobody"),
                  "failed: read= of a lookup wants primary, replica or prefer_replica");
    asker_set(&live->asker, "redis_read_from", "replica");
    assert_answer(&live->asker, "INCR flow:count", "1"); /* by the primary all the same */
    assert_answer(&live->asker, "DEL flow:count", "1");

    struct redis_flow *flow = redis_flow_start(live->list, "10s", kinds, 3, NULL);
    redis_flow_wait(flow, 300);
    hand_over(live, slot("flow:6"), "");
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("a replica promoted under reads", &count, false);
}

static void test_cluster_all_nodes_restart_one_by_one(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;

    struct redis_flow *flow = redis_flow_start(live->list, "10s", readers, 4, NULL);
    redis_flow_wait(flow, 200);
    for (size_t i = 0; i < live->cluster.count; i++) {
        redis_test_node_kill(&live->cluster, i);
        redis_test_node_restart(&live->cluster, i);
        redis_test_cluster_wait(&live->cluster);
        redis_flow_wait(flow, 100);
    }
    redis_flow_stop(flow, &count);
    redis_flow_check("restarted one by one", &count, false);
}

static void test_cluster_all_nodes_down_and_back(void **state)
{
    struct live *live = *state;
    struct redis_flow_count count;

    struct redis_flow *flow = redis_flow_start(live->list, "500ms", readers, 4, NULL);
    redis_flow_wait(flow, 200);
    for (size_t i = 0; i < live->cluster.count; i++)
        redis_test_node_kill(&live->cluster, i);
    (void)usleep(700000);
    for (size_t i = 0; i < live->cluster.count; i++)
        redis_test_node_restart(&live->cluster, i);
    redis_test_cluster_wait(&live->cluster);
    redis_flow_wait(flow, 500);
    redis_flow_stop(flow, &count);
    redis_flow_check("all down and back", &count, true);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, open_live, close_live)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(test_cluster_a_plain_list_of_one_node_finds_every_key),
        LIVE(test_cluster_each_mode_that_fits_answers),
        LIVE(test_cluster_keys_of_several_slots_are_asked_slot_by_slot),
        LIVE(test_cluster_scripts_are_where_they_are_called),
        LIVE(test_cluster_a_new_process_asks_the_right_node_at_once),
        LIVE(test_cluster_kill_of_a_primary_defers_no_reader),
        LIVE(test_cluster_kill_of_a_primary_runs_no_write_twice),
        LIVE(test_cluster_a_stopped_primary_is_replaced_and_comes_back),
        LIVE(test_cluster_a_stop_that_heals_costs_time_only),
        LIVE(test_cluster_failover_by_hand_is_not_noticed),
        LIVE(test_cluster_slots_move_under_the_lookups),
        LIVE(test_cluster_a_slot_on_its_way_asks_and_tries_again),
        LIVE(test_cluster_nodes_come_and_go),
        LIVE(test_cluster_replicas_answer_reads),
        LIVE(test_cluster_all_nodes_restart_one_by_one),
        LIVE(test_cluster_all_nodes_down_and_back),
    };
    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, open_group, close_group);
}
