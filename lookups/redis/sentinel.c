#include "lookups/redis/route.h"

bool redis_sentinel_open(struct redis_router *router)
{
    (void)router;
    return true;
}

void redis_sentinel_close(struct redis_router *router)
{
    (void)router;
}
