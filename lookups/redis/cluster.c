#include "lookups/redis/cluster.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_HOPS = 5 };

/* Redirections are followed at once, and the whole map asked for not more often
   than this. */
static const nanoseconds refresh_interval = NANOSECONDS_PER_SECOND;

/* After a first failure there is no need to wait before asking how things stand,
   unless that was asked a moment ago. */
static const nanoseconds moment = 5 * NANOSECONDS_PER_MILLISECOND;

/* A replica that answers is asked this often whether it still follows its primary. */
static const nanoseconds check_interval = NANOSECONDS_PER_SECOND;

static struct redis_cluster *make_cluster(struct redis_router *router)
{
    struct redis_cluster *cluster = calloc(1, sizeof *cluster);

    if (cluster != NULL) {
        arena_init(&cluster->view, 1024, SIZE_MAX);
        arena_init(&cluster->scratch, 4096, SIZE_MAX);
    }
    return router->cluster = cluster;
}

bool redis_cluster_open(struct redis_router *router)
{
    if (make_cluster(router) == NULL)
        return false;
    if (redis_cluster_take_file(router) || router->settings.mode == REDIS_MODE_CLUSTER)
        router->ops = &redis_cluster_ops;
    arena_reset(&router->cluster->scratch, 0);
    return true;
}

void redis_cluster_close(struct redis_router *router)
{
    if (router->cluster == NULL)
        return;
    arena_free(&router->cluster->view);
    arena_free(&router->cluster->scratch);
    free(router->cluster);
    router->cluster = NULL;
}

bool redis_cluster_detect(struct redis_router *router, struct redis_node *node, nanoseconds deadline)
{
    bool is_new = router->cluster == NULL;

    if (is_new && make_cluster(router) == NULL)
        return false;
    redis_node_has_answered(node);
    redis_cluster_refresh(router, deadline);
    if (router->cluster->is_known)
        router->ops = &redis_cluster_ops;
    else if (is_new)
        redis_cluster_close(router);
    return router->ops == &redis_cluster_ops;
}

/* ---- who is asked ---- */

/* The node itself, or what is asked in its place. After a failure the others are
   heard first: it may have lost its slots, and not know it yet. NULL: not now. */
static struct redis_node *usable(struct redis_router *router, struct redis_node *node, nanoseconds deadline)
{
    struct redis_cluster *cluster = router->cluster;

    if (node->stand_in != NULL) {
        if (node->stand_in->failures == 0)
            return node->stand_in;
        node->stand_in = NULL;
    }
    if (node->failures == 0)
        return node;
    if (cluster->asked_at <= node->failed_at) {
        cluster->is_stale = true;
        return NULL;
    }
    return node->is_slow && !redis_router_probe(router, node, deadline, &cluster->scratch) ? NULL : node;
}

/* For a command without a key: a primary that is connected, or else is well. */
static struct redis_node *pick_any(struct redis_router *router, nanoseconds deadline)
{
    struct redis_node *well = NULL;
    struct redis_node *any = NULL;
    size_t turn = router->cluster->turn;

    for (size_t i = 0; i < router->nodes.count; i++) {
        struct redis_node *node = router->nodes.all[(turn + i) % router->nodes.count];
        if (node->shard == 0)
            continue;
        if (node->failures == 0 && redis_connection_is_open(&node->connection))
            return node;
        if (node->failures == 0 && well == NULL)
            well = node;
        any = node;
    }
    router->cluster->turn++;
    if (well == NULL && any == NULL)
        router->cluster->is_stale = true;
    return well != NULL ? well : any != NULL ? usable(router, any, deadline) : NULL;
}

/* Makes the connection one that a replica answers reads on. */
static void prepare_replica(struct redis_node *node)
{
    if (node->connection.is_readonly)
        return;
    redis_connection_close(&node->connection);
    node->connection.is_readonly = true;
}

/* Whether the replica says that it follows its primary; it is asked now and then. */
static bool follows(struct redis_router *router, struct redis_node *node, nanoseconds deadline)
{
    static const struct redis_argument role[] = {{"ROLE", 4}};
    nanoseconds now = clock_now();

    if (node->checked_at != 0 && now - node->checked_at < check_interval)
        return true;
    const struct redis_reply *reply =
        redis_router_query(router, node, role, 1, check_interval, deadline, &router->cluster->scratch);
    if (reply == NULL)
        return false;
    /* "slave", host, port, state, offset; one that may not ask is believed. */
    const struct redis_reply *state =
        reply->type == REDIS_ARRAY && reply->as.array.count > 3 ? &reply->as.array.elements[3] : NULL;
    bool is_good = reply->type == REDIS_ERROR ||
                   (state != NULL && state->type == REDIS_BULK && state->as.text.length == 9 &&
                    memcmp(state->as.text.bytes, "connected", 9) == 0);
    if (is_good)
        node->checked_at = now;
    else
        redis_node_has_failed(node, now);
    return is_good;
}

static struct redis_node *pick_replica(struct redis_router *router, struct redis_shard *shard,
                                       nanoseconds deadline)
{
    for (size_t i = 0; i < shard->count; i++) {
        struct redis_node *node = shard->replicas[shard->next++ % shard->count];
        if (node->stand_in != NULL)
            node = node->stand_in;
        if (redis_node_rests(node))
            continue;
        prepare_replica(node);
        if (follows(router, node, deadline))
            return node;
    }
    return NULL;
}

static void find_slot(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    const struct redis_command *command = errand->command;
    size_t key = redis_command_first_key(command);

    if (key != 0) {
        errand->slot = redis_slot(command->arguments[key].bytes, command->arguments[key].length);
    } else if (command->row == NULL && command->count > 1) {
        struct redis_node *node = pick_any(router, deadline);
        if (node == NULL)
            return;
        errand->slot = redis_keys_slot(router, node, errand, deadline);
    }
    errand->has_slot = true;
}

static struct redis_node *wait_for(struct redis_router *router, struct redis_errand *errand, const char *what)
{
    router->cluster->is_stale = true;
    redis_errand_complain(errand, NULL, what);
    if (!router->cluster->is_known && router->cluster->is_hopeless)
        errand->state = REDIS_ERRAND_REFUSED;
    return NULL;
}

static struct redis_node *pick(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    struct redis_cluster *cluster = router->cluster;

    if (!cluster->is_known && cluster->asked_at == 0)
        redis_cluster_refresh(router, deadline);
    if (!cluster->is_known)
        return wait_for(router, errand, router->trouble);
    if (!errand->has_slot)
        find_slot(router, errand, deadline);
    if (errand->slot == REDIS_NO_SLOT)
        return pick_any(router, deadline);
    if (cluster->owners[errand->slot] == 0)
        return wait_for(router, errand, "no node serves the slot");
    struct redis_shard *shard = &cluster->shards[cluster->owners[errand->slot] - 1];
    if (errand->only_reads && errand->read_from != REDIS_READ_PRIMARY) {
        struct redis_node *replica = pick_replica(router, shard, deadline);
        if (replica != NULL)
            return replica;
        if (errand->read_from == REDIS_READ_REPLICA)
            return wait_for(router, errand, "no replica answers for the slot");
    }
    return usable(router, shard->primary, deadline);
}

/* ---- what comes next ---- */

/* Whether the node that was asked is there to answer reads only. */
static bool was_replica(const struct redis_errand *errand)
{
    return errand->only_reads && errand->read_from != REDIS_READ_PRIMARY && errand->node->shard == 0;
}

static void wait(struct redis_errand *errand)
{
    errand->state = REDIS_ERRAND_WAITS;
    errand->to = NULL;
    errand->is_asking = false;
}

static void refused_moved(struct redis_router *router, struct redis_errand *errand,
                          const struct redis_refusal *refusal)
{
    unsigned slot;
    bool is_asking = refusal->kind == REDIS_REFUSED_ASK;
    struct redis_node *node = redis_cluster_redirection(router, errand->node, errand->reply, &slot);

    redis_node_has_answered(errand->node);
    if (!is_asking)
        router->cluster->is_stale = true;
    if (node == NULL || ++errand->hops > MOST_HOPS) {
        router->cluster->is_stale = true;
        wait(errand);
        return;
    }
    if (!is_asking)
        redis_cluster_move(router, slot, node);
    if (node->stand_in != NULL && node->stand_in->failures == 0)
        node = node->stand_in;
    if (node == errand->node)
        redis_connection_close(&node->connection); /* the name leads elsewhere by now */
    if (node == errand->node || node->failures > 0) {
        wait(errand);
        return;
    }
    errand->to = node;
    errand->is_asking = is_asking;
}

static void refused_soon(struct redis_router *router, struct redis_errand *errand,
                         const struct redis_refusal *refusal)
{
    (void)router;
    (void)refusal;
    redis_node_has_answered(errand->node);
    wait(errand);
}

static void refused_down(struct redis_router *router, struct redis_errand *errand,
                         const struct redis_refusal *refusal)
{
    (void)refusal;
    if (was_replica(errand)) {
        redis_node_has_failed(errand->node, clock_now());
        return; /* another one */
    }
    redis_node_has_answered(errand->node);
    router->cluster->is_stale = true;
    wait(errand);
}

static void refused_demoted(struct redis_router *router, struct redis_errand *errand,
                            const struct redis_refusal *refusal)
{
    redis_connection_close(&errand->node->connection);
    refused_down(router, errand, refusal);
}

static void refused_crossslot(struct redis_router *router, struct redis_errand *errand,
                              const struct redis_refusal *refusal)
{
    (void)router;
    (void)refusal;
    redis_node_has_answered(errand->node);
    if (redis_split_needed(errand->command)) {
        errand->state = REDIS_ERRAND_APART;
        return;
    }
    errand->state = REDIS_ERRAND_REFUSED;
    buffer_format(
        &errand->problems,
        "; the keys of one %.*s must share a {tag} in a cluster (only MGET, MSET, DEL, UNLINK, EXISTS "
        "and TOUCH are run slot by slot)",
        (int)errand->command->arguments[0].length, errand->command->arguments[0].bytes);
}

static void refused_for_good(struct redis_router *router, struct redis_errand *errand,
                             const struct redis_refusal *refusal)
{
    (void)router;
    (void)refusal;
    redis_node_has_answered(errand->node);
    errand->state = REDIS_ERRAND_REFUSED;
}

static void refused(struct redis_router *router, struct redis_errand *errand,
                    const struct redis_refusal *refusal, nanoseconds deadline)
{
    static void (*const rows[])(struct redis_router *, struct redis_errand *,
                                const struct redis_refusal *) = {
        [REDIS_REFUSED_MOVED] = refused_moved,       [REDIS_REFUSED_ASK] = refused_moved,
        [REDIS_REFUSED_SOON] = refused_soon,         [REDIS_REFUSED_DOWN] = refused_down,
        [REDIS_REFUSED_DEMOTED] = refused_demoted,   [REDIS_REFUSED_CROSSSLOT] = refused_crossslot,
        [REDIS_REFUSED_NOSCRIPT] = refused_for_good, [REDIS_REFUSED_FOR_GOOD] = refused_for_good,
    };

    (void)deadline;
    rows[refusal->kind](router, errand, refusal);
}

static void failed(struct redis_router *router, struct redis_errand *errand)
{
    if (was_replica(errand))
        return; /* it rests now: another one */
    if (errand->node->connection.was_refused) {
        errand->state = REDIS_ERRAND_REFUSED;
        return;
    }
    router->cluster->is_stale = true;
    wait(errand);
}

static void nap(struct redis_router *router, unsigned naps, nanoseconds deadline)
{
    struct redis_cluster *cluster = router->cluster;

    if (naps > 0 || !cluster->is_stale || clock_now() - cluster->asked_at < moment)
        redis_nap(redis_nap_span(naps), deadline);
    if (!cluster->is_stale || clock_is_past(deadline))
        return;
    redis_cluster_refresh(router, deadline);
    redis_cluster_find_stand_ins(router, deadline);
}

/* The slots around one that has moved have moved too, mostly: the whole map is
   asked for, not too often, by the lookup that has seen it. */
static void settle(struct redis_router *router, nanoseconds deadline)
{
    struct redis_cluster *cluster = router->cluster;

    arena_reset(&cluster->scratch, 64 * 1024);
    if (!cluster->is_stale || clock_is_past(deadline) ||
        (cluster->asked_at != 0 && clock_now() - cluster->asked_at < refresh_interval))
        return;
    redis_cluster_refresh(router, clock_earlier(deadline, clock_deadline(refresh_interval / 2)));
}

const struct redis_router_ops redis_cluster_ops = {
    .name = "cluster",
    .pick = pick,
    .refused = refused,
    .failed = failed,
    .nap = nap,
    .settle = settle,
};
