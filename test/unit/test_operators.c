/* What the language table cannot show of the operators: which results are
   tainted, and what is different each time. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_text_made_from_tainted_text_is_tainted(void **state)
{
    static const struct speech speeches[] = {
        {"x${base64:$local_part}", "x[QW5u]"},
        {"${base64d:$acl_m_b64}", "[abc]"},
        {"${hex2b64:$acl_m_hex}", "[YWI=]"},
        {"${xtextd:$local_part}", "[Ann]"},
        {"${escape:$local_part}", "[Ann]"},
        {"${escape8bit:$local_part}", "[Ann]"},
        {"${hexquote:$local_part}", "[Ann]"},
        {"${rxquote:$domain}", "[ex\\.org]"},
        {"${rfc2047:$local_part}", "[Ann]"},
        {"${rfc2047:$domain}", "[=?UTF-8?Q?ex=2Eorg?=]"},
        {"x${rfc2047d:$local_part}", "x[Ann]"},
        {"${headerwrap_20:a $local_part b}", "[a Ann b]"},
        {"${from_utf8:$local_part}", "[Ann]"},
        {"${utf8clean:$local_part}", "[Ann]"},
        {"${ipv6norm:$acl_m_ip}", "[::ffff:102:304]"},
        {"${ipv6denorm:$acl_m_ip}", "[0000:0000:0000:0000:0000:ffff:0102:0304]"},
        {"${mask:$acl_m_ip/8}", "[1.0.0.0/8]"},
        {"${mask:1.2.3.4/8}", "1.0.0.0/8"},
        {"${reverse_ip:$acl_m_ip}", "[4.3.2.1]"},
        {"${utf8_domain_to_alabel:$domain}", "[ex.org]"},
        {"${utf8_domain_to_alabel:\\xc3\\xa9.$domain}", "[xn--9ca.ex.org]"},
        {"${utf8_domain_from_alabel:$domain}", "[ex.org]"},
        {"${utf8_localpart_to_alabel:$local_part}", "[Ann]"},
        {"${utf8_localpart_to_alabel:\\xc3\\xa9$local_part}", "[xn--Ann-9la]"},
        {"${utf8_localpart_from_alabel:xn--$local_part-9la}", "[\xc3\xa9"
                                                              "Ann]"},
    };

    speaker_set(*state, "acl_m_b64", "YWJj", false);
    speaker_set(*state, "acl_m_hex", "6162", false);
    speaker_set(*state, "acl_m_ip", "1.2.3.4", false);
    assert_speeches(*state, speeches);
}

static void test_numbers_and_digests_are_clean(void **state)
{
    static const struct speech speeches[] = {
        {"${base32:$acl_m_number}", "bgs"},
        {"${base32d:$acl_m_letters}", "1234"},
        {"${base62:$acl_m_number}", "0000Ju"},
        {"${base62d:$acl_m_number}", "246206"},
        {"${nhash_10:$local_part}", "5"},
        {"${nhash_10_10:$local_part}", "0/5"},
        {"${time_eval:${acl_m_number}s}", "1234"},
        {"${time_interval:$acl_m_number}", "20m34s"},
        {"${randint:${if eq{$local_part}{Ann}{1}}}", "0"},
    };

    speaker_set(*state, "acl_m_number", "1234", false);
    speaker_set(*state, "acl_m_letters", "bgs", false);
    assert_speeches(*state, speeches);
    assert_int_equal(speak(*state, "${sha2_512:$local_part}${sha3:$local_part}"), OUTCOME_DONE);
    assert_false(value_is_tainted(&((struct speaker *)*state)->value));
}

static void test_stat_refuses_names_from_outside(void **state)
{
    static const struct speech speeches[] = {
        {"${stat:/$local_part}", "failed: Tainted filename '/Ann'"},
        {"${extract{smode}{${stat:/}}{${substr_0_4:$value}}}", "drwx"},
        {"${stat:/\\0x}", "failed: stat(/) failed: No such file or directory"},
    };

    assert_speeches(*state, speeches);
}

static void test_randint_gives_every_number_below_its_limit(void **state)
{
    struct speaker *speaker = *state;
    unsigned seen = 0;

    for (int i = 0; i < 1000; i++) {
        assert_int_equal(speak(speaker, "${randint:3}"), OUTCOME_DONE);
        long number = strtol(speaker->value.bytes, NULL, 10);
        assert_in_range(number, 0, 2);
        seen |= 1U << number;
    }
    assert_int_equal(seen, 7);
    assert_int_equal(speak(speaker, "${randint:9223372036854775807}"), OUTCOME_DONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_text_made_from_tainted_text_is_tainted),
        TEST(test_numbers_and_digests_are_clean),
        TEST(test_stat_refuses_names_from_outside),
        TEST(test_randint_gives_every_number_below_its_limit),
    };

    return cmocka_run_group_tests_name("operators", tests, NULL, NULL);
}
