#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/macros.h"

struct fixture {
    struct arena arena;
    struct macros macros;
    struct error error;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    arena_init(&fixture->arena, 4096, (size_t)1 << 28);
    macros_init(&fixture->macros, &fixture->arena);
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static enum outcome define(struct fixture *fixture, const char *line)
{
    struct config_place place = {.file = "f", .line = 7};
    return macros_define_line(&fixture->macros, line, strlen(line), place, NULL, &fixture->error);
}

static const char *replace(struct fixture *fixture, const char *text, bool *replaced)
{
    struct value line = value_of_string(text);
    struct value result;
    assert_int_equal(macros_replace(&fixture->macros, &fixture->arena, &line, true, &result, replaced, NULL,
                                    &fixture->error),
                     OUTCOME_DONE);
    return result.bytes;
}

static void test_macros_replace_works_inside_words_and_in_order(void **state)
{
    struct fixture *fixture = *state;
    bool replaced;
    assert_int_equal(define(fixture, "AB = x"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "A = y"), OUTCOME_DONE);
    assert_string_equal(replace(fixture, "fABf-Af ABAB", &replaced), "fxf-yf xx");
    assert_true(replaced);
    assert_string_equal(replace(fixture, "nothing here", &replaced), "nothing here");
    assert_false(replaced);
}

static void test_macros_replace_does_not_search_its_own_text_again(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(define(fixture, "B = A"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "A = A A"), OUTCOME_DONE);
    assert_string_equal(replace(fixture, "[B]", NULL), "[A A]");
}

static void test_macros_replace_leaves_the_name_being_defined(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(define(fixture, "AB = x"), OUTCOME_DONE);
    assert_string_equal(replace(fixture, "AB == AB and more", NULL), "AB == x and more");
    assert_string_equal(replace(fixture, "  AB = AB", NULL), "  AB = x");
    assert_string_equal(replace(fixture, "AB and AB", NULL), "x and x");
}

static void test_macros_define_line_gives_exims_messages(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(define(fixture, "A = x"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "A = y"), OUTCOME_FAILED);
    assert_string_equal(fixture->error.message,
                        "f:7: macro \"A\" is already defined (use \"==\" if you want to redefine it)");
    assert_int_equal(define(fixture, "BAD = y"), OUTCOME_FAILED);
    assert_string_equal(
        fixture->error.message,
        "f:7: \"BAD\" cannot be defined as a macro because previously defined macro \"A\" is a substring");
    assert_int_equal(define(fixture, "C == y"), OUTCOME_FAILED);
    assert_string_equal(fixture->error.message, "f:7: can't redefine an undefined macro \"C\"");
    assert_int_equal(define(fixture, "C-D = y"), OUTCOME_FAILED);
    assert_string_equal(fixture->error.message, "f:7: malformed macro definition");
    assert_int_equal(define(fixture, "X_HAVE_TLS = y"), OUTCOME_FAILED);
}

static void test_macros_redefining_keeps_the_place_in_the_order(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(define(fixture, "AB = 1"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "C = 2"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "AB == C"), OUTCOME_DONE);
    assert_string_equal(replace(fixture, "AB", NULL), "2");
}

static void test_macros_from_the_command_line_win(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(macros_define_option(&fixture->macros, "A= one", &fixture->error), OUTCOME_DONE);
    assert_int_equal(macros_define_option(&fixture->macros, "B", &fixture->error), OUTCOME_DONE);
    assert_int_equal(define(fixture, "A = two"), OUTCOME_DONE);
    assert_int_equal(define(fixture, "A == three"), OUTCOME_DONE);
    assert_string_equal(replace(fixture, "[A][B]", NULL), "[one][]");
    static const char *const bad[] = {"", "a=b", "=x", "_A=x", "A-B=x", "A=twice"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(macros_define_option(&fixture->macros, bad[i], &fixture->error), OUTCOME_FAILED);
}

static void test_macros_builtin_count_where_an_underscore_comes_first(void **state)
{
    struct fixture *fixture = *state;
    bool replaced;
    assert_string_equal(replace(fixture, ".ifdef _HAVE_TLS", &replaced), ".ifdef y");
    assert_true(replaced);
    assert_string_equal(replace(fixture, ".ifdef X _HAVE_TLS", &replaced), ".ifdef X _HAVE_TLS");
    assert_false(replaced);
    assert_non_null(macros_find(&fixture->macros, "_OPT_MAIN_QUALIFY_DOMAIN", 24));
    assert_null(macros_find(&fixture->macros, "_HAVE_NOTHING", 13));
}

static void test_macros_that_double_each_other_end_in_an_error(void **state)
{
    struct fixture *fixture = *state;
    for (int c = 'A'; c < 'Z'; c++) {
        char line[32];
        int next = c + 1;
        snprintf(line, sizeof line, "Q%c_ = Q%c_Q%c_Q%c_", c, next, next, next);
        assert_int_equal(define(fixture, line), OUTCOME_DONE);
    }
    struct value text = value_of_string("QA_");
    struct value result;
    assert_int_equal(
        macros_replace(&fixture->macros, &fixture->arena, &text, true, &result, NULL, NULL, &fixture->error),
        OUTCOME_FAILED);
    assert_string_equal(fixture->error.message, "line too long after replacing macros");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_macros_replace_works_inside_words_and_in_order, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_replace_does_not_search_its_own_text_again, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_replace_leaves_the_name_being_defined, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_define_line_gives_exims_messages, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_redefining_keeps_the_place_in_the_order, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_from_the_command_line_win, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_builtin_count_where_an_underscore_comes_first,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_macros_that_double_each_other_end_in_an_error, open_fixture,
                                        close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
