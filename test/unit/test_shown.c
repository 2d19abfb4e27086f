/* Any bytes made fit for a terminal, and cut to its columns. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/shown.h"

/* What shown_print writes, by way of a file in standard output's place. */
static size_t print(enum shown_as as, const char *bytes, size_t length, size_t room, char out[256])
{
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);

    assert_non_null(file);
    (void)fflush(stdout);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    size_t used = shown_print(as, bytes, length, room);
    (void)fflush(stdout);
    (void)dup2(saved, STDOUT_FILENO);
    (void)close(saved);
    rewind(file);
    size_t got = fread(out, 1, 255, file);
    out[got] = '\0';
    (void)fclose(file);
    return used;
}

static void assert_shown(enum shown_as as, const char *bytes, size_t length, const char *expected,
                         size_t columns)
{
    char out[256];

    assert_int_equal(print(as, bytes, length, 1000, out), length);
    assert_string_equal(out, expected);
    assert_int_equal(shown_columns(as, bytes, length, 1000), columns);
}

#define assert_value(bytes, expected, columns)                                                               \
    assert_shown(SHOWN_VALUE, bytes, sizeof(bytes) - 1, expected, columns)

static void test_values_are_escaped(void **state)
{
    (void)state;
    assert_value("plain", "plain", 5);
    assert_value("a\"b\\c", "a\\\"b\\\\c", 7);
    assert_value("a\n\t\r\0b", "a\\n\\t\\r\\x00b", 12);
    assert_value("\033[31m\177", "\\e[31m\\x7f", 10);
    assert_value("\xC3\xA4", "ä", 1);
    assert_value("\xE6\xBC\xA2", "漢", 2);
    assert_value("e\xCC\x81", "e\xCC\x81", 1);
}

/* Among them what would turn the direction of the text behind it. */
static void test_what_is_no_text_is_escaped(void **state)
{
    (void)state;
    assert_value("\xFF", "\\xff", 4);
    assert_value("\xC3", "\\xc3", 4);
    assert_value("\xC0\x80", "\\xc0\\x80", 8);
    assert_value("\xED\xA0\x80", "\\xed\\xa0\\x80", 12);
    assert_value("\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16);
    assert_value("\xC2\x9B", "\\xc2\\x9b", 8);
    static const char override[] = {'\xE2', '\x80', '\xAE', '\0'}; /* turns the direction of writing round */
    assert_value(override, "\\xe2\\x80\\xae", 12);
}

static void test_a_source_is_one_line(void **state)
{
    (void)state;
    assert_shown(SHOWN_SOURCE, "a\n\t\"\\b", 6, "a  \"\\b", 6);
    assert_shown(SHOWN_SOURCE, "a\033b", 3, "a\\eb", 4);
}

static void test_text_is_cut_between_characters(void **state)
{
    char out[256];

    (void)state;
    assert_int_equal(print(SHOWN_VALUE, "abc", 3, 2, out), 2);
    assert_string_equal(out, "ab");
    assert_int_equal(print(SHOWN_VALUE, "a\001b", 3, 4, out), 1);
    assert_string_equal(out, "a");
    assert_int_equal(print(SHOWN_VALUE, "a\xE6\xBC\xA2", 4, 2, out), 1);
    assert_string_equal(out, "a");
    assert_int_equal(print(SHOWN_VALUE, "abc", 3, 0, out), 0);
    assert_true(shown_columns(SHOWN_VALUE, "aaaaaaaaaaaaaaaaaaaa", 20, 5) > 5);
}

static void test_utf8(void **state)
{
    unsigned long code = 0;

    (void)state;
    assert_int_equal(utf8_length("a", 1, &code), 1);
    assert_int_equal(utf8_length("\xE2\x82\xAC", 3, &code), 3);
    assert_int_equal(code, 0x20AC);
    assert_int_equal(utf8_length("\xF0\x9F\x98\x80", 4, &code), 4);
    assert_int_equal(code, 0x1F600);
    assert_int_equal(utf8_length("\xE2\x82\xAC", 2, &code), 0);
    assert_int_equal(utf8_length("\xE0\x80\xAF", 3, &code), 0);
    assert_int_equal(utf8_length("\x80", 1, &code), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_escaped),
        cmocka_unit_test(test_what_is_no_text_is_escaped),
        cmocka_unit_test(test_a_source_is_one_line),
        cmocka_unit_test(test_text_is_cut_between_characters),
        cmocka_unit_test(test_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
