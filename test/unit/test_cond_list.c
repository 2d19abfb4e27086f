#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_forany_and_forall_stop_at_what_decides(void **state)
{
    static const struct speech speeches[] = {
        {"${if forany{1:x}{={$item}{1}}{y}{n}}", "y"},
        {"${if forall{1:x}{={$item}{2}}{y}{n}}", "n"},
        {"${if forall{1:x}{={$item}{1}}{y}{n}}",
         "failed: integer expected but \"x\" found inside \"forall\" condition"},
        {"${if forall{}{eq{a}{a}}{y}{n}}", "n"},
        {"${if forany{a:b}{match{$item}{(b)}}{$1}{n}}$item", "b"},
        {"${map{a:b}{${if forany{c}{eq{$item}{c}}{$item}}}}", "a:b"},
    };

    assert_speeches(*state, speeches);
}

static void test_for_json_takes_arrays_apart(void **state)
{
    static const struct speech speeches[] = {
        {"${if forany_json{[1,\\{\"a\":[2,3]\\}]}{match{$item}{3}}{y}{n}}", "y"},
        {"${if forall_jsons{[\"a\",\"b\"]}{inlist{$item}{a:b}}{y}{n}}", "y"},
        {"${if forany_jsons{[1]}{eq{$item}{1}}{y}{n}}",
         "failed: missing '\"' wrapping string result for extract jsons"},
        {"${if forall_json{$local_part}{eq{$item}{1}}{y}{n}}",
         "failed: missing '[' wrapping array for forall_json"},
    };

    assert_speeches(*state, speeches);
}

/* The item has the list's taint, not the string's: so it is clean here. */
static void test_inlist_gives_a_clean_copy(void **state)
{
    static const struct speech speeches[] = {
        {"${if inlisti{$local_part}{bob:ann}{${expand:$value}}}", "ann"},
        {"${if inlist{$local_part}{bob:ann}{y}{n}}", "n"},
        {"${if inlist{Ann}{$local_part}{${expand:$value}}}",
         "failed: internal expansion of \"Ann\" failed: attempt to expand tainted string 'Ann'"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_forany_and_forall_stop_at_what_decides),
        TEST(test_for_json_takes_arrays_apart),
        TEST(test_inlist_gives_a_clean_copy),
    };

    return cmocka_run_group_tests_name("cond_list", tests, NULL, NULL);
}
