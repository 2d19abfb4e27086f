/* rexpand test: files of test cases, as rexpand-test(5) has them. $REXPAND is
   the command's path. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "cli/cases.h"
#include "test/support/temp_folder.h"

/* What a run said: both outputs in one text. */
struct run {
    int status;
    char *text;
};

static struct temp_folder folder;

static int open_folder(void **state)
{
    (void)state;
    temp_folder_open(&folder);
    return 0;
}

static int close_folder(void **state)
{
    (void)state;
    temp_folder_close(&folder);
    return 0;
}

static void write_file(const char *name, const char *text)
{
    temp_folder_write(&folder, name, text, strlen(text));
}

static _Noreturn void become_command(const char *const *words, FILE *out)
{
    const char *command = getenv("REXPAND");
    const char *arguments[24] = {"rexpand", "test"};
    char real[4096];
    size_t count = 2;

    if (realpath(command == NULL ? "build/rexpand" : command, real) == NULL || chdir(folder.path) != 0)
        _exit(126);
    for (; *words != NULL; words++)
        arguments[count++] = *words;
    (void)dup2(fileno(out), STDOUT_FILENO);
    (void)dup2(fileno(out), STDERR_FILENO);
    (void)execv(real, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

/* Runs `rexpand test WORDS` in the folder. */
static struct run run_words(const char *const *words)
{
    struct run run = {0};
    size_t length;
    char block[4096];
    size_t got;
    int status;
    FILE *out = tmpfile();
    FILE *text = open_memstream(&run.text, &length);

    assert_non_null(out);
    assert_non_null(text);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        become_command(words, out);
    assert_int_equal(waitpid(child, &status, 0), child);
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    rewind(out);
    while ((got = fread(block, 1, sizeof block, out)) > 0)
        (void)fwrite(block, 1, got, text);
    (void)fclose(out);
    (void)fclose(text);
    return run;
}

static void assert_says_at(int line, int status, const char *wanted, const char *const *words)
{
    struct run run = run_words(words);

    if (run.status != status || strcmp(run.text, wanted) != 0)
        print_error("line %d: status %d:\n%s\n", line, run.status, run.text);
    assert_int_equal(run.status, status);
    assert_string_equal(run.text, wanted);
    free(run.text);
}

#define assert_says(status, wanted, ...)                                                                     \
    assert_says_at(__LINE__, status, wanted, (const char *const[]){__VA_ARGS__, NULL})

/* The cases of a text come out right. */
#define assert_right(count, text)                                                                            \
    do {                                                                                                     \
        write_file("a.test", text);                                                                          \
        assert_says(0, count " right\n", "a.test");                                                          \
    } while (0)

/* A text is wrong, and the message says so. */
#define assert_refused(text, message)                                                                        \
    do {                                                                                                     \
        write_file("a.test", text);                                                                          \
        assert_says(78, "rexpand: a.test:" message "\n", "a.test");                                          \
    } while (0)

/* ---- cases ---- */

static void test_cases_compare_results_and_messages(void **state)
{
    (void)state;
    assert_right("1 case", "${uc:a} => A\n");
    assert_right("5 cases",
                 "# a comment\n\n${uc:a} => A\n =>\n${if eq{a}{b}{c}} =>\n"
                 "a\\nb\\t\\\\\\xe4 => a\\nb\\t\\\\\\xe4\n$nosuch !! unknown variable name \"nosuch\"\n");
    assert_right("1 case", "${if eq{a}{b}{c}fail} !! \"if\" failed and \"fail\" requested\n");
    assert_right("1 case", "a\\x20=>\\x20b => a =\\x3e b\n");
}

static void test_patterns_match_results_and_messages(void **state)
{
    (void)state;
    assert_right("3 cases", "$tod_epoch ~~ ^\\d+$\n$nosuch !~ \"nosuch\"$\nabc ~~ b\n");
    write_file("a.test", "abc ~~ ^b\n");
    assert_says(1,
                "a.test:1: wrong\n    abc\n    expected  like ^b\n    got       abc\n              ^\n"
                "1 of 1 cases wrong\n",
                "a.test");
    /* A failure is no result, whatever its message, and the other way round. */
    write_file("a.test", "$nosuch ~~ nosuch\nnosuch !~ nosuch\nFailed: a !! a\n");
    struct run run = run_words((const char *const[]){"a.test", NULL});
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.text, "3 of 3 cases wrong\n"));
    free(run.text);
}

static void test_a_string_may_have_several_lines(void **state)
{
    (void)state;
    assert_right("1 case", "${if eq{a}{a}\\\n    {b}\\\n    {c}} => b\n");
    assert_right("1 case", "<<END\n${uc:a\nb}\nEND\n=> A\\nB\n");
    assert_right("1 case", "<<LINES\n${if eq{a}{a} \\\n   {b}\\\n   {c}}\nLINES\n=> b\n");
    assert_right("1 case", "a\\nb => <<END\na\nb\nEND\n");
    assert_right("1 case", "<<A\na\\nb\nA\n=> <<B\na\nb\nB\n");
}

static void test_a_wrong_case_is_shown_with_the_first_difference(void **state)
{
    (void)state;
    write_file("a.test", "@name the name\n\n${uc:\xc3\xbc"
                         "ab c} => \xc3\xbc"
                         "AC c\na => a\n");
    assert_says(1,
                "a.test:3: the name\n    ${uc:\xc3\xbc"
                "ab c}\n    expected  \xc3\xbc"
                "AC c\n"
                "    got       \xc3\xbc"
                "AB C\n                ^\n1 of 2 cases wrong\n",
                "a.test");
    write_file("a.test", "a\\n\\x01\\xff\\x20 => a\n$nosuch => a\n");
    assert_says(1,
                "a.test:1: wrong\n    a\\\\n\\\\x01\\\\xff\\\\x20\n    expected  a\n"
                "    got       a\\n\\x01\\xff\\x20\n               ^\n"
                "a.test:2: wrong\n    $nosuch\n    expected  a\n"
                "    got       Failed: unknown variable name \"nosuch\"\n              ^\n"
                "2 of 2 cases wrong\n",
                "a.test");
}

/* ---- directives ---- */

static void test_variables_are_set_and_unset(void **state)
{
    (void)state;
    assert_right("4 cases", "@set local_part=a\\nb\n$local_part => a\\nb\n${expand:$local_part} !! "
                            "internal expansion of \"a\\nb\" failed: attempt to expand tainted string "
                            "'a\\nb'\n@set-clean local_part=$domain\n"
                            "@set domain=d\n${expand:$local_part} => d\n@unset local_part\n$local_part =>\n");
    assert_right("2 cases", "@set acl_m_a=1\n@reset\n$acl_m_a =>\n@unset acl_narg\n$acl_narg => 0\n");
}

static void test_a_configuration_and_macros_hold_for_what_follows(void **state)
{
    (void)state;
    write_file("exim.conf", "WHO = nobody\nGREETING = Hello, WHO\nprimary_hostname = mx.example\n");
    assert_right("3 cases", "WHO => WHO\n@config exim.conf\nGREETING => Hello, nobody\n"
                            "$primary_hostname => mx.example\n");
    assert_right("2 cases", "@set acl_m_a=1\n@define WHO=Ann\n@config @HERE@/exim.conf\n"
                            "GREETING $acl_m_a => Hello, Ann 1\n@reset\nGREETING => GREETING\n");
    write_file("a.test", "GREETING => Hello, Bob\n");
    assert_says(0, "1 case right\n", "-C", "exim.conf", "-DWHO=Bob", "a.test");
    assert_says(0, "1 case right\n", "-D", "GREETING=Hello, Bob", "a.test");
}

static void test_acls_give_verdicts_and_messages(void **state)
{
    (void)state;
    write_file("exim.conf", "begin acl\n"
                            "check:\n"
                            "  deny condition = ${if eq{$acl_arg1}{bad@x.org}}\n"
                            "       message = no $acl_arg1 here\n"
                            "  accept condition = ${lookup redis{EXISTS user:$acl_arg1}}\n"
                            "  drop condition = ${if eq{$acl_arg2}{drop}}\n"
                            "  accept verify = sender\n");
    assert_right("7 cases", "@config exim.conf\n"
                            "@answer redis:EXISTS user:ann@x.org=1\n"
                            "@answer redis:EXISTS user:bob@x.org=0\n"
                            "@set domain=x.org\n"
                            "@acl check {bad@$domain} => deny: no bad@x.org here\n"
                            "@acl check {ann@$domain} => accept\n"
                            "@acl check {bob@$domain} {drop} => drop\n"
                            "@acl check {bob@x.org} !~ not evaluated by this version\n"
                            "@acl check {${nosuch:x}} !! unknown expansion operator \"nosuch\"\n"
                            "@acl check {a !! a brace of an argument is not closed\n"
                            "@acl check a !! arguments of an ACL stand in braces\n");
}

static void test_here_and_data_are_folders_beside_the_file(void **state)
{
    (void)state;
    write_file("a.test", "@DATA@ ~~ ^/.*/data$\n@HERE@ ~~ ^/.*[^/]$\nx@HERE@/data => x@DATA@\n");
    assert_says(0, "3 cases right\n", "a.test");
}

static void test_options_of_lookups_are_set(void **state)
{
#ifdef LOOKUP_REDIS
    (void)state;
    assert_right("2 cases", "${lookup redis{PING}} !~ no Redis servers defined\n"
                            "@option redis_servers=(/nowhere/at/all)/0\n"
                            "${lookup redis{PING}} !~ /nowhere/at/all: connection failed\n");
#endif
    (void)state;
    assert_refused("@option no_such=1\na => a\n", "1: no lookup of this build has a setting no_such");
}

static void test_answers_are_given_without_asking(void **state)
{
    (void)state;
#ifdef LOOKUP_LSEARCH
    assert_right("4 cases",
                 "@answer lsearch,/no/such/file:ann=Ann=1\n"
                 "${lookup{ann}lsearch{/no/such/file}} => Ann=1\n"
                 "@answer lsearch,/no/such/file:ann !! not found\n"
                 "${lookup{ann}lsearch{/no/such/file}{y}{n}} => n\n"
                 "@answer lsearch,/no/such/file:ann !! deferred: try later\n"
                 "${lookup{ann}lsearch{/no/such/file}} !! lookup of \"ann\" gave DEFER: try later\n"
                 "${if match_local_part{ann}{lsearch;/no/such/file}{y}} !~ try later\n");
    assert_right("2 cases",
                 "@answer lsearch,@HERE@/f:a=b => c\\n\n${lookup{a=b}lsearch{@HERE@/f}} => c\\n\n"
                 "@answer lsearch,@HERE@/f:a =>\n${lookup{a}lsearch{@HERE@/f}{[$value]}{n}} => []\n");
    assert_right("3 cases",
                 "@answers only\n${lookup{x}lsearch{@HERE@/a.test}} !! there is no fixed answer for "
                 "the lookup lsearch,@HERE@/a.test:x\n@answer lsearch,@HERE@/a.test:x=1\n"
                 "${lookup{x}lsearch{@HERE@/a.test}} => 1\n@answers any\n"
                 "${lookup{y}lsearch{@HERE@/a.test}{y}{n}} => n\n");
    write_file("a.test", "${lookup{k}lsearch{/f}} => v\n${lookup{l}lsearch{/f}} !~ no fixed answer\n");
    assert_says(0, "2 cases right\n", "--answer", "lsearch,/f:k=v", "--answers-only", "a.test");
#endif
#ifdef LOOKUP_REDIS
    assert_right("1 case", "@answer redis:GET user:x=1\n@set local_part=x\n"
                           "${lookup redis,servers=nowhere{GET user:$local_part}} => 1\n");
#endif
}

static void test_lookups_that_are_not_in_the_build_can_be_answered(void **state)
{
    (void)state;
    assert_right(
        "5 cases",
        "${lookup nisplus{a}{y}{n}} !! unknown lookup type \"nisplus\"\n"
        "@answer nisplus:[name=a],t=Ann\n@answer nisplus:[name=b],t => Bob\n"
        "${lookup nisplus{[name=b],t}} => Bob\n${lookup whoson{x}} !! the lookup whoson is not in this "
        "build, and there is no fixed answer for x\n"
        "${if match_domain{d.e}{nisplus;[name=b],t}{y}{n}} => y\n"
        "@reset\n${lookup nisplus{a}{y}{n}} !! unknown lookup type \"nisplus\"\n");
    assert_right("1 case", "@answer spf,/f:k=v\n${lookup{k}spf{/f}} => v\n");
    assert_refused("@answer nosuch:a=b\na => a\n", "1: there is no lookup \"nosuch\"");
    assert_refused("@answer nisplus,/f:a=b\na => a\n", "1: nisplus has queries and no file: nisplus:a");
    assert_refused("@answer spf:a=b\na => a\n", "1: spf looks up a key in a file: spf,/path/of/file:a");
}

static void test_cases_are_skipped_and_picked(void **state)
{
    (void)state;
    write_file("a.test", "@skip not yet\na => b\n@name the second\nb => b\n@differs a reason\ncc => cc\n");
    assert_says(0, "2 cases right, 1 skipped\n", "a.test");
    assert_says(0, "1 case right\n", "--filter", "second", "a.test");
    assert_says(0, "1 case right\n", "--filter=cc", "a.test");
    assert_says(64, "rexpand: \"zzz\" stands in no case's name or string\n", "--filter", "zzz", "a.test");
}

/* A file's directives end with it, and those of the command line begin anew. */
static void test_files_do_not_see_each_other(void **state)
{
    (void)state;
    write_file("a.test", "@set acl_m_a=1\n$acl_m_a => 1\n");
    write_file("b.test", "$acl_m_a => 2\n");
    assert_says(0, "3 cases right\n", "--set", "acl_m_a=2", "b.test", "a.test", "b.test");
}

/* ---- mistakes ---- */

static void test_a_mistake_in_a_file_has_its_line(void **state)
{
    (void)state;
    assert_refused("a => a\n\nb\n", "3: no => RESULT, !! MESSAGE, ~~ PATTERN or !~ PATTERN behind \"b\"");
    assert_refused("a =>b\n", "1: no => RESULT, !! MESSAGE, ~~ PATTERN or !~ PATTERN behind \"a =>b\"");
    assert_refused("@nosuch x\n", "1: unknown directive \"@nosuch\"; rexpand-test(5) lists them");
    assert_refused("@set\n", "1: @set wants something behind it: @set VARIABLE=VALUE");
    assert_refused("@set a\n", "1: \"a\" is not NAME=VALUE");
    assert_refused("@set =a\n", "1: \"=a\" is not NAME=VALUE");
    assert_refused("@reset now\n", "1: @reset takes nothing behind it, but there is \"now\"");
    assert_refused("@define who=x\n",
                   "1: @define wants NAME=VALUE with a name that begins with an upper-case "
                   "letter, not \"who=x\"");
    assert_refused("@answers some\n", "1: @answers wants \"only\" (a lookup without a fixed answer fails) or "
                                      "\"any\", not \"some\"");
    assert_refused(
        "@answer x\n",
        "1: @answer x: this is not DRIVER:QUERY=VALUE, nor has it => VALUE or !! behind the query");
    assert_refused("@answer x=y\n",
                   "1: @answer x=y: in front of the query stands the lookup's name and a colon: "
                   "redis:GET x");
    assert_refused("@answer redis:x !! lost\n",
                   "1: @answer redis:x !! lost: behind !! stands \"not found\" or "
                   "\"deferred: \" and the reason");
    assert_refused("a => a\n@name x\n", "2: there is no case behind this");
    assert_refused("a => a\nb \\\n",
                   "2: a backslash at the end says that the line goes on, but the file ends");
    assert_refused("<<END\na\n", "1: the lines behind <<END have no end: no line is \"END\"");
    assert_refused("<<END\na\nEND\nb => b\n", "1: the line behind END does not begin with =>, !!, ~~ or !~");
    assert_refused("# nothing\n", " there is no case in it");
}

static void test_a_mistake_that_only_running_finds_has_its_line(void **state)
{
    (void)state;
    assert_refused("@set nosuch=1\na => a\n",
                   "1: there is no variable \"nosuch\" to set; names of your own can "
                   "be acl_c_NAME and acl_m_NAME");
    assert_refused("a ~~ (\n",
                   "1: regular expression error in \"(\": missing closing parenthesis at offset 1");
    write_file("exim.conf", "no_such_option = 1\nA = \n.ifdef X\n");
    write_file("a.test", "@config exim.conf\na => a\n");
    struct run run = run_words((const char *const[]){"a.test", NULL});
    assert_int_equal(run.status, 78);
    assert_non_null(strstr(run.text, "rexpand: a.test:2: "));
    assert_non_null(strstr(run.text, "exim.conf:"));
    free(run.text);
}

static void test_the_command_line_may_be_wrong(void **state)
{
    (void)state;
    write_file("a.test", "a => a\n");
    assert_says(64, "rexpand: which file? Usage: rexpand test [OPTION…] FILE…\n", NULL);
    assert_says(78, "rexpand: none.test: No such file or directory\n", "none.test");
    assert_says(78, "rexpand: none.test: No such file or directory\n", "a.test", "none.test");
    assert_says(78,
                "rexpand: a.test:1: answer \"x\": this is not DRIVER:QUERY=VALUE, nor has it => VALUE or !! "
                "behind the query\n",
                "--answer", "x", "a.test");
}

/* ---- TAP ---- */

static void test_tap_has_a_plan_and_a_line_for_each_case(void **state)
{
    (void)state;
    write_file("a.test",
               "@name one # \\ two\na => a\n@skip not # yet\nb => b\n${uc:\"c} => \"d\\n\n$x !! y\n");
    assert_says(
        1,
        "TAP version 14\n1..4\nok 1 - a.test:2 one \\# \\\\ two\nok 2 - a.test:4 b # SKIP not \\# yet\n"
        "not ok 3 - a.test:5 ${uc:\"c}\n  ---\n  file: \"a.test\"\n  line: 5\n"
        "  expression: \"${uc:\\\"c}\"\n  expected: \"\\\"d\\n\"\n  got: \"\\\"C\"\n  ...\n"
        "not ok 4 - a.test:6 $x\n  ---\n  file: \"a.test\"\n  line: 6\n  expression: \"$x\"\n"
        "  expected: \"Failed: y\"\n  got: \"Failed: unknown variable name \\\"x\\\"\"\n  ...\n",
        "--tap", "a.test");
    write_file("a.test", "a => a\n@set nosuch=1\nb => b\n");
    assert_says(
        78,
        "TAP version 14\n1..2\nok 1 - a.test:1 a\n"
        "Bail out! a.test:2: there is no variable \"nosuch\" to set; names of your own can be acl_c_NAME "
        "and acl_m_NAME\n"
        "rexpand: a.test:2: there is no variable \"nosuch\" to set; names of your own can be acl_c_NAME "
        "and acl_m_NAME\n",
        "--tap", "a.test");
}

/* ---- what there is besides ---- */

static void test_the_page_has_every_directive(void **state)
{
    char *page = NULL;
    size_t capacity = 0;
    FILE *file = fopen("doc/rexpand-test.5", "r");

    (void)state;
    assert_non_null(file);
    assert_true(getdelim(&page, &capacity, '\0', file) > 0);
    (void)fclose(file);
    for (size_t i = 0; test_directive(i) != NULL; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n.It Ic @%s", test_directive(i));
        if (strstr(page, line) == NULL)
            fail_msg("doc/rexpand-test.5 does not have @%s", test_directive(i));
    }
    free(page);
}

#if defined LOOKUP_REDIS && defined LOOKUP_LSEARCH
static void test_the_example_comes_out_right(void **state)
{
    char path[4096];

    (void)state;
    assert_non_null(realpath("doc/examples/exim.test", path));
    assert_says(0, "9 cases right\n", path);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases_compare_results_and_messages),
        cmocka_unit_test(test_patterns_match_results_and_messages),
        cmocka_unit_test(test_a_string_may_have_several_lines),
        cmocka_unit_test(test_a_wrong_case_is_shown_with_the_first_difference),
        cmocka_unit_test(test_variables_are_set_and_unset),
        cmocka_unit_test(test_a_configuration_and_macros_hold_for_what_follows),
        cmocka_unit_test(test_acls_give_verdicts_and_messages),
        cmocka_unit_test(test_here_and_data_are_folders_beside_the_file),
        cmocka_unit_test(test_options_of_lookups_are_set),
        cmocka_unit_test(test_answers_are_given_without_asking),
        cmocka_unit_test(test_lookups_that_are_not_in_the_build_can_be_answered),
        cmocka_unit_test(test_cases_are_skipped_and_picked),
        cmocka_unit_test(test_files_do_not_see_each_other),
        cmocka_unit_test(test_a_mistake_in_a_file_has_its_line),
        cmocka_unit_test(test_a_mistake_that_only_running_finds_has_its_line),
        cmocka_unit_test(test_the_command_line_may_be_wrong),
        cmocka_unit_test(test_tap_has_a_plan_and_a_line_for_each_case),
        cmocka_unit_test(test_the_page_has_every_directive),
#if defined LOOKUP_REDIS && defined LOOKUP_LSEARCH
        cmocka_unit_test(test_the_example_comes_out_right),
#endif
    };

    return cmocka_run_group_tests_name("cases", tests, open_folder, close_folder);
}
