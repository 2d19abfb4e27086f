/* The steps of one lookup, which lookup_find takes at once and a batch in two
   parts. */

#ifndef REXPAND_LOOKUPS_SEARCH_H
#define REXPAND_LOOKUPS_SEARCH_H

#include "lookups/cache.h"

struct state; /* lookups/private.h */

enum { LOOKUP_MOST_OPTIONS = 8 };

/* A lookup on its way: the request with what its options say. */
struct lookup_search {
    /* Its key is the one that is being tried; "chosen" points to the next field: not to
       be copied. */
    struct lookup_request request;
    struct value chosen[LOOKUP_MOST_OPTIONS];
    const struct value *selector; /* the value of the option that selects a state, or NULL */
    bool reads_cache;
    bool writes_cache;
    bool gives_key;              /* "ret=key" */
    struct value asked;          /* the key as it was asked for */
    struct lookup_cache_key key; /* of the one that is being tried */
    bool is_kept;                /* the cache had the answer for one at least */
    bool is_new;                 /* and for one it had not */
};

/* Reads the options, finds the file and prepares the answer. Another outcome than
   OUTCOME_DONE ends the lookup. */
enum outcome lookup_search_open(struct lookups *lookups, const struct lookup_request *request,
                                struct lookup_answer *answer, struct lookup_search *search) MUST_CHECK;

/* Whether the cache has the answer, which is filled in then. */
bool lookup_search_is_kept(struct lookups *lookups, const struct lookup_search *search,
                           struct lookup_answer *answer);

/* What the driver's open() has made or makes for it; not one that is just being asked.
   NULL and the outcome if there can be none. */
struct state *lookup_search_state(struct lookups *lookups, const struct lookup_search *search,
                                  enum outcome *outcome);

/* What the driver's outcome means for the cache and for the message. */
enum outcome lookup_search_keep(struct lookups *lookups, const struct lookup_search *search,
                                enum outcome outcome, const struct lookup_answer *answer) MUST_CHECK;

/* All of that for the key in the search's request: the cache, an open batch, the
   driver. */
enum outcome lookup_search_ask(struct lookups *lookups, struct lookup_search *search,
                               struct lookup_answer *answer) MUST_CHECK;

/* Whether other keys may be asked for if the key is not found. */
bool lookup_search_has_other_keys(const struct lookup_request *request);

/* Asks for them (partial.c). */
enum outcome lookup_search_other_keys(struct lookups *lookups, struct lookup_search *search,
                                      struct lookup_answer *answer) MUST_CHECK;

/* What a type with other keys says of a key that was found as it stands. */
void lookup_search_split_whole(const struct lookup_search *search, struct lookup_answer *answer);

/* Makes the answer what the caller sees. */
void lookup_search_close(const struct lookup_search *search, enum outcome outcome,
                         struct lookup_answer *answer);

#endif
