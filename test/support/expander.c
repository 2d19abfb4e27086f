#include "test/support/expander.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/value.h"

enum {
    STRINGS_A_CALL = 400,
    BYTES_A_CALL = 400 * 1024,
    LONGEST_ARGUMENT = 256,
    LONGEST_LINE = 1000,
    SILENCE_MILLISECONDS = 10000
};

static const char separator[] = "=-=-= next =-=-=";

const char *exim_path(void)
{
    static const char *const paths[] = {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

static _Noreturn void give_up(const char *what)
{
    perror(what);
    exit(2);
}

static bool is_argument(const char *string)
{
    return strlen(string) <= LONGEST_ARGUMENT;
}

bool expander_takes(const char *string)
{
    size_t length = strlen(string);

    if (length <= LONGEST_ARGUMENT)
        return string[0] != '-';
    return length <= LONGEST_LINE && (strchr(string, '\n') == NULL && !byte_is_space(string[0]) &&
                                      !byte_is_space(string[length - 1]) && string[length - 1] != '\\');
}

/* Strings for one process: all of them arguments, or all of them lines. */
struct batch {
    const char *path;
    const char *const *strings;
    size_t count;
    bool are_arguments;
};

/* What is to be read as lines, rewound. */
static FILE *write_lines(const struct batch *batch)
{
    FILE *lines = tmpfile();

    if (lines == NULL)
        give_up("temporary file");
    for (size_t i = 0; i < batch->count && !batch->are_arguments; i++)
        (void)fprintf(lines, "%s\n%s\n", batch->strings[i], separator);
    rewind(lines);
    return lines;
}

static void become(const struct batch *batch)
{
    const char **arguments = calloc(2 * batch->count + 3, sizeof *arguments);
    size_t used = 2;

    if (arguments == NULL)
        _exit(127);
    arguments[0] = batch->path;
    arguments[1] = "-be";
    for (size_t i = 0; i < batch->count && batch->are_arguments; i++) {
        arguments[used++] = batch->strings[i];
        arguments[used++] = separator;
    }
    (void)execv(batch->path, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static pid_t start(const struct batch *batch, FILE *lines, int *output)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe");
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        (void)dup2(fileno(lines), STDIN_FILENO);
        (void)dup2(nowhere, STDERR_FILENO); /* what Exim says of a crash */
        (void)dup2(ends[1], STDOUT_FILENO);
        become(batch);
    }
    (void)close(ends[1]);
    *output = ends[0];
    return child;
}

/* All that comes out; a process that is silent for too long is ended. */
static char *read_output(int descriptor, pid_t child, size_t *length)
{
    char *output = NULL;
    char block[65536];
    ssize_t got;
    FILE *out = open_memstream(&output, length);

    if (out == NULL)
        give_up("memory");
    do {
        struct pollfd wait = {.fd = descriptor, .events = POLLIN};
        if (poll(&wait, 1, SILENCE_MILLISECONDS) == 0)
            (void)kill(child, SIGKILL);
        got = read(descriptor, block, sizeof block);
        if (got > 0)
            (void)fwrite(block, 1, (size_t)got, out);
    } while (got > 0);
    (void)fclose(out);
    return output;
}

/* What the program prints for some strings, with a separator behind each. */
static char *call(const struct batch *batch, size_t *length)
{
    int output;
    FILE *lines = write_lines(batch);
    pid_t child = start(batch, lines, &output);
    char *text = read_output(output, child, length);

    (void)fclose(lines);
    (void)close(output);
    (void)waitpid(child, NULL, 0);
    return text;
}

/* Exim writes a prompt in front of each line that it reads. */
static const char *without_prompt(const struct batch *batch, const char *at, const char *end)
{
    bool is_there = !batch->are_arguments && end - at >= 2 && memcmp(at, "> ", 2) == 0;

    return is_there && batch->path == exim_path() ? at + 2 : at;
}

/* Takes the answers apart; gives how many there are. */
static size_t take_apart(const struct batch *batch, const char *text, size_t length,
                         struct expansion *answers)
{
    const char *at = text;
    const char *end = text + length;
    size_t prompt = batch->are_arguments || batch->path != exim_path() ? 0 : 2;

    for (size_t done = 0; done < batch->count; done++) {
        const char *mark = memmem(at, (size_t)(end - at), separator, sizeof separator - 1);
        if (mark == NULL)
            return done;
        at = without_prompt(batch, at, mark);
        answers[done].length = (size_t)(mark - at) > prompt ? (size_t)(mark - at) - prompt - 1 : 0;
        answers[done].bytes = calloc(answers[done].length + 1, 1);
        if (answers[done].bytes == NULL)
            give_up("memory");
        memcpy(answers[done].bytes, at, answers[done].length);
        at = mark + sizeof separator;
    }
    return batch->count;
}

static void ask_batch(const struct batch *batch, struct expansion *answers)
{
    size_t length;
    char *text = call(batch, &length);
    size_t done = take_apart(batch, text, length, answers);

    free(text);
    if (done == batch->count)
        return;
    if (batch->count == 1) {
        answers[0] = (struct expansion){.bytes = NULL};
        return;
    }
    /* It took with it what it had not written yet. */
    size_t half = done + (batch->count - done + 1) / 2;
    struct batch part = *batch;
    part.strings = batch->strings + done;
    part.count = half - done;
    ask_batch(&part, answers + done);
    part.strings = batch->strings + half;
    part.count = batch->count - half;
    if (part.count > 0)
        ask_batch(&part, answers + half);
}

/* How many of the strings go to one process. */
static size_t batch_size(const char *const *strings, size_t count)
{
    bool are_arguments = is_argument(strings[0]);
    size_t bytes = 0;
    size_t size = 0;

    while (size < count && size < STRINGS_A_CALL && bytes < BYTES_A_CALL &&
           is_argument(strings[size]) == are_arguments)
        bytes += strlen(strings[size++]) + sizeof separator;
    return size;
}

/* Arguments and lines take turns in one order; each kind is asked for
   together. */
static void ask_kind(const char *path, const char *const *strings, size_t count, bool are_arguments,
                     struct expansion *answers)
{
    const char **some = calloc(count + 1, sizeof *some);
    size_t *places = calloc(count + 1, sizeof *places);
    struct expansion *given = calloc(count + 1, sizeof *given);
    size_t found = 0;

    if (some == NULL || places == NULL || given == NULL)
        give_up("memory");
    for (size_t i = 0; i < count; i++) {
        if (is_argument(strings[i]) != are_arguments)
            continue;
        places[found] = i;
        some[found++] = strings[i];
    }
    for (size_t from = 0; from < found;) {
        struct batch batch = {.path = path,
                              .strings = some + from,
                              .count = batch_size(some + from, found - from),
                              .are_arguments = are_arguments};
        ask_batch(&batch, given + from);
        from += batch.count;
    }
    for (size_t i = 0; i < found; i++)
        answers[places[i]] = given[i];
    free(some);
    free(places);
    free(given);
}

void expander_ask(const char *path, const char *const *strings, size_t count, struct expansion *answers)
{
    memset(answers, 0, count * sizeof *answers);
    ask_kind(path, strings, count, true, answers);
    ask_kind(path, strings, count, false, answers);
}

void expander_ask_singly(const char *path, const char *const *strings, size_t count,
                         struct expansion *answers)
{
    for (size_t i = 0; i < count; i++)
        expander_ask(path, &strings[i], 1, &answers[i]);
}

void expansions_free(struct expansion *answers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(answers[i].bytes);
}
