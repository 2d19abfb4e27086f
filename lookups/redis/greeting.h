/* What a connection begins with (AUTH, HELLO, SELECT, READONLY, ROLE), and how the
   answers are to be taken. */

#ifndef REXPAND_LOOKUPS_REDIS_GREETING_H
#define REXPAND_LOOKUPS_REDIS_GREETING_H

#include "lookups/redis/connection.h"

enum { REDIS_GREETING_STEPS = 5 };

struct redis_greeting {
    const char *bytes; /* all its commands, encoded */
    size_t length;
    struct redis_greeting_step {
        const char *name; /* what a refusal is called; NULL: it does not matter */
        /* NULL, or what is wrong with a reply that is not an error. */
        const char *(*judge)(const struct redis_connection *connection, const struct redis_reply *reply);
    } steps[REDIS_GREETING_STEPS];
    size_t count;
    bool may_be_refused; /* no step matters to what comes behind it */
};

/* The greeting for "connection", in "arena". False: out of memory. */
bool redis_greeting_make(struct redis_greeting *greeting, const struct redis_connection *connection,
                         struct arena *arena) MUST_CHECK;

/* NULL if the reply to step "step" is as it should be, else the problem in words,
   in "arena" and without the password. */
const char *redis_greeting_judge(const struct redis_greeting *greeting, size_t step,
                                 const struct redis_connection *connection, const struct redis_reply *reply,
                                 struct arena *arena);

#endif
