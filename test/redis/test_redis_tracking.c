#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/ask.h"
#include "test/support/fake_redis.h"
#include "test/support/redis_cluster.h"
#include "test/support/redis_server.h"

struct live {
    struct redis_test_server server;
    struct asker asker;
};

static int open_live(void **state)
{
    struct live *live = calloc(1, sizeof *live);
    char servers[64];

    redis_test_server_start(&live->server, NULL);
    asker_open(&live->asker);
    (void)snprintf(servers, sizeof servers, "<;%s", live->server.place);
    asker_set(&live->asker, "redis_servers", servers);
    asker_set(&live->asker, "redis_tracking", "yes");
    asker_set(&live->asker, "redis_command_timeout", "400ms");
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

/* Asks until the answer is kept: the first answer begins the watching, the second is
   the one that is kept. */
static void settle(struct live *live, const char *query, const char *expected)
{
    assert_answer(&live->asker, query, expected);
    assert_answer(&live->asker, query, expected);
    assert_answer(&live->asker, query, expected);
}

/* Whether the answer comes without the server. */
static bool is_kept(struct live *live, const char *query)
{
    redis_test_server_freeze(&live->server);
    enum outcome outcome = ask(&live->asker, query);
    redis_test_server_thaw(&live->server);
    return outcome == OUTCOME_DONE;
}

/* News travel by themselves: what was changed elsewhere arrives a little later. */
static void assert_becomes(struct live *live, const char *query, const char *expected)
{
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(ask(&live->asker, query), OUTCOME_DONE);
        const char *text = live->asker.answer.found ? live->asker.answer.value.bytes : "(none)";
        if (strcmp(text, expected) == 0)
            return;
        (void)usleep(1000);
    }
    fail_msg("%s does not become %s", query, expected);
}

static void test_tracking_keeps_answers_beyond_a_message(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "SET k v", "OK");
    assert_answer(&live->asker, "HSET h f x", "1");
    settle(live, "GET k", "v");
    settle(live, "HGETALL h", "f=x ");
    settle(live, "GET nosuch", "(none)");
    lookups_tidy(live->asker.lookups);
    assert_true(is_kept(live, "GET k"));
    assert_string_equal(live->asker.answer.value.bytes, "v");
    assert_true(is_kept(live, "HGETALL h"));
    assert_true(is_kept(live, "GET nosuch"));
    assert_false(live->asker.answer.found);
    assert_false(is_kept(live, "GET other"));
}

static void test_tracking_never_gives_what_was_changed(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "SET k v", "OK");
    settle(live, "GET k", "v");
    settle(live, "STRLEN k", "1");
    settle(live, "GET other", "(none)");
    (void)redis_test_server_run(&live->server, "SET k changed");
    assert_becomes(live, "GET k", "changed");
    assert_answer(&live->asker, "STRLEN k", "7");
    assert_true(is_kept(live, "GET other"));
    (void)redis_test_server_run(&live->server, "DEL k");
    assert_becomes(live, "GET k", "(none)");
    (void)redis_test_server_run(&live->server, "SET other o");
    assert_becomes(live, "GET other", "o");
    settle(live, "GET other", "o");
    (void)redis_test_server_run(&live->server, "FLUSHALL");
    assert_becomes(live, "GET other", "(none)");
}

static void test_tracking_sees_its_own_writes_at_once(void **state)
{
    struct live *live = *state;
    char query[32];
    char value[16];

    assert_answer(&live->asker, "SET k v", "OK");
    settle(live, "GET k", "v");
    for (int i = 0; i < 500; i++) {
        (void)snprintf(query, sizeof query, "SET k %d", i);
        (void)snprintf(value, sizeof value, "%d", i);
        assert_answer(&live->asker, query, "OK");
        assert_answer(&live->asker, "GET k", value);
        assert_answer(&live->asker, "GET k", value);
    }
}

static void test_tracking_a_lost_connection_empties_it(void **state)
{
    static const char *const kills[] = {"CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal"};
    struct live *live = *state;

    assert_answer(&live->asker, "SET k v", "OK");
    for (size_t i = 0; i < 2; i++) {
        settle(live, "GET k", "v");
        assert_true(is_kept(live, "GET k"));
        (void)redis_test_server_run(&live->server, kills[i]);
        assert_false(is_kept(live, "GET k"));
        settle(live, "GET k", "v");
        assert_true(is_kept(live, "GET k"));
    }
    redis_test_server_kill(&live->server);
    assert_int_equal(ask(&live->asker, "GET k"), OUTCOME_DEFERRED);
    redis_test_server_restart(&live->server);
    assert_becomes(live, "GET k", "(none)");
}

static void test_tracking_a_child_has_no_news(void **state)
{
    struct live *live = *state;
    int status;

    assert_answer(&live->asker, "SET k v", "OK");
    settle(live, "GET k", "v");
    pid_t child = fork();
    if (child == 0) {
        bool kept = is_kept(live, "GET k");
        bool good = ask(&live->asker, "GET k") == OUTCOME_DONE;
        asker_close(&live->asker);
        _exit(kept || !good ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(is_kept(live, "GET k"));
}

static void test_tracking_leaves_other_answers_alone(void **state)
{
    struct live *live = *state;

    assert_answer(&live->asker, "MSET a 1 b 2", "OK");
    settle(live, "MGET a b", "1\n2");
    lookups_tidy(live->asker.lookups);
    assert_false(is_kept(live, "MGET a b"));
    assert_false(is_kept(live, "TTL a"));
}

static void test_tracking_forgets_the_oldest_and_the_large(void **state)
{
    struct live *live = *state;
    char query[64];

    assert_answer(&live->asker, "SET k0 v", "OK");
    settle(live, "GET k0", "v");
    for (int i = 1; i < 6000; i++) {
        (void)snprintf(query, sizeof query, "GET k%d", i);
        assert_answer(&live->asker, query, "(none)");
    }
    assert_true(is_kept(live, "GET k5999"));
    assert_false(is_kept(live, "GET k0"));
    assert_answer(&live->asker, "SETRANGE big 3000000 x", "3000001");
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(&live->asker, "GET big"), OUTCOME_DONE);
    assert_false(is_kept(live, "GET big"));
}

/* A server that does not know it, or sends what is no news. */
static void test_tracking_goes_without_where_there_is_none(void **state)
{
    static const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                             {FAKE_EXPECT, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", 0},
                                             {FAKE_SEND, "+1\r\n", 0},
                                             {FAKE_SILENCE, NULL, 0},
                                             {FAKE_END, NULL, 0}};
    struct live *live = *state;
    struct fake_redis fake;
    char servers[64];

    fake_redis_start(&fake, steps);
    (void)snprintf(servers, sizeof servers, "<;%s", fake.place);
    asker_set(&live->asker, "redis_servers", servers);
    asker_set(&live->asker, "redis_protocol", "2");
    assert_answer(&live->asker, "GET k", "1");
    asker_set(&live->asker, "redis_servers", "<;127.0.0.1:1"); /* hangs up */
    assert_int_equal(fake_redis_stop(&fake), 0);
}

/* Each node tells of its own keys; a slot that moves takes its answers with it, and a
   primary that dies too. */
static void test_tracking_in_a_cluster(void **state)
{
    struct redis_test_cluster cluster;
    struct live live = {.server = {.pid = 0}};
    char servers[512];
    char key[32];

    (void)state;
    redis_test_cluster_start(&cluster, 3, 0, 2000);
    asker_open(&live.asker);
    redis_test_cluster_list(&cluster, 0, servers, sizeof servers);
    asker_set(&live.asker, "redis_servers", servers);
    asker_set(&live.asker, "redis_tracking", "yes");
    asker_set(&live.asker, "redis_command_timeout", "400ms");
    asker_set(&live.asker, "redis_lookup_timeout", "1s");
    for (int i = 0; i < 90; i++) {
        (void)snprintf(key, sizeof key, "SET %d old", i);
        assert_answer(&live.asker, key, "OK");
    }
    for (int i = 0; i < 270; i++) {
        (void)snprintf(key, sizeof key, "GET %d", i % 90);
        assert_answer(&live.asker, key, "old");
    }
    lookups_tidy(live.asker.lookups);
    for (size_t i = 0; i < cluster.count; i++)
        redis_test_node_freeze(&cluster, i);
    for (int i = 0; i < 90; i++) {
        (void)snprintf(key, sizeof key, "GET %d", i);
        assert_answer(&live.asker, key, "old");
    }
    for (size_t i = 0; i < cluster.count; i++)
        redis_test_node_thaw(&cluster, i);
    /* "foo" is in slot 12182. */
    assert_answer(&live.asker, "SET foo old", "OK");
    settle(&live, "GET foo", "old");
    size_t from = (size_t)redis_test_cluster_owner(&cluster, 12182, -1);
    size_t to = (from + 1) % 3;
    redis_test_cluster_move_slot(&cluster, 12182, from, to, false);
    redis_test_node_do(&cluster, to, "SET foo new");
    assert_becomes(&live, "GET foo", "new");
    settle(&live, "GET foo", "new");
    redis_test_node_kill(&cluster, to);
    assert_int_equal(ask(&live.asker, "GET foo"), OUTCOME_DEFERRED);
    asker_close(&live.asker);
    redis_test_cluster_stop(&cluster);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, open_live, close_live)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        LIVE(test_tracking_keeps_answers_beyond_a_message),
        LIVE(test_tracking_never_gives_what_was_changed),
        LIVE(test_tracking_sees_its_own_writes_at_once),
        LIVE(test_tracking_a_lost_connection_empties_it),
        LIVE(test_tracking_a_child_has_no_news),
        LIVE(test_tracking_leaves_other_answers_alone),
        LIVE(test_tracking_forgets_the_oldest_and_the_large),
        cmocka_unit_test(test_tracking_in_a_cluster),
        LIVE(test_tracking_goes_without_where_there_is_none),
    };

    if (!redis_test_server_exists()) {
        (void)puts("skipped: there is no redis-server");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
