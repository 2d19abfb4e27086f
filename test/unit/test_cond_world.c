#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_exists_takes_tainted_names_and_no_nul(void **state)
{
    static const struct speech speeches[] = {
        {"${if exists{$acl_m_path}{y}{n}}", "y"},
        {"${if exists{$acl_m_path/x}{y}{n}}", "n"},
        {"${if exists{/dev/null\\x00x}{y}{n}}", "n"},
        {"${if exists{}{y}{n}}", "n"},
    };

    speaker_set(*state, "acl_m_path", "/dev/null", false);
    assert_speeches(*state, speeches);
}

static void test_nothing_is_under_way_outside_of_a_delivery(void **state)
{
    static const struct speech speeches[] = {
        {"${if first_delivery{y}{n}}", "n"},
        {"${if !queue_running {y}{n}}", "y"},
        {"${if and{{!first_delivery}{!queue_running}}{y}{n}}", "y"},
    };

    assert_speeches(*state, speeches);
}

static void test_exists_is_not_permitted_when_sealed(void **state)
{
    struct speaker *speaker = *state;

    speaker->env->is_sealed = true;
    assert_speaks(speaker, "${if exists{/dev/null}{y}{n}}",
                  "failed: questions about files are not permitted");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_exists_takes_tainted_names_and_no_nul),
        TEST(test_exists_is_not_permitted_when_sealed),
        TEST(test_nothing_is_under_way_outside_of_a_delivery),
    };

    return cmocka_run_group_tests_name("cond_world", tests, NULL, NULL);
}
