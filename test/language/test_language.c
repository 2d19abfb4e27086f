/* The language table, put to rexpand, to rexpand with somebody who watches, and to Exim. Every file *.cases
   in this folder is one test of each. */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/cases.h"
#include "test/support/watcher.h"

static void test_cases_give_what_the_table_says(void **state)
{
    struct language_cases cases;
    struct language_setting setting;

    language_cases_read(&cases, *state);
    language_setting_open(&setting, &cases);
    size_t wrong = language_cases_run(&cases, setting.env);
    language_setting_close(&setting);
    language_cases_free(&cases);
    assert_int_equal(wrong, 0);
}

static void test_watching_changes_nothing(void **state)
{
    struct language_cases cases;
    struct watcher watcher = {.depth = 0};
    struct rexpand_env *plain = rexpand_env_new(NULL, NULL);
    struct rexpand_env *watched = rexpand_env_new(NULL, NULL);

    assert_non_null(plain);
    assert_non_null(watched);
    rexpand_env_trace(watched, watcher_observe, &watcher);
    language_cases_read(&cases, *state);
    size_t wrong = language_cases_compare(&cases, plain, watched);
    language_cases_free(&cases);
    rexpand_env_free(plain);
    rexpand_env_free(watched);
    assert_int_equal(wrong, 0);
    if (watcher.problem != NULL)
        fail_msg("the observer was told nonsense: %s", watcher.problem);
    assert_int_equal(watcher.depth, 0);
    assert_true(watcher.entered > 0);
    assert_int_equal(watcher.entered, watcher.left);
}

static void test_exim_agrees_with_the_table(void **state)
{
    struct language_cases cases;

    if (!exim_is_here()) {
        print_message("no exim4 here to compare with\n");
        skip();
    }
    language_cases_read(&cases, *state);
    size_t wrong = language_cases_ask_exim(&cases);
    language_cases_free(&cases);
    assert_int_equal(wrong, 0);
}

static struct CMUnitTest make_test(const char *what, char *path, CMUnitTestFunction function)
{
    struct CMUnitTest test = {.test_func = function, .initial_state = path};
    char *name = NULL;

    if (asprintf(&name, "%s: %s", strrchr(path, '/') + 1, what) < 0)
        abort();
    test.name = name;
    return test;
}

int main(void)
{
    glob_t files;

    if (glob("test/language/*.cases", 0, NULL, &files) != 0) {
        print_error("no files test/language/*.cases: run this from the top folder\n");
        return 1;
    }
    struct CMUnitTest *tests = calloc(3 * files.gl_pathc, sizeof *tests);
    if (tests == NULL)
        return 1;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        tests[3 * i] = make_test("rexpand", files.gl_pathv[i], test_cases_give_what_the_table_says);
        tests[3 * i + 1] = make_test("watched", files.gl_pathv[i], test_watching_changes_nothing);
        tests[3 * i + 2] = make_test("exim", files.gl_pathv[i], test_exim_agrees_with_the_table);
    }
    int failed = _cmocka_run_group_tests("language", tests, 3 * files.gl_pathc, NULL, NULL);
    for (size_t i = 0; i < 3 * files.gl_pathc; i++)
        free((void *)(uintptr_t)tests[i].name);
    free(tests);
    globfree(&files);
    return failed;
}
