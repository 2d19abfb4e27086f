#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_parts_of_an_address_have_its_taint(void **state)
{
    static const struct speech speeches[] = {
        {"$sender_address_local_part/$sender_address_domain", "[ann.b]/[ex.org]"},
        {"${uc:$sender_address_domain}", "[EX.ORG]"},
    };

    speaker_set(*state, "sender_address", "ann.b@ex.org", false);
    assert_speeches(*state, speeches);
    speaker_set(*state, "sender_address", "ann@ex.org", true);
    assert_speaks(*state, "$sender_address_local_part/$sender_address_domain", "ann/ex.org");
}

static void test_parts_of_an_address_are_empty_where_it_has_none(void **state)
{
    speaker_set(*state, "sender_address", "ann", true);
    assert_speaks(*state, "<$sender_address_local_part/$sender_address_domain>", "<ann/>");
    speaker_set(*state, "sender_address", "", true);
    assert_speaks(*state, "<$sender_address_local_part/$sender_address_domain>", "</>");
}

static void test_what_the_machine_says_is_clean(void **state)
{
    struct speaker *speaker = *state;
    static const char *const texts[] = {"$pid", "$tod_epoch", "$tod_full", "$primary_hostname",
                                        "$caller_uid"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(speak(speaker, texts[i]), OUTCOME_DONE);
        assert_true(speaker->value.length > 0);
        assert_false(value_is_tainted(&speaker->value));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_parts_of_an_address_have_its_taint),
        TEST(test_parts_of_an_address_are_empty_where_it_has_none),
        TEST(test_what_the_machine_says_is_clean),
    };

    return cmocka_run_group_tests_name("variable values", tests, NULL, NULL);
}
