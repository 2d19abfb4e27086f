/* Error replies that do not speak of the command but of the server: not here, or
   not now. */

#ifndef REXPAND_LOOKUPS_REDIS_REFUSAL_H
#define REXPAND_LOOKUPS_REDIS_REFUSAL_H

#include <stdbool.h>

#include "lookups/redis/codec.h"

enum redis_refusal_kind {
    REDIS_REFUSED_MOVED,     /* the slot is another node's */
    REDIS_REFUSED_ASK,       /* the slot is on its way, and this key is there already */
    REDIS_REFUSED_SOON,      /* asking again a little later helps: TRYAGAIN, BUSY, too many clients */
    REDIS_REFUSED_DOWN,      /* the cluster, the primary or the data set is not there now */
    REDIS_REFUSED_DEMOTED,   /* READONLY: this is a replica */
    REDIS_REFUSED_CROSSSLOT, /* its keys are in different slots */
    REDIS_REFUSED_NOSCRIPT,  /* this node does not have the script */
    REDIS_REFUSED_FOR_GOOD,  /* asking this node again is of no use: NOAUTH, NOPERM, MISCONF */
};

struct redis_refusal {
    const char *beginning;
    enum redis_refusal_kind kind;
    bool is_elsewhere; /* another server of a list may do better */
    bool needs_rest;   /* it will say so again: ask others first for a while */
    bool is_clusters;  /* only a cluster's node says so */
};

/* The row of an error reply, NULL for an error of the command itself. Each row
   says too that the command has not run; a script may have written before one of
   its own commands was refused, so its errors are none of these unless the command
   only reads, or the server takes no writes at all (READONLY). */
const struct redis_refusal *redis_refusal_find(const struct redis_reply *reply, bool only_reads);

#endif
