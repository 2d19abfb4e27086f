/* A look through a configuration for mistakes, without running anything of it:
   every string that Exim would expand is compiled and its program gone over. */

#ifndef REXPAND_CHECK_CHECK_H
#define REXPAND_CHECK_CHECK_H

#include "config/config.h"

/* What can be found; rexpand-check(1) has a section on each. */
enum check_kind {
    CHECK_SYNTAX,   /* a string, an option or a rule is not what the grammar wants */
    CHECK_NAME,     /* something is named that is not there: a list, an ACL, a transport */
    CHECK_REGEX,    /* a regular expression does not compile */
    CHECK_FAILS,    /* a construct fails whenever it is reached */
    CHECK_TAINTED,  /* what comes from outside is used where that is refused */
    CHECK_UNQUOTED, /* what comes from outside stands in a query as it is */
    CHECK_CONSTANT, /* a condition has one answer only */
    CHECK_NEVER,    /* an item of a list, or a comparison, can match nothing */
    CHECK_KINDS,
};

struct check_finding {
    enum check_kind kind;
    struct config_place place;
    unsigned column; /* counted from 1, in bytes; 0: not known */
    const char *message;
};

/* "syntax", "name" … */
const char *check_kind_word(enum check_kind kind);

/* Whether Exim would start and work all the same, if not as meant. */
bool check_kind_is_warning(enum check_kind kind);

/* Gives all findings of a configuration, by place, without those that a comment
   silences. They are in "arena". The columns are known if the configuration was read with
   "keeps_places". */
enum outcome check_config(const struct config *config, struct arena *arena,
                          const struct check_finding **findings, size_t *count,
                          struct error *error) MUST_CHECK;

#endif
