/* rexpand test: files of test cases in, right or wrong out. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

struct testing {
    const struct options *options;
    struct test_file *files;
    size_t file_count; /* of those that were read */
    struct test_world world;
    struct report report;
};

/* Says what is wrong, and frees it. */
static int complain(char *message, int status)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "rexpand: %s\n", message == NULL ? "out of memory" : message);
    free(message);
    return status;
}

/* Every file is read before anything is run. */
static int read_files(struct testing *testing)
{
    const struct options *options = testing->options;
    char *message;

    testing->files = calloc(options->word_count, sizeof *testing->files);
    if (testing->files == NULL)
        return complain(NULL, EXIT_USAGE_WRONG);
    for (size_t i = 0; i < options->word_count; i++) {
        struct test_file *file = &testing->files[i];
        if (!test_file_read(file, options->words[i], &message))
            return complain(message, EXIT_CONFIGURATION_WRONG);
        testing->file_count++;
        if (file->case_count > 0)
            continue;
        (void)fprintf(stderr, "rexpand: %s: there is no case in it\n", file->path);
        return EXIT_CONFIGURATION_WRONG;
    }
    return EXIT_OK;
}

/* Whether the filter lets a case through. */
static bool is_picked(const struct testing *testing, const struct test_step *step)
{
    const char *word = testing->options->filter;
    const struct test_case *tested = &step->as_case;

    if (step->kind != STEP_CASE)
        return false;
    return word == NULL || (tested->name != NULL && strstr(tested->name, word) != NULL) ||
           memmem(tested->expression, tested->expression_length, word, strlen(word)) != NULL;
}

static size_t count_picked(const struct testing *testing)
{
    size_t count = 0;

    for (size_t i = 0; i < testing->file_count; i++)
        for (size_t at = 0; at < testing->files[i].count; at++)
            count += is_picked(testing, &testing->files[i].steps[at]);
    return count;
}

/* False when the step cannot be carried out, which has then been said. */
static bool do_step(struct testing *testing, const struct test_file *file, const struct test_step *step)
{
    struct test_verdict verdict;
    char *message;

    if (step->kind == STEP_CASE && !is_picked(testing, step))
        return true;
    if (step->kind == STEP_CASE && step->as_case.skip != NULL) {
        report_skipped(&testing->report, file, step);
        return true;
    }
    if (!test_world_step(&testing->world, file, step, &verdict, &message)) {
        report_stop(&testing->report, message == NULL ? "out of memory" : message);
        (void)complain(message, EXIT_CONFIGURATION_WRONG);
        return false;
    }
    if (step->kind == STEP_CASE)
        report_case(&testing->report, file, step, &verdict);
    return true;
}

static int run_files(struct testing *testing)
{
    for (size_t i = 0; i < testing->file_count; i++) {
        const struct test_file *file = &testing->files[i];
        if (!test_world_reset(&testing->world))
            return complain(NULL, EXIT_USAGE_WRONG);
        for (size_t at = 0; at < file->count; at++)
            if (!do_step(testing, file, &file->steps[at]))
                return EXIT_CONFIGURATION_WRONG;
    }
    report_end(&testing->report);
    return testing->report.wrong > 0 ? EXIT_EXPANSION_FAILED : EXIT_OK;
}

static int run(struct testing *testing)
{
    int status = read_files(testing);

    if (status != EXIT_OK)
        return status;
    size_t picked = count_picked(testing);
    if (picked == 0) {
        (void)fprintf(stderr, "rexpand: \"%s\" stands in no case's name or string\n",
                      testing->options->filter);
        return EXIT_USAGE_WRONG;
    }
    report_begin(&testing->report, testing->options->is_tap, picked);
    return run_files(testing);
}

int command_test(const struct options *options)
{
    struct testing testing = {.options = options};

    if (options->word_count == 0) {
        (void)fprintf(stderr, "rexpand: which file? Usage: rexpand test [OPTION…] FILE…\n");
        return EXIT_USAGE_WRONG;
    }
    test_world_open(&testing.world, options);
    int status = run(&testing);
    test_world_close(&testing.world);
    for (size_t i = 0; i < testing.file_count; i++)
        test_file_free(&testing.files[i]);
    free(testing.files);
    return status;
}
