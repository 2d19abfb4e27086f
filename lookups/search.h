/* The steps of one lookup, which lookup_find takes at once and a batch in two
   parts. */

#ifndef REXPAND_LOOKUPS_SEARCH_H
#define REXPAND_LOOKUPS_SEARCH_H

#include "lookups/cache.h"

enum { LOOKUP_MOST_OPTIONS = 8 };

/* A lookup on its way: the request with what its options say. */
struct lookup_search {
    struct lookup_request request; /* "chosen" points to the next field: not to be copied */
    struct value chosen[LOOKUP_MOST_OPTIONS];
    const struct value *selector; /* the value of the option that selects a state, or NULL */
    bool reads_cache;
    bool writes_cache;
    struct lookup_cache_key key;
};

/* Reads the options and prepares the answer. Another outcome than OUTCOME_DONE ends
   the lookup. */
enum outcome lookup_search_open(struct lookups *lookups, const struct lookup_request *request,
                                struct lookup_answer *answer, struct lookup_search *search) MUST_CHECK;

/* Whether the cache has the answer, which is filled in then. */
bool lookup_search_is_kept(struct lookups *lookups, const struct lookup_search *search,
                           struct lookup_answer *answer);

/* What the driver's open() has made or makes for it. */
void *lookup_search_state(struct lookups *lookups, const struct lookup_search *search, enum outcome *outcome);

/* What the driver's outcome means for the cache and for the message. */
enum outcome lookup_search_keep(struct lookups *lookups, const struct lookup_search *search,
                                enum outcome outcome, const struct lookup_answer *answer) MUST_CHECK;

/* Makes the answer what the caller sees. */
void lookup_search_close(const struct lookup_search *search, enum outcome outcome,
                         struct lookup_answer *answer);

#endif
