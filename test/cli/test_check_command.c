/* rexpand check as a person and an editor meet it. $REXPAND is its path. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

static struct temp_folder folder;

static int set_up(void **state)
{
    (void)state;
    temp_folder_open(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_folder_close(&folder);
    return 0;
}

static void write_text(const char *name, const char *text)
{
    temp_folder_write(&folder, name, text, strlen(text));
}

/* Runs the command in the folder; what it says, its errors among it. */
static void assert_checks_at(const char *arguments, int status, const char *expected, int line)
{
    const char *command_path = getenv("REXPAND");
    char command[1024];
    char said[8192];
    char *whole = realpath(command_path != NULL ? command_path : "build/rexpand", NULL);

    assert_non_null(whole);
    (void)snprintf(command, sizeof command, "cd '%s' && '%s' check %s 2>&1 </dev/null", folder.path, whole,
                   arguments);
    free(whole);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(said, 1, sizeof said - 1, pipe);
    said[length] = '\0';
    int ended = pclose(pipe);
    assert_true(WIFEXITED(ended));
    if (WEXITSTATUS(ended) != status || strcmp(said, expected) != 0)
        print_error("line %d: check %s: status %d\n%s", line, arguments, WEXITSTATUS(ended), said);
    assert_int_equal(WEXITSTATUS(ended), status);
    assert_string_equal(said, expected);
}

#define assert_checks(arguments, status, expected) assert_checks_at(arguments, status, expected, __LINE__)

static void test_check_prints_findings_by_place(void **state)
{
    (void)state;
    write_text("good.conf", "smtp_banner = ${uc:a}\n");
    write_text("bad.conf", "hold_domains = a b : \\\n ${nosuch:}\nsmtp_banner = ${uc:a\n");
    assert_checks("good.conf", 0, "");
    assert_checks("bad.conf", 1,
                  "bad.conf:2:2: unknown expansion operator \"nosuch\"\n"
                  "bad.conf:3:21: missing } at end of string\n");
    assert_checks("good.conf bad.conf -C bad.conf", 1,
                  "bad.conf:2:2: unknown expansion operator \"nosuch\"\n"
                  "bad.conf:3:21: missing } at end of string\n"
                  "bad.conf:2:2: unknown expansion operator \"nosuch\"\n"
                  "bad.conf:3:21: missing } at end of string\n");
}

static void test_check_marks_warnings(void **state)
{
    (void)state;
    write_text("w.conf", "hold_domains = a : b c\n");
    assert_checks("w.conf", 1,
                  "w.conf:1:21: warning: \"b c\" matches nothing: it holds white space; is a separator "
                  "missing?\n");
}

static void test_check_prints_json(void **state)
{
    (void)state;
    write_text("j.conf", "hold_domains = b c\nsmtp_banner = ${uc:\"\\\\$\n");
    assert_checks("--json j.conf", 1,
                  "{\"file\":\"j.conf\",\"line\":1,\"column\":17,\"severity\":\"warning\",\"kind\":\"never\","
                  "\"message\":\"\\\"b c\\\" matches nothing: it holds white space; is a separator "
                  "missing?\"}\n"
                  "{\"file\":\"j.conf\",\"line\":2,\"column\":23,\"severity\":\"error\",\"kind\":\"syntax\","
                  "\"message\":\"$ not followed by letter, digit, or {\"}\n");
}

static void test_check_says_when_there_is_no_configuration(void **state)
{
    (void)state;
    write_text("broken.conf", "nosuch_option = 1\n");
    write_text("bad.conf", "smtp_banner = $nosuch\n");
    assert_checks("", 64, "rexpand: check what? rexpand check FILE…\n");
    assert_checks("nosuch.conf", 78,
                  "rexpand: failed to open configuration file nosuch.conf: No such file or directory\n");
    assert_checks("broken.conf", 78, "rexpand: broken.conf:1: main option \"nosuch_option\" unknown\n");
    assert_checks("--nosuch x", 64, "rexpand: unknown option \"--nosuch\"; `rexpand --help` lists them\n");
    assert_checks("bad.conf broken.conf", 78,
                  "bad.conf:1:15: unknown variable name \"nosuch\"\n"
                  "rexpand: broken.conf:1: main option \"nosuch_option\" unknown\n");
}

static void test_check_follows_includes_and_definitions(void **state)
{
    (void)state;
    write_text("main.conf",
               "smtp_banner = $nosuch1\n.include z.conf\n.include a.conf\nhold_domains = MACRO\n");
    write_text("z.conf", "\n  received_header_text = a \\\n$nosuch2\n");
    write_text("a.conf", "domainlist d = $nosuch3\n");
    assert_checks("'-DMACRO=a b' ./main.conf", 1,
                  "./main.conf:1:15: unknown variable name \"nosuch1\"\n"
                  "./main.conf:4:16: warning: \"a b\" matches nothing: it holds white space; is a separator "
                  "missing? (in the text of macro MACRO)\n"
                  "./a.conf:1:16: unknown variable name \"nosuch3\"\n"
                  "./z.conf:3:1: unknown variable name \"nosuch2\"\n");
}

static void count(void *context, const struct rexpand_finding *finding)
{
    size_t *found = context;

    assert_string_equal(finding->file, "buffer");
    assert_int_equal(finding->line, 2);
    assert_int_equal(finding->column, 15);
    assert_false(finding->is_warning);
    assert_string_equal(finding->kind, "syntax");
    (*found)++;
}

/* As an editor would. */
static void test_rexpand_check_takes_text(void **state)
{
    (void)state;
    static const char text[] = "# a\nsmtp_banner = ${nosuch:x}";
    char *message = NULL;
    size_t found = 0;
    struct rexpand_config *config =
        rexpand_config_read_places("buffer", text, strlen(text), NULL, 0, &message);

    assert_non_null(config);
    assert_true(rexpand_check(config, count, &found, &message));
    assert_int_equal(found, 1);
    rexpand_config_free(config);
}

static void note_column(void *context, const struct rexpand_finding *finding)
{
    *(unsigned *)context = finding->column;
}

static void test_rexpand_check_does_without_columns(void **state)
{
    (void)state;
    char path[128];
    unsigned column = 99;

    write_text("c.conf", "smtp_banner = ${nosuch:x}\n");
    temp_folder_path(&folder, "c.conf", path, sizeof path);
    struct rexpand_config *config = rexpand_config_read(path, NULL, 0, NULL);
    assert_non_null(config);
    assert_true(rexpand_check(config, note_column, &column, NULL));
    assert_int_equal(column, 0);
    rexpand_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_prints_findings_by_place),
        cmocka_unit_test(test_check_marks_warnings),
        cmocka_unit_test(test_check_prints_json),
        cmocka_unit_test(test_check_says_when_there_is_no_configuration),
        cmocka_unit_test(test_check_follows_includes_and_definitions),
        cmocka_unit_test(test_rexpand_check_takes_text),
        cmocka_unit_test(test_rexpand_check_does_without_columns),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
