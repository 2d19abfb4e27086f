/* How bytes travel over a connected socket: plain, or a row for TLS beside it.
   Every wait has an end: poll(2) with a deadline, or the time that the socket was
   given when it was connected. */

#ifndef REXPAND_LOOKUPS_REDIS_TRANSPORT_H
#define REXPAND_LOOKUPS_REDIS_TRANSPORT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/clock.h"

struct redis_server;

/* A connected socket, and what the transport keeps for it. */
struct redis_link {
    int socket;          /* -1: none */
    short wants;         /* after EAGAIN: the events to wait for, POLLIN or POLLOUT */
    const char *problem; /* what EPROTO means, until the next call */
    void *session;       /* the transport's own */
};

enum redis_shake {
    REDIS_SHAKEN,     /* bytes may travel */
    REDIS_SHAKE_MORE, /* wait for what the link wants, and shake again */
    REDIS_SHAKE_FAILED,
};

struct redis_transport {
    const char *name;
    /* What comes before the first byte, step by step, without waiting. NULL: nothing.
       "*problem" says why it failed, in "arena". */
    enum redis_shake (*shake)(struct redis_link *link, const struct redis_server *server, struct arena *arena,
                              const char **problem);
    /* As send(2) and recv(2): -1 and EAGAIN when there is nothing to do now. Neither
       waits, but receive may do so if "waits" is set, no longer than the socket's
       SO_RCVTIMEO: this saves the most frequent wait a system call. */
    ssize_t (*send)(struct redis_link *link, const char *bytes, size_t length);
    ssize_t (*receive)(struct redis_link *link, char *bytes, size_t room, bool waits);
    /* Whether nothing has come in that was not asked for, and no end either. Costs a
       system call. */
    bool (*is_quiet)(struct redis_link *link);
    /* Frees what the transport keeps; says good-bye if "ours" and it is the custom.
       NULL: nothing to do. The socket is closed by the caller. */
    void (*close)(struct redis_link *link, bool ours);
    /* Frees what it keeps for all connections with the same settings (struct
       redis_tls). NULL: nothing. */
    void (*forget)(void *context);
};

extern const struct redis_transport redis_transport_plain;

#endif
