#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lookups/lookup.h"
#include "test/support/speaker.h"

static void add_list(struct speaker *speaker, enum list_kind kind, const char *name, const char *text)
{
    struct value value = value_of_string(text);

    assert_true(named_lists_add(speaker->env->lists, kind, name, strlen(name), &value, false));
}

/* "yes VALUE", "no VALUE" or the message; good until the next. */
static const char *ask(struct speaker *speaker, enum list_kind kind, const char *subject, const char *list)
{
    static char shown[512];
    struct run run;
    struct match_result result;
    struct value text = value_of_string(list);
    struct value asked = value_tainted(subject, strlen(subject));

    env_begin(speaker->env, &run, &speaker->error);
    switch (match_list(&run, kind, &asked, &text, &result)) {
    case OUTCOME_DONE:
        (void)snprintf(shown, sizeof shown, "%s %s", result.matches ? "yes" : "no",
                       result.has_value ? speaker_show(speaker, &result.value) : "-");
        break;
    case OUTCOME_DEFERRED:
        (void)snprintf(shown, sizeof shown, "deferred: %s", speaker->error.message);
        break;
    case OUTCOME_FAILED:
    case OUTCOME_FORCED_FAILURE:
        (void)snprintf(shown, sizeof shown, "failed: %s", speaker->error.message);
        break;
    }
    return shown;
}

static void test_match_list_decides_by_the_first_item_that_matches(void **state)
{
    assert_string_equal(ask(*state, LIST_DOMAIN, "a.b", "!a.b : *"), "no a.b");
    assert_string_equal(ask(*state, LIST_DOMAIN, "c.b", "!a.b : *"), "yes *");
    assert_string_equal(ask(*state, LIST_DOMAIN, "c.b", "!a.b"), "yes -");
    assert_string_equal(ask(*state, LIST_DOMAIN, "c.b", ""), "no -");
    assert_string_equal(ask(*state, LIST_LOCAL_PART, "Ann", "+caseful : ann"), "no -");
    assert_string_equal(ask(*state, LIST_ADDRESS, "Ann@B.C", "ann@*.c"), "yes ann@*.c");
    assert_string_equal(ask(*state, LIST_HOST, "10.1.2.3", "10.0.0.0/8"), "yes -");
    assert_string_equal(ask(*state, LIST_HOST, "x", "*"), "failed: \"x\" is not an IP address");
}

static void test_match_list_goes_into_named_lists(void **state)
{
    struct speaker *speaker = *state;

    add_list(speaker, LIST_DOMAIN, "inner", "*.ex : ${lc:A.B}");
    add_list(speaker, LIST_DOMAIN, "outer", "!+inner : *");
    add_list(speaker, LIST_DOMAIN, "from_outside", "$domain");
    add_list(speaker, LIST_DOMAIN, "circle", "x : +circle");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "q.ex", "+inner"), "yes *.ex");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "a.b", "+inner"), "yes a.b");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "q.ex", "+outer"), "no *.ex");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "z", "+outer"), "yes *");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "x", "+circle"), "yes x");
    assert_non_null(strstr(ask(speaker, LIST_DOMAIN, "y", "+circle"), "nest too deeply"));
    /* The item came from outside, and so the value is tainted. */
    assert_string_equal(ask(speaker, LIST_DOMAIN, "ex.org", "+from_outside"), "yes [ex.org]");
    assert_string_equal(ask(speaker, LIST_HOST, "1.2.3.4", "+inner"),
                        "failed: unable to complete match against \"+inner\": unknown named host list "
                        "\"+inner\"");
}

/* A list that names one that changes may change too. */
static void test_match_list_keeps_only_what_lasts(void **state)
{
    struct speaker *speaker = *state;

    add_list(speaker, LIST_DOMAIN, "changing", "$acl_m_which");
    add_list(speaker, LIST_DOMAIN, "naming", "+changing : c");
    speaker_set(speaker, "acl_m_which", "a", true);
    assert_string_equal(ask(speaker, LIST_DOMAIN, "a", "+naming"), "yes a");
    speaker_set(speaker, "acl_m_which", "b", true);
    assert_string_equal(ask(speaker, LIST_DOMAIN, "a", "+naming"), "no -");
    assert_string_equal(ask(speaker, LIST_DOMAIN, "b", "+naming"), "yes b");
}

static void test_match_list_defers_with_a_lookup(void **state)
{
    struct speaker *speaker = *state;

    if (lookup_driver_find("redis", 5) == NULL)
        skip();
    assert_int_equal(lookups_set(speaker->env->lookups, "redis_servers", "(/nonexistent/socket)/0/",
                                 &speaker->env->arena, &speaker->error),
                     OUTCOME_DONE);
    assert_non_null(strstr(ask(speaker, LIST_DOMAIN, "a", "redis;GET x"),
                           "deferred: unable to complete match against \"redis;GET x\": "));
    assert_null(strstr(ask(speaker, LIST_DOMAIN, "a", "redis;GET x"), "gave DEFER"));
    assert_string_equal(ask(speaker, LIST_DOMAIN, "a", "a : redis;GET x"), "yes a");
    assert_string_equal(ask(speaker, LIST_HOST, "1.2.3.4", "+include_defer : redis;GET x"), "yes -");
    assert_string_equal(ask(speaker, LIST_HOST, "1.2.3.4", "+ignore_defer : redis;GET x"), "no -");
    assert_string_equal(ask(speaker, LIST_HOST, "1.2.3.4", "+ignore_defer : redis;GET x : *"), "yes -");
    assert_non_null(
        strstr(ask(speaker, LIST_HOST, "1.2.3.4", "+ignore_unknown : redis;GET x"), "deferred: "));
}

static void test_match_list_touches_nothing_outside_when_sealed(void **state)
{
    struct speaker *speaker = *state;

    speaker->env->is_sealed = true;
    assert_non_null(
        strstr(ask(speaker, LIST_DOMAIN, "a", "/etc/hostname"), "files in lists are not permitted"));
    assert_non_null(
        strstr(ask(speaker, LIST_DOMAIN, "a", "lsearch;/etc/passwd"), "lookups in lists are not permitted"));
    assert_string_equal(ask(speaker, LIST_DOMAIN, "a", "*"), "yes *");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_match_list_decides_by_the_first_item_that_matches),
        TEST(test_match_list_goes_into_named_lists),
        TEST(test_match_list_keeps_only_what_lasts),
        TEST(test_match_list_defers_with_a_lookup),
        TEST(test_match_list_touches_nothing_outside_when_sealed),
    };

    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
