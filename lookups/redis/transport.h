/* How bytes travel over a connected socket: plain now, a row for TLS beside it
   when there is one. No function of a row blocks. */

#ifndef REXPAND_LOOKUPS_REDIS_TRANSPORT_H
#define REXPAND_LOOKUPS_REDIS_TRANSPORT_H

#include <sys/types.h>

#include "base/clock.h"

struct redis_server;

struct redis_transport {
    const char *name;
    /* As send(2) and recv(2) on a non-blocking socket: -1 and EAGAIN when there is
       nothing to do now. */
    ssize_t (*send)(int socket, const char *bytes, size_t length);
    ssize_t (*receive)(int socket, char *bytes, size_t room);
};

extern const struct redis_transport redis_transport_plain;

enum redis_wait { REDIS_READY, REDIS_TIMED_OUT, REDIS_WAIT_FAILED };

/* Waits until the socket can be read (POLLIN) or written (POLLOUT), or
   "deadline" is past. A broken socket is ready: the next call on it says why. */
enum redis_wait redis_wait(int socket, short events, nanoseconds deadline);

/* A new connected, non-blocking socket to "server", trying each of its addresses until
   "deadline"; -1 when none answers, and "*problem" says why, in words that are
   valid until the next call. */
int redis_connect(const struct redis_server *server, nanoseconds deadline, const char **problem);

#endif
