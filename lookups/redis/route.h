/* What the ways of routing share: for router.c and the files with its ops. */

#ifndef REXPAND_LOOKUPS_REDIS_ROUTE_H
#define REXPAND_LOOKUPS_REDIS_ROUTE_H

#include "lookups/redis/router.h"

extern const struct redis_router_ops redis_standalone_ops;
extern const struct redis_router_ops redis_cluster_ops;
extern const struct redis_router_ops redis_sentinel_ops;

/* Makes an errand ready. False: out of memory. */
bool redis_errand_open(struct redis_errand *errand, struct arena *arena) MUST_CHECK;

/* Notes what went wrong, for the message of the end; what is said again and again
   is noted once. "node" is who said or did it, NULL if no one did. */
void redis_errand_complain(struct redis_errand *errand, const struct redis_node *node, const char *what);

/* Runs errands that are open until each is done or refused, and sets outcomes. */
void redis_router_run(struct redis_router *router, struct redis_errand *errands, size_t count,
                      nanoseconds deadline, struct arena *arena);

/* One question to one node that is the router's own and may be repeated, with at
   most "patience" for connecting and as much for answering. NULL: no answer, and
   the node has failed. The trouble that it, or its error reply, was is kept in the
   router. */
struct redis_reply *redis_router_query(struct redis_router *router, struct redis_node *node,
                                       const struct redis_argument *arguments, size_t count,
                                       nanoseconds patience, nanoseconds deadline, struct arena *arena);

/* Whether a node that went silent speaks again, asked with little patience: the
   command itself would have to wait for it much longer. */
bool redis_router_probe(struct redis_router *router, struct redis_node *node, nanoseconds deadline,
                        struct arena *arena);

/* Sleeps for a random time between half of "span" and "span", not beyond
   "deadline". */
void redis_nap(nanoseconds span, nanoseconds deadline);

/* How long a nap is after so many before it. */
nanoseconds redis_nap_span(unsigned naps);

/* A server of a list has refused as only a cluster's node does: makes the router a
   cluster's if the node says who serves what. */
bool redis_cluster_detect(struct redis_router *router, struct redis_node *node, nanoseconds deadline);

/* Prepares for a cluster that is not known yet; takes the topology's file if there
   is a good one. False: out of memory. */
bool redis_cluster_open(struct redis_router *router) MUST_CHECK;
void redis_cluster_close(struct redis_router *router);

bool redis_sentinel_open(struct redis_router *router) MUST_CHECK;
void redis_sentinel_close(struct redis_router *router);

/* The slot of a command that the built-in table does not have: "node" is asked where
   its keys stand, once a name; each time for those whose keys move. REDIS_NO_SLOT:
   it has none, or that cannot be known. Sets whether the errand only reads. */
unsigned redis_keys_slot(struct redis_router *router, struct redis_node *node, struct redis_errand *errand,
                         nanoseconds deadline);

/* A command whose keys lie in several slots, and that is run slot by slot. */
bool redis_split_needed(const struct redis_command *command);
void redis_split_ask(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline,
                     struct arena *arena);

/* The server has said NOSCRIPT. True: the script is known and the node has it now,
   so that the command can be sent to it once more. */
bool redis_script_supply(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline);

/* Whether the command must run on each primary of a cluster: scripts and functions
   are not kept by slot. */
bool redis_command_is_for_all(const struct redis_command *command);
void redis_script_ask_all(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline,
                          struct arena *arena);

/* Keeps the text of a script that SCRIPT LOAD has named. */
void redis_script_learn(struct redis_router *router, const struct redis_errand *errand);

#endif
