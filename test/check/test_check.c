/* Small configurations with mistakes in them, and what is found: each *.conf in
   this folder ends with lines "#> LINE:COLUMN: MESSAGE" that say so. */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"

/* What is found, a line each. */
static void write_finding(void *context, const struct rexpand_finding *finding)
{
    (void)fprintf(context, "%u:%u: %s%s\n", finding->line, finding->column,
                  finding->is_warning ? "warning: " : "", finding->message);
}

static char *find_in(const char *path)
{
    char *found = NULL;
    char *message = NULL;
    size_t size;
    FILE *out = open_memstream(&found, &size);
    struct rexpand_config *config = rexpand_config_read_places(path, NULL, 0, NULL, 0, &message);

    assert_non_null(out);
    if (config == NULL)
        print_error("%s\n", message);
    assert_non_null(config);
    assert_true(rexpand_check(config, write_finding, out, &message));
    rexpand_config_free(config);
    (void)fclose(out);
    return found;
}

static char *expected_in(const char *path)
{
    static const char mark[] = "#> ";
    char line[1024];
    char *expected = NULL;
    size_t size;
    FILE *out = open_memstream(&expected, &size);
    FILE *in = fopen(path, "r");

    assert_non_null(out);
    assert_non_null(in);
    while (fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, mark, sizeof mark - 1) == 0)
            (void)fputs(line + sizeof mark - 1, out);
    (void)fclose(in);
    (void)fclose(out);
    return expected;
}

static void test_a_configuration_has_the_findings_that_it_says(void **state)
{
    char *found = find_in(*state);
    char *expected = expected_in(*state);

    assert_string_equal(found, expected);
    free(found);
    free(expected);
}

int main(void)
{
    glob_t files;

    if (glob("test/check/*.conf", 0, NULL, &files) != 0) {
        print_error("no files test/check/*.conf: run this from the top folder\n");
        return 1;
    }
    struct CMUnitTest *tests = calloc(files.gl_pathc, sizeof *tests);
    if (tests == NULL)
        return 1;
    for (size_t i = 0; i < files.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){.name = strrchr(files.gl_pathv[i], '/') + 1,
                                       .test_func = test_a_configuration_has_the_findings_that_it_says,
                                       .initial_state = files.gl_pathv[i]};
    int failed = _cmocka_run_group_tests("check", tests, files.gl_pathc, NULL, NULL);
    free(tests);
    globfree(&files);
    return failed;
}
