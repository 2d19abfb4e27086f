#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/ask.h"
#include "test/support/redis_fake_node.h"
#include "test/support/redis_server.h"

/* What the nodes of a test know of each other. */
struct plan {
    int first;
    int second;
    const char *text;
    const char *host;
};

static void setup(struct asker *asker, const char *mode, const struct redis_fake_node *node)
{
    char list[64];

    asker_open(asker);
    asker_set(asker, "redis_mode", mode);
    (void)snprintf(list, sizeof list, "<;%s/0/", node->place);
    asker_set(asker, "redis_servers", list);
    asker_set(asker, "redis_lookup_timeout", "5s");
}

static bool is(const struct redis_fake_call *call, const char *first, const char *second)
{
    return strcasecmp(call->words[0], first) == 0 &&
           (second == NULL || (call->count > 1 && strcasecmp(call->words[1], second) == 0));
}

/* All slots at one node. */
static void say_all_at(struct redis_fake_call *call, const char *host, int port)
{
    (void)sprintf(call->answer, "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$%zu\r\n%s\r\n:%d\r\n$40\r\n%040d\r\n",
                  strlen(host), host, port, port);
}

static void say(struct redis_fake_call *call, const char *answer)
{
    (void)snprintf(call->answer, REDIS_FAKE_ANSWER, "%s", answer);
}

/* ---- redirections ---- */

static void answer_value(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", plan->second);
    else
        say(call, "$5\r\nvalue\r\n");
}

/* A host that is empty, a name, another port: "text" says where. */
static void answer_moved(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "", plan->second);
    else
        (void)sprintf(call->answer, plan->text, plan->second);
}

static void test_fake_redirections_lead_to_the_node_they_name(void **state)
{
    static const char *const texts[] = {
        "-MOVED 7629 :%d\r\n",  "-MOVED 7629 localhost:%d\r\n", "-MOVED 7629 127.0.0.1:%d\r\n",
        "-ASK 7629 :%d\r\n",    "-MOVED 16384 nonsense %d\r\n", /* no place: the map that is asked for next
                                                                   tells */
        "-MOVED 7629 ?:%d\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct plan plan = {.first = free_port(), .second = free_port(), .text = texts[i]};
        struct redis_fake_node first;
        struct redis_fake_node second;
        struct asker asker;
        redis_fake_node_start(&first, plan.first, answer_moved, &plan);
        redis_fake_node_start(&second, plan.second, answer_value, &plan);
        setup(&asker, "auto", &first);
        assert_answer(&asker, "GET k", "value");
        assert_answer(&asker, "INCRBY k 1", "value");
        asker_close(&asker);
        redis_fake_node_stop(&first);
        redis_fake_node_stop(&second);
    }
}

/* Each says that the other has it; the map too. */
static void answer_loop(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;
    int other = call->node->port == plan->first ? plan->second : plan->first;

    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", other);
    else
        (void)sprintf(call->answer, "%s 7629 127.0.0.1:%d\r\n", plan->text, other);
}

static void test_fake_redirections_in_a_circle_end_with_the_time(void **state)
{
    static const char *const kinds[] = {"-MOVED", "-ASK"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct plan plan = {.first = free_port(), .second = free_port(), .text = kinds[i]};
        struct redis_fake_node first;
        struct redis_fake_node second;
        struct asker asker;
        redis_fake_node_start(&first, plan.first, answer_loop, &plan);
        redis_fake_node_start(&second, plan.second, answer_loop, &plan);
        setup(&asker, "auto", &first);
        asker_set(&asker, "redis_lookup_timeout", "400ms");
        assert_answer(&asker, "GET k", i == 0 ? "deferred: MOVED 7629" : "deferred: ASK 7629");
        asker_close(&asker);
        redis_fake_node_stop(&first);
        redis_fake_node_stop(&second);
    }
}

static void answer_self(struct redis_fake_call *call)
{
    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", call->node->port);
    else if (call->calls < 6)
        (void)sprintf(call->answer, "-MOVED 7629 127.0.0.1:%d\r\n", call->node->port);
    else
        say(call, "$5\r\nvalue\r\n");
}

static void test_fake_moved_to_the_same_place_is_tried_again(void **state)
{
    struct redis_fake_node node;
    struct asker asker;

    (void)state;
    redis_fake_node_start(&node, free_port(), answer_self, NULL);
    setup(&asker, "auto", &node);
    assert_answer(&asker, "GET k", "value");
    asker_close(&asker);
    redis_fake_node_stop(&node);
}

/* ---- errors that pass ---- */

static void answer_later(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", call->node->port);
    else if (is(call, "STATS", NULL))
        (void)sprintf(call->answer, ":%u\r\n", call->calls);
    else if (call->calls < 8)
        say(call, plan->text);
    else
        say(call, "$5\r\nvalue\r\n");
}

static void test_fake_errors_that_pass_are_waited_out(void **state)
{
    static const char *const texts[] = {
        "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
        "-CLUSTERDOWN The cluster is down\r\n",
        "-CLUSTERDOWN Hash slot not served\r\n",
        "-LOADING Redis is loading the dataset in memory\r\n",
        "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
        "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n",
        "-READONLY You can't write against a read only replica.\r\n",
        "-READONLY You can't write against a read only replica. script: abc, on @user_script:1.\r\n",
        "-ERR Error running script (call to f_1): @user_script:1: 1: -READONLY You can't write\r\n",
        "-ERR max number of clients reached\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct plan plan = {.text = texts[i]};
        struct redis_fake_node node;
        struct asker asker;
        redis_fake_node_start(&node, free_port(), answer_later, &plan);
        setup(&asker, "cluster", &node);
        assert_answer(&asker, i % 2 == 0 ? "INCR k" : "GET k", "value");
        asker_close(&asker);
        redis_fake_node_stop(&node);
    }
}

static void test_fake_errors_that_stay_are_said_at_once(void **state)
{
    static const char *const texts[] = {
        "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n",
        "-MISCONF Redis is configured to save RDB snapshots\r\n",
        "-NOREPLICAS Not enough good replicas to write.\r\n",
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        "-CROSSSLOT Keys in request don't hash to the same slot\r\n",
        "-MOVED 1 127.0.0.1:1 script: abc, on @user_script:1.\r\n", /* may have written before */
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct plan plan = {.text = texts[i]};
        struct redis_fake_node node;
        struct asker asker;
        char expected[128];
        redis_fake_node_start(&node, free_port(), answer_later, &plan);
        setup(&asker, "cluster", &node);
        (void)snprintf(expected, sizeof expected, "deferred: %.20s", texts[i] + 1);
        assert_answer(&asker, "INCR k", expected);
        assert_answer(&asker, "STATS", "3"); /* the map, the command, this */
        asker_close(&asker);
        redis_fake_node_stop(&node);
    }
}

/* ---- topology ---- */

static void answer_map(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    say(call, is(call, "CLUSTER", NULL) ? plan->text : "$5\r\nvalue\r\n");
}

static void test_fake_maps_that_cannot_be_are_not_believed(void **state)
{
    static const char *const texts[] = {
        "*0\r\n",
        "$2\r\nOK\r\n",
        "*1\r\n*0\r\n",
        "*1\r\n*3\r\n:0\r\n:99999\r\n*2\r\n$9\r\n127.0.0.1\r\n:1\r\n",
        "*1\r\n*3\r\n:-1\r\n:5\r\n*2\r\n$9\r\n127.0.0.1\r\n:1\r\n",
        "*1\r\n*3\r\n:9\r\n:5\r\n*2\r\n$9\r\n127.0.0.1\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$1\r\n?\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$4\r\na\nb;\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:99999\r\n",
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n$1\r\n1\r\n",
        "*1\r\n*3\r\n:0\r\n:16383\r\n$9\r\n127.0.0.1\r\n",
        "*2\r\n*3\r\n:0\r\n:99\r\n*2\r\n$1\r\nh\r\n:1\r\n*3\r\n:99\r\n:101\r\n*2\r\n$1\r\nh\r\n:1\r\n",
        "-ERR This instance has cluster support disabled\r\n",
        "-NOPERM this user has no permissions to run the 'cluster|slots' command\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct plan plan = {.text = texts[i]};
        struct redis_fake_node node;
        struct asker asker;
        redis_fake_node_start(&node, free_port(), answer_map, &plan);
        setup(&asker, "cluster", &node);
        asker_set(&asker, "redis_lookup_timeout", "200ms");
        assert_int_equal(ask(&asker, "GET k"), OUTCOME_DEFERRED);
        asker_close(&asker);
        redis_fake_node_stop(&node);
    }
}

/* 16384 ranges of one slot, this node in all of them and a replica for each. */
static void answer_huge(struct redis_fake_call *call)
{
    char *next = call->answer;

    if (!is(call, "CLUSTER", "SLOTS")) {
        say(call, "$5\r\nvalue\r\n");
        return;
    }
    next += sprintf(next, "*16384\r\n");
    for (int i = 0; i < 16384; i++)
        next += sprintf(next,
                        "*4\r\n:%d\r\n:%d\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n*2\r\n$8\r\n10.0.0.1\r\n:%d\r\n",
                        i, i, call->node->port, 1 + i % 900);
}

static void answer_nil_host(struct redis_fake_call *call)
{
    if (is(call, "CLUSTER", "SLOTS"))
        (void)sprintf(call->answer, "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$-1\r\n:%d\r\n", call->node->port);
    else
        say(call, "$5\r\nvalue\r\n");
}

/* Only SHARDS is allowed; a host name that is empty must not beat the address. */
static void answer_shards(struct redis_fake_call *call)
{
    if (is(call, "CLUSTER", "SLOTS"))
        say(call, "-NOPERM no\r\n");
    else if (is(call, "CLUSTER", "SHARDS"))
        (void)sprintf(call->answer,
                      "*1\r\n*4\r\n$5\r\nslots\r\n*2\r\n:0\r\n:16383\r\n$5\r\nnodes\r\n*2\r\n"
                      "*12\r\n$2\r\nid\r\n$1\r\na\r\n$4\r\nport\r\n:1\r\n$2\r\nip\r\n$9\r\n127.0.0.1\r\n"
                      "$8\r\nendpoint\r\n$9\r\n127.0.0.1\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$6\r\nhealth\r\n$"
                      "4\r\nfail\r\n"
                      "*14\r\n$2\r\nid\r\n$1\r\nb\r\n$4\r\nport\r\n:%d\r\n$2\r\nip\r\n$9\r\n127.0.0.1\r\n"
                      "$8\r\nendpoint\r\n$1\r\n?\r\n$8\r\nhostname\r\n$0\r\n\r\n$4\r\nrole\r\n$"
                      "6\r\nmaster\r\n$6\r\nhealth"
                      "\r\n$6\r\nonline\r\n",
                      call->node->port);
    else
        say(call, "$5\r\nvalue\r\n");
}

/* The address that is announced leads nowhere; the node is the listed one. */
static void answer_elsewhere(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", plan->second);
    else if (is(call, "CLUSTER", "MYID"))
        (void)sprintf(call->answer, "$40\r\n%040d\r\n", plan->second);
    else
        say(call, "$5\r\nvalue\r\n");
}

static void test_fake_odd_maps_are_understood(void **state)
{
    static void (*const answers[])(struct redis_fake_call *) = {answer_huge, answer_nil_host, answer_shards,
                                                                answer_elsewhere};
    struct plan plan = {.second = free_port()};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct redis_fake_node node;
        struct asker asker;
        redis_fake_node_start(&node, free_port(), answers[i], &plan);
        setup(&asker, "cluster", &node);
        assert_answer(&asker, "GET k", "value");
        assert_answer(&asker, "INCR other", "value");
        assert_answer(&asker, "DBSIZE", "value");
        asker_close(&asker);
        redis_fake_node_stop(&node);
    }
}

/* Every slot has moved to the second node, and the map never says so. */
static void answer_storm(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;
    static unsigned maps; /* of this process */

    if (is(call, "CLUSTER", "SLOTS")) {
        maps++;
        say_all_at(call, "127.0.0.1", plan->first);
    } else if (is(call, "ECHO", NULL)) {
        (void)sprintf(call->answer, ":%u\r\n", maps);
    } else if (call->node->port == plan->second) {
        say(call, "$5\r\nvalue\r\n");
    } else {
        (void)sprintf(call->answer, "-MOVED %u 127.0.0.1:%d\r\n", call->calls % 16384, plan->second);
    }
}

static void test_fake_many_redirections_ask_for_the_map_seldom(void **state)
{
    struct plan plan = {.first = free_port(), .second = free_port()};
    struct redis_fake_node first;
    struct redis_fake_node second;
    struct asker asker;
    struct asker other;
    char query[32];

    (void)state;
    redis_fake_node_start(&first, plan.first, answer_storm, &plan);
    redis_fake_node_start(&second, plan.second, answer_storm, &plan);
    setup(&asker, "auto", &first);
    nanoseconds began = clock_now();
    for (int i = 0; i < 500; i++) {
        (void)snprintf(query, sizeof query, "GET k%d", i);
        assert_answer(&asker, query, "value");
    }
    long most = 3 + (long)((clock_now() - began) / NANOSECONDS_PER_SECOND);
    setup(&other, "standalone", &first);
    assert_int_equal(ask(&other, "ECHO x"), OUTCOME_DONE);
    long maps = strtol(other.answer.value.bytes, NULL, 10);
    asker_close(&other);
    setup(&other, "standalone", &second);
    assert_int_equal(ask(&other, "ECHO x"), OUTCOME_DONE);
    maps += strtol(other.answer.value.bytes, NULL, 10);
    assert_true(maps >= 1 && maps <= most);
    asker_close(&asker);
    asker_close(&other);
    redis_fake_node_stop(&first);
    redis_fake_node_stop(&second);
}

/* Half of the slots at each of two nodes, which know commands that no table has and
   move nobody. */
static void answer_modules(struct redis_fake_call *call)
{
    const struct plan *plan = call->context;

    if (is(call, "CLUSTER", "SLOTS"))
        (void)sprintf(call->answer,
                      "*2\r\n*3\r\n:0\r\n:8191\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n"
                      "*3\r\n:8192\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n",
                      plan->first, plan->second);
    else if (is(call, "COMMAND", "GETKEYS"))
        (void)sprintf(call->answer, "*1\r\n$%zu\r\n%s\r\n", strlen(call->words[4]), call->words[4]);
    else if (is(call, "COMMAND", "INFO"))
        (void)sprintf(call->answer, "*1\r\n*6\r\n$1\r\nx\r\n:-2\r\n*1\r\n+%s\r\n:%d\r\n:1\r\n:1\r\n",
                      strcmp(call->words[2], "MOD.MOVES") == 0 ? "movablekeys" : "readonly",
                      strcmp(call->words[2], "MOD.NONE") == 0 ? 0 : 2);
    else
        (void)sprintf(call->answer, ":%d\r\n", call->node->port == plan->first ? 1 : 2);
}

static void test_fake_keys_of_unknown_commands_are_asked_for(void **state)
{
    struct plan plan = {.first = free_port(), .second = free_port()};
    struct redis_fake_node first;
    struct redis_fake_node second;
    struct asker asker;

    (void)state;
    redis_fake_node_start(&first, plan.first, answer_modules, &plan);
    redis_fake_node_start(&second, plan.second, answer_modules, &plan);
    setup(&asker, "cluster", &first);
    assert_answer(&asker, "MOD.GET x bar", "1"); /* 5061 */
    assert_answer(&asker, "mod.get x foo", "2"); /* 12182 */
    assert_answer(&asker, "MOD.GET x hello", "1");
    assert_answer(&asker, "MOD.MOVES x foo", "2");
    assert_answer(&asker, "MOD.MOVES x bar", "1");
    assert_int_equal(ask(&asker, "MOD.NONE x foo"), OUTCOME_DONE);
    asker_close(&asker);
    redis_fake_node_stop(&first);
    redis_fake_node_stop(&second);
}

/* ---- never twice ---- */

/* Takes the command and goes: it may have run. */
static void answer_and_go(struct redis_fake_call *call)
{
    if (is(call, "CLUSTER", "SLOTS"))
        say_all_at(call, "127.0.0.1", call->node->port);
    else if (is(call, "STATS", NULL))
        (void)sprintf(call->answer, ":%u\r\n", call->calls);
    else if (is(call, "PING", NULL))
        say(call, "+PONG\r\n");
}

static void test_fake_a_write_that_may_have_run_is_not_repeated(void **state)
{
    struct redis_fake_node node;
    struct asker asker;

    (void)state;
    redis_fake_node_start(&node, free_port(), answer_and_go, NULL);
    setup(&asker, "cluster", &node);
    assert_answer(&asker, "INCR k", "deferred: the connection was closed; the command may have run");
    assert_answer(&asker, "PING", "PONG");
    assert_answer(&asker, "INCR k", "deferred: the connection was closed; the command may have run");
    asker_set(&asker, "redis_lookup_timeout", "300ms");
    assert_answer(&asker, "EVAL return\\ 1 1 k", "deferred: the command may have run");
    asker_close(&asker);
    redis_fake_node_stop(&node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fake_redirections_lead_to_the_node_they_name),
        cmocka_unit_test(test_fake_redirections_in_a_circle_end_with_the_time),
        cmocka_unit_test(test_fake_moved_to_the_same_place_is_tried_again),
        cmocka_unit_test(test_fake_errors_that_pass_are_waited_out),
        cmocka_unit_test(test_fake_errors_that_stay_are_said_at_once),
        cmocka_unit_test(test_fake_maps_that_cannot_be_are_not_believed),
        cmocka_unit_test(test_fake_odd_maps_are_understood),
        cmocka_unit_test(test_fake_many_redirections_ask_for_the_map_seldom),
        cmocka_unit_test(test_fake_keys_of_unknown_commands_are_asked_for),
        cmocka_unit_test(test_fake_a_write_that_may_have_run_is_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
