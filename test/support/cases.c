#include "test/support/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/report.h"
#include "rexpand.h"

void language_cases_read(struct test_file *cases, const char *path)
{
    char *message;

    if (!test_file_read(cases, path, &message))
        fail_msg("%s", message == NULL ? "out of memory" : message);
}

size_t language_cases_run(const struct test_file *cases, const struct options *options)
{
    static const struct options none;
    struct test_world world;
    struct test_verdict verdict;
    struct report report;
    char *message;

    test_world_open(&world, options == NULL ? &none : options);
    assert_true(test_world_reset(&world));
    report_begin(&report, false, cases->case_count);
    for (size_t i = 0; i < cases->count; i++) {
        const struct test_step *step = &cases->steps[i];
        if (!test_world_step(&world, cases, step, &verdict, &message))
            fail_msg("%s", message == NULL ? "out of memory" : message);
        if (step->kind == STEP_CASE)
            report_case(&report, cases, step, &verdict);
    }
    (void)fflush(stdout);
    test_world_close(&world);
    return report.wrong;
}

/* ---- asking Exim ---- */

enum { CASES_A_CALL = 200 };
static const char separator[] = "=-=-= next =-=-=";
static const char failed[] = "Failed: ";

static bool is_expected(const struct test_case *wanted, const char *got, size_t length)
{
    bool is_failure = wanted->expectation == EXPECT_MESSAGE;
    size_t prefix = is_failure ? sizeof failed - 1 : 0;

    assert_true(is_failure || wanted->expectation == EXPECT_RESULT);
    return length == prefix + wanted->expected_length && memcmp(got, failed, prefix) == 0 &&
           memcmp(got + prefix, wanted->expected, wanted->expected_length) == 0;
}

static const char *exim_path(void)
{
    static const char *const paths[] = {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

bool exim_is_here(void)
{
    return exim_path() != NULL;
}

/* What `exim -be` prints for some expressions, with a separator behind each. */
static char *call_exim(const struct test_step *const *batch, size_t count, size_t *length)
{
    const char *exim = exim_path();
    const char *arguments[2 * CASES_A_CALL + 4] = {exim, "-be"};
    size_t used = 2;
    char *output = NULL;
    char block[4096];
    int ends[2];
    ssize_t got;

    for (size_t i = 0; i < count; i++) {
        arguments[used++] = batch[i]->as_case.expression;
        arguments[used++] = separator;
    }
    assert_non_null(exim);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        if (count == 1)
            (void)close(STDERR_FILENO); /* what it says of a crash */
        (void)execv(exim == NULL ? "" : exim, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *out = open_memstream(&output, length);
    assert_non_null(out);
    while ((got = read(ends[0], block, sizeof block)) > 0)
        (void)fwrite(block, 1, (size_t)got, out);
    (void)fclose(out);
    (void)close(ends[0]);
    (void)waitpid(child, NULL, 0);
    return output;
}

/* One case's part of what Exim printed. A case marked as different has to be. */
static bool compare_case(const struct test_file *cases, const struct test_step *step, const char *got,
                         size_t length)
{
    const struct test_case *wanted = &step->as_case;
    bool differs = wanted->differs != NULL;

    if (is_expected(wanted, got, length) != differs)
        return true;
    print_error("%s:%zu: %s\n    expected: %s%.*s\n    %s: %.*s\n", cases->path, step->line,
                wanted->expression, wanted->expectation == EXPECT_MESSAGE ? failed : "",
                (int)wanted->expected_length, wanted->expected,
                differs ? "no difference, but marked as one; exim" : "exim", (int)length, got);
    return false;
}

/* Where Exim stops, the halves are asked again. */
static size_t ask_batch(const struct test_file *cases, const struct test_step *const *batch, size_t count)
{
    size_t length;
    size_t wrong = 0;
    size_t done = 0;
    char *output = call_exim(batch, count, &length);
    const char *at = output;

    for (; done < count; done++) {
        const char *end = memmem(at, length - (size_t)(at - output), separator, sizeof separator - 1);
        if (end == NULL)
            break;
        wrong += !compare_case(cases, batch[done], at, end > at ? (size_t)(end - at) - 1 : 0);
        at = end + sizeof separator;
    }
    free(output);
    if (done == count)
        return wrong;
    /* It crashed on one, and took with it what it had not printed yet. */
    if (count > 1)
        return ask_batch(cases, batch, count / 2) + ask_batch(cases, batch + count / 2, count - count / 2);
    if (!batch[0]->as_case.differs)
        print_error("%s:%zu: exim stopped at %s\n", cases->path, batch[0]->line,
                    batch[0]->as_case.expression);
    return !batch[0]->as_case.differs;
}

size_t language_cases_ask_exim(const struct test_file *cases)
{
    const struct test_step *batch[CASES_A_CALL];
    size_t wrong = 0;
    size_t count = 0;
    bool is_for_exim = true;

    for (size_t i = 0; i < cases->count; i++) {
        const struct test_step *step = &cases->steps[i];
        if (step->kind != STEP_CASE)
            is_for_exim = step->kind == STEP_RESET;
        else if (is_for_exim && step->as_case.skip == NULL)
            batch[count++] = step;
        if (count < CASES_A_CALL && i + 1 < cases->count)
            continue;
        if (count > 0)
            wrong += ask_batch(cases, batch, count);
        count = 0;
    }
    return wrong;
}
