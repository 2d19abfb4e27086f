/* How bytes travel over a connected socket: plain now, a row for TLS beside it
   when there is one. Every wait has an end: poll(2) with a deadline, or the time
   that redis_connect has set on the socket. */

#ifndef REXPAND_LOOKUPS_REDIS_TRANSPORT_H
#define REXPAND_LOOKUPS_REDIS_TRANSPORT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

struct redis_server;

struct redis_transport {
    const char *name;
    /* As send(2) and recv(2): -1 and EAGAIN when there is nothing to do now. Neither
       waits, but receive may do so if "waits" is set, no longer than redis_connect
       was told: this saves the most frequent wait a system call. */
    ssize_t (*send)(int socket, const char *bytes, size_t length);
    ssize_t (*receive)(int socket, char *bytes, size_t room, bool waits);
};

extern const struct redis_transport redis_transport_plain;

enum redis_wait { REDIS_READY, REDIS_TIMED_OUT, REDIS_WAIT_FAILED };

/* Waits until the socket can be read (POLLIN) or written (POLLOUT), or
   "deadline" is past. A broken socket is ready: the next call on it says why. */
enum redis_wait redis_wait(int socket, short events, nanoseconds deadline);

/* A new connected socket to "server", on which a receive that waits ends after
   "longest_wait", trying each of its addresses until
   "deadline"; -1 when none answers, and "*problem" says why, in words that are
   valid until the next call. */
int redis_connect(const struct redis_server *server, nanoseconds deadline, nanoseconds longest_wait,
                  const char **problem);

#endif
