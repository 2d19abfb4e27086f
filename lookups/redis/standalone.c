#include "lookups/redis/router.h"

/* The first server of the list that has not been asked in this walk: one that is
   well, else the one whose rest ends first. */
static struct redis_node *pick(struct redis_router *router, const struct redis_command *command)
{
    struct redis_node *tired = NULL;

    (void)command;
    for (size_t i = 0; i < router->count; i++) {
        struct redis_node *node = &router->nodes[i];
        if (node->walk == router->walk)
            continue;
        if (node->retry_at == 0 || clock_is_past(node->retry_at))
            return node;
        if (tired == NULL || node->retry_at < tired->retry_at)
            tired = node;
    }
    return tired;
}

const struct redis_router_ops redis_standalone = {.name = "standalone", .pick = pick};
