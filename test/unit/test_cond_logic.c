#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_and_and_or_stop_at_what_decides(void **state)
{
    static const struct speech speeches[] = {
        {"${if and{{eq{a}{b}}{={x}{1}}}{y}{n}}", "n"},
        {"${if or{{eq{a}{a}}{={x}{1}}}{y}{n}}", "y"},
        {"${if or{{eq{a}{b}}{={x}{1}}}{y}{n}}",
         "failed: integer expected but \"x\" found inside \"or{...}\" condition"},
        {"${if and{}{y}{n}}", "y"},
        {"${if or{}{y}{n}}", "n"},
        {"${if !and{{eq{a}{b}}}{y}{n}}", "y"},
    };

    assert_speeches(*state, speeches);
}

static void test_bool_reads_words_and_numbers(void **state)
{
    static const struct speech speeches[] = {
        {"${if bool{$acl_m_yes}{y}{n}}", "y"},
        {"${if bool{ FALSE }{y}{n}}", "n"},
        {"${if bool{-0}{y}{n}}", "n"},
        {"${if bool{-10}{y}{n}}", "y"},
        {"${if bool{$local_part}{y}{n}}", "failed: unrecognised boolean value \"Ann\""},
        {"${if bool_lax{$local_part}{y}{n}}", "y"},
    };

    speaker_set(*state, "acl_m_yes", "yes", false);
    assert_speeches(*state, speeches);
}

static void test_def_is_false_for_what_is_empty(void **state)
{
    static const struct speech speeches[] = {
        {"${if def:local_part{y}{n}}", "y"},
        {"${if def:sender_host_name{y}{n}}", "n"},
        {"${if def:acl_m_nothing{y}{n}}", "n"},
        {"${if def:h_subject:{y}{n}}", "n"},
        {"${map{a: :b}{${if def:item{y}{n}}}}", "y:n:y"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_and_and_or_stop_at_what_decides),
        TEST(test_bool_reads_words_and_numbers),
        TEST(test_def_is_false_for_what_is_empty),
    };

    return cmocka_run_group_tests_name("cond_logic", tests, NULL, NULL);
}
