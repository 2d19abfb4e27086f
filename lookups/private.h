/* What the searches of one environment have in common; the files behind lookup.h
   share it. */

#ifndef REXPAND_LOOKUPS_PRIVATE_H
#define REXPAND_LOOKUPS_PRIVATE_H

#include "lookups/fixed.h"
#include "lookups/search.h"

enum { MOST_STATES = 25 }; /* as many files as Exim keeps open */

/* What a driver's open() made, and what for. */
struct state {
    const struct lookup_driver *driver; /* NULL: free */
    char *name;                         /* file, then the selecting option's value */
    size_t file_length;
    size_t name_length;
    void *state;
    unsigned long last_used;
    unsigned long checked_in; /* the evaluation that it was last checked in */
    bool is_busy; /* it is being asked, and what it asks for may be another lookup: not to be touched */
};

struct lookups {
    struct state states[MOST_STATES];
    unsigned long uses;
    struct lookup_cache cache;
    struct lookup_setting_value *settings;
    struct fixed_answers fixed;
    struct lookup_batch *batch; /* the innermost one that is open, or NULL */
    lookup_warning *warn;
    void *warn_context;
};

/* The answer to a search that an open batch asked for ahead of its place; its value is
   copied into the search's arena. False: none did, or it was given out, or a write came
   between. */
bool lookup_batch_take(struct lookups *lookups, const struct lookup_search *search,
                       struct lookup_answer *answer, enum outcome *outcome);

#endif
