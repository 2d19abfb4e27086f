#include "test/support/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/report.h"
#include "cli/run_cases.h"
#include "test/support/temp_folder.h"

/* The file of that ending beside "path", or NULL. */
static char *find_beside(const char *path, const char *ending)
{
    char *beside = NULL;

    assert_true(asprintf(&beside, "%.*s%s", (int)(strrchr(path, '.') - path), path, ending) > 0);
    if (access(beside, R_OK) == 0)
        return beside;
    free(beside);
    return NULL;
}

void language_cases_read(struct language_cases *cases, const char *path)
{
    char *message;

    *cases = (struct language_cases){.config_path = find_beside(path, ".conf")};
    if (!test_file_read(&cases->file, path, &message))
        fail_msg("%s", message == NULL ? "out of memory" : message);
    cases->message_path = find_beside(path, ".eml");
    cases->options.config_path = cases->config_path;
    cases->options.message_path = cases->message_path;
}

void language_cases_free(struct language_cases *cases)
{
    test_file_free(&cases->file);
    free(cases->config_path);
    free(cases->message_path);
}

static void take_step(struct test_world *world, const struct language_cases *cases,
                      const struct test_step *step, struct test_verdict *verdict)
{
    char *message;

    if (!test_world_step(world, &cases->file, step, verdict, &message))
        fail_msg("%s", message == NULL ? "out of memory" : message);
}

size_t language_cases_run(const struct language_cases *cases, const struct options *options)
{
    struct test_world world;
    struct test_verdict verdict;
    struct report report;

    test_world_open(&world, options == NULL ? &cases->options : options);
    assert_true(test_world_reset(&world));
    report_begin(&report, false, cases->file.case_count);
    for (size_t i = 0; i < cases->file.count; i++) {
        const struct test_step *step = &cases->file.steps[i];
        take_step(&world, cases, step, &verdict);
        if (step->kind == STEP_CASE)
            report_case(&report, &cases->file, step, &verdict);
    }
    (void)fflush(stdout);
    test_world_close(&world);
    return report.wrong;
}

/* ---- watching ---- */

static bool is_same_result(const struct rexpand_result *left, const struct rexpand_result *right)
{
    if (left->outcome != right->outcome || left->length != right->length ||
        left->is_tainted != right->is_tainted || left->offset != right->offset)
        return false;
    if (left->message != NULL && strcmp(left->message, right->message) != 0)
        return false;
    return memcmp(left->bytes, right->bytes, left->length) == 0;
}

/* The environment of a case, which the first case behind a change makes. */
static struct rexpand_env *env_of(struct test_world *world, const struct language_cases *cases,
                                  const struct test_step *step)
{
    struct test_verdict verdict;

    if (!world->is_open)
        take_step(world, cases, step, &verdict);
    return world->session.env;
}

size_t language_cases_compare(const struct language_cases *cases, rexpand_observer observer, void *context)
{
    struct test_world worlds[2];
    struct rexpand_result results[2];
    struct test_verdict verdict;
    size_t wrong = 0;

    for (size_t w = 0; w < 2; w++) {
        test_world_open(&worlds[w], &cases->options);
        assert_true(test_world_reset(&worlds[w]));
    }
    for (size_t i = 0; i < cases->file.count; i++) {
        const struct test_step *step = &cases->file.steps[i];
        const struct test_case *wanted = &step->as_case;
        for (size_t w = 0; w < 2; w++) {
            if (step->kind != STEP_CASE) {
                take_step(&worlds[w], cases, step, &verdict);
                continue;
            }
            struct rexpand_env *env = env_of(&worlds[w], cases, step);
            rexpand_env_trace(env, w == 0 ? NULL : observer, context);
            (void)rexpand_expand(env, wanted->expression, wanted->expression_length, &results[w]);
        }
        if (step->kind != STEP_CASE || wanted->skip != NULL || is_same_result(&results[0], &results[1]))
            continue;
        wrong++;
        print_error("%s:%zu: %s\n  comes out otherwise when it is watched\n", cases->file.path, step->line,
                    wanted->expression);
    }
    for (size_t w = 0; w < 2; w++)
        test_world_close(&worlds[w]);
    return wrong;
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

static char *read_whole_file(const char *path, size_t *length)
{
    char *bytes = NULL;
    FILE *file = fopen(path, "r");
    FILE *copy = open_memstream(&bytes, length);

    assert_true(file != NULL && copy != NULL);
    for (int byte = getc(file); byte != EOF; byte = getc(file))
        (void)putc(byte, copy);
    assert_int_equal(fclose(file) | fclose(copy), 0);
    return bytes;
}

/* Copies of the files that Exim is given: it reads them after it has given up
   being root. */
struct exim_files {
    struct temp_folder folder;
    char config_path[128];
    char message_path[128];
};

static void copy_file(const struct temp_folder *folder, const char *from, const char *name, char path[128])
{
    size_t length;
    char *bytes = read_whole_file(from, &length);

    temp_folder_write(folder, name, bytes, length);
    temp_folder_path(folder, name, path, 128);
    assert_int_equal(chmod(path, 0644), 0);
    free(bytes);
}

static void open_exim_files(struct exim_files *files, const struct language_cases *cases)
{
    *files = (struct exim_files){0};
    temp_folder_open(&files->folder);
    assert_int_equal(chmod(files->folder.path, 0755), 0);
    if (cases->config_path != NULL)
        copy_file(&files->folder, cases->config_path, "exim.conf", files->config_path);
    if (cases->message_path != NULL)
        copy_file(&files->folder, cases->message_path, "message.eml", files->message_path);
}

/* What `exim -be` prints for some expressions, with a separator behind each. */
static char *call_exim(const struct exim_files *files, const struct test_step *const *batch, size_t count,
                       size_t *length)
{
    const char *exim = exim_path();
    const char *arguments[2 * CASES_A_CALL + 8] = {exim};
    size_t used = 1;
    char *output = NULL;
    char block[4096];
    int ends[2];
    ssize_t got;

    if (files->config_path[0] != '\0') {
        arguments[used++] = "-C";
        arguments[used++] = files->config_path;
    }
    arguments[used++] = files->message_path[0] != '\0' ? "-bem" : "-be";
    if (files->message_path[0] != '\0')
        arguments[used++] = files->message_path;
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
        if (count == 1 || files->config_path[0] != '\0')
            (void)close(STDERR_FILENO); /* what it says of a crash, and its log */
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
static size_t ask_batch(const struct test_file *cases, const struct exim_files *files,
                        const struct test_step *const *batch, size_t count)
{
    size_t length;
    size_t wrong = 0;
    size_t done = 0;
    char *output = call_exim(files, batch, count, &length);
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
        return ask_batch(cases, files, batch, count / 2) +
               ask_batch(cases, files, batch + count / 2, count - count / 2);
    if (!batch[0]->as_case.differs)
        print_error("%s:%zu: exim stopped at %s\n", cases->path, batch[0]->line,
                    batch[0]->as_case.expression);
    return !batch[0]->as_case.differs;
}

size_t language_cases_ask_exim(const struct language_cases *cases)
{
    const struct test_step *batch[CASES_A_CALL];
    struct exim_files files;
    size_t wrong = 0;
    size_t count = 0;
    bool is_for_exim = true;

    if ((cases->config_path != NULL || cases->message_path != NULL) && geteuid() != 0) {
        print_message("%s: not root, exim is not asked\n", cases->file.path);
        return 0;
    }
    open_exim_files(&files, cases);
    for (size_t i = 0; i < cases->file.count; i++) {
        const struct test_step *step = &cases->file.steps[i];
        if (step->kind != STEP_CASE)
            is_for_exim = step->kind == STEP_RESET;
        else if (is_for_exim && step->as_case.skip == NULL)
            batch[count++] = step;
        if (count < CASES_A_CALL && i + 1 < cases->file.count)
            continue;
        if (count > 0)
            wrong += ask_batch(&cases->file, &files, batch, count);
        count = 0;
    }
    temp_folder_close(&files.folder);
    return wrong;
}
