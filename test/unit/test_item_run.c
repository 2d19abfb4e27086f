/* What ${run{…}} and ${dlfunc{…}} leave behind, and when commands end. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rexpand.h"
#include "test/support/temp_folder.h"

static void check(struct rexpand_env *env, const char *text, enum rexpand_outcome wanted,
                  const char *expected)
{
    struct rexpand_result result;
    enum rexpand_outcome outcome = rexpand_expand(env, text, strlen(text), &result);

    if (outcome != wanted)
        fail_msg("%s: %s", text, outcome == REXPAND_DONE ? result.bytes : result.message);
    assert_string_equal(outcome == REXPAND_DONE ? result.bytes : result.message, expected);
}

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count;
}

static void test_nothing_is_left_of_a_command(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    size_t before = count_descriptors();

    (void)state;
    check(env, "${run{/bin/echo hello}{$value}}", REXPAND_DONE, "hello\n");
    check(env, "${run{/bin/false}{yes}{no}}", REXPAND_DONE, "no");
    check(env, "${run{/nonexistent}{yes}{no}}", REXPAND_DONE, "no");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(count_descriptors(), before);
    rexpand_env_free(env);
}

static void test_a_command_sees_none_of_our_files(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    int leak = open("/dev/null", O_RDONLY); /* not closed on exec */

    (void)state;
    assert_true(leak >= 0);
    /* 3 is the folder that ls reads. */
    check(env, "${run{/bin/ls /proc/self/fd}{${sg{$value}{\\n}{ }}}}", REXPAND_DONE, "0 1 2 3 ");
    (void)close(leak);
    rexpand_env_free(env);
}

static void test_value_and_status_stay_for_the_next_string(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    check(env, "$runrc,$value", REXPAND_DONE, "0,");
    check(env, "${run{/bin/sh -c \"echo why; exit 3\"}{yes}{no}}", REXPAND_DONE, "no");
    check(env, "$runrc,$value", REXPAND_DONE, "3,why\n");
    check(env, "${sg{$value}{w}{${run{/bin/echo -n x}}}}$value$runrc", REXPAND_DONE, "xhy\nx0");
    check(env, "${map{a:b}{${run{/bin/echo -n $item}}}}$value", REXPAND_DONE, "a:bb");
    check(env, "${reduce{a:b}{}{$value${run{/bin/echo -n $item}}}}$value", REXPAND_DONE, "abb");
    rexpand_env_free(env);
}

/* The deadline ends a command with all that it started. */
static void test_a_command_is_killed_at_the_deadline(void **state)
{
    static const char *const commands[] = {
        "${run{/bin/sleep 60}}",
        "${run{/bin/sh -c \"sleep 60 & sleep 60\"}}",
        "${run{/bin/sh -c \"sleep 60 >/dev/null 2>&1 & exec >/dev/null 2>&1; wait\"}}",
        "${run{/bin/sh -c \"exec >/dev/null 2>&1; sleep 60\"}}",
        "${run{/usr/bin/yes}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct rexpand_env *env = rexpand_env_new(NULL, NULL);
        struct rexpand_result result;
        nanoseconds start = clock_now();
        rexpand_env_limit(env, 1024 * 1024, 0.3);
        assert_int_equal(rexpand_expand(env, commands[i], strlen(commands[i]), &result), REXPAND_FAILED);
        assert_true(clock_now() - start < 5 * NANOSECONDS_PER_SECOND);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        rexpand_env_free(env);
    }
}

static void test_the_environment_is_the_one_that_was_set(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    assert_int_equal(setenv("REXPAND_TEST", "a b", 1), 0);
    check(env, "${run{/usr/bin/printenv REXPAND_TEST}}", REXPAND_DONE, "a b\n");
    rexpand_env_free(env);
}

static void test_ignored_signals_are_not_handed_down(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);

    (void)state;
    check(env, "${run{/bin/sh -c \"kill -13 \\\\\\$\\\\\\$\"}}", REXPAND_FAILED,
          "command killed by signal 13");
    (void)signal(SIGPIPE, before);
    rexpand_env_free(env);
}

static void test_a_sealed_environment_touches_nothing(void **state)
{
    static const char *const items[][2] = {
        {"${run{/bin/echo x}}", "commands are not permitted"},
        {"${run,preexpand{/bin/echo x}}", "commands are not permitted"},
        {"${readfile{/dev/null}}", "file insertions are not permitted"},
        {"${readsocket{/nonexistent}{x}{1s}{}{no}}", "socket insertions are not permitted"},
        {"${dlfunc{/nonexistent}{x}}", "dynamically-loaded functions are not permitted"},
        {"${lookup{x}lsearch{/dev/null}}", "lookup expansions are not permitted"},
    };
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    rexpand_env_seal(env);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        check(env, items[i][0], REXPAND_FAILED, items[i][1]);
    check(env, "${uc:a}", REXPAND_DONE, "A");
    rexpand_env_free(env);
}

/* ---- dlfunc ---- */

static const char source[] =
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
    "typedef unsigned char uschar;\n"
    "int join(uschar **y, int c, uschar *a[]) { static char b[100]; snprintf(b, 9, \"%d\", c);\n"
    "  for (int i = 0; i < c; i++) { strcat(b, \":\"); strcat(b, (char *)a[i]); } *y = (uschar *)b;\n"
    "  return a[c] != NULL; }\n"
    "int none(uschar **y, int c, uschar *a[]) { (void)y; (void)c; (void)a; return 0; }\n"
    "int code(uschar **y, int c, uschar *a[]) { if (c > 1) *y = a[1]; return atoi((char *)a[0]); }\n"
    "int count(uschar **y, int c, uschar *a[]) { static int n; static char b[20];\n"
    "  (void)c; (void)a; sprintf(b, \"%d\", ++n); *y = (uschar *)b; return 0; }\n";

static void check_function(struct rexpand_env *env, const struct temp_folder *folder, const char *rest,
                           enum rexpand_outcome wanted, const char *expected)
{
    char text[512];
    char path[128];

    temp_folder_path(folder, "functions.so", path, sizeof path);
    (void)snprintf(text, sizeof text, "${dlfunc{%s}%s}", path, rest);
    check(env, text, wanted, expected);
}

static void test_functions_of_an_object_are_called(void **state)
{
    struct temp_folder folder;
    char command[512];
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "functions.c", source, sizeof source - 1);
    (void)snprintf(command, sizeof command, "cc -shared -fPIC -o %s/functions.so %s/functions.c", folder.path,
                   folder.path);
    assert_int_equal(system(command), 0);
    check_function(env, &folder, "{join}", REXPAND_DONE, "0");
    check_function(env, &folder, "{join}{a}{b c}{}", REXPAND_DONE, "3:a:b c:");
    check_function(env, &folder, "{join}{1}{2}{3}{4}{5}{6}{7}{8}", REXPAND_DONE, "8:1:2:3:4:5:6:7:8");
    check_function(env, &folder, "{none}{a}", REXPAND_DONE, "");
    check_function(env, &folder, "{code}{0}{fine}", REXPAND_DONE, "fine");
    check_function(env, &folder, "{code}{1}{later}", REXPAND_DEFERRED, "later");
    check_function(env, &folder, "{code}{2}{no}", REXPAND_FAILED, "no");
    check_function(env, &folder, "{code}{3}{broken}", REXPAND_FAILED, "broken");
    check_function(env, &folder, "{code}{4}{so be it}", REXPAND_FORCED_FAILURE, "so be it");
    check_function(env, &folder, "{code}{2}", REXPAND_FAILED, "(no message)");
    check_function(env, &folder, "{count}", REXPAND_DONE, "1");
    check_function(env, &folder, "{count}", REXPAND_DONE, "2");
    rexpand_env_free(env);
    temp_folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_left_of_a_command),
        cmocka_unit_test(test_a_command_sees_none_of_our_files),
        cmocka_unit_test(test_value_and_status_stay_for_the_next_string),
        cmocka_unit_test(test_a_command_is_killed_at_the_deadline),
        cmocka_unit_test(test_the_environment_is_the_one_that_was_set),
        cmocka_unit_test(test_ignored_signals_are_not_handed_down),
        cmocka_unit_test(test_a_sealed_environment_touches_nothing),
        cmocka_unit_test(test_functions_of_an_object_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
