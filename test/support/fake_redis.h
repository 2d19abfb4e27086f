/* A peer that follows a script instead of being a Redis server, in a process of
   its own that dies with the test program. */

#ifndef REXPAND_TEST_FAKE_REDIS_H
#define REXPAND_TEST_FAKE_REDIS_H

#include <stddef.h>
#include <sys/types.h>

/* One step. A script that has ended is silent until the peer goes away, and then
   starts with the next ACCEPT, or ends. */
struct fake_step {
    enum {
        FAKE_ACCEPT,  /* takes the next connection */
        FAKE_EXPECT,  /* reads until "text" has come in; ends the peer with an error if something else does */
        FAKE_SEND,    /* sends "text" */
        FAKE_TRICKLE, /* sends "text", a byte each 50 ms */
        FAKE_CLOSE,   /* closes the connection */
        FAKE_RESET,   /* closes it with a RST */
        FAKE_SILENCE, /* reads and says nothing until the peer has gone */
        FAKE_END,
    } what;
    const char *text;
    size_t length; /* 0: strlen */
};

struct fake_redis {
    pid_t pid;
    int port;
    char place[32];
};

/* Listens on a free port and follows "steps" up to FAKE_END. */
void fake_redis_start(struct fake_redis *fake, const struct fake_step *steps);

/* Ends it: 0 if all steps were done as they stand. */
int fake_redis_stop(struct fake_redis *fake);

#endif
