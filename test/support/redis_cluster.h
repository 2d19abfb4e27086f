/* A Redis Cluster of a test's own: real redis-server processes on free loopback
   ports, each with an append-only file in a folder of its own, so that a node that
   was killed comes back with what it had. They die with the test program. */

#ifndef REXPAND_TEST_REDIS_CLUSTER_H
#define REXPAND_TEST_REDIS_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "test/support/temp_folder.h"

enum { REDIS_TEST_NODES = 10 };

struct redis_test_node {
    pid_t pid; /* 0: not running */
    int port;
    int bus;
    char id[48];
    char folder[32]; /* in that of the cluster */
};

struct redis_test_cluster {
    struct redis_test_node nodes[REDIS_TEST_NODES];
    size_t count;
    int node_timeout; /* milliseconds */
    struct temp_folder folder;
};

/* Starts "primaries" and as many replicas ("replicas" each), the primaries first,
   and waits until the cluster is whole; ends the program if that fails. */
void redis_test_cluster_start(struct redis_test_cluster *cluster, size_t primaries, size_t replicas,
                              int node_timeout);
void redis_test_cluster_stop(struct redis_test_cluster *cluster);

/* Adds a node without slots, and waits until all know it. Gives its index. */
size_t redis_test_cluster_add(struct redis_test_cluster *cluster);

/* Takes a node without slots out: all others forget it, and it is stopped. */
void redis_test_cluster_remove(struct redis_test_cluster *cluster, size_t index);

/* kill -9; again on the same ports, with its data; SIGSTOP; SIGCONT. */
void redis_test_node_kill(struct redis_test_cluster *cluster, size_t index);
void redis_test_node_restart(struct redis_test_cluster *cluster, size_t index);
void redis_test_node_freeze(struct redis_test_cluster *cluster, size_t index);
void redis_test_node_thaw(struct redis_test_cluster *cluster, size_t index);

/* Asks one node (printf to words between spaces) and writes its answer as text: arrays one
   element a line. False: no answer, or an error, whose words are the text. */
bool redis_test_node_ask(const struct redis_test_cluster *cluster, size_t index, char *text, size_t size,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same, and the test program ends if it does not go well. */
void redis_test_node_do(const struct redis_test_cluster *cluster, size_t index, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The node that serves a slot, as a node that runs and is not "not" says it; -1 when
   none does. */
int redis_test_cluster_owner(const struct redis_test_cluster *cluster, unsigned slot, int not );

/* A running replica of a primary; -1 when there is none. */
int redis_test_cluster_replica(const struct redis_test_cluster *cluster, size_t primary);

/* Waits until all running nodes say that all is well and that each sees the same
   primaries, and replicas are connected. */
void redis_test_cluster_wait(const struct redis_test_cluster *cluster);

/* Waits until a slot is served by another node than "old". */
size_t redis_test_cluster_wait_for_other(const struct redis_test_cluster *cluster, unsigned slot, size_t old);

/* Moves a slot with its keys from one primary to another, key by key. With "half"
   it stops when some keys are there: the slot is on its way then. */
void redis_test_cluster_move_slot(const struct redis_test_cluster *cluster, unsigned slot, size_t from,
                                  size_t to, bool half);

/* redis_servers for all nodes from "first" on. */
void redis_test_cluster_list(const struct redis_test_cluster *cluster, size_t first, char *list, size_t size);

#endif
