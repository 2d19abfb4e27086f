#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

#define ENCODED "${sg{${srs_encode{secret}{ann@ex.org}{here}}}{@here}{}}"

static void test_inbound_srs_takes_what_srs_encode_made(void **state)
{
    static const struct speech speeches[] = {
        {"${if inbound_srs{" ENCODED "}{secret}{$srs_recipient}{n}}", "ann@ex.org"},
        {"${if inbound_srs{${uc:" ENCODED "}}{secret}{$srs_recipient}{n}}", "ann@ex.org"},
        {"${if inbound_srs{" ENCODED "}{other}{y}{n}}", "n"},
        {"${if inbound_srs{" ENCODED "x}{secret}{y}{n}}", "n"},
        {"${if inbound_srs{$local_part}{secret}{y}{n}}", "n"},
    };

    assert_speeches(*state, speeches);
}

/* A router asks in one string and uses the address in another. */
static void test_srs_recipient_outlives_the_string(void **state)
{
    assert_speaks(*state, "$srs_recipient", "");
    assert_speaks(*state, "${if inbound_srs{SRS0=a=aa=ex.org=$local_part}{}{y}{n}}", "y");
    assert_speaks(*state, "$srs_recipient", "[Ann@ex.org]");
    assert_speaks(*state, "${if inbound_srs{x}{}{y}{n}}", "n");
    assert_speaks(*state, "$srs_recipient", "[Ann@ex.org]");
    assert_speaks(
        *state,
        "${reduce{b:c}{$srs_recipient}{${if inbound_srs{SRS0=a=aa=ex=$item}{}{$value-$srs_recipient}}}}",
        "[Ann@ex.org]-b@ex-c@ex");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_inbound_srs_takes_what_srs_encode_made),
        TEST(test_srs_recipient_outlives_the_string),
    };

    return cmocka_run_group_tests_name("cond_srs", tests, NULL, NULL);
}
