/* ${readsocket{…}} with servers of all manners. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rexpand.h"
#include "test/support/server.h"
#include "test/support/temp_folder.h"

/* "item" is one of them with %s for the server's address; "expected" the
   result, or behind "!!" a part of the message. */
static void check(struct rexpand_env *env, const struct server *server, const char *item,
                  const char *expected)
{
    struct rexpand_result result;
    char text[2048];
    char *format = strdup(item);
    char *place = strstr(format, "%s");

    assert_non_null(place);
    *place = '\0';
    (void)snprintf(text, sizeof text, "%s%s%s", format, server->address, place + 2);
    free(format);
    enum rexpand_outcome outcome = rexpand_expand(env, text, strlen(text), &result);
    if (strncmp(expected, "!!", 2) == 0) {
        assert_int_equal(outcome, REXPAND_FAILED);
        if (strstr(result.message, expected + 2) == NULL)
            fail_msg("%s: %s", text, result.message);
        return;
    }
    if (outcome != REXPAND_DONE)
        fail_msg("%s: %s", text, result.message);
    assert_string_equal(result.bytes, expected);
}

/* Runs the cases of a server, pairs of item and expected. */
static void check_all(enum server_manner manner, bool tls, bool is_unix, const char *const (*cases)[2],
                      size_t count)
{
    struct server server;
    struct temp_folder folder;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    assert_non_null(env);
    temp_folder_open(&folder);
    server_start(&server, manner, tls, is_unix ? &folder : NULL);
    for (size_t i = 0; i < count; i++)
        check(env, &server, cases[i][0], cases[i][1]);
    server_stop(&server);
    rexpand_env_free(env);
    temp_folder_close(&folder);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_a_request_is_answered(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{hello}}", "<hello>\nline\n"},
        {"${readsocket{%s}{hello}{2s}}", "<hello>\nline\n"},
        {"${readsocket{%s}{hello}{2s}{:}}", "<hello>:line:"},
        {"${readsocket{%s}{hello}{2s}{, }}", "<hello>, line, "},
        {"${readsocket{%s}{hello}{2s}{}}", "<hello>\nline\n"},
        {"${readsocket{%s}{}{2s}{:}}", "<>:line:"},
        {"${readsocket{%s}{a,b=c d:e}{2s:shutdown=yes:foo=bar:x}{:}{no}}", "<a,b=c d:e>:line:"},
        {"${readsocket{%s}{${uc:hello}}{:tls=no}{ }{no}}", "<HELLO> line "},
        {"${readsocket{%s}{hello}{1s:shutdown=no}{:}}", "!!socket read timed out"},
        {"${readsocket{%s}{hello}{1s:shutdown=no}{:}{no: $value}}", "no: "},
    };

    (void)state;
    check_all(SERVER_ECHOES, false, false, cases, COUNT(cases));
    check_all(SERVER_ECHOES, false, true, cases, COUNT(cases));
}

static void test_a_server_may_answer_before_the_end_of_the_request(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{hello}{2s:shutdown=no}{:}}", "<hello>:line:"},
        {"${readsocket{%s}{hello}{shutdown=no}{:}}", "<hello>:line:"},
    };

    (void)state;
    check_all(SERVER_ANSWERS_EARLY, false, true, cases, COUNT(cases));
}

static void test_tls_is_spoken_where_asked_for(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{hello}{5s:tls=yes}{:}}", "<hello>:line:"},
        {"${readsocket{%s}{hello}{5s:tls=yes:sni=mx.example.org}{:}}", "<hello>:line:mx.example.org"},
        {"${readsocket{%s}{hello}{5s:tls=yes:shutdown=yes}{}{no}}", "<hello>\nline\n"},
    };

    (void)state;
    check_all(SERVER_ANSWERS_EARLY, true, false, cases, COUNT(cases));
    check_all(SERVER_ANSWERS_EARLY, true, true, cases, COUNT(cases));
}

static void test_a_server_without_tls_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{hello}{2s:tls=yes}}", "!!TLS connect failed: (SSL_connect): "},
        {"${readsocket{%s}{hello}{2s:tls=yes}{}{no}}", "no"},
    };

    (void)state;
    check_all(SERVER_ANSWERS_EARLY, false, false, cases, COUNT(cases));
    check_all(SERVER_CLOSES, false, false, cases, COUNT(cases));
}

static void test_no_wait_is_longer_than_the_time_given(void **state)
{
    static const char *const plain[][2] = {
        {"${readsocket{%s}{hello}{1s}}", "!!socket read timed out"},
        {"${readsocket{%s}{hello}{1}{}{no}}", "no"},
    };
    static const char *const tls[][2] = {
        {"${readsocket{%s}{hello}{1s:tls=yes}}", "!!TLS connect failed: (SSL_connect): timed out"},
    };
    nanoseconds start = clock_now();

    (void)state;
    check_all(SERVER_HANGS, false, false, plain, COUNT(plain));
    check_all(SERVER_HANGS, false, false, tls, COUNT(tls));
    check_all(SERVER_TRICKLES, false, true, plain, COUNT(plain));
    assert_true(clock_now() - start < 15 * NANOSECONDS_PER_SECOND);
}

static void test_the_evaluations_limit_holds_too(void **state)
{
    struct server server;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    nanoseconds start = clock_now();

    (void)state;
    server_start(&server, SERVER_TRICKLES, false, NULL);
    rexpand_env_limit(env, 1024 * 1024, 0.5);
    check(env, &server, "${readsocket{%s}{hello}{1h}}", "!!timed out");
    assert_true(clock_now() - start < 5 * NANOSECONDS_PER_SECOND);
    server_stop(&server);
    rexpand_env_free(env);
}

static void test_answers_are_kept_only_when_asked_for(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{a}{2s}}", "1"},           {"${readsocket{%s}{a}{2s}}", "2"},
        {"${readsocket{%s}{a}{2s:cache=yes}}", "3"}, {"${readsocket{%s}{a}{2s:cache=yes}}", "3"},
        {"${readsocket{%s}{b}{2s:cache=yes}}", "4"}, {"${readsocket{%s}{a}{2s:cache=yes}}", "3"},
        {"${readsocket{%s}{b}{2s:cache=no}}", "5"},  {"${readsocket{%s}{a}{2s:cache=yes}}", "6"},
    };

    (void)state;
    check_all(SERVER_COUNTS, false, true, cases, COUNT(cases));
}

static void test_a_mask_of_signals_is_left_as_it_was(void **state)
{
    static const char *const cases[][2] = {
        {"${readsocket{%s}{hello}{2s:tls=yes}{}{no}}", "no"},
    };
    sigset_t before, after;

    (void)state;
    (void)pthread_sigmask(SIG_BLOCK, NULL, &before);
    check_all(SERVER_CLOSES, true, false, cases, COUNT(cases));
    (void)pthread_sigmask(SIG_BLOCK, NULL, &after);
    assert_int_equal(sigismember(&before, SIGPIPE), 0);
    assert_int_equal(sigismember(&after, SIGPIPE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_is_answered),
        cmocka_unit_test(test_a_server_may_answer_before_the_end_of_the_request),
        cmocka_unit_test(test_tls_is_spoken_where_asked_for),
        cmocka_unit_test(test_a_server_without_tls_is_refused),
        cmocka_unit_test(test_no_wait_is_longer_than_the_time_given),
        cmocka_unit_test(test_the_evaluations_limit_holds_too),
        cmocka_unit_test(test_answers_are_kept_only_when_asked_for),
        cmocka_unit_test(test_a_mask_of_signals_is_left_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
