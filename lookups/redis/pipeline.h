/* Several commands to one server at once: all are sent, and their replies read as
   they come, so that neither side's buffers fill up and stop the other. Several
   pipelines, each on its own connection, can be under way together; connecting is
   part of it and holds up none of the others. */

#ifndef REXPAND_LOOKUPS_REDIS_PIPELINE_H
#define REXPAND_LOOKUPS_REDIS_PIPELINE_H

#include <poll.h>

#include "lookups/redis/connection.h"
#include "lookups/redis/dial.h"
#include "lookups/redis/greeting.h"

/* One command of a pipeline, and what became of it. */
struct redis_turn {
    const char *bytes; /* as redis_command_encode made it */
    size_t length;
    bool may_repeat; /* it only reads */
    bool is_asking;  /* ASKING goes before it */
    enum redis_fate fate;
    struct redis_reply *reply; /* when it is answered */
};

enum redis_pipeline_state {
    REDIS_PIPELINE_CONNECTS,
    REDIS_PIPELINE_SHAKES, /* hands with the transport */
    REDIS_PIPELINE_TALKS,
    REDIS_PIPELINE_ENDED,
};

struct redis_pipeline {
    /* What the caller sets. No other pipeline or question may use the connection
       until this one has ended. */
    struct redis_connection *connection;
    struct redis_turn *turns;
    size_t count;        /* at least one */
    struct arena *arena; /* of replies and problems */
    nanoseconds connect_timeout;
    nanoseconds command_timeout; /* for each next reply */
    nanoseconds deadline;        /* of all together */

    /* What the caller may read once it has ended. */
    const char *problem; /* why not all turns are answered, NULL if they are */

    /* The pipeline's own. */
    enum redis_pipeline_state state;
    nanoseconds until; /* of the present wait */
    short events;      /* what the connection waits for */
    bool only_reads;   /* all turns may be repeated */
    bool was_idle;     /* the connection was there before */
    bool lost;         /* it ended before any answer came */
    bool refused;      /* the greeting was */
    bool cannot_send;  /* the server has gone: what it said before is still read */
    bool has_moved;    /* since "until" was set */
    bool past_asking;  /* the reply to the ASKING of the next turn has been read */
    struct redis_dial dial;
    struct redis_greeting greeting;
    size_t greeted;     /* replies to the greeting so far */
    size_t answered;    /* turns that have their reply */
    size_t staged_turn; /* what goes into the output next: a turn, the greeting before the first … */
    size_t staged_part; /* … the greeting, the turn's ASKING or the turn itself … */
    size_t staged_byte; /* … from this byte on */
    size_t output_next;
    size_t output_end;
    size_t sent;  /* bytes in all */
    size_t asked; /* where the command whose reply comes next ends, counted as "sent" is */
};

/* Begins. Nothing is sent and no connection made before the first pump. */
void redis_pipeline_start(struct redis_pipeline *pipeline);

/* The same for a pipeline of which "sent" bytes, of its first turn, have gone out over
   its open connection; the wait for the reply ends at "until". */
void redis_pipeline_resume(struct redis_pipeline *pipeline, size_t sent, nanoseconds until);

/* Goes on as far as it can without waiting. True: it has ended, and each turn has
   its fate. The connection is closed then if not all is answered. */
bool redis_pipeline_pump(struct redis_pipeline *pipeline);

/* What to wait for before the next pump; it is also due when "until" is past. */
void redis_pipeline_wants(const struct redis_pipeline *pipeline, struct pollfd *wanted, nanoseconds *until);

/* Runs pipelines that have been started, all at once, each to its end. */
void redis_pipelines_run(struct redis_pipeline *const *pipelines, size_t count);

#endif
