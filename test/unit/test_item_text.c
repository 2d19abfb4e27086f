#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_substr_and_length_keep_taint_exact(void **state)
{
    static const struct speech speeches[] = {
        {"${substr{1}{3}{a${local_part}b}}", "[Ann]"},  {"${substr{0}{2}{a${local_part}b}}", "a[A]"},
        {"${substr{-1}{a${local_part}b}}", "a[Ann]"},   {"${substr{-2}{2}{a${local_part}b}}", "[n]b"},
        {"${length{2}{a$local_part}}", "a[A]"},         {"${length{1}{a$local_part}}", "a"},
        {"${substr{${length_0:$domain}1}{abc}}", "bc"},
    };

    assert_speeches(*state, speeches);
}

static void test_hash_taints_what_it_makes_of_tainted_text(void **state)
{
    static const struct speech speeches[] = {
        {"${hash{2}{$local_part}}", "[vg]"},
        {"${hash{2}{abc}}", "nu"},
        {"${hash{9}{$local_part}}", "[Ann]"},
    };

    assert_speeches(*state, speeches);
}

static void test_sg_keeps_taint_exact(void **state)
{
    static const struct speech speeches[] = {
        {"${sg{a${local_part}a}{n}{x}}", "a[A]xxa"}, {"${sg{abc}{b}{$local_part}}", "a[Ann]c"},
        {"${sg{abc$local_part}{x}{y}}", "abc[Ann]"}, {"${sg{a$local_part}{A}{}}", "a[nn]"},
        {"${sg{abc}{[bB]}{\\$0\\$0}}", "abbc"},      {"${sg{$local_part}{(n)}{<\\$1>}}", "[A]<[n]><[n]>"},
        {"${sg{ab}{$local_part|b}{c}}", "ac"},
    };

    assert_speeches(*state, speeches);
}

static void test_sg_refuses_references_from_outside(void **state)
{
    static const struct speech speeches[] = {
        {"${sg{abc}{b}{$acl_m_evil}}", "failed: attempt to expand tainted string '$0'"},
        {"${sg{abc}{x}{$acl_m_evil}}", "abc"},
        {"${sg{abc}{b}{x$acl_m_slash}}", "failed: attempt to expand tainted string 'x\\n'"},
    };

    speaker_set(*state, "acl_m_evil", "$0", false);
    speaker_set(*state, "acl_m_slash", "\\n", false);
    assert_speeches(*state, speeches);
}

static void test_sg_goes_on_behind_empty_matches(void **state)
{
    static const struct speech speeches[] = {
        {"${sg{abc}{x*}{-}}", "-a-b-c-"},  {"${sg{aab}{a*}{-}}", "--b-"},
        {"${sg{abc}{}{-}}", "-a-b-c-"},    {"${sg{}{^}{-}}", "-"},
        {"${sg{abc}{(?=b)}{-}}", "a-bc"},  {"${sg{abc}{b\\\\K}{-}}", "ab-c"},
        {"${sg{abc}{a\\\\Kb}{-}}", "a-c"},
    };

    assert_speeches(*state, speeches);
}

static void test_sg_sees_captures_of_the_match_around_only_in_other_arguments(void **state)
{
    static const struct speech speeches[] = {
        {"${if match{abc}{(b)}{${sg{x}{x}{$1}}$1}}", "bb"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_substr_and_length_keep_taint_exact),
        TEST(test_hash_taints_what_it_makes_of_tainted_text),
        TEST(test_sg_keeps_taint_exact),
        TEST(test_sg_refuses_references_from_outside),
        TEST(test_sg_goes_on_behind_empty_matches),
        TEST(test_sg_sees_captures_of_the_match_around_only_in_other_arguments),
    };

    return cmocka_run_group_tests_name("item_text", tests, NULL, NULL);
}
