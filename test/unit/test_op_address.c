#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_address_operators_keep_taint_exact(void **state)
{
    static const struct speech speeches[] = {
        {"${local_part:$local_part@$domain}", "[Ann]"},
        {"${domain:$local_part@$domain}", "[ex.org]"},
        {"${domain:$local_part@x.y}", "x.y"},
        {"${local_part:a.$local_part@x}", "a.[Ann]"},
        {"${domain:Ann <a@$domain>}", "[ex.org]"},
        {"${address:Ann <a@$domain>}", "a[@ex.org]"},
        {"${address:Ann <$local_part@b>}", "[Ann]@b"},
        {"${addresses:a@b, $local_part, c@d}", "a@b:[Ann]:c@d"},
        {"${addresses:>;$local_part@b, c@d}", "[Ann]@b;c@d"},
        {"${addresses:>${local_part}@b, c@d}", "c@d"},
        {"${addresses:$acl_m_list, c@d}", "c@d"},
        {"${addresses:$acl_m_list}", ""},
        {"${quote_local_part:$local_part}", "[Ann]"},
        {"${quote_local_part:a b$local_part}", "[\"a bAnn\"]"},
    };

    speaker_set(*state, "acl_m_list", ">;a@b", false);
    assert_speeches(*state, speeches);
}

static void test_address_operators_give_nothing_for_what_is_no_address(void **state)
{
    static const struct speech speeches[] = {
        {"${domain:a b}", ""}, {"${local_part:a b}", ""}, {"${domain:}", ""},
        {"${domain:a@}", ""},  {"${domain:a@b@c}", ""},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_address_operators_keep_taint_exact),
        TEST(test_address_operators_give_nothing_for_what_is_no_address),
    };

    return cmocka_run_group_tests_name("op_address", tests, NULL, NULL);
}
