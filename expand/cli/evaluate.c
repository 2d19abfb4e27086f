/* rexpand -be: strings in, values out. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/editor.h"
#include "cli/input.h"

/* One logical line: physical ones that end with a backslash are joined. */
struct logical_line {
    char *bytes;
    size_t length;
    size_t capacity;
};

struct evaluation {
    struct session session;
    string_taker *taker;
    void *context;
    FILE *remarks;    /* where to say what is no result */
    bool may_define;  /* a line NAME=value defines a macro */
    bool has_macros;  /* whether lines must be searched for them */
    bool shows_place; /* a person is watching: mistakes get a caret */
    int status;       /* the worst so far */
};

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* ---- one string ---- */

/* The columns that "length" bytes of UTF-8 take. */
static int columns(const char *bytes, size_t length)
{
    int count = 0;

    for (size_t i = 0; i < length; i++)
        count += (bytes[i] & 0xC0) != 0x80;
    return count;
}

/* The string, or the part of it around "offset", with a caret below. */
static void show_place(const char *text, size_t length, size_t offset)
{
    enum { BEFORE = 60, AFTER = 18 };

    if (offset == REXPAND_NO_OFFSET || offset > length)
        return;
    size_t from = offset > BEFORE ? offset - BEFORE : 0;
    size_t to = length - offset > AFTER ? offset + AFTER : length;
    while (from > 0 && (text[from] & 0xC0) == 0x80)
        from--;
    while (to < length && (text[to] & 0xC0) == 0x80)
        to++;
    (void)printf("  %s", from > 0 ? "…" : "");
    for (size_t i = from; i < to; i++)
        (void)putchar(text[i] >= 0 && text[i] < ' ' ? ' ' : text[i]);
    (void)printf("%s\n  %*s^\n", to < length ? "…" : "", columns(text + from, offset - from) + (from > 0),
                 "");
}

int exit_status_of(enum rexpand_outcome outcome)
{
    if (outcome == REXPAND_DONE)
        return EXIT_OK;
    return outcome == REXPAND_DEFERRED ? EXIT_EXPANSION_DEFERRED : EXIT_EXPANSION_FAILED;
}

/* Deferral is the news that outweighs failure: trying again may help. */
static void note(struct evaluation *evaluation, int status)
{
    if (status > evaluation->status)
        evaluation->status = status;
}

static int print_value(struct session *session, const char *text, size_t length, bool shows_place,
                       void *context)
{
    struct rexpand_result result;
    enum rexpand_outcome outcome = rexpand_expand(session->env, text, length, &result);

    (void)context;

    if (outcome == REXPAND_DONE) {
        (void)fwrite_unlocked(result.bytes, 1, result.length, stdout);
        (void)putchar_unlocked('\n');
    } else {
        (void)printf("Failed: %s\n", result.message);
        if (shows_place)
            show_place(text, length, result.offset);
    }
    return exit_status_of(outcome);
}

static void expand(struct evaluation *evaluation, const char *text, size_t length)
{
    note(evaluation,
         evaluation->taker(&evaluation->session, text, length, evaluation->shows_place, evaluation->context));
    rexpand_env_tidy(evaluation->session.env);
}

/* Whether a line looks like NAME = value, as macros are defined. */
static bool is_definition(const char *line, size_t length)
{
    size_t at = 0;

    if (length == 0 || line[0] < 'A' || line[0] > 'Z')
        return false;
    while (at < length && ((line[at] >= 'a' && line[at] <= 'z') || (line[at] >= 'A' && line[at] <= 'Z') ||
                           (line[at] >= '0' && line[at] <= '9') || line[at] == '_'))
        at++;
    while (at < length && is_space(line[at]))
        at++;
    return at < length && line[at] == '=';
}

static void say_failed(struct evaluation *evaluation, char *message)
{
    (void)fprintf(evaluation->remarks, "Failed: %s\n", message == NULL ? "out of memory" : message);
    free(message);
    note(evaluation, EXIT_EXPANSION_FAILED);
}

/* A string or line as it was given: macros first, as in the configuration. */
static void take(struct evaluation *evaluation, const char *text, size_t length)
{
    struct rexpand_config *config = evaluation->session.config;
    char *replaced = (char *)(size_t)text;
    char *message;

    if (evaluation->has_macros && !rexpand_config_replace_macros(config, &replaced, &length, &message)) {
        say_failed(evaluation, message);
        return;
    }
    if (evaluation->may_define && is_definition(replaced, length)) {
        const char *name = rexpand_config_define(config, replaced, length, &message);
        if (name != NULL) {
            (void)fprintf(evaluation->remarks, "Defined macro '%s'\n", name);
            evaluation->has_macros = true;
        } else {
            say_failed(evaluation, message);
        }
    } else {
        expand(evaluation, replaced, length);
    }
    if (replaced != text)
        free(replaced);
}

/* ---- lines ---- */

static bool append(struct logical_line *line, const char *bytes, size_t length)
{
    if (length == 0)
        return true;
    if (line->capacity - line->length < length) {
        size_t capacity = (line->length + length) * 2;
        char *larger = realloc(line->bytes, capacity);
        if (larger == NULL)
            return false;
        line->bytes = larger;
        line->capacity = capacity;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
    return true;
}

static void trim(const char **bytes, size_t *length)
{
    while (*length > 0 && is_space((*bytes)[0])) {
        (*bytes)++;
        (*length)--;
    }
    while (*length > 0 && is_space((*bytes)[*length - 1]))
        (*length)--;
}

/* Takes one physical line: expands it, or keeps it when a backslash at its end
   says that it goes on. */
static bool take_physical(struct evaluation *evaluation, struct logical_line *pending, const char *bytes,
                          size_t length)
{
    trim(&bytes, &length);
    bool goes_on = length > 0 && bytes[length - 1] == '\\';
    if (!goes_on && pending->length == 0) {
        take(evaluation, bytes, length);
        return true;
    }
    if (!append(pending, bytes, length - goes_on))
        return false;
    if (goes_on)
        return true;
    take(evaluation, pending->bytes, pending->length);
    *pending = (struct logical_line){.bytes = pending->bytes, .capacity = pending->capacity};
    return true;
}

static void flush_output(void)
{
    (void)fflush(stdout);
}

static int complain_about_input(const char *problem)
{
    (void)fprintf(stderr, "rexpand: cannot read standard input: %s\n", problem);
    return EXIT_OUTPUT_LOST;
}

static void take_piped_lines(struct evaluation *evaluation)
{
    struct logical_line pending = {0};
    struct input input;
    enum input_result result;
    char *line;
    size_t length;

    input_open(&input, STDIN_FILENO, flush_output);
    while ((result = input_line(&input, &line, &length)) == INPUT_LINE) {
        if (!take_physical(evaluation, &pending, line, length)) {
            errno = ENOMEM;
            result = INPUT_FAILED;
            break;
        }
    }
    if (result == INPUT_FAILED)
        note(evaluation, complain_about_input(strerror(errno)));
    else if (pending.length > 0)
        take(evaluation, pending.bytes, pending.length);
    free(pending.bytes);
    input_close(&input);
}

static void take_typed_lines(struct evaluation *evaluation, struct editor *editor)
{
    struct logical_line pending = {0};
    const char *line;
    size_t length;

    (void)printf("rexpand %s: type a string to expand, Tab completes names, Control-D ends.\n",
                 rexpand_version());
    evaluation->shows_place = true;
    while ((line = editor->module->read_line(editor->terminal, pending.length > 0 ? "+ " : "> ", &length)) !=
           NULL) {
        if (pending.length == 0 && length == 0)
            continue;
        if (!take_physical(evaluation, &pending, line, length)) {
            note(evaluation, complain_about_input(strerror(ENOMEM)));
            break;
        }
        flush_output();
    }
    (void)putchar('\n');
    free(pending.bytes);
}

int take_strings(const struct options *options, string_taker *taker, void *context)
{
    struct evaluation evaluation = {.taker = taker,
                                    .context = context,
                                    .remarks = options->is_json ? stderr : stdout,
                                    .may_define = true};
    struct editor editor;
    int status;

    if (!session_open(&evaluation.session, options, &status))
        return status;
    evaluation.has_macros = options->config_path != NULL || options->definition_count > 0;
    evaluation.shows_place = isatty(STDOUT_FILENO) != 0;
    for (size_t i = 0; i < options->word_count; i++)
        take(&evaluation, options->words[i], strlen(options->words[i]));
    if (options->word_count == 0) {
        editor_open(&editor);
        if (editor.terminal != NULL)
            take_typed_lines(&evaluation, &editor);
        else
            take_piped_lines(&evaluation);
        editor_close(&editor);
    }
    session_close(&evaluation.session);
    return evaluation.status;
}

int command_evaluate(const struct options *options)
{
    return take_strings(options, print_value, NULL);
}
