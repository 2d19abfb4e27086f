#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_eval_gives_a_clean_number(void **state)
{
    static const struct speech speeches[] = {
        {"${eval:$acl_m_number+1}", "43"},
        {"${eval10:0$acl_m_number+1}", "43"},
        {"${eval:$local_part}", "failed: error in expression evaluation: expecting number or opening "
                                "parenthesis (after processing \"\")"},
    };

    speaker_set(*state, "acl_m_number", "42", false);
    assert_speeches(*state, speeches);
}

static void test_eval_holds_at_the_ends_of_64_bits(void **state)
{
    static const struct speech speeches[] = {
        {"${eval:-9223372036854775807-1}", "-9223372036854775808"},
        {"${eval:(-9223372036854775807-1)/-1}", "9223372036854775807"},
        {"${eval:(-9223372036854775807-1)%-1}", "0"},
        {"${eval:-(-9223372036854775807-1)}", "-9223372036854775808"},
        {"${eval:1<<63}", "-9223372036854775808"},
        {"${eval:1<<64}", "1"},
        {"${eval:1<<-1}", "-9223372036854775808"},
        {"${eval:9223372036854775807G}", "-1073741824"},
        {"${eval:9223372036854775807*9223372036854775807}", "1"},
    };

    assert_speeches(*state, speeches);
}

static void test_eval_reads_what_came_late_as_what_was_there(void **state)
{
    static const struct speech speeches[] = {
        {"${eval:$acl_m_number*(2+$acl_m_number)}", "1848"},
        {"${eval: $acl_m_number }", "42"},
    };

    speaker_set(*state, "acl_m_number", "42", false);
    assert_speeches(*state, speeches);
}

static void test_eval_stops_at_a_nul(void **state)
{
    static const struct speech speeches[] = {
        {"${eval:1\\x002}",
         "failed: error in expression evaluation: expecting operator (after processing \"1\")"},
    };

    assert_speeches(*state, speeches);
}

static void nest(struct speaker *speaker, const char *opening, size_t times)
{
    size_t step = strlen(opening);
    char *text = malloc(step * times + 1);

    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * step, opening, step);
    text[step * times] = '\0';
    speaker_set(speaker, "acl_m_deep", text, false);
    free(text);
}

static void test_eval_refuses_to_nest_without_end(void **state)
{
    static const char *const openings[] = {"(", "-", "~", "(-", "1*(", "1+(1<<("};

    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        nest(*state, openings[i], 200000);
        assert_int_equal(speak(*state, "${eval:$acl_m_deep}"), OUTCOME_FAILED);
    }
    nest(*state, "(", 400);
    assert_int_equal(speak(*state, "${eval:${acl_m_deep}7${sg{$acl_m_deep}{[(]}{)}}}"), OUTCOME_DONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_eval_gives_a_clean_number),
        TEST(test_eval_holds_at_the_ends_of_64_bits),
        TEST(test_eval_reads_what_came_late_as_what_was_there),
        TEST(test_eval_refuses_to_nest_without_end),
        TEST(test_eval_stops_at_a_nul),
    };

    return cmocka_run_group_tests_name("op_number", tests, NULL, NULL);
}
