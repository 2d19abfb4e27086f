#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"

/* The tests are linked without main.c, where the command has these. */
static int run_nothing(const struct options *options)
{
    (void)options;
    return EXIT_OK;
}

const struct command commands[] = {
    {"-be", "eval", "", "", run_nothing},
    {"-bP", NULL, "", "", run_nothing},
};
const size_t command_count = 2;

enum { ARGUMENTS = 12 };

struct line {
    struct options options;
    char *arguments[ARGUMENTS];
    int count;
    bool read;
};

static void read_line(struct line *line, const char *const *words)
{
    *line = (struct line){0};
    line->arguments[line->count++] = strdup("rexpand");
    for (; *words != NULL; words++)
        line->arguments[line->count++] = strdup(*words);
    line->read = options_read(&line->options, line->count, line->arguments);
}

static void close_line(struct line *line)
{
    options_free(&line->options);
    for (int i = 0; i < line->count; i++)
        free(line->arguments[i]);
}

#define READ(line, ...) read_line(line, (const char *const[]){__VA_ARGS__, NULL})

static void test_options_read_takes_options_in_any_place(void **state)
{
    struct line line;

    (void)state;
    READ(&line, "-C", "exim.conf", "-be", "-DA=1", "x", "-D", "B", "-n", "y");
    assert_true(line.read);
    assert_string_equal(line.options.command->name, "-be");
    assert_string_equal(line.options.config_path, "exim.conf");
    assert_int_equal(line.options.definition_count, 2);
    assert_string_equal(line.options.definitions[0], "A=1");
    assert_string_equal(line.options.definitions[1], "B");
    assert_int_equal(line.options.word_count, 2);
    assert_string_equal(line.options.words[1], "y");
    assert_true(line.options.values_only);
    close_line(&line);
}

static void test_options_read_knows_both_names_of_a_command(void **state)
{
    struct line line;

    (void)state;
    READ(&line, "eval", "eval");
    assert_true(line.read);
    assert_string_equal(line.options.command->name, "-be");
    assert_string_equal(line.options.words[0], "eval");
    close_line(&line);
}

static void test_options_read_takes_assignments_in_their_order(void **state)
{
    struct line line;

    (void)state;
    READ(&line, "-be", "--set", "a=1=2", "--set-clean=b=", "--option", "c=d");
    assert_true(line.read);
    assert_int_equal(line.options.assignment_count, 3);
    const struct assignment *assignments = line.options.assignments;
    assert_string_equal(assignments[0].name, "a");
    assert_string_equal(assignments[0].value, "1=2");
    assert_int_equal(assignments[0].kind, ASSIGN_TAINTED);
    assert_string_equal(assignments[1].name, "b");
    assert_string_equal(assignments[1].value, "");
    assert_int_equal(assignments[1].kind, ASSIGN_CLEAN);
    assert_int_equal(assignments[2].kind, ASSIGN_OPTION);
    close_line(&line);
}

static void test_options_read_takes_all_behind_two_dashes_as_words(void **state)
{
    struct line line;

    (void)state;
    READ(&line, "-be", "--", "-C", "--", "--set");
    assert_true(line.read);
    assert_int_equal(line.options.word_count, 3);
    assert_string_equal(line.options.words[0], "-C");
    close_line(&line);
    READ(&line, "-be", "-", "");
    assert_true(line.read);
    assert_int_equal(line.options.word_count, 2);
    close_line(&line);
}

static void test_options_read_refuses_what_it_does_not_know(void **state)
{
    static const char *const wrong[][3] = {
        {"-x"},
        {"-be", "-x"},
        {"--nosuch"},
        {"nosuch"},
        {"-be", "--set"},
        {"-C"},
        {"-be", "--set", "a"},
        {"--set", "=a"},
        {"--set-cleanx", "a=b"},
    };
    struct line line;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        READ(&line, wrong[i][0], wrong[i][1], wrong[i][1] == NULL ? NULL : wrong[i][2]);
        if (line.read)
            fail_msg("%s is taken", wrong[i][0]);
        close_line(&line);
    }
}

static void test_options_of_explain(void **state)
{
    struct line line;

    (void)state;
    READ(&line, "-be", "x");
    assert_true(line.read);
    assert_false(line.options.is_json);
    assert_int_equal(line.options.colour, COLOUR_AUTO);
    assert_int_equal(line.options.items, 5);
    close_line(&line);
    READ(&line, "-be", "--json", "--colour=never", "--items", "12", "x");
    assert_true(line.read);
    assert_true(line.options.is_json);
    assert_int_equal(line.options.colour, COLOUR_NEVER);
    assert_int_equal(line.options.items, 12);
    assert_int_equal(line.options.word_count, 1);
    close_line(&line);
    static const char *const wrong[] = {"0", "", "-1", "x", "5x", "1001", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        READ(&line, "-be", "--items", wrong[i]);
        assert_false(line.read);
        close_line(&line);
    }
}

static void test_options_read_leaves_no_command_without_words(void **state)
{
    char *arguments[] = {NULL};
    struct options options;

    (void)state;
    assert_true(options_read(&options, 1, arguments));
    assert_null(options.command);
    options_free(&options);
}

static void test_options_read_takes_bem_as_a_command_with_its_file(void **state)
{
    struct options options;
    char *behind[] = {"rexpand", "-bem", "m", "-fa@b", "-oi", "-be", "x", NULL};
    char *alone[] = {"rexpand", "-be", "-bem", "m", NULL};

    (void)state;
    assert_true(options_read(&options, 7, behind));
    assert_string_equal(options.command->name, "-be");
    assert_string_equal(options.message_path, "m");
    assert_string_equal(options.sender, "a@b");
    assert_true(options.dots_are_text);
    assert_int_equal(options.word_count, 1);
    assert_string_equal(options.words[0], "x");
    options_free(&options);
    assert_true(options_read(&options, 4, alone));
    assert_string_equal(options.message_path, "m");
    assert_null(options.sender);
    assert_int_equal(options.word_count, 0);
    options_free(&options);
}

static void test_options_describe_lists_each_option_once(void **state)
{
    const char *form;
    const char *help;
    size_t index = 0;

    (void)state;
    for (; options_describe(index, &form, &help); index++) {
        assert_int_equal(form[0], '-');
        assert_true(strlen(help) > 3);
    }
    assert_true(index > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_read_takes_options_in_any_place),
        cmocka_unit_test(test_options_read_knows_both_names_of_a_command),
        cmocka_unit_test(test_options_read_takes_assignments_in_their_order),
        cmocka_unit_test(test_options_read_takes_all_behind_two_dashes_as_words),
        cmocka_unit_test(test_options_read_refuses_what_it_does_not_know),
        cmocka_unit_test(test_options_of_explain),
        cmocka_unit_test(test_options_read_leaves_no_command_without_words),
        cmocka_unit_test(test_options_read_takes_bem_as_a_command_with_its_file),
        cmocka_unit_test(test_options_describe_lists_each_option_once),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
