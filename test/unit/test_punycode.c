#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/value.h"
#include "operators/punycode.h"

/* Encodes or decodes "text", and compares with "expected" unless it is NULL. */
static void assert_result(bool encodes, const char *text, size_t length, enum punycode_result wanted,
                          const char *expected)
{
    struct arena arena;
    struct buffer out;
    struct value value = value_clean(text, length);
    struct value made;

    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&out, &arena);
    buffer_add_byte(&out, '<');
    assert_int_equal(encodes ? punycode_encode(&out, &value) : punycode_decode(&out, &value), wanted);
    assert_true(buffer_value(&out, &made));
    assert_string_equal(made.bytes + 1, expected);
    arena_free(&arena);
}

static void test_samples_of_rfc_3492_go_there_and_back(void **state)
{
    static const struct {
        const char *text;
        const char *code;
    } samples[] = {
        {"\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad"
         "\xe6\x96\x87",
         "ihqwcrb4cv8a8dqg056pqjye"},
        {"Pro\xc4\x8dprost\xc4\x9bnemluv\xc3\xad\xc4\x8d"
         "esky",
         "Proprostnemluvesky-uyb24dma41a"},
        {"3\xe5\xb9\xb4"
         "B\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f",
         "3B-ww4c5e180e575a65lsy2b"},
        {"-> $1.00 <-", "-> $1.00 <--"},
        {"", ""},
        {"\xf4\x8f\xbf\xbf", "dn32g"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_result(true, samples[i].text, strlen(samples[i].text), PUNYCODE_OK, samples[i].code);
        assert_result(false, samples[i].code, strlen(samples[i].code), PUNYCODE_OK, samples[i].text);
    }
}

static void test_what_is_neither_utf8_nor_punycode_is_refused(void **state)
{
    static const char *const no_utf8[] = {
        "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf8\x88\x80\x80\x80",
        "a\xff"};
    static const char *const no_code[] = {"-", "\xc3\xa9", "a-!", "9", "a.b", "a b", "\xe9-kva"};

    (void)state;
    for (size_t i = 0; i < sizeof no_utf8 / sizeof no_utf8[0]; i++)
        assert_result(true, no_utf8[i], strlen(no_utf8[i]), PUNYCODE_INVALID, "");
    for (size_t i = 0; i < sizeof no_code / sizeof no_code[0]; i++)
        assert_result(false, no_code[i], strlen(no_code[i]), PUNYCODE_INVALID, "");
    assert_result(false, "99999999", 8, PUNYCODE_TOO_LONG, "");
}

static void test_what_would_take_too_long_is_refused(void **state)
{
    static char text[10001];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_result(true, text, sizeof text, PUNYCODE_TOO_LONG, "");
    assert_result(false, text, sizeof text, PUNYCODE_TOO_LONG, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_of_rfc_3492_go_there_and_back),
        cmocka_unit_test(test_what_is_neither_utf8_nor_punycode_is_refused),
        cmocka_unit_test(test_what_would_take_too_long_is_refused),
    };

    return cmocka_run_group_tests_name("punycode", tests, NULL, NULL);
}
