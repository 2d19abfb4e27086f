/* Runs commands with an input and says what they took.

   bench_process ROUNDS INPUT COMMAND… [-- COMMAND…]…
     ROUNDS  how often each command runs; they take turns
     INPUT   the file that is their standard input; "-": this program's own, for a
             single round of a single command

   Prints a line for each command: the medians of wall-clock time, user and system time
   in nanoseconds, and the largest resident set in KiB. What the commands print is thrown
   away. */

#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_AT_MOST = 8 };

struct sample {
    int64_t wall;
    int64_t user;
    int64_t system;
    int64_t resident;
};

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "bench_process: %s\n", what);
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t nanoseconds_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

/* Starts a command with "input" as its standard input and its output thrown
   away. */
static pid_t start(const char *input, char **command)
{
    posix_spawn_file_actions_t actions;
    pid_t child = -1;

    (void)posix_spawn_file_actions_init(&actions);
    if (input != NULL && strcmp(input, "-") != 0)
        (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (command[0] == NULL)
        fail("a command is expected between the separators");
    if (posix_spawnp(&child, command[0], &actions, NULL, command, environ) != 0)
        fail(command[0]);
    (void)posix_spawn_file_actions_destroy(&actions);
    return child;
}

static struct sample run_once(const char *input, char **command)
{
    struct rusage usage;
    int status;
    int64_t begin = now();
    pid_t child = start(input, command);

    if (wait4(child, &status, 0, &usage) != child)
        fail("cannot wait");
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        fail(command[0]);
    return (struct sample){.wall = now() - begin,
                           .user = nanoseconds_of(usage.ru_utime),
                           .system = nanoseconds_of(usage.ru_stime),
                           .resident = usage.ru_maxrss};
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* The median of the number that stands "offset" bytes into each sample. */
static int64_t median(const struct sample *samples, size_t count, size_t offset)
{
    int64_t *numbers = calloc(count, sizeof *numbers);

    if (numbers == NULL)
        fail("no memory");
    for (size_t i = 0; i < count; i++)
        memcpy(&numbers[i], (const char *)&samples[i] + offset, sizeof numbers[i]);
    qsort(numbers, count, sizeof *numbers, compare);
    int64_t middle = numbers[count / 2];
    free(numbers);
    return middle;
}

/* Cuts the arguments at each "--". */
static size_t split(char **arguments, char ***commands)
{
    size_t count = 1;

    commands[0] = arguments;
    for (; *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "--") != 0)
            continue;
        *arguments = NULL;
        if (count == COMMANDS_AT_MOST)
            fail("too many commands");
        commands[count++] = arguments + 1;
    }
    return count;
}

int main(int argc, char **argv)
{
    char **commands[COMMANDS_AT_MOST];
    struct sample *samples[COMMANDS_AT_MOST];

    if (argc < 4 || atoi(argv[1]) < 1)
        fail("usage: bench_process ROUNDS INPUT COMMAND… [-- COMMAND…]…");
    size_t rounds = (size_t)atoi(argv[1]);
    size_t count = split(argv + 3, commands);
    for (size_t i = 0; i < count; i++)
        if ((samples[i] = calloc(rounds, sizeof **samples)) == NULL)
            fail("no memory");
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            samples[i][round] = run_once(argv[2], commands[i]);
    for (size_t i = 0; i < count; i++) {
        (void)printf("%lld %lld %lld %lld\n",
                     (long long)median(samples[i], rounds, offsetof(struct sample, wall)),
                     (long long)median(samples[i], rounds, offsetof(struct sample, user)),
                     (long long)median(samples[i], rounds, offsetof(struct sample, system)),
                     (long long)median(samples[i], rounds, offsetof(struct sample, resident)));
        free(samples[i]);
    }
    return 0;
}
