#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_crypteq_knows_digests_and_crypt(void **state)
{
    static const struct speech speeches[] = {
        {"${if crypteq{test}{\\{MD5\\}098F6BCD4621D373CADE4E832627B4F6}{y}{n}}", "y"},
        {"${if crypteq{test}{\\{sha1\\}qUqP5cyxm6YcTAhz05Hph5gvu9M=}{y}{n}}", "y"},
        {"${if crypteq{test}{\\{sha1\\}}{y}{n}}", "n"},
        {"${if crypteq{test}{abgOeLfPimXQo}{y}{n}}", "y"},
        {"${if crypteq{$acl_m_password}{\\{crypt16\\}ab2wHQ4RTFVKI3cyxPgr4a7Q}{y}{n}}", "y"},
        {"${if crypteq{test}{\\{crypt16\\}a}{y}{n}}", "n"},
        {"${if crypteq{test}{\\{ntlm\\}x}{y}{n}}", "failed: unknown encryption mechanism in \"{ntlm}x\""},
    };

    speaker_set(*state, "acl_m_password", "0123456789abcdefXYZ", false);
    assert_speeches(*state, speeches);
}

/* crypt() would stop at the NUL, and "test\0anything" would be as good as "test". */
static void test_crypteq_is_not_fooled_by_nul(void **state)
{
    static const struct speech speeches[] = {
        {"${if crypteq{test\\x00x}{abgOeLfPimXQo}{y}{n}}", "n"},
        {"${if crypteq{test}{abgOeLfPimXQo\\x00x}{y}{n}}", "n"},
    };

    assert_speeches(*state, speeches);
}

static void test_services_say_that_they_are_not_compiled(void **state)
{
    static const struct speech speeches[] = {
        {"${if pam{a:b}{y}{n}}", "failed: support for \"pam\" not compiled"},
        {"${if saslauthd{{a}{b}}{y}{n}}", "failed: support for \"saslauthd\" not compiled"},
        {"${if radius{${if eq{a}{b}{}fail}}{y}{n}}", "forced: \"if\" failed and \"fail\" requested"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_crypteq_knows_digests_and_crypt),
        TEST(test_crypteq_is_not_fooled_by_nul),
        TEST(test_services_say_that_they_are_not_compiled),
    };

    return cmocka_run_group_tests_name("cond_auth", tests, NULL, NULL);
}
