#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/digest.h"

static void test_digest_make_says_how_long_the_digest_is(void **state)
{
    static const struct {
        enum digest_algorithm algorithm;
        unsigned length;
        unsigned char first; /* of the digest of "abc" */
        unsigned char last;
    } cases[] = {
        {DIGEST_MD5, 16, 0x90, 0x72},
        {DIGEST_SHA1, 20, 0xA9, 0x9D},
        {DIGEST_SHA256, 32, 0xBA, 0xAD},
    };
    unsigned char digest[DIGEST_LONGEST];
    unsigned length;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(digest_make(cases[i].algorithm, "abc", 3, digest, &length));
        assert_int_equal(length, cases[i].length);
        assert_int_equal(digest[0], cases[i].first);
        assert_int_equal(digest[length - 1], cases[i].last);
    }
}

static void test_digest_version_names_the_library(void **state)
{
    struct arena arena;
    struct buffer out;
    struct value text;

    (void)state;
    arena_init(&arena, 256, 4096);
    buffer_init(&out, &arena);
    digest_version(&out);
    assert_true(buffer_value(&out, &text));
    assert_non_null(strstr(text.bytes, "Library version: OpenSSL"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest_make_says_how_long_the_digest_is),
        cmocka_unit_test(test_digest_version_names_the_library),
    };

    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
