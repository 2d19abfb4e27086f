/* Getting a connected socket to a server, step by step, so that several can be
   on their way at once: its name is resolved, then each of its addresses is tried
   for its share of the time. */

#ifndef REXPAND_LOOKUPS_REDIS_DIAL_H
#define REXPAND_LOOKUPS_REDIS_DIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct redis_addresses;
struct redis_resolving;
struct redis_server;

struct redis_dial {
    const struct redis_server *server;
    struct redis_resolving **resolving; /* where a resolution is kept that was begun for this server */
    nanoseconds deadline;               /* of all addresses together */
    struct redis_addresses *found;      /* NULL: not resolved, or a Unix socket */
    size_t next;                        /* the address after the one that is being tried */
    int socket;                         /* the one that is being connected, -1: none */
    nanoseconds until;                  /* when the address that is being tried has had its share */
    const char *problem;                /* what the last address said */
    char words[128];                    /* of the resolver */
};

enum redis_dialled {
    REDIS_DIAL_DONE, /* "socket" is connected and the caller's from now on */
    REDIS_DIAL_MORE, /* wait as redis_dial_wants says and step again */
    REDIS_DIAL_FAILED,
};

/* "*resolving" outlives the dial: a name that was not resolved in time goes on being
   resolved there, for the next dial to the same server. It is the caller's to end. */
void redis_dial_begin(struct redis_dial *dial, const struct redis_server *server,
                      struct redis_resolving **resolving, nanoseconds deadline);

/* As far as it goes without waiting. */
enum redis_dialled redis_dial_step(struct redis_dial *dial);

/* The descriptor and events to wait for until "until"; -1: none. */
int redis_dial_wants(const struct redis_dial *dial, short *events);

/* Gives up what is under way; needed in the end whatever became of it. */
void redis_dial_end(struct redis_dial *dial);

/* What a connected socket needs: a receive on it ends after "longest_wait", and the
   system finds out when the other host has vanished. */
void redis_dial_settle(int socket, nanoseconds longest_wait);

#endif
