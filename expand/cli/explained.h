/* What an observer was told of one string's evaluation, kept as a tree. However
   long lists are and however large values, the tree stays small. */

#ifndef REXPAND_CLI_EXPLAINED_H
#define REXPAND_CLI_EXPLAINED_H

#include "rexpand.h"

/* The beginning of a text, and how long all of it was. */
struct kept {
    char *bytes; /* NULL: there is none */
    size_t length;
    size_t whole;
    bool is_tainted;
};

enum { KEPT_CAPTURES = 10 };

struct explained_lookup {
    char *driver;
    struct kept key;
    struct kept file;
    struct kept options;
    enum rexpand_outcome outcome;
    bool is_found;
    bool is_from_cache;
    size_t together;
    struct kept value;
    char *source;
    char *message;
    double seconds;
    struct explained_lookup *next;
};

/* A part of the string. */
struct explained {
    struct explained *outer;
    struct explained *first; /* parts in it */
    struct explained *last;
    struct explained *before_last; /* when there was one and "last" was added last */
    struct explained *next;
    size_t row;     /* how many of its parts, up to "last", have the same role */
    size_t dropped; /* parts that stood in front of this one */
    struct explained_lookup *lookups;
    enum rexpand_part part;
    enum rexpand_role role;
    size_t number;
    size_t offset;
    struct kept name;
    struct kept source;
    struct kept item;
    struct kept so_far;
    bool is_negated;
    bool is_constant;
    bool is_known;
    bool is_skipped;
    bool is_left; /* what follows is known */
    enum rexpand_outcome outcome;
    bool is_origin; /* the failure began here */
    struct kept value;
    bool is_truth;
    bool truth;
    char *message;
    size_t message_offset;
    double seconds;
    struct kept new_value;
    struct kept captures[KEPT_CAPTURES]; /* of a string those it began with, else those it set */
    size_t capture_count;
};

/* A tree while it grows. */
struct explaining {
    struct explained *root;
    struct explained *current;
    size_t items;    /* of a list to keep in full */
    size_t kept;     /* parts in the tree */
    bool has_failed; /* a part has, and nothing since ended well */
    bool no_memory;
};

void explaining_begin(struct explaining *explaining, size_t items);
void explaining_end(struct explaining *explaining);

/* A rexpand_observer; "context" is the struct explaining. */
void explaining_observe(void *context, const struct rexpand_event *event);

/* Whether two texts are the same; false if one is none. */
bool kept_equal(const struct kept *left, const struct kept *right);

/* Whether it is the only part of a string, and so the string again. */
bool explained_is_whole(const struct explained *part);

#endif
