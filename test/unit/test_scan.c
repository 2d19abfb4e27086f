#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/value.h"
#include "lang/scan.h"

static void test_scan_escape_reads_what_exim_reads(void **state)
{
    static const struct {
        const char *text;
        char byte;
        size_t used;
    } cases[] = {
        {"\\n", '\n', 2},   {"\\t", '\t', 2},     {"\\r", '\r', 2},   {"\\b", '\b', 2},  {"\\f", '\f', 2},
        {"\\v", '\v', 2},   {"\\\\", '\\', 2},    {"\\}", '}', 2},    {"\\a", 'a', 2},   {"\\N", 'N', 2},
        {"\\1", '\1', 2},   {"\\101x", 'A', 4},   {"\\1012", 'A', 4}, {"\\08", '\0', 2}, {"\\377", '\xff', 4},
        {"\\400", '\0', 4}, {"\\8", '8', 2},      {"\\x", '\0', 2},   {"\\x4", '\4', 3}, {"\\x41", 'A', 4},
        {"\\x412", 'A', 4}, {"\\xFf", '\xff', 4}, {"\\xg", '\0', 2},  {"\\X41", 'X', 2}, {"\\\n", '\n', 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t used = 99;
        char byte = scan_escape(cases[i].text, strlen(cases[i].text), &used);
        if (byte != cases[i].byte || used != cases[i].used)
            fail_msg("%s gives %d and takes %zu", cases[i].text, byte, used);
    }
}

static void test_scan_escape_stops_at_the_end_of_the_text(void **state)
{
    size_t used;

    (void)state;
    assert_int_equal(scan_escape("\\1777", 3, &used), 017);
    assert_int_equal(used, 3);
    assert_int_equal(scan_escape("\\x41", 3, &used), 4);
    assert_int_equal(used, 3);
    assert_int_equal(scan_escape("\\x41", 2, &used), 0);
    assert_int_equal(used, 2);
}

static void test_scan_integer_reads_what_exim_reads(void **state)
{
    static const struct {
        const char *text;
        enum scan_number result;
        long long number;
    } cases[] = {
        {"", SCAN_NUMBER_OK, 0},
        {"  ", SCAN_NUMBER_OK, 0},
        {"0", SCAN_NUMBER_OK, 0},
        {" 12 ", SCAN_NUMBER_OK, 12},
        {"-12", SCAN_NUMBER_OK, -12},
        {"+12", SCAN_NUMBER_OK, 12},
        {"007", SCAN_NUMBER_OK, 7},
        {"1k", SCAN_NUMBER_OK, 1024},
        {"-2M", SCAN_NUMBER_OK, -2097152},
        {"3g ", SCAN_NUMBER_OK, 3221225472},
        {"9223372036854775807", SCAN_NUMBER_OK, INT64_MAX},
        {"9223372036854775808", SCAN_NUMBER_OVERFLOW, 0},
        {"-9223372036854775809", SCAN_NUMBER_OVERFLOW, 0},
        {"9007199254740992K", SCAN_NUMBER_OVERFLOW, 0},
        {"99999999999999999999999999999999999", SCAN_NUMBER_OVERFLOW, 0},
        {"x", SCAN_NUMBER_NONE, 0},
        {"-", SCAN_NUMBER_NONE, 0},
        {"- 1", SCAN_NUMBER_NONE, 0},
        {"--1", SCAN_NUMBER_NONE, 0},
        {"1x", SCAN_NUMBER_TRAILING, 0},
        {"1 k", SCAN_NUMBER_TRAILING, 0},
        {"1kk", SCAN_NUMBER_TRAILING, 0},
        {"1t", SCAN_NUMBER_TRAILING, 0},
        {"1 2", SCAN_NUMBER_TRAILING, 0},
        {"0x10", SCAN_NUMBER_TRAILING, 0},
        {"1.5", SCAN_NUMBER_TRAILING, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value text = value_of_string(cases[i].text);
        long long number;
        enum scan_number result = scan_integer(&text, &number);
        if (result != cases[i].result || (result == SCAN_NUMBER_OK && number != cases[i].number))
            fail_msg("\"%s\" gives %d, %lld", cases[i].text, (int)result, number);
    }
}

static void test_scan_integer_stops_at_a_nul(void **state)
{
    struct value text = VALUE_LITERAL("1\0");
    long long number;

    (void)state;
    assert_int_equal(scan_integer(&text, &number), SCAN_NUMBER_TRAILING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_escape_reads_what_exim_reads),
        cmocka_unit_test(test_scan_escape_stops_at_the_end_of_the_text),
        cmocka_unit_test(test_scan_integer_reads_what_exim_reads),
        cmocka_unit_test(test_scan_integer_stops_at_a_nul),
    };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
