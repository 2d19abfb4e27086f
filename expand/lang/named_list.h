/* The lists that have names (Exim specification, section 10.6), and what was
   found out about them. */

#ifndef REXPAND_LANG_NAMED_LIST_H
#define REXPAND_LANG_NAMED_LIST_H

#include "lang/call.h"

/* In the order in which a name without a kind is looked for. */
enum list_kind {
    LIST_ADDRESS,
    LIST_DOMAIN,
    LIST_HOST,
    LIST_LOCAL_PART,
    LIST_KINDS,
};

/* "domain", "local part": as messages call it. */
const char *list_kind_noun(enum list_kind kind);

struct named_list {
    const char *name;
    struct value text; /* not expanded */
    bool is_constant;  /* the same each time it is expanded, as far as is known: no "$" in it, or the
                          configuration says so */
    struct list_finding *findings;
    struct named_list *next;
};

struct named_lists;

struct named_lists *named_lists_new(void);
void named_lists_free(struct named_lists *lists);

/* Adds a list; name and text are copied. "is_constant": take its findings to be
   lasting even if there is a "$" in the text. False when memory runs out. */
bool named_lists_add(struct named_lists *lists, enum list_kind kind, const char *name, size_t name_length,
                     const struct value *text, bool is_constant) MUST_CHECK;

/* NULL: there is none. */
struct named_list *named_lists_find(const struct named_lists *lists, enum list_kind kind, const char *name,
                                    size_t length);

/* What a list said of a subject. */
struct list_answer {
    bool matches;
    bool has_value;
    struct value value; /* of the item that decided */
    struct captures captures;
};

/* What is known about a subject, with values in "arena"; false: nothing is.
   "is_caseful" is part of the question. */
bool named_list_recall(const struct named_list *list, const struct value *subject, bool is_caseful,
                       struct arena *arena, struct list_answer *answer);

/* Keeps an answer until named_lists_forget, if the list is constant, there is
   room, and the answer holds nothing but clean text and parts of the subject. */
void named_list_note(struct named_list *list, const struct value *subject, bool is_caseful,
                     const struct list_answer *answer);

/* The end of a message: lookups in lists may answer otherwise now. */
void named_lists_forget(struct named_lists *lists);

#endif
