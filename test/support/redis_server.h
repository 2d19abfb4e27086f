/* A redis-server of a test's own, on a free loopback port and on a Unix socket in
   a folder of its own. It dies with the test program, whatever ends that. */

#ifndef REXPAND_TEST_REDIS_SERVER_H
#define REXPAND_TEST_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "test/support/temp_folder.h"

struct redis_test_server {
    pid_t pid; /* 0: not running */
    int port;
    struct temp_folder folder;
    char socket[128];
    char place[32]; /* host:port */
    const char *password;
    const char *const *more; /* further arguments, NULL at the end; NULL: none */
};

/* Whether there is a redis-server to test with. */
bool redis_test_server_exists(void);

/* Starts it and waits until it answers; ends the program when it does not.
   "password" may be NULL. */
void redis_test_server_start(struct redis_test_server *server, const char *password);

/* The same with more arguments, which must stay valid. */
void redis_test_server_start_with(struct redis_test_server *server, const char *password,
                                  const char *const *more);

/* Stops it in any state and removes its folder. */
void redis_test_server_stop(struct redis_test_server *server);

/* kill -9; the port and the folder stay its own. */
void redis_test_server_kill(struct redis_test_server *server);

/* Starts a killed one again on the same port, empty. */
void redis_test_server_restart(struct redis_test_server *server);

/* SIGSTOP: connections are accepted, nothing is answered. SIGCONT. */
void redis_test_server_freeze(struct redis_test_server *server);
void redis_test_server_thaw(struct redis_test_server *server);

/* Runs one command (words between spaces) by a connection of its own and gives
   its answer as an integer, the length of its text, or -1. */
long long redis_test_server_run(const struct redis_test_server *server, const char *command);

/* A loopback port where nobody listens. */
int free_port(void);

#endif
