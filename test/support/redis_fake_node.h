/* A node that says what a real one will not say on demand: a function answers each
   command, in a process of its own that dies with the test program. */

#ifndef REXPAND_TEST_REDIS_FAKE_NODE_H
#define REXPAND_TEST_REDIS_FAKE_NODE_H

#include <stddef.h>
#include <sys/types.h>

enum { REDIS_FAKE_WORDS = 64, REDIS_FAKE_ANSWER = 4 * 1024 * 1024 };

struct redis_fake_node {
    pid_t pid;
    int port;
    char place[32];
};

/* One command that came in. */
struct redis_fake_call {
    const struct redis_fake_node *node;
    const void *context; /* of the start */
    size_t count;
    const char *words[REDIS_FAKE_WORDS];
    unsigned calls; /* commands so far that were no AUTH, ASKING and the like, with this one */
    char *answer;   /* room of REDIS_FAKE_ANSWER bytes: the reply as it goes out; empty: none, and the end */
};

/* Listens on "port" (see free_port) and answers commands of any number of
   connections. ASKING and READONLY it answers itself. */
void redis_fake_node_start(struct redis_fake_node *node, int port, void (*answer)(struct redis_fake_call *),
                           const void *context);
void redis_fake_node_stop(struct redis_fake_node *node);

#endif
