/* What the drivers of SQL databases share: whether bytes from outside stand where
   they can only be text, quoting, and the form of a result (Exim specification, chapter 9,
   "SQL lookups"). */

#ifndef REXPAND_LOOKUPS_SQL_H
#define REXPAND_LOOKUPS_SQL_H

#include "lookups/lookup.h"

/* How a server reads the text of a query, as far as literals and comments go. */
struct sql_dialect {
    bool has_backslashes;    /* in a literal \' is a quote */
    bool has_double_literal; /* "..." is a literal too, else a name */
    bool has_backquotes;     /* `...` is a name */
    bool has_brackets;       /* [...] is a name */
    bool has_dollar_quotes;  /* $tag$...$tag$ is a literal */
    bool has_hash_comments;  /* from # to the line's end */
    bool nests_comments;     /* comments like this one in each other */
    const char *joint;       /* what may stand between the literals that the operator makes of one value:
                                "||char(0)||"; NULL: it makes one */
};

/* OUTCOME_DONE when each byte of the query that came from outside passed the
   driver's own quote_ operator and stands inside a literal, so that nothing in it can be anything
   but text. Otherwise OUTCOME_FAILED with a message that names the operator. */
enum outcome sql_check(const struct lookup_request *request, const struct sql_dialect *dialect) MUST_CHECK;

/* Adds a field of a row: NAME=VALUE and a space, the value in double quotes where it has
   to be. */
void sql_add_field(struct buffer *out, const struct value *name, const struct value *text);

#endif
