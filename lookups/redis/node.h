/* A server that a router knows, its connection, and how it has behaved. */

#ifndef REXPAND_LOOKUPS_REDIS_NODE_H
#define REXPAND_LOOKUPS_REDIS_NODE_H

#include "lookups/redis/connection.h"
#include "lookups/redis/topology.h"

struct redis_errand;

struct redis_node {
    struct redis_connection connection;
    struct arena names;      /* of "own" */
    struct redis_server own; /* what the connection is to, unless the node stands in a list */
    char id[REDIS_ID_LENGTH + 1];
    bool is_listed;    /* it stands in redis_servers */
    bool is_announced; /* the cluster has it */

    unsigned failures;     /* in a row */
    nanoseconds failed_at; /* when the last of them was seen */
    nanoseconds retry_at;  /* until then it is asked only when no other is left */
    bool is_slow;          /* it failed by saying nothing: it is tried with little patience first */
    unsigned long walk;    /* the last walk that asked it */

    size_t shard;                /* of the cluster's, plus one; 0: it is nobody's primary */
    struct redis_node *stand_in; /* its announced address cannot be reached, this one leads to it */
    nanoseconds checked_at;      /* a replica: when it last said that it follows its primary */

    struct redis_errand *first; /* what it is asked in this round */
    struct redis_errand *last;
    size_t errands;
};

/* The nodes that a router knows: first those of its list, in their order. */
struct redis_nodes {
    struct redis_node **all;
    size_t count;
    size_t room;
};

/* Adds a node for a server of the list, which must outlive it; or for one that
   another server has named, asked with all that "model" says. NULL: out of memory,
   or there are too many. */
struct redis_node *redis_nodes_add_listed(struct redis_nodes *nodes, const struct redis_server *server,
                                          size_t reply_limit);
struct redis_node *redis_nodes_add(struct redis_nodes *nodes, const struct redis_address *address,
                                   const struct redis_server *model, size_t reply_limit);

/* The node of that host and port, NULL when there is none. */
struct redis_node *redis_nodes_find(const struct redis_nodes *nodes, const struct redis_address *address);

/* Closes and frees the nodes that are neither listed nor announced. */
void redis_nodes_forget(struct redis_nodes *nodes);

void redis_nodes_free(struct redis_nodes *nodes);

/* It gave no answer, and took since "began" for that. It rests a second, doubling
   up to 30. */
void redis_node_has_failed(struct redis_node *node, nanoseconds began);
void redis_node_has_answered(struct redis_node *node);

/* Whether it failed and its rest is not over. */
bool redis_node_rests(const struct redis_node *node);

#endif
