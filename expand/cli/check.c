/* rexpand check: mistakes in configurations. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"

struct checking {
    bool is_json;
    size_t errors;
    size_t warnings;
};

/* A text between quotes of JSON. Bytes that are no ASCII go out as they are. */
static void print_json_text(const char *name, const char *text)
{
    (void)printf("\"%s\":\"", name);
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            (void)printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            (void)printf("\\u%04x", (unsigned)*text);
        else
            (void)putchar(*text);
    (void)putchar('"');
}

/* An object a line, so that what reads it need not wait for the end. */
static void print_json(const struct rexpand_finding *finding)
{
    (void)putchar('{');
    print_json_text("file", finding->file);
    (void)printf(",\"line\":%u,\"column\":%u,\"severity\":\"%s\",", finding->line, finding->column,
                 finding->is_warning ? "warning" : "error");
    print_json_text("kind", finding->kind);
    (void)putchar(',');
    print_json_text("message", finding->message);
    (void)fputs("}\n", stdout);
}

static void print(void *context, const struct rexpand_finding *finding)
{
    struct checking *checking = context;

    if (finding->is_warning)
        checking->warnings++;
    else
        checking->errors++;
    if (checking->is_json)
        print_json(finding);
    else
        (void)printf("%s:%u:%u: %s%s\n", finding->file, finding->line, finding->column,
                     finding->is_warning ? "warning: " : "", finding->message);
}

/* EXIT_OK, or what else came of it; findings are counted. */
static int check_file(struct checking *checking, const struct options *options, const char *path)
{
    char *message = NULL;
    struct rexpand_config *config =
        rexpand_config_read_places(path, NULL, 0, options->definitions, options->definition_count, &message);
    bool done = config != NULL && rexpand_check(config, print, checking, &message);

    rexpand_config_free(config);
    if (done)
        return EXIT_OK;
    (void)fflush(stdout); /* what was found in front of it comes in front */
    (void)fprintf(stderr, "rexpand: %s\n", message == NULL ? "out of memory" : message);
    free(message);
    return EXIT_CONFIGURATION_WRONG;
}

static void print_summary(const struct checking *checking, size_t files)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    if (checking->errors + checking->warnings == 0)
        (void)fprintf(stderr, "%zu file%s, nothing found\n", files, files == 1 ? "" : "s");
    else
        (void)fprintf(stderr, "%zu mistake%s, %zu warning%s\n", checking->errors,
                      checking->errors == 1 ? "" : "s", checking->warnings,
                      checking->warnings == 1 ? "" : "s");
}

int command_check(const struct options *options)
{
    struct checking checking = {.is_json = options->is_json};
    size_t files = options->word_count + (options->config_path != NULL);
    int status = EXIT_OK;

    if (files == 0) {
        (void)fprintf(stderr, "rexpand: check what? rexpand check FILE…\n");
        return EXIT_USAGE_WRONG;
    }
    if (options->config_path != NULL)
        status = check_file(&checking, options, options->config_path);
    for (size_t i = 0; i < options->word_count; i++) {
        int result = check_file(&checking, options, options->words[i]);
        status = result == EXIT_OK ? status : result;
    }
    print_summary(&checking, files);
    if (status == EXIT_OK && checking.errors + checking.warnings > 0)
        return EXIT_EXPANSION_FAILED;
    return status;
}
