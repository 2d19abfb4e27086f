#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/number.h"

struct integer_case {
    const char *text;
    enum number_result result;
    int32_t value;
    const char *rest;
};

static void test_number_read_integer_takes_what_exim_takes(void **state)
{
    (void)state;
    static const struct integer_case cases[] = {
        {"5", NUMBER_READ, 5, ""},
        {"-5", NUMBER_READ, -5, ""},
        {"+5", NUMBER_READ, 5, ""},
        {"010", NUMBER_READ, 8, ""},
        {"09", NUMBER_READ, 0, "9"},
        {"0x1F", NUMBER_READ, 31, ""},
        {"0x", NUMBER_READ, 0, "x"},
        {"10K", NUMBER_READ, 10240, ""},
        {"2m", NUMBER_READ, 2097152, ""},
        {"1G", NUMBER_READ, 1073741824, ""},
        {"1T", NUMBER_READ, 1, "T"},
        {"5KK", NUMBER_READ, 5120, "K"},
        {"10 K", NUMBER_READ, 10, " K"},
        {"2147483647", NUMBER_READ, INT32_MAX, ""},
        {"2147483648", NUMBER_TOO_LARGE, 0, NULL},
        {"2G", NUMBER_TOO_LARGE, 0, NULL},
        {"99999999999999999999999", NUMBER_TOO_LARGE, 0, NULL},
        {"", NUMBER_EXPECTED, 0, NULL},
        {"x", NUMBER_EXPECTED, 0, NULL},
        {"-", NUMBER_EXPECTED, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t value;
        const char *rest;
        assert_int_equal(number_read_integer(cases[i].text, &value, &rest), cases[i].result);
        if (cases[i].result == NUMBER_READ) {
            assert_int_equal(value, cases[i].value);
            assert_string_equal(rest, cases[i].rest);
        }
    }
}

static void test_number_read_kilobytes_counts_in_kilobytes(void **state)
{
    (void)state;
    int64_t value;
    const char *rest;
    assert_int_equal(number_read_kilobytes("7", &value, &rest), NUMBER_READ);
    assert_true(value == 7);
    assert_int_equal(number_read_kilobytes("3K", &value, &rest), NUMBER_READ);
    assert_true(value == 3);
    assert_int_equal(number_read_kilobytes("-2M", &value, &rest), NUMBER_READ);
    assert_true(value == -2048);
    assert_int_equal(number_read_kilobytes("20T", &value, &rest), NUMBER_READ);
    assert_true(value == INT64_C(20) << 30);
    assert_int_equal(number_read_kilobytes("9223372036854775807", &value, &rest), NUMBER_TOO_LARGE);
    assert_int_equal(number_read_kilobytes("", &value, &rest), NUMBER_EXPECTED);
}

static void test_number_read_octal_needs_no_leading_zero(void **state)
{
    (void)state;
    int32_t value;
    const char *rest;
    assert_int_equal(number_read_octal("644", &value, &rest), NUMBER_READ);
    assert_int_equal(value, 0644);
    assert_int_equal(number_read_octal("08", &value, &rest), NUMBER_READ);
    assert_string_equal(rest, "8");
    assert_int_equal(number_read_octal("9", &value, &rest), NUMBER_EXPECTED);
}

static void test_number_read_fixed_keeps_three_digits(void **state)
{
    (void)state;
    int32_t value;
    const char *rest;
    assert_int_equal(number_read_fixed("1.5555 x", &value, &rest), NUMBER_READ);
    assert_int_equal(value, 1555);
    assert_string_equal(rest, " x");
    assert_int_equal(number_read_fixed("3", &value, &rest), NUMBER_READ);
    assert_int_equal(value, 3000);
    assert_int_equal(number_read_fixed("1.", &value, &rest), NUMBER_READ);
    assert_int_equal(value, 1000);
    assert_int_equal(number_read_fixed(".5", &value, &rest), NUMBER_EXPECTED);
    assert_int_equal(number_read_fixed("2147483648", &value, &rest), NUMBER_TOO_LARGE);
}

static bool read_time(const char *text, int32_t *seconds)
{
    return number_read_time(text, strlen(text), seconds);
}

static void test_number_read_time_sums_units(void **state)
{
    (void)state;
    int32_t seconds;
    assert_true(read_time("1w2d3h4m5s", &seconds));
    assert_int_equal(seconds, 604800 + 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
    assert_true(read_time("5s6s", &seconds));
    assert_int_equal(seconds, 11);
    assert_true(read_time("0s", &seconds));
    assert_int_equal(seconds, 0);
    static const char *const bad[] = {"", "5", "5x", "s", "5s ", "1.5s", "-5s", "5S", "99999999w"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(read_time(bad[i], &seconds));
}

struct writer {
    struct arena arena;
    struct buffer out;
};

static void expect_written(struct writer *writer, const char *text)
{
    struct value value;
    assert_true(buffer_value(&writer->out, &value));
    assert_string_equal(value.bytes, text);
    buffer_truncate(&writer->out, 0);
}

static void test_number_add_writes_as_exim_does(void **state)
{
    (void)state;
    struct writer writer;
    arena_init(&writer.arena, 1024, SIZE_MAX);
    buffer_init(&writer.out, &writer.arena);
    number_add_time(&writer.out, 5400);
    expect_written(&writer, "1h30m");
    number_add_time(&writer.out, 0);
    expect_written(&writer, "0s");
    number_add_time(&writer.out, 8 * 86400);
    expect_written(&writer, "1w1d");
    number_add_fixed(&writer.out, 1050);
    expect_written(&writer, "1.05");
    number_add_fixed(&writer.out, 3000);
    expect_written(&writer, "3.0");
    number_add_size(&writer.out, 1 << 30);
    expect_written(&writer, "1024M");
    number_add_size(&writer.out, -1024);
    expect_written(&writer, "-1K");
    number_add_size(&writer.out, 1025);
    expect_written(&writer, "1025");
    number_add_kilobytes(&writer.out, INT64_C(20) << 30);
    expect_written(&writer, "20T");
    number_add_kilobytes(&writer.out, 0);
    expect_written(&writer, "0");
    arena_free(&writer.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_read_integer_takes_what_exim_takes),
        cmocka_unit_test(test_number_read_kilobytes_counts_in_kilobytes),
        cmocka_unit_test(test_number_read_octal_needs_no_leading_zero),
        cmocka_unit_test(test_number_read_fixed_keeps_three_digits),
        cmocka_unit_test(test_number_read_time_sums_units),
        cmocka_unit_test(test_number_add_writes_as_exim_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
