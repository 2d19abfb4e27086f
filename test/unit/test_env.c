#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static bool set(struct speaker *speaker, const char *name, const char *text)
{
    bool no_memory;
    bool done = env_set(speaker->env, name, strlen(name), text, strlen(text), true, &no_memory);

    assert_false(no_memory);
    return done;
}

static void test_env_set_copies_the_value(void **state)
{
    char text[] = "abc";

    assert_true(set(*state, "domain", text));
    memset(text, 'x', 3);
    assert_speaks(*state, "$domain", "abc");
    assert_true(set(*state, "domain", "def"));
    assert_speaks(*state, "$domain", "def");
    assert_true(set(*state, "domain", ""));
    assert_speaks(*state, "${if def:domain{y}{n}}$domain", "n");
}

static void test_env_set_knows_only_variables(void **state)
{
    assert_false(set(*state, "nosuch", "x"));
    assert_false(set(*state, "", "x"));
    assert_false(set(*state, "acl_z", "x"));
}

static void test_env_set_keeps_names_of_a_family_apart(void **state)
{
    assert_true(set(*state, "acl_m_a", "1"));
    assert_true(set(*state, "acl_m_b", "2"));
    assert_true(set(*state, "acl_c_a", "3"));
    assert_true(set(*state, "acl_m_a", "4"));
    assert_speaks(*state, "$acl_m_a$acl_m_b$acl_c_a[$acl_m_c]", "423[]");
}

static void test_env_set_takes_any_bytes(void **state)
{
    struct speaker *speaker = *state;
    bool no_memory;

    assert_true(env_set(speaker->env, "domain", 6, "a\0\xff", 3, true, &no_memory));
    assert_int_equal(speak(speaker, "$domain"), OUTCOME_DONE);
    assert_int_equal(speaker->value.length, 3);
    assert_memory_equal(speaker->value.bytes, "a\0\xff", 3);
    assert_true(env_set(speaker->env, "domain", 6, NULL, 0, true, &no_memory));
    assert_speaks(speaker, "$domain", "");
}

static void test_env_set_outranks_a_variables_own_value(void **state)
{
    assert_int_equal(speak(*state, "$pid"), OUTCOME_DONE);
    assert_true(set(*state, "pid", "one"));
    assert_speaks(*state, "$pid", "one");
}

static void test_env_set_taints_unless_it_is_told_that_the_value_is_clean(void **state)
{
    assert_speaks(*state, "a${local_part}b$acl_m_clean", "a[Ann]bClean");
}

static void test_env_environment_is_tainted_and_the_processs_own(void **state)
{
    assert_int_equal(setenv("REXPAND_TEST", "a=b", 1), 0);
    assert_int_equal(setenv("REXPAND_TEST_LONGER", "c", 1), 0);
    assert_speaks(*state, "${env{REXPAND_TEST}}", "[a=b]");
    assert_speaks(*state, "${env{REXPAND_TES}{$value}{none}}", "none");
    assert_speaks(*state, "${env{REXPAND_TEST=a}{$value}{none}}", "none");
    assert_speaks(*state, "${env{}{$value}{none}}", "none");
}

static void test_env_set_environment_replaces_the_processs_own(void **state)
{
    static const char *const entries[] = {"A=1", "B=", "A=2", NULL};
    struct speaker *speaker = *state;

    env_set_environment(speaker->env, entries);
    assert_speaks(speaker, "${env{A}}${env{B}{($value)}{n}}${env{HOME}{y}{n}}", "[1]([])n");
}

static void test_env_begin_forgets_what_items_bound(void **state)
{
    assert_speaks(*state, "${map{a:b}{$item}}${if match{x}{(x)}{$1}}", "a:bx");
    assert_speaks(*state, "($item$value$1$0)", "()");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_env_set_copies_the_value),
        TEST(test_env_set_knows_only_variables),
        TEST(test_env_set_keeps_names_of_a_family_apart),
        TEST(test_env_set_takes_any_bytes),
        TEST(test_env_set_outranks_a_variables_own_value),
        TEST(test_env_set_taints_unless_it_is_told_that_the_value_is_clean),
        TEST(test_env_environment_is_tainted_and_the_processs_own),
        TEST(test_env_set_environment_replaces_the_processs_own),
        TEST(test_env_begin_forgets_what_items_bound),
    };

    return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
