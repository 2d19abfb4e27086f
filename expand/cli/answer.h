/* A lookup's answer that is given in advance, as --answer and @answer have it:

       DRIVER:QUERY=VALUE                redis:GET user:ann=Ann
       DRIVER,FILE:KEY=VALUE             lsearch,/etc/aliases:root=ann
       … => VALUE                        where the query holds a "="
       … !! not found
       … !! deferred: REASON */

#ifndef REXPAND_CLI_ANSWER_H
#define REXPAND_CLI_ANSWER_H

#include "base/value.h"
#include "rexpand.h"

struct fixed_answer {
    const char *driver;
    const char *file; /* NULL: a query-style lookup */
    struct value query;
    enum rexpand_answer kind;
    struct value value; /* or the reason */
};

/* Reads one; what "answer" points to is then in "arena". False when it is none
   of these forms; *problem says what is missing. */
bool fixed_answer_read(struct arena *arena, const struct value *text, struct fixed_answer *answer,
                       const char **problem);

/* Reads one and gives it to an environment. False with a message for free(). */
bool fixed_answer_give(struct rexpand_env *env, const struct value *text, char **message);

#endif
