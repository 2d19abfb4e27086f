/* Answers that are given in advance, so that a configuration can be tried
   without the servers and files that it asks. */

#ifndef REXPAND_LOOKUPS_FIXED_H
#define REXPAND_LOOKUPS_FIXED_H

#include "lookups/lookup.h"

struct fixed_answer_entry;

struct fixed_answers {
    struct fixed_answer_entry *first;
    bool only;         /* what has no answer here may not be asked */
    bool knows_absent; /* there is one of a driver that is not in this build */
};

void fixed_answers_free(struct fixed_answers *answers);

/* Takes an answer to a driver's question, over an earlier one to the same.
   "file" may have no bytes, as for the query style. All is copied. False when memory runs
   out. */
bool fixed_answers_add(struct fixed_answers *answers, const struct lookup_driver *driver,
                       const struct value *file, const struct value *query, enum lookup_fixed kind,
                       const struct value *value) MUST_CHECK;

/* Whether there are any, or only such may be given. */
static inline bool fixed_answers_exist(const struct fixed_answers *answers)
{
    return answers->first != NULL || answers->only;
}

/* Whether the request ends here: it has an answer, or may have none. *outcome is
   then how; OUTCOME_DEFERRED with the bare reason, as a driver gives it. */
bool fixed_answers_find(const struct fixed_answers *answers, const struct lookup_request *request,
                        struct lookup_answer *answer, enum outcome *outcome);

#endif
