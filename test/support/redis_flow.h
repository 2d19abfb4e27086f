/* Lookups that flow without pause in processes of their own while something is
   done to the servers, and what became of them. */

#ifndef REXPAND_TEST_REDIS_FLOW_H
#define REXPAND_TEST_REDIS_FLOW_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

enum { REDIS_FLOW_WORKERS = 8, REDIS_FLOW_KEYS = 1000, REDIS_FLOW_COUNTERS = 64 };

enum redis_flow_kind {
    REDIS_FLOW_READS,    /* GET flow:N, which must be what redis_flow_fill has put there */
    REDIS_FLOW_READS_AT, /* the same with read=prefer_replica */
    REDIS_FLOW_COUNTS,   /* INCR of keys of its own, which may not go on by more than was asked */
    REDIS_FLOW_WRITES,   /* SET and GET of keys of its own: what was written last must be there */
    REDIS_FLOW_MANY,     /* MGET of keys in many slots */
    REDIS_FLOW_GATHERED, /* the same keys by lookup_find_many */
    REDIS_FLOW_FRESH,    /* reads by new lookups each time, as a new process would */
};

struct redis_flow_count {
    unsigned long right, wrong, deferred, failed;
    unsigned long lost; /* writes that were done and are not there */
    nanoseconds longest;
    nanoseconds longest_ended; /* when, on clock_now's clock */
    char complaint[512];       /* the first answer that was not right */
};

struct redis_flow;

/* Puts the values there that readers expect. */
void redis_flow_fill(const char *servers);

/* Starts workers of the kinds; each sets redis_servers and redis_lookup_timeout, and
   "more" settings: name, value, …, NULL. */
struct redis_flow *redis_flow_start(const char *servers, const char *lookup_timeout,
                                    const enum redis_flow_kind *kinds, size_t count, const char *const *more);

/* How often each worker has had a right answer since it began. */
unsigned long redis_flow_rounds(const struct redis_flow *flow, size_t worker);

/* Waits until every worker has had "rounds" more right answers, half a minute at most. */
void redis_flow_wait(const struct redis_flow *flow, unsigned long rounds);

/* Ends all workers and adds up what they counted; the counters of INCR are compared
   with the answers. Frees the flow. */
void redis_flow_stop(struct redis_flow *flow, struct redis_flow_count *total);

/* Prints a count, and fails the test when an answer was wrong or failed, more writes
   were lost than deferred and one, or none was right; "may_defer" allows deferrals. */
void redis_flow_check(const char *name, const struct redis_flow_count *count, bool may_defer);

#endif
