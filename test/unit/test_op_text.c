#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_lc_and_uc_keep_taint_exact(void **state)
{
    static const struct speech speeches[] = {
        {"a${lc:B${local_part}C}", "ab[ann]c"},
        {"${uc:b${local_part}c}", "B[ANN]C"},
        {"${lc:$acl_m_clean}", "clean"},
        {"${lc:}", ""},
    };

    assert_speeches(*state, speeches);
}

static void test_substr_and_length_operators_keep_taint_exact(void **state)
{
    static const struct speech speeches[] = {
        {"${substr_1_3:a${local_part}b}", "[Ann]"},
        {"${s_0_2:a${local_part}b}", "a[A]"},
        {"${substr_-2_2:a${local_part}b}", "[n]b"},
        {"${length_1:a$local_part}", "a"},
        {"${l_2:a$local_part}", "a[A]"},
    };

    assert_speeches(*state, speeches);
}

static void test_counts_are_clean(void **state)
{
    static const struct speech speeches[] = {
        {"${strlen:$local_part}", "3"},
        {"${listcount:$local_part:b}", "2"},
    };

    assert_speeches(*state, speeches);
}

static void test_quote_taints_all_that_it_quotes(void **state)
{
    static const struct speech speeches[] = {
        {"${quote:a$local_part}", "a[Ann]"},
        {"${quote:a $local_part}", "[\"a Ann\"]"},
        {"${quote:a b}", "\"a b\""},
        {"${quote:}", "\"\""},
        {"${quote:${length_0:$local_part}}", "\"\""},
    };

    assert_speeches(*state, speeches);
}

static void test_escape_taints_all_that_it_escapes(void **state)
{
    static const struct speech speeches[] = {
        {"${escape:a$local_part}", "[aAnn]"},
        {"${escape:a\\n}", "a\\n"},
    };

    assert_speeches(*state, speeches);
}

static void test_hash_operators_taint_as_the_items(void **state)
{
    static const struct speech speeches[] = {
        {"${hash_9:$local_part}", "[Ann]"},
        {"${h_3:$local_part}", "[Ann]"},
        {"${h_2_62:x$local_part}", "[wH]"},
    };

    assert_speeches(*state, speeches);
}

static void test_expand_gives_the_taint_of_what_it_read(void **state)
{
    static const struct speech speeches[] = {
        {"${expand:<\\$local_part>}", "<[Ann]>"},
        {"${expand:$acl_m_clean}", "Clean"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_lc_and_uc_keep_taint_exact),
        TEST(test_substr_and_length_operators_keep_taint_exact),
        TEST(test_counts_are_clean),
        TEST(test_quote_taints_all_that_it_quotes),
        TEST(test_escape_taints_all_that_it_escapes),
        TEST(test_hash_operators_taint_as_the_items),
        TEST(test_expand_gives_the_taint_of_what_it_read),
    };

    return cmocka_run_group_tests_name("op_text", tests, NULL, NULL);
}
