#include "lookups/redis/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DOUBLINGS = 5, FIRST_ROOM = 8 };
static const nanoseconds shortest_rest = NANOSECONDS_PER_SECOND;
static const nanoseconds longest_rest = 30 * NANOSECONDS_PER_SECOND;

/* A failure that took this long was a wait for nothing. */
static const nanoseconds slow_failure = 100 * NANOSECONDS_PER_MILLISECOND;

static struct redis_node *add_node(struct redis_nodes *nodes)
{
    if (nodes->count == nodes->room) {
        size_t room = nodes->room == 0 ? (size_t)FIRST_ROOM : nodes->room * 2;
        struct redis_node **all = realloc(nodes->all, room * sizeof *all);
        if (all == NULL)
            return NULL;
        nodes->all = all;
        nodes->room = room;
    }
    struct redis_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    arena_init(&node->names, 256, SIZE_MAX);
    nodes->all[nodes->count++] = node;
    return node;
}

static void free_node(struct redis_node *node)
{
    redis_connection_free(&node->connection);
    arena_free(&node->names);
    free(node);
}

struct redis_node *redis_nodes_add_listed(struct redis_nodes *nodes, const struct redis_server *server,
                                          size_t reply_limit)
{
    struct redis_node *node = add_node(nodes);

    if (node == NULL)
        return NULL;
    node->is_listed = true;
    redis_connection_init(&node->connection, server, reply_limit);
    return node;
}

struct redis_node *redis_nodes_add(struct redis_nodes *nodes, const struct redis_address *address,
                                   const struct redis_server *model, size_t reply_limit)
{
    /* A list may be long itself, and a map that changes has old and new at once. */
    struct redis_node *node = nodes->count < (size_t)4 * REDIS_MOST_NODES ? add_node(nodes) : NULL;

    if (node == NULL)
        return NULL;
    (void)snprintf(node->id, sizeof node->id, "%s", address->id);
    bool is_made =
        redis_server_at(&node->own, model, address->host, strlen(address->host), address->port, &node->names);
    redis_connection_init(&node->connection, &node->own, reply_limit);
    if (is_made)
        return node;
    free_node(node);
    nodes->count--;
    return NULL;
}

struct redis_node *redis_nodes_find(const struct redis_nodes *nodes, const struct redis_address *address)
{
    char port[16];

    (void)snprintf(port, sizeof port, "%u", address->port);
    for (size_t i = 0; i < nodes->count; i++) {
        const struct redis_server *server = nodes->all[i]->connection.server;
        if (server->port != NULL && strcmp(server->port, port) == 0 &&
            strcmp(server->host, address->host) == 0)
            return nodes->all[i];
    }
    return NULL;
}

void redis_nodes_forget(struct redis_nodes *nodes)
{
    size_t kept = 0;

    for (size_t i = 0; i < nodes->count; i++)
        if (nodes->all[i]->is_listed || nodes->all[i]->is_announced)
            nodes->all[kept++] = nodes->all[i];
        else
            free_node(nodes->all[i]);
    nodes->count = kept;
}

void redis_nodes_free(struct redis_nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++)
        free_node(nodes->all[i]);
    free(nodes->all);
    *nodes = (struct redis_nodes){.all = NULL};
}

void redis_node_has_failed(struct redis_node *node, nanoseconds began)
{
    unsigned doublings = node->failures < MOST_DOUBLINGS ? node->failures : MOST_DOUBLINGS;
    nanoseconds rest = shortest_rest << doublings;

    node->failures++;
    node->failed_at = clock_now();
    node->is_slow = node->failed_at - began >= slow_failure;
    node->retry_at = node->failed_at + (rest < longest_rest ? rest : longest_rest);
}

void redis_node_has_answered(struct redis_node *node)
{
    node->failures = 0;
    node->retry_at = 0;
    node->is_slow = false;
}

bool redis_node_rests(const struct redis_node *node)
{
    return node->retry_at != 0 && !clock_is_past(node->retry_at);
}
