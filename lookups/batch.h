/* Lookups asked ahead of their place: what is known to be asked soon goes out
   together, one round trip for many, and each answer waits until lookup_find comes for
   it. Nothing else is to be seen of it: an answer that nobody comes for is forgotten with
   its message, and one that a write has overtaken is asked again. */

#ifndef REXPAND_LOOKUPS_BATCH_H
#define REXPAND_LOOKUPS_BATCH_H

#include "lookups/lookup.h"

struct planned_lookup;

struct lookup_batch {
    struct lookups *lookups;
    struct lookup_batch *outer; /* the one that was open before; they close in the reverse order */
    struct arena *arena;        /* of questions and answers */
    struct planned_lookup *first;
    struct planned_lookup **last;
    struct planned_lookup **buckets;
    size_t bucket_count;
    size_t count;
};

/* Opens a batch; it and the arena must live until it is closed. */
void lookup_batch_open(struct lookup_batch *batch, struct lookups *lookups, struct arena *arena);
void lookup_batch_close(struct lookup_batch *batch);

/* Plans a lookup whose request's parts live as long as the batch's arena. What
   is cached, planned already, a mistake, or of a driver that answers one at a time is
   left out. False: nothing behind it may be asked before it (or memory ran out): look no
   further ahead. */
bool lookup_batch_add(struct lookup_batch *batch, const struct lookup_request *request);

/* Asks what was planned, if that saves anything: one question is left to its
   place. */
void lookup_batch_ask(struct lookup_batch *batch);

#endif
