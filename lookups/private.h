/* What the files behind lookup.h share: a search under way, and what all
   searches of one environment have in common. */

#ifndef REXPAND_LOOKUPS_PRIVATE_H
#define REXPAND_LOOKUPS_PRIVATE_H

#include "lookups/cache.h"
#include "lookups/lookup.h"

enum { MOST_STATES = 25, MOST_OPTIONS = 8 }; /* 25: as many files as Exim keeps open */

/* What a driver's open() made, and what for. */
struct state {
    const struct lookup_driver *driver; /* NULL: free */
    char *name;                         /* file, then the selecting option's value */
    size_t file_length;
    size_t name_length;
    void *state;
    unsigned long last_used;
    nanoseconds checked_for; /* the deadline of the evaluation that it was last checked in */
    bool is_busy; /* it is being asked, and what it asks for may be another lookup: not to be touched */
};

struct lookups {
    struct state states[MOST_STATES];
    unsigned long uses;
    struct lookup_cache cache;
    struct lookup_setting_value *settings;
    struct lookup_batch *batch; /* the innermost one that is open, or NULL */
    lookup_warning *warn;
    void *warn_context;
};

/* A lookup on its way: the request with what its options say. */
struct search {
    struct lookup_request request; /* its key is the one that is being tried */
    struct value key;              /* as it was asked for */
    struct value chosen[MOST_OPTIONS];
    const struct value *selector; /* the value of the option that selects a state, or NULL */
    bool reads_cache;
    bool writes_cache;
    bool gives_key; /* "ret=key" */
};

/* Reads a request's options and checks its file's name. "search" must stay where
   it is: it points into itself. */
enum outcome search_begin(const struct lookups *lookups, struct search *search,
                          const struct lookup_request *request, struct lookup_cache_key *key) MUST_CHECK;

/* The open state that the search wants and that is not busy, opened if need be; NULL and
   the outcome if that cannot be done. */
struct state *search_state(struct lookups *lookups, const struct search *search, enum outcome *outcome);

/* Whether it is open for the same driver, file and server list. */
bool state_is_for(const struct state *state, const struct search *search);

/* Asks for the key in the search's request, whose hash "key" has, with the cache in front. */
enum outcome search_key(struct lookups *lookups, const struct search *search,
                        const struct lookup_cache_key *key, struct lookup_answer *answer) MUST_CHECK;

/* Asks for the other keys that the search's type brings, after the key itself was not found. */
enum outcome search_other_keys(struct lookups *lookups, struct search *search,
                               struct lookup_answer *answer) MUST_CHECK;

/* What a type with other keys says of a key that was found as it stands. */
void search_split_whole(const struct search *search, struct lookup_answer *answer);

/* The driver's place in the table. */
size_t driver_number(const struct lookup_driver *driver);

/* The answer to a search that an open batch asked for ahead of its place; its value is
   copied into the search's arena. False: none did, or it was given out, or a write came
   between. */
bool lookup_batch_take(struct lookups *lookups, const struct search *search,
                       const struct lookup_cache_key *key, struct lookup_answer *answer,
                       enum outcome *outcome);

#endif
