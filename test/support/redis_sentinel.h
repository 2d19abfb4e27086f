/* A primary, two replicas and three Sentinels of a test's own. They die with the
   test program. */

#ifndef REXPAND_TEST_REDIS_SENTINEL_H
#define REXPAND_TEST_REDIS_SENTINEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "test/support/temp_folder.h"

enum { REDIS_TEST_SERVERS = 3, REDIS_TEST_SENTINELS = 3 };

struct redis_test_process {
    pid_t pid; /* 0: not running */
    int port;
    bool is_sentinel;
    char name[16]; /* of its folder */
};

struct redis_test_sentinel {
    struct redis_test_process servers[REDIS_TEST_SERVERS];
    struct redis_test_process sentinels[REDIS_TEST_SENTINELS];
    const char *password; /* of the servers; NULL: none */
    const char *sentinel_password;
    struct temp_folder folder;
};

/* Starts all, the first server as primary of the name "mail", and waits until each
   Sentinel knows the others and the replicas. */
void redis_test_sentinel_start(struct redis_test_sentinel *sentinel, const char *password,
                               const char *sentinel_password);
void redis_test_sentinel_stop(struct redis_test_sentinel *sentinel);

/* Waits until the replicas follow and all Sentinels agree. */
void redis_test_sentinel_wait(const struct redis_test_sentinel *sentinel);

void redis_test_process_kill(struct redis_test_process *process);
void redis_test_process_restart(const struct redis_test_sentinel *sentinel,
                                struct redis_test_process *process);

/* Asks a process; false for an error or no answer. Arrays are one element a line. */
bool redis_test_process_ask(const struct redis_test_sentinel *sentinel,
                            const struct redis_test_process *process, char *text, size_t size,
                            const char *words);

/* The server that a Sentinel names as primary, -1 for none. */
int redis_test_sentinel_primary(const struct redis_test_sentinel *sentinel);

/* Waits until that is another one than "old", and it says so itself. */
size_t redis_test_sentinel_wait_for_other(const struct redis_test_sentinel *sentinel, size_t old);

#endif
