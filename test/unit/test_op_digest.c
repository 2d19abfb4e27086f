#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_digests_are_clean(void **state)
{
    static const struct speech speeches[] = {
        {"${md5:$local_part}", "82e335f7ac0e0e412b2ae15abe662110"},
        {"${sha1:$local_part}", "219DC550CD320D69885A529524239D875AD19347"},
        {"${sha256:}", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"},
    };

    assert_speeches(*state, speeches);
}

static void test_base64_taints_all_that_it_encodes(void **state)
{
    static const struct speech speeches[] = {
        {"${base64:a}", "YQ=="},
        {"${base64:a$local_part}", "[YUFubg==]"},
        {"${str2b64:$local_part}", "[QW5u]"},
        {"${base64:}", ""},
    };

    assert_speeches(*state, speeches);
}

static void test_base64_writes_long_texts_in_one_piece(void **state)
{
    char text[1001] = "";

    memset(text, 'a', 1000);
    speaker_set(*state, "acl_m_long", text, false);
    static const struct speech speeches[] = {
        {"${strlen:${base64:${sg{$acl_m_long}{a}{aaaaaaaaaa}}}}", "13336"},
        {"${substr_13332:${base64:${sg{$acl_m_long}{a}{aaaaaaaaaa}}}}", "YQ=="},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_digests_are_clean),
        TEST(test_base64_taints_all_that_it_encodes),
        TEST(test_base64_writes_long_texts_in_one_piece),
    };

    return cmocka_run_group_tests_name("op_digest", tests, NULL, NULL);
}
