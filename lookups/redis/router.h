/* Which server gets a command, and what becomes of it when that one fails. */

#ifndef REXPAND_LOOKUPS_REDIS_ROUTER_H
#define REXPAND_LOOKUPS_REDIS_ROUTER_H

#include "lookups/redis/command.h"
#include "lookups/redis/connection.h"

/* A server and how it has behaved. */
struct redis_node {
    struct redis_connection connection;
    unsigned failures;    /* in a row */
    nanoseconds retry_at; /* until then it is asked only when no other is left */
    unsigned long walk;   /* the last walk that asked it */
};

struct redis_settings {
    nanoseconds connect_timeout;
    nanoseconds command_timeout;
    size_t reply_limit;
};

struct redis_router;

/* What differs between a list of servers, Sentinel and a cluster. */
struct redis_router_ops {
    const char *name;
    /* The node to ask next in this walk, NULL when none is left. */
    struct redis_node *(*pick)(struct redis_router *router, const struct redis_command *command);
};

extern const struct redis_router_ops redis_standalone;

struct redis_router {
    const struct redis_router_ops *ops;
    struct redis_settings settings;
    struct redis_node *nodes;
    size_t count;
    unsigned long walk;      /* number of the current walk over the nodes */
    const char *answered_by; /* the label of the server whose reply was taken last */
};

/* Prepares a router for "servers", which must outlive it. Connects to nothing.
   False: out of memory. */
bool redis_router_open(struct redis_router *router, const struct redis_servers *servers,
                       const struct redis_settings *settings) MUST_CHECK;
void redis_router_close(struct redis_router *router);

/* Sends the command to one server after the other until one gives an answer that
   counts. A command that writes is given to another only when no one can have run
   it. OUTCOME_DONE with a reply that is not an error; OUTCOME_DEFERRED with what
   each server that was asked said. */
enum outcome redis_router_ask(struct redis_router *router, const struct redis_command *command,
                              nanoseconds deadline, struct arena *arena, struct redis_reply **reply,
                              struct error *error) MUST_CHECK;

#endif
