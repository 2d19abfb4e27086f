#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/number.h"
#include "config/options.h"

static void test_option_rows_are_sorted_and_complete(void **state)
{
    (void)state;
    size_t count;
    const struct option_row *rows = option_rows(&count);
    assert_true(count > 270);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(rows[i - 1].name, rows[i].name) < 0);
        assert_true(rows[i].help != NULL && rows[i].help[0] != '\0');
        assert_true(strncmp(rows[i].name, "no_", 3) != 0 && strncmp(rows[i].name, "not_", 4) != 0);
    }
}

static void test_option_row_find_finds_each_row_and_no_other(void **state)
{
    (void)state;
    size_t count;
    const struct option_row *rows = option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct option_row *found = option_row_find(rows[i].name, strlen(rows[i].name));
        assert_non_null(found);
        assert_null(found->synonym_of);
        assert_true(found == &rows[i] || rows[i].synonym_of != NULL);
        assert_null(option_row_find(rows[i].name, 2));
    }
    assert_null(option_row_find("nonesuch", 8));
    assert_null(option_row_find("", 0));
    assert_null(option_row_find("tls_crl\0_padding", 16));
    assert_ptr_equal(option_row_find("return_size_limit", 17),
                     option_row_find("bounce_return_size_limit", 24));
}

static bool default_is_good(const struct option_row *row)
{
    int32_t number;
    int64_t wide;
    const char *rest = "";
    const char *text = row->default_text;
    switch (row->type) {
    case OPTION_BOOL:
        return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
    case OPTION_INTEGER:
    case OPTION_SIZE:
        return text == NULL || (number_read_integer(text, &number, &rest) == NUMBER_READ && *rest == '\0');
    case OPTION_KILOBYTES:
        return number_read_kilobytes(text, &wide, &rest) == NUMBER_READ && *rest == '\0';
    case OPTION_FIXED:
        return text == NULL;
    case OPTION_TIME:
    case OPTION_TIME_LIST:
        return text != NULL && number_read_time(text, strlen(text), &number);
    default:
        return true;
    }
}

static void test_option_rows_have_defaults_of_their_type(void **state)
{
    (void)state;
    size_t count;
    const struct option_row *rows = option_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].synonym_of == NULL && !default_is_good(&rows[i]))
            fail_msg("default of %s", rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option_rows_are_sorted_and_complete),
        cmocka_unit_test(test_option_row_find_finds_each_row_and_no_other),
        cmocka_unit_test(test_option_rows_have_defaults_of_their_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
