#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/redis/cluster.h"

/* A node is given this long to say who serves what, more each time that it did not
   manage: another one may answer at once. */
static const nanoseconds first_patience = 250 * NANOSECONDS_PER_MILLISECOND;

enum { MOST_VIEWS = 3, MOST_ASKED = 8, MOST_PATIENCE_DOUBLINGS = 4, SCRATCH_KEPT = 64 * 1024 };

static const char *host_of(const struct redis_node *node)
{
    const struct redis_server *server = node->connection.server;

    return server->port == NULL ? "localhost" : server->host;
}

static nanoseconds patience_with(const struct redis_node *node)
{
    return first_patience << (node->failures < MOST_PATIENCE_DOUBLINGS ? node->failures
                                                                       : (unsigned)MOST_PATIENCE_DOUBLINGS);
}

/* ---- taking a view ---- */

/* The node of an address, made if it is new; NULL when there is no memory. */
static struct redis_node *node_of(struct redis_router *router, const struct redis_address *address,
                                  const struct redis_server *model)
{
    struct redis_node *node = redis_nodes_find(&router->nodes, address);

    if (node == NULL)
        node = redis_nodes_add(&router->nodes, address, model, router->settings.reply_limit);
    if (node == NULL)
        return NULL;
    node->is_announced = true;
    (void)snprintf(node->id, sizeof node->id, "%s", address->id);
    return node;
}

static struct redis_shard *shard_of(struct redis_cluster *cluster, struct redis_node *primary)
{
    if (primary->shard == 0) {
        if (cluster->shard_count == REDIS_MOST_SHARDS)
            return NULL;
        cluster->shards[cluster->shard_count++] = (struct redis_shard){.primary = primary};
        primary->shard = cluster->shard_count;
    }
    return &cluster->shards[primary->shard - 1];
}

void redis_cluster_move(struct redis_router *router, unsigned slot, struct redis_node *node)
{
    if (shard_of(router->cluster, node) != NULL)
        router->cluster->owners[slot] = (uint16_t)node->shard;
}

static void take_range(struct redis_cluster *cluster, const struct redis_range *range,
                       struct redis_node *const *nodes, const size_t *mentions)
{
    struct redis_node *primary = nodes[mentions[range->nodes]];
    struct redis_shard *shard = primary == NULL ? NULL : shard_of(cluster, primary);

    if (shard == NULL)
        return;
    for (unsigned slot = range->first; slot <= range->last; slot++)
        cluster->owners[slot] = (uint16_t)primary->shard;
    if (shard->replicas != NULL || range->count == 1)
        return;
    shard->replicas = arena_calloc(&cluster->view, range->count - 1, sizeof(struct redis_node *));
    if (shard->replicas == NULL)
        return;
    for (size_t i = 1; i < range->count; i++) {
        struct redis_node *replica = nodes[mentions[range->nodes + i]];
        if (replica != NULL && replica != primary)
            shard->replicas[shard->count++] = replica;
    }
}

/* Makes a view the router's own. Connections to nodes that it has too are kept,
   those to others closed. */
static void adopt(struct redis_router *router, const struct redis_topology *topology,
                  const struct redis_server *model)
{
    struct redis_cluster *cluster = router->cluster;
    struct redis_node **nodes =
        arena_calloc(&cluster->scratch, topology->address_count, sizeof(struct redis_node *));

    if (nodes == NULL)
        return;
    for (size_t i = 0; i < router->nodes.count; i++) {
        router->nodes.all[i]->is_announced = false;
        router->nodes.all[i]->shard = 0;
    }
    memset(cluster->owners, 0, sizeof cluster->owners);
    cluster->shard_count = 0;
    arena_reset(&cluster->view, SCRATCH_KEPT);
    for (size_t i = 0; i < topology->address_count; i++)
        nodes[i] = node_of(router, &topology->addresses[i], model);
    for (size_t i = 0; i < topology->range_count; i++)
        take_range(cluster, &topology->ranges[i], nodes, topology->nodes);
    redis_nodes_forget(&router->nodes);
    cluster->is_known = true;
}

/* ---- asking for one ---- */

static bool is_error(const struct redis_reply *reply)
{
    return reply == NULL || reply->type == REDIS_ERROR;
}

/* CLUSTER SLOTS is what all versions have; a user may be allowed only the other. */
static bool ask_view(struct redis_router *router, struct redis_node *node, nanoseconds deadline,
                     struct redis_topology *topology)
{
    static const struct redis_argument slots[] = {{"CLUSTER", 7}, {"SLOTS", 5}};
    static const struct redis_argument shards[] = {{"CLUSTER", 7}, {"SHARDS", 6}};
    struct arena *arena = &router->cluster->scratch;
    struct redis_reply *reply =
        redis_router_query(router, node, slots, 2, patience_with(node), deadline, arena);

    if (!is_error(reply))
        return redis_topology_read_slots(topology, reply, host_of(node), arena);
    if (reply == NULL)
        return false;
    reply = redis_router_query(router, node, shards, 2, patience_with(node), deadline, arena);
    return !is_error(reply) && redis_topology_read_shards(topology, reply, host_of(node),
                                                          node->connection.server->uses_tls, arena);
}

/* The list of servers in words, as the topology's file has it. */
static const char *list_of(const struct redis_router *router)
{
    struct buffer list;
    struct value text;

    buffer_init(&list, &router->cluster->scratch);
    for (size_t i = 0; i < router->nodes.count; i++)
        if (router->nodes.all[i]->is_listed)
            buffer_format(&list, "%s%s", list.length > 0 ? " " : "",
                          router->nodes.all[i]->connection.server->label);
    return buffer_value(&list, &text) ? text.bytes : "";
}

bool redis_cluster_take_file(struct redis_router *router)
{
    struct redis_cluster *cluster = router->cluster;
    struct redis_topology topology;
    const char *path = router->settings.topology_cache;

    if (path[0] == '\0' || router->nodes.count == 0 ||
        !redis_topology_file_read(&topology, path, list_of(router), &cluster->stamp, &cluster->scratch) ||
        topology.covered == 0)
        return false;
    adopt(router, &topology, router->nodes.all[0]->connection.server);
    return true;
}

/* How promising it is to ask a node: 0 best. */
static unsigned rank(const struct redis_node *node)
{
    if (node->failures > 0)
        return 3;
    if (redis_connection_is_open(&node->connection))
        return 0;
    return node->is_announced ? 1 : 2;
}

/* Asks the nodes of one rank, beginning with the one whose turn it is. True: there
   is a view of all slots. */
static bool ask_rank(struct redis_router *router, unsigned wanted, nanoseconds deadline, unsigned *asked,
                     unsigned *views, struct redis_topology *best, const struct redis_server **from)
{
    size_t count = router->nodes.count;
    size_t turn = router->cluster->turn++;

    for (size_t i = 0; i < count && *asked < MOST_ASKED && *views < MOST_VIEWS; i++) {
        struct redis_node *node = router->nodes.all[(turn + i) % count];
        struct redis_topology topology;
        if (rank(node) != wanted || clock_is_past(deadline))
            continue;
        (*asked)++;
        if (!ask_view(router, node, deadline, &topology)) {
            router->cluster->hopeless += node->failures == 0 || node->connection.was_refused;
            continue;
        }
        (*views)++;
        if (*from != NULL && topology.covered <= best->covered)
            continue;
        *best = topology;
        *from = node->connection.server;
        if (best->covered == REDIS_SLOTS)
            return true;
    }
    return false;
}

void redis_cluster_refresh(struct redis_router *router, nanoseconds deadline)
{
    struct redis_cluster *cluster = router->cluster;
    struct redis_topology best;
    const struct redis_server *from = NULL;
    unsigned asked = 0;
    unsigned views = 0;

    cluster->asked_at = clock_now();
    cluster->is_stale = false;
    cluster->hopeless = 0;
    if (!redis_cluster_take_file(router)) {
        for (unsigned wanted = 0; wanted <= 3; wanted++)
            if (ask_rank(router, wanted, deadline, &asked, &views, &best, &from))
                break;
        if (from != NULL) {
            adopt(router, &best, from);
            if (router->settings.topology_cache[0] != '\0' && best.covered > 0)
                redis_topology_file_write(&best, router->settings.topology_cache, list_of(router),
                                          &cluster->stamp, &cluster->scratch);
        }
    }
    cluster->is_hopeless = asked > 0 && cluster->hopeless == asked;
    arena_reset(&cluster->scratch, SCRATCH_KEPT);
}

/* ---- one node's word ---- */

struct redis_node *redis_cluster_redirection(struct redis_router *router, struct redis_node *node,
                                             const struct redis_reply *reply, unsigned *slot)
{
    const char *words = reply->as.text.bytes;
    const char *number = strchr(words, ' ');
    char *end;
    struct redis_address address;
    struct redis_node *found = NULL;

    if (number == NULL || !byte_is_digit(number[1]))
        return NULL;
    unsigned long read = strtoul(number + 1, &end, 10);
    if (read >= REDIS_SLOTS || *end != ' ')
        return NULL;
    *slot = (unsigned)read;
    const char *place = end + 1;
    struct arena_mark mark = arena_mark(&router->cluster->scratch);
    if (redis_address_read(&address, place, strcspn(place, " "), host_of(node), &router->cluster->scratch)) {
        found = redis_nodes_find(&router->nodes, &address);
        if (found == NULL)
            found = node_of(router, &address, node->connection.server);
    }
    arena_release(&router->cluster->scratch, mark);
    return found;
}

/* Asks a listed node that the cluster does not announce by this address who it is. */
static void ask_id(struct redis_router *router, struct redis_node *node, nanoseconds deadline)
{
    static const struct redis_argument words[] = {{"CLUSTER", 7}, {"MYID", 4}};
    struct redis_reply *reply =
        redis_router_query(router, node, words, 2, patience_with(node), deadline, &router->cluster->scratch);

    if (reply != NULL && reply->type == REDIS_BULK && reply->as.text.length == REDIS_ID_LENGTH)
        (void)snprintf(node->id, sizeof node->id, "%.*s", REDIS_ID_LENGTH, reply->as.text.bytes);
}

static struct redis_node *listed_with_id(const struct redis_router *router, const char *id)
{
    for (size_t i = 0; i < router->nodes.count; i++) {
        struct redis_node *node = router->nodes.all[i];
        if (node->is_listed && !node->is_announced && node->failures == 0 && strcmp(node->id, id) == 0)
            return node;
    }
    return NULL;
}

void redis_cluster_find_stand_ins(struct redis_router *router, nanoseconds deadline)
{
    bool has_asked = false;

    for (size_t i = 0; i < router->nodes.count; i++) {
        struct redis_node *lost = router->nodes.all[i];
        if (lost->failures == 0 || lost->is_listed || lost->stand_in != NULL || lost->id[0] == '\0')
            continue;
        for (size_t k = 0; k < router->nodes.count && !has_asked; k++) {
            struct redis_node *node = router->nodes.all[k];
            if (node->is_listed && !node->is_announced && node->id[0] == '\0' && !redis_node_rests(node))
                ask_id(router, node, deadline);
        }
        has_asked = true;
        lost->stand_in = listed_with_id(router, lost->id);
    }
    arena_reset(&router->cluster->scratch, SCRATCH_KEPT);
}
