/* Getting a connected socket to a server, step by step, so that several can be
   on their way at once: its name is resolved, then each of its addresses is tried
   for its share of the time. */

#ifndef REXPAND_LOOKUPS_REDIS_DIAL_H
#define REXPAND_LOOKUPS_REDIS_DIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct addrinfo;
struct redis_server;

struct redis_dial {
    const struct redis_server *server;
    nanoseconds deadline;   /* of all addresses together */
    struct addrinfo *found; /* NULL: not resolved, or a Unix socket */
    struct addrinfo *next;  /* the address after the one that is being tried */
    size_t left;            /* addresses from "next" on */
    int socket;             /* the one that is being connected, -1: none */
    nanoseconds until;      /* when the address that is being tried has had its share */
    const char *problem;    /* what the last address said */
};

enum redis_dialled {
    REDIS_DIAL_DONE, /* "socket" is connected and the caller's from now on */
    REDIS_DIAL_MORE, /* wait until "socket" can be written, or "until" is past, and step again */
    REDIS_DIAL_FAILED,
};

void redis_dial_begin(struct redis_dial *dial, const struct redis_server *server, nanoseconds deadline);

/* As far as it goes without waiting. */
enum redis_dialled redis_dial_step(struct redis_dial *dial);

/* Gives up what is under way; needed in the end whatever became of it. */
void redis_dial_end(struct redis_dial *dial);

/* Makes a receive on a connected socket end after "longest_wait". */
void redis_dial_bound_receive(int socket, nanoseconds longest_wait);

#endif
