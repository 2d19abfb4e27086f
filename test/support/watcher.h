/* An observer that distrusts what it is told: parts nest, every byte can be read,
   a failure has a message. */

#ifndef REXPAND_TEST_WATCHER_H
#define REXPAND_TEST_WATCHER_H

#include "rexpand.h"

struct watcher {
    unsigned depth; /* parts that are entered and not left */
    size_t entered;
    size_t left;
    size_t skipped;
    size_t lookups;
    unsigned long sum;   /* of all bytes that were shown: for the sanitizers to see them read */
    const char *problem; /* the first thing that was not as it should be; NULL: nothing */
};

/* A rexpand_observer; "context" is the struct watcher. */
void watcher_observe(void *context, const struct rexpand_event *event);

#endif
