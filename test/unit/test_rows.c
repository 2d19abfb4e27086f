#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/row.h"

/* Rows are found by halving: a table out of order loses names. */
#define assert_sorted(rows, count)                                                                           \
    do {                                                                                                     \
        for (size_t at_ = 0; at_ < (count); at_++) {                                                         \
            assert_non_null((rows)[at_].help);                                                               \
            assert_true(strlen((rows)[at_].help) > 3);                                                       \
            if (at_ > 0 && strcmp((rows)[at_ - 1].name, (rows)[at_].name) >= 0)                              \
                fail_msg("\"%s\" stands in front of \"%s\"", (rows)[at_ - 1].name, (rows)[at_].name);        \
        }                                                                                                    \
    } while (0)

static void test_rows_stand_in_byte_order_and_have_help(void **state)
{
    (void)state;
    assert_sorted(item_rows, item_row_count);
    assert_sorted(operator_rows, operator_row_count);
    assert_sorted(condition_rows, condition_row_count);
    assert_sorted(variable_rows, variable_row_count);
}

static void test_rows_are_all_found_by_their_names(void **state)
{
    size_t used;

    (void)state;
    for (size_t i = 0; i < item_row_count; i++) {
        assert_ptr_equal(item_row_find(item_rows[i].name, strlen(item_rows[i].name)), &item_rows[i]);
        assert_non_null(item_rows[i].run);
    }
    for (size_t i = 0; i < condition_row_count; i++) {
        const char *name = condition_rows[i].name;
        assert_ptr_equal(condition_row_find(name, strlen(name)), &condition_rows[i]);
        assert_non_null(condition_rows[i].run);
    }
    for (size_t i = 0; i < operator_row_count; i++) {
        const char *name = operator_rows[i].name;
        assert_ptr_equal(operator_row_find(name, strlen(name), &used), &operator_rows[i]);
        assert_int_equal(used, strlen(name));
        assert_non_null(operator_rows[i].run);
    }
    for (size_t i = 0; i < variable_row_count; i++) {
        const char *name = variable_rows[i].name;
        assert_ptr_equal(variable_row_find(name, strlen(name)), &variable_rows[i]);
    }
}

static void test_rows_are_not_found_by_other_names(void **state)
{
    static const char *const names[] = {"", "i", "iff", "IF", "if ", "zzz", "\xff", "length_", "domainx"};
    size_t used;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(item_row_find(names[i], strlen(names[i])));
        assert_null(condition_row_find(names[i], strlen(names[i])));
        assert_null(variable_row_find(names[i], strlen(names[i])));
    }
    assert_null(item_row_find("if\0", 3));
    assert_null(item_row_find("if", 1));
    assert_null(operator_row_find("", 0, &used));
    assert_null(operator_row_find("_3", 2, &used));
}

static void test_operator_row_find_takes_numbers_behind_the_name(void **state)
{
    size_t used;

    (void)state;
    assert_string_equal(operator_row_find("length_3", 8, &used)->name, "length");
    assert_int_equal(used, 6);
    assert_string_equal(operator_row_find("l_3", 3, &used)->name, "l");
    assert_string_equal(operator_row_find("hash_3_62", 9, &used)->name, "hash");
    assert_string_equal(operator_row_find("quote_redis_x", 13, &used)->name, "quote");
    assert_int_equal(used, 5);
    assert_string_equal(operator_row_find("local_part", 10, &used)->name, "local_part");
    assert_string_equal(operator_row_find("lc_3", 4, &used)->name, "lc"); /* Exim passes over it */
    assert_null(operator_row_find("local_parts", 11, &used));
}

static void test_variable_row_find_knows_families(void **state)
{
    (void)state;
    assert_string_equal(variable_row_find("acl_m_mine", 10)->name, "acl_m");
    assert_string_equal(variable_row_find("acl_c0", 6)->name, "acl_c");
    assert_string_equal(variable_row_find("h_subject", 9)->name, "h_");
    assert_string_equal(variable_row_find("header_subject", 14)->name, "header_");
    assert_null(variable_row_find("acl_x_mine", 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_stand_in_byte_order_and_have_help),
        cmocka_unit_test(test_rows_are_all_found_by_their_names),
        cmocka_unit_test(test_rows_are_not_found_by_other_names),
        cmocka_unit_test(test_operator_row_find_takes_numbers_behind_the_name),
        cmocka_unit_test(test_variable_row_find_knows_families),
    };

    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
