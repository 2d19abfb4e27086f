/* What the files of this folder share; nothing else includes it. */

#ifndef REXPAND_MATCH_PRIVATE_H
#define REXPAND_MATCH_PRIVATE_H

#include "base/ip.h"
#include "lookups/lookup.h"
#include "match/match.h"

/* What an item of a list says of the subject. */
enum answer {
    ANSWER_NO,
    ANSWER_YES,
    ANSWER_UNKNOWN, /* it would take the name of a host, and that is not known */
};

/* A list under way, with the lists inside it. */
struct matcher {
    struct run *run;
    struct value subject;      /* as it was given */
    struct value lower;        /* in lower case; not of a host list */
    struct ip_address address; /* the subject of a host list; size 0: it is empty */
    bool is_caseful;           /* since "+caseful", which holds for all lists that follow */
    bool is_lasting;           /* no list was consulted that may be another one next time */
    unsigned depth;            /* of named lists */
    bool has_value;
    struct value value;
    const struct captures *captures;
};

/* Asks one item, behind its "!". */
typedef enum outcome check_item(struct matcher *matcher, const struct value *item, enum answer *answer);
check_item check_domain_item, check_local_part_item, check_address_item, check_host_item;

/* The list that is called so, as an item with "+" in front of its name. */
enum outcome check_named_list(struct matcher *matcher, enum list_kind kind, const struct value *item,
                              enum answer *answer) MUST_CHECK;

void set_value(struct matcher *matcher, const struct value *value);

/* A subject and a pattern for domains or local parts: exact, with "*" in front,
   "^" and a regular expression, "@", or a lookup. */
struct text_question {
    const struct value *subject; /* in lower case as long as the list is caseless */
    const struct value *written; /* the subject as it was given: what regular expressions see */
    const struct value *pattern;
    bool is_domain;        /* "@" and what begins with it mean something */
    bool may_look_up;      /* the pattern may be a lookup */
    bool changes_captures; /* $0 … are set by a match */
};
enum outcome check_text(struct matcher *matcher, const struct text_question *question,
                        enum answer *answer) MUST_CHECK;

/* A regular expression, which begins with "^"; without regard to case until
   "+caseful". "captures" may be NULL. */
enum outcome check_regex(struct matcher *matcher, const struct value *subject, const struct value *pattern,
                         struct captures *captures, enum answer *answer) MUST_CHECK;

/* A lookup as an item of a list: type;file or type;query. */
struct list_lookup {
    const struct lookup_driver *driver;
    struct lookup_words words;
    struct value data; /* file or query */
};

/* Where it stands: by a host's address it is not looked up in parts or by default; for
   a whole address "partial-" is understood and ignored. */
enum lookup_place { LOOKUP_OF_TEXT, LOOKUP_OF_ADDRESS, LOOKUP_OF_HOST };

enum outcome read_lookup(struct matcher *matcher, const struct value *item, enum lookup_place place,
                         struct list_lookup *lookup) MUST_CHECK;

/* Asks it; what it found is the matcher's value. */
enum outcome ask_lookup(struct matcher *matcher, const struct list_lookup *lookup, const struct value *key,
                        struct lookup_answer *answer) MUST_CHECK;

/* Whether there is a ";" in front of which a type's name may stand. */
bool is_lookup(const struct value *item);

/* Whether the address is one of this host's, by its options or its interfaces. */
bool is_own_address(const struct matcher *matcher, const struct ip_address *address);

/* In lower case. OUTCOME_FAILED when memory runs out. */
enum outcome make_lower(struct run *run, const struct value *text, struct value *lower) MUST_CHECK;

/* The subject for comparisons. */
static inline const struct value *shown_subject(const struct matcher *matcher)
{
    return matcher->is_caseful ? &matcher->subject : &matcher->lower;
}

/* Comparison as long as the list is or is not caseful. */
bool is_same_text(const struct matcher *matcher, const struct value *left, const struct value *right);

/* As call_outside: OUTCOME_DONE unless the environment is sealed. */
enum outcome match_outside(struct matcher *matcher, const char *words) MUST_CHECK;

enum outcome match_failed(struct matcher *matcher, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
