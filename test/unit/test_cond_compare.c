#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_comparisons_look_through_taint(void **state)
{
    static const struct speech speeches[] = {
        {"${if eq{$local_part}{Ann}{y}{n}}", "y"},     {"${if eqi{$local_part}{aNN}{y}{n}}", "y"},
        {"${if lt{$domain}{$local_part}{y}{n}}", "n"}, {"${if ={$acl_m_number}{7}{y}{n}}", "y"},
        {"${if match{$local_part}{^A}{y}{n}}", "y"},
    };

    speaker_set(*state, "acl_m_number", "7", false);
    assert_speeches(*state, speeches);
}

static void test_number_comparisons_name_what_is_no_number(void **state)
{
    static const struct speech speeches[] = {
        {"${if <{$local_part}{1}{y}}", "failed: integer expected but \"Ann\" found"},
        {"${if <{1}{1x}{y}}", "failed: invalid integer \"1x\""},
        {"${if <{1}{99999999999999999999}{y}}",
         "failed: absolute value of integer \"99999999999999999999\" is too large (overflow)"},
    };

    assert_speeches(*state, speeches);
}

static void test_match_takes_a_pattern_that_is_known_late(void **state)
{
    static const struct speech speeches[] = {
        {"${if match{abc}{$acl_m_pattern}{$1}}", "b"},
        {"${if match{abc}{${lc:(B)}(c)}{$1$2}}", "bc"},
        {"${if match{abc}{($local_part}{y}}",
         "failed: regular expression error in \"(Ann\": missing closing parenthesis at offset 4"},
    };

    speaker_set(*state, "acl_m_pattern", "(b)", false);
    assert_speeches(*state, speeches);
}

static void test_match_ends_what_would_backtrack_for_ever(void **state)
{
    static const struct speech speeches[] = {
        {"${if match{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX}{^(a+)+\\$}{y}{n}}",
         "failed: regular expression matching failed: match limit exceeded"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_comparisons_look_through_taint),
        TEST(test_number_comparisons_name_what_is_no_number),
        TEST(test_match_takes_a_pattern_that_is_known_late),
        TEST(test_match_ends_what_would_backtrack_for_ever),
    };

    return cmocka_run_group_tests_name("cond_compare", tests, NULL, NULL);
}
