#include "items/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_BE_RUN = 127, READ_STEP = 16 * 1024 };

/* The command's three standard files, and none of ours behind them. */
static int set_files(posix_spawn_file_actions_t *files, int output)
{
    int problem = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(files, STDOUT_FILENO, STDERR_FILENO);
#if __GLIBC_PREREQ(2, 34)
    if (problem == 0)
        problem = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
#endif
    return problem;
}

/* In a group of its own, so that all of it can be killed, and with the signals
   that this process ignores or blocks as they are by default. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int problem = posix_spawnattr_setsigmask(attributes, &none);
    if (problem == 0)
        problem = posix_spawnattr_setsigdefault(attributes, &all);
    if (problem == 0)
        problem = posix_spawnattr_setpgroup(attributes, 0);
    if (problem == 0)
        problem = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                           POSIX_SPAWN_SETSIGDEF);
    return problem;
}

static int start(char *const arguments[], char *const environment[], int output, pid_t *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&files);

    if (problem != 0)
        return problem;
    problem = posix_spawnattr_init(&attributes);
    if (problem == 0) {
        problem = set_files(&files, output);
        if (problem == 0)
            problem = set_attributes(&attributes);
        if (problem == 0)
            problem = posix_spawn(child, arguments[0], &files, &attributes, arguments, environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return problem;
}

/* Waits until there is something at "descriptor"; false at the deadline. */
static bool wait_for(int descriptor, nanoseconds deadline)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    int ready;

    do
        ready = poll(&wanted, 1, clock_poll_timeout(deadline));
    while (ready < 0 && errno == EINTR);
    return ready != 0;
}

/* False at the deadline, and when the output has no room left. */
static bool read_all(int descriptor, nanoseconds deadline, struct buffer *output)
{
    char block[READ_STEP];

    while (!output->failed && wait_for(descriptor, deadline)) {
        ssize_t got = read(descriptor, block, sizeof block);
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        if (got > 0)
            buffer_add(output, block, (size_t)got);
    }
    return false;
}

/* For a kernel without pidfd_open, and valgrind. */
static bool look_for_end(pid_t child, nanoseconds deadline)
{
    static const struct timespec moment = {.tv_nsec = 2 * NANOSECONDS_PER_MILLISECOND};
    siginfo_t end = {0};

    while (waitid(P_PID, (id_t)child, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == 0) {
        if (clock_is_past(deadline))
            return false;
        (void)nanosleep(&moment, NULL);
    }
    return true;
}

/* A command that has closed its output may still run on. */
static bool wait_for_end(pid_t child, nanoseconds deadline)
{
    int descriptor = (int)syscall(SYS_pidfd_open, child, 0);

    if (descriptor < 0)
        return look_for_end(child, deadline);
    bool has_ended = wait_for(descriptor, deadline);
    (void)close(descriptor);
    return has_ended;
}

static enum process_end end(pid_t child, bool is_in_time, int *status)
{
    int how = 0;
    pid_t waited;

    if (!is_in_time) {
        (void)kill(-child, SIGKILL);
        (void)kill(child, SIGKILL);
    }
    do
        waited = waitpid(child, &how, 0);
    while (waited < 0 && errno == EINTR);
    *status = errno;
    if (waited < 0)
        return PROCESS_FAILED; /* somebody else's SIGCHLD handler has waited for it */
    *status = WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how);
    if (!is_in_time)
        return PROCESS_TOO_LATE;
    return WIFSIGNALED(how) ? PROCESS_KILLED : PROCESS_EXITED;
}

enum process_end process_run(char *const arguments[], char *const environment[], nanoseconds deadline,
                             struct buffer *output, int *status)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        *status = errno;
        return PROCESS_FAILED;
    }
    int problem = start(arguments, environment, ends[1], &child);
    (void)close(ends[1]);
    if (problem != 0) {
        (void)close(ends[0]);
        *status = problem == EAGAIN || problem == ENOMEM ? problem : CANNOT_BE_RUN;
        return *status == CANNOT_BE_RUN ? PROCESS_EXITED : PROCESS_FAILED;
    }
    bool is_in_time = read_all(ends[0], deadline, output);
    (void)close(ends[0]);
    return end(child, is_in_time && wait_for_end(child, deadline), status);
}
