/* What a router knows of a cluster, and how it learns it. */

#ifndef REXPAND_LOOKUPS_REDIS_CLUSTER_H
#define REXPAND_LOOKUPS_REDIS_CLUSTER_H

#include "lookups/redis/route.h"
#include "lookups/redis/topology_file.h"

enum { REDIS_MOST_SHARDS = 2 * REDIS_MOST_NODES };

/* A primary and its replicas. */
struct redis_shard {
    struct redis_node *primary;
    struct redis_node **replicas;
    size_t count;
    size_t next; /* the replica whose turn it is */
};

struct redis_cluster {
    uint16_t owners[REDIS_SLOTS]; /* the shard's number plus one; 0: nobody */
    struct redis_shard shards[REDIS_MOST_SHARDS];
    size_t shard_count;
    struct arena view;                 /* of the lists of replicas */
    struct arena scratch;              /* of one question about the topology */
    bool is_known;                     /* some node, or the file, has said who serves what */
    bool is_stale;                     /* something has been seen that does not fit */
    nanoseconds asked_at;              /* when the topology was last asked for */
    unsigned hopeless;                 /* nodes that gave a clear no when they were asked for the topology */
    bool is_hopeless;                  /* all of them did: no cluster, a wrong password */
    size_t turn;                       /* where to begin when a node is looked for */
    struct redis_topology_stamp stamp; /* of the file that was read or written last */
};

/* Asks nodes for the topology until one gives a good view: those that are well and
   connected first, then the others, then the list. A view with slots that nobody
   serves is taken only if no other node knows better. */
void redis_cluster_refresh(struct redis_router *router, nanoseconds deadline);

/* Takes the topology's file if it has changed and is good. */
bool redis_cluster_take_file(struct redis_router *router);

/* Looks which listed node each node is whose announced address cannot be reached. */
void redis_cluster_find_stand_ins(struct redis_router *router, nanoseconds deadline);

/* "MOVED 3999 127.0.0.1:6381" or the same with ASK, said by "node": the node that
   it names, known from now on, and the slot. NULL: it names none. */
struct redis_node *redis_cluster_redirection(struct redis_router *router, struct redis_node *node,
                                             const struct redis_reply *reply, unsigned *slot);

/* Makes "node" the primary of a slot. */
void redis_cluster_move(struct redis_router *router, unsigned slot, struct redis_node *node);

#endif
