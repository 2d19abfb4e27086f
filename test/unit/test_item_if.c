#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_if_gives_its_branchs_value_with_its_taint(void **state)
{
    static const struct speech speeches[] = {
        {"${if eq{$local_part}{Ann}{$domain}{b}}", "[ex.org]"},
        {"${if eq{$local_part}{Ann}{b}{$domain}}", "b"},
        {"${if eq{$local_part}{Ann}}", "true"},
    };

    assert_speeches(*state, speeches);
}

static void test_if_captures_with_the_subjects_taint(void **state)
{
    static const struct speech speeches[] = {
        {"${if match{$local_part}{(A)(.)}{$1$2}}", "[An]"},
        {"${if match{ab$local_part}{(b)(A)}{$1$2}}", "b[A]"},
        {"${if match{abc}{$local_part|(b)}{$1}}", "b"},
    };

    assert_speeches(*state, speeches);
}

static void test_if_shows_its_captures_in_its_branches_only(void **state)
{
    static const struct speech speeches[] = {
        {"${if match{abc}{(b)}{$1${if match{x}{(x)}{$1}}$1}}$1", "bxb"},
        {"${if match{abc}{(b)}{y}}<$1>", "y<>"},
        {"${if !match{abc}{(x)}{<$1>}}", "<>"},
        {"${if and{{match{abc}{(b)}}{match{xyz}{(y)}}}{$1}}", "y"},
        {"${if match{abc}{(b)}{${if match{x}{(z)}{}{$1}}}}", "b"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_if_gives_its_branchs_value_with_its_taint),
        TEST(test_if_captures_with_the_subjects_taint),
        TEST(test_if_shows_its_captures_in_its_branches_only),
    };

    return cmocka_run_group_tests_name("item_if", tests, NULL, NULL);
}
