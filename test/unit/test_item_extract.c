#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_extract_by_number_keeps_the_taint_of_the_field_alone(void **state)
{
    static const struct speech speeches[] = {
        {"${extract{1}{:}{a:$local_part:b}}", "a"},
        {"${extract{2}{:}{a:$local_part:b}}", "[Ann]"},
        {"${extract{2}{:}{a:x${local_part}y:b}}", "x[Ann]y"},
        {"${extract{-1}{:}{a:$local_part:b}}", "b"},
        {"${extract{0}{:}{a:$local_part}}", "a:[Ann]"},
        {"${extract{2}{$local_part}{xAy}}", "y"},
        {"${extract{$local_part}{a=b}{$value}{n}}", "n"},
        {"${extract{2}{:}{a:$local_part}{<$value>}}", "<[Ann]>"},
    };

    assert_speeches(*state, speeches);
}

static void test_extract_by_name_keeps_the_taint_of_the_value_alone(void **state)
{
    static const struct speech speeches[] = {
        {"${extract{a}{b=$local_part a=x}}", "x"},
        {"${extract{b}{b=$local_part a=x}}", "[Ann]"},
        {"${extract{b}{b=\"x $local_part\" a=x}}", "x [Ann]"},
        {"${extract{$domain}{ex.org=x}}", "x"},
        {"${extract{ann}{$local_part=x}}", "x"},
    };

    assert_speeches(*state, speeches);
}

static void test_extract_with_a_key_known_late_shares_out_its_strings(void **state)
{
    static const struct speech speeches[] = {
        {"${extract{$acl_m_clean}{clean=1}{y$value}{n}}", "y1"},
        {"${extract{${length_0:$local_part}2}{:}{a:b}{y$value}{n}}", "yb"},
        {"${extract{${length_0:$local_part}2}{a:b}}", "failed: missing '{' for arg 3 of extract"},
        {"${extract{$domain}{a=1}{y}fail}", "forced: \"extract\" failed and \"fail\" requested"},
    };

    assert_speeches(*state, speeches);
}

static void test_listextract_keeps_the_taint_of_the_item_alone(void **state)
{
    static const struct speech speeches[] = {
        {"${listextract{2}{a:$local_part:b}}", "[Ann]"},
        {"${listextract{-1}{a:$local_part:b}}", "b"},
        {"${listextract{2}{<;a;x$local_part;b}{<$value>}}", "<x[Ann]>"},
        {"${listextract{${length_0:$domain}1}{$local_part:b}}", "[Ann]"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_extract_by_number_keeps_the_taint_of_the_field_alone),
        TEST(test_extract_by_name_keeps_the_taint_of_the_value_alone),
        TEST(test_extract_with_a_key_known_late_shares_out_its_strings),
        TEST(test_listextract_keeps_the_taint_of_the_item_alone),
    };

    return cmocka_run_group_tests_name("item_extract", tests, NULL, NULL);
}
