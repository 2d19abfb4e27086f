/* Answers that are kept as long as the server says that they hold (CLIENT TRACKING):
   for programs that live longer than a message. The server sends the keys that have
   changed over a second connection beside each that asks; before an answer is given
   from here, that is read. */

#ifndef REXPAND_LOOKUPS_REDIS_TRACKING_H
#define REXPAND_LOOKUPS_REDIS_TRACKING_H

#include "lookups/redis/command.h"
#include "lookups/redis/connection.h"

enum {
    REDIS_TRACKED_ANSWERS = 4096,          /* at most */
    REDIS_TRACKED_BYTES = 4 * 1024 * 1024, /* of all of them */
    REDIS_TRACKED_BUCKETS = 4096,
    REDIS_WATCHES = 64, /* connections that are watched */
};

/* An answer, and what it is the answer to. */
struct redis_kept;

/* A connection whose server tells what has changed. */
struct redis_watch {
    const struct redis_connection *asks; /* it may be gone once "losses" has moved */
    unsigned long opened;                /* its number when tracking began */
    bool is_on;                          /* false: the server does not want to, until "retry_at" */
    nanoseconds retry_at;
    struct redis_server server; /* as the other's, but spoken to in RESP2 */
    struct redis_connection news;
    struct arena arena; /* of the reply that is being read from it */
};

struct redis_tracking {
    pid_t owner;               /* a child has no news */
    unsigned losses;           /* of watched connections; counted by those */
    unsigned seen;             /* losses by which the answers were dropped */
    struct redis_kept **slots; /* a ring of REDIS_TRACKED_ANSWERS; NULL: nothing was kept yet */
    uint16_t *buckets;         /* the first of a chain of slots, counted from 1; 0: none */
    size_t next;               /* slot to be filled */
    size_t count;
    size_t bytes;
    uint64_t seed;
    struct arena scratch;
    struct redis_watch *watches[REDIS_WATCHES];
    size_t watch_count;
};

void redis_tracking_open(struct redis_tracking *tracking);
void redis_tracking_close(struct redis_tracking *tracking);

/* Whether the answer to a command can be kept: one that reads a single key. */
bool redis_tracking_takes(const struct redis_command *command);

/* The answer that is kept for the command, if the server has not said meanwhile that
   it may be another: text and "*found", copied into "arena". */
bool redis_tracking_find(struct redis_tracking *tracking, const struct redis_command *command,
                         struct arena *arena, bool *found, struct value *text);

/* Keeps the answer that came over "connection", if that is watched; else sees to it
   that it is from now on, which takes round trips until "deadline". */
void redis_tracking_keep(struct redis_tracking *tracking, const struct redis_command *command,
                         struct redis_connection *connection, nanoseconds deadline, bool found,
                         const struct value *text);

/* Forgets all answers: something is written. */
void redis_tracking_empty(struct redis_tracking *tracking);

#endif
