#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_match_conditions_give_a_clean_value(void **state)
{
    static const struct speech speeches[] = {
        {"${if match_local_part{$local_part}{bob : ann}{${expand:$value}}}", "ann"},
        {"${if match_domain{$domain}{*.org}{$value $1}}", "*.org [ex]"},
        {"${if match_address{$local_part@$domain}{ann@ex.org}{$value}}", "ann@ex.org"},
        {"${if match_domain{$domain}{^(ex)}{$value $0 $1}}", "^(ex) [ex.org] [ex]"},
    };

    assert_speeches(*state, speeches);
}

/* A list is what the configuration says, whatever a client sends. */
static void test_match_conditions_do_not_expand_the_list(void **state)
{
    static const struct speech speeches[] = {
        {"${if match_local_part{Ann}{$local_part}{y}{n}}", "n"},
        {"${if match_local_part{\\$local_part}{$local_part}{y}{n}}", "y"},
        {"${if match_local_part{a}{\\x61}{y}{n}}", "y"},
        {"${if match_ip{1.2.3.4}{b", "failed: missing } at end of string"},
        {"${if match_ip{1.2.3.4}}", "failed: missing 2nd string in {} after \"match_ip\""},
    };

    assert_speeches(*state, speeches);
}

static void test_match_ip_leaves_names_as_they_are(void **state)
{
    static const struct speech speeches[] = {
        {"${if inlist{a}{a}{${if match_ip{1.2.3.4}{*}{$value}}}}", "a"},
        {"${if inlist{a}{a}{${if match_domain{x}{!y}{<$value>}}}}", "<>"},
        {"${if match{abc}{(b)}{${if match_ip{1.2.3.4}{*}{$1}}}}", "b"},
        {"${if match{abc}{(b)}{${if match_domain{x}{*}{$1}}}}", "x"},
    };

    assert_speeches(*state, speeches);
}

static void test_lookups_in_lists_refuse_tainted_files(void **state)
{
    static const struct speech speeches[] = {
        {"${if match_domain{x}{lsearch;relative}{y}{n}}",
         "failed: unable to complete match against \"lsearch;relative\": absolute file name expected for "
         "\"lsearch\" lookup"},
        {"${if match_domain{x}{partial-redis;GET a}{y}{n}}",
         "failed: unable to complete match against \"partial-redis;GET a\": \"partial\" is not permitted for "
         "lookup type \"redis\""},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_match_conditions_give_a_clean_value),
        TEST(test_match_conditions_do_not_expand_the_list),
        TEST(test_match_ip_leaves_names_as_they_are),
        TEST(test_lookups_in_lists_refuse_tainted_files),
    };

    return cmocka_run_group_tests_name("cond_match", tests, NULL, NULL);
}
