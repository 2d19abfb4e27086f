/* What an expansion costs inside a program, through the public header.

   bench_expand FILE
     FILE  lines NAME|ITEMS|STRING, as in build/bench/strings

   Prints for each line: the name, and nanoseconds for one rexpand_evaluate of the compiled
   string, one rexpand_compile (with its rexpand_program_free), and one rexpand_expand of a
   string that the environment has seen before. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rexpand.h"

/* The median of some short measurements: another process that gets in between
   spoils one or two of them. */
enum { MEASUREMENTS = 7 };
static const double seconds_each = 0.02;

struct subject {
    struct rexpand_env *env;
    struct rexpand_program *program;
    const char *text;
    size_t length;
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_expand: %s\n", what);
    exit(1);
}

static double cpu_seconds(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void expect_done(enum rexpand_outcome outcome, const struct rexpand_result *result)
{
    if (outcome != REXPAND_DONE)
        fail(result->message);
}

static void evaluate_once(const struct subject *subject)
{
    struct rexpand_result result;

    expect_done(rexpand_evaluate(subject->program, subject->env, &result), &result);
}

static void compile_once(const struct subject *subject)
{
    rexpand_program_free(rexpand_compile(subject->text, subject->length, NULL));
}

static void expand_once(const struct subject *subject)
{
    struct rexpand_result result;

    expect_done(rexpand_expand(subject->env, subject->text, subject->length, &result), &result);
}

static double measure_once(void (*work)(const struct subject *), const struct subject *subject, long count)
{
    double begin = cpu_seconds();

    for (long i = 0; i < count; i++)
        work(subject);
    return (cpu_seconds() - begin) / (double)count;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double measure(void (*work)(const struct subject *), const struct subject *subject)
{
    double times[MEASUREMENTS];
    long count = 8;

    while (measure_once(work, subject, count) * (double)count < seconds_each)
        count *= 2;
    for (size_t i = 0; i < MEASUREMENTS; i++)
        times[i] = measure_once(work, subject, count);
    qsort(times, MEASUREMENTS, sizeof *times, compare);
    return times[MEASUREMENTS / 2] * 1e9;
}

static struct rexpand_env *make_env(void)
{
    static const struct {
        const char *name;
        const char *value;
    } variables[] = {
        {"sender_address", "Ann.Example@Example.NET"},
        {"sender_host_address", "192.0.2.7"},
        {"primary_hostname", "mail.example.com"},
        {"received_protocol", "esmtps"},
    };
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = variables[i].value;
        if (env == NULL || !rexpand_env_set(env, variables[i].name, value, strlen(value), false))
            fail(variables[i].name);
    }
    return env;
}

static void report(struct rexpand_env *env, char *line)
{
    char *name = strtok_r(line, "|", &line);
    char *items = strtok_r(NULL, "|", &line);
    struct subject subject = {.env = env, .text = line, .length = strlen(line)};

    if (name == NULL || items == NULL)
        fail("a line is not NAME|ITEMS|STRING");
    subject.program = rexpand_compile(subject.text, subject.length, NULL);
    if (subject.program == NULL)
        fail("no memory");
    (void)printf("%s %.1f %.1f %.1f\n", name, measure(evaluate_once, &subject),
                 measure(compile_once, &subject), measure(expand_once, &subject));
    rexpand_program_free(subject.program);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    struct rexpand_env *env = make_env();
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (file == NULL)
        fail("usage: bench_expand FILE");
    while ((length = getline(&line, &capacity, file)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        report(env, line);
    }
    free(line);
    (void)fclose(file);
    rexpand_env_free(env);
    return 0;
}
