#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_isip_tells_the_versions_apart(void **state)
{
    static const struct speech speeches[] = {
        {"${map{<;1.2.3.4;::1;fe80::1%eth0;1.2.3.4%x;1.2.3.4/8;x}{${if isip{$item}{y}{n}}}}", "y;y;y;n;n;n"},
        {"${map{<;1.2.3.4;::1;::ffff:1.2.3.4}{${if isip4{$item}{y}{n}}}}", "y;n;n"},
        {"${map{<;1.2.3.4;::1;::ffff:1.2.3.4}{${if isip6{$item}{y}{n}}}}", "n;y;y"},
        {"${if isip{1.2.3.4\\x00}{y}{n}}", "n"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_isip_tells_the_versions_apart),
    };

    return cmocka_run_group_tests_name("cond_address", tests, NULL, NULL);
}
