#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

/* Reads a configuration of that text. */
static struct rexpand_config *read_text(const char *text, char **message)
{
    struct temp_folder folder;
    char path[128];

    temp_folder_open(&folder);
    temp_folder_write(&folder, "exim.conf", text, strlen(text));
    temp_folder_path(&folder, "exim.conf", path, sizeof path);
    struct rexpand_config *config = rexpand_config_read(path, NULL, 0, message);
    temp_folder_close(&folder);
    return config;
}

static void assert_expands(const struct rexpand_config *config, const char *text, const char *expected)
{
    struct rexpand_result result;
    struct rexpand_env *env = rexpand_env_new(config, NULL);

    assert_non_null(env);
    assert_int_equal(rexpand_expand(env, text, strlen(text), &result), REXPAND_DONE);
    assert_string_equal(result.bytes, expected);
    rexpand_env_free(env);
}

static void test_rexpand_config_gives_variables_that_are_named_after_options(void **state)
{
    char *message;
    struct rexpand_config *config =
        read_text("primary_hostname = mx.ex.org\nqualify_domain = ex.org\n", &message);

    (void)state;
    assert_non_null(config);
    assert_expands(config, "$primary_hostname $qualify_domain", "mx.ex.org ex.org");
    rexpand_config_free(config);
    rexpand_config_free(NULL);
}

static void test_rexpand_config_says_how_words_in_headers_are_encoded(void **state)
{
    static const char long_word[] =
        "${rfc2047d:=?utf-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?=}";
    char *message;
    struct rexpand_config *config =
        read_text("headers_charset = ISO-8859-1\nno_check_rfc2047_length\n", &message);

    (void)state;
    assert_non_null(config);
    assert_expands(config, "${rfc2047:a\\xe9}", "=?ISO-8859-1?Q?a=E9?=");
    assert_expands(config, "${rfc2047d:=?utf-8?Q?=C3=A9?=}", "\xe9");
    assert_expands(config, long_word,
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    rexpand_config_free(config);
}

static void test_rexpand_config_keeps_only_the_environment_that_it_names(void **state)
{
    char *message;

    (void)state;
    assert_int_equal(setenv("REXPAND_A1", "a1", 1), 0);
    assert_int_equal(setenv("REXPAND_B2", "b2", 1), 0);
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", "-,-,-"},
        {"keep_environment = REXPAND_A1\n", "a1,-,-"},
        {"keep_environment = *_B2\n", "-,b2,-"},
        {"keep_environment = ^REXPAND_\n", "a1,b2,-"},
        {"keep_environment = !REXPAND_A1 : ^REXPAND\n", "-,b2,-"},
        {"keep_environment = *\n", "a1,b2,-"},
        {"add_environment = REXPAND_C3=c3\n", "-,-,c3"},
        {"keep_environment = ^REXPAND\nadd_environment = <; REXPAND_A1=x:y ; REXPAND_C3=\n", "x:y,b2,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rexpand_config *config = read_text(cases[i].text, &message);
        assert_non_null(config);
        assert_expands(config,
                       "${env{REXPAND_A1}{$value}{-}},${env{REXPAND_B2}{$value}{-}},"
                       "${env{REXPAND_C3}{$value}{-}}",
                       cases[i].expected);
        rexpand_config_free(config);
    }
}

static void test_rexpand_config_without_a_file_leaves_the_environment_alone(void **state)
{
    char *message;
    struct rexpand_config *config = rexpand_config_read(NULL, NULL, 0, &message);

    (void)state;
    assert_int_equal(setenv("REXPAND_A1", "a1", 1), 0);
    assert_non_null(config);
    assert_expands(config, "${env{REXPAND_A1}}", "a1");
    rexpand_config_free(config);
}

static void test_rexpand_config_read_names_the_file_and_line_of_a_mistake(void **state)
{
    char *message = NULL;

    (void)state;
    assert_null(read_text("\nnosuch_option = 1\n", &message));
    assert_non_null(strstr(message, "exim.conf:2: "));
    free(message);
    assert_null(rexpand_config_read("/nosuch/exim.conf", NULL, 0, &message));
    assert_non_null(strstr(message, "/nosuch/exim.conf"));
    free(message);
    assert_null(rexpand_config_read("/nosuch/exim.conf", NULL, 0, NULL));
}

static void test_rexpand_env_new_refuses_a_pattern_that_is_wrong(void **state)
{
    char *message = NULL;
    struct rexpand_config *config = read_text("keep_environment = ^(\n", &message);

    (void)state;
    assert_non_null(config);
    assert_null(rexpand_env_new(config, &message));
    assert_non_null(strstr(message, "regular expression error"));
    free(message);
    rexpand_config_free(config);
}

static void test_rexpand_config_define_makes_macros_for_lines_that_follow(void **state)
{
    static const char *const definitions[] = {"GIVEN=g"};
    char *message = NULL;
    struct rexpand_config *config = rexpand_config_read(NULL, definitions, 1, &message);
    char given[] = "a GIVEN OWN";
    char *line = given;
    size_t length = strlen(line);

    (void)state;
    assert_non_null(config);
    assert_string_equal(rexpand_config_define(config, "OWN = o", 7, &message), "OWN");
    assert_true(rexpand_config_replace_macros(config, &line, &length, &message));
    assert_string_equal(line, "a g o");
    assert_int_equal(length, 5);
    free(line);
    assert_null(rexpand_config_define(config, "Own value", 9, &message));
    assert_non_null(message);
    free(message);
    rexpand_config_free(config);
}

static void test_rexpand_config_print_shows_options(void **state)
{
    static const char *const words[] = {"qualify_domain"};
    static const char *const wrong[] = {"nosuch"};
    char *message = NULL;
    struct rexpand_config *config = read_text("qualify_domain = ex.org\n", &message);
    char *text = rexpand_config_print(config, words, 1, false, &message);

    (void)state;
    assert_string_equal(text, "qualify_domain = ex.org\n");
    free(text);
    text = rexpand_config_print(config, words, 1, true, &message);
    assert_string_equal(text, "ex.org\n");
    free(text);
    assert_null(rexpand_config_print(config, wrong, 1, false, &message));
    assert_non_null(message);
    free(message);
    rexpand_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rexpand_config_gives_variables_that_are_named_after_options),
        cmocka_unit_test(test_rexpand_config_says_how_words_in_headers_are_encoded),
        cmocka_unit_test(test_rexpand_config_keeps_only_the_environment_that_it_names),
        cmocka_unit_test(test_rexpand_config_without_a_file_leaves_the_environment_alone),
        cmocka_unit_test(test_rexpand_config_read_names_the_file_and_line_of_a_mistake),
        cmocka_unit_test(test_rexpand_env_new_refuses_a_pattern_that_is_wrong),
        cmocka_unit_test(test_rexpand_config_define_makes_macros_for_lines_that_follow),
        cmocka_unit_test(test_rexpand_config_print_shows_options),
    };

    return cmocka_run_group_tests_name("rexpand_config", tests, NULL, NULL);
}
