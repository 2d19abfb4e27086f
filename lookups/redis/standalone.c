#include "lookups/redis/route.h"

/* The first server of the list that has not been asked in this walk: one that is
   well, else the one whose rest ends first. */
static struct redis_node *pick(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    struct redis_node *tired = NULL;

    (void)errand;
    (void)deadline;
    for (size_t i = 0; i < router->nodes.count; i++) {
        struct redis_node *node = router->nodes.all[i];
        if (!node->is_listed || node->walk == router->walk)
            continue;
        if (!redis_node_rests(node))
            return node;
        if (tired == NULL || node->retry_at < tired->retry_at)
            tired = node;
    }
    return tired;
}

static void refused(struct redis_router *router, struct redis_errand *errand,
                    const struct redis_refusal *refusal, nanoseconds deadline)
{
    struct redis_node *node = errand->node;

    if (router->settings.mode == REDIS_MODE_AUTO && refusal->is_clusters &&
        redis_cluster_detect(router, node, deadline)) {
        router->ops->refused(router, errand, refusal, deadline);
        return;
    }
    if (refusal->needs_rest)
        redis_node_has_failed(node, clock_now());
    else
        redis_node_has_answered(node);
    if (!refusal->is_elsewhere)
        errand->state = REDIS_ERRAND_REFUSED;
}

const struct redis_router_ops redis_standalone_ops = {.name = "standalone", .pick = pick, .refused = refused};
