/* The conditions' functions, and the parse functions of those that do not take
   plain strings. */

#ifndef REXPAND_CONDITIONS_CONDITIONS_H
#define REXPAND_CONDITIONS_CONDITIONS_H

#include "lang/call.h"
#include "lang/parse.h"

/* What a row's "data" says of how two operands must stand to each other. */
enum relation {
    RELATION_LESS = 1,
    RELATION_EQUAL = 2,
    RELATION_GREATER = 4,
    RELATION_CASELESS = 8,
};

bool parse_and_or(struct parser *parser, struct node *node);
enum outcome cond_and(struct call *call, bool *truth);
enum outcome cond_or(struct call *call, bool *truth);

enum { BOOL_STRICT, BOOL_LAX };
enum outcome cond_bool(struct call *call, bool *truth);

bool parse_def(struct parser *parser, struct node *node);
enum outcome cond_def(struct call *call, bool *truth);

enum outcome cond_number(struct call *call, bool *truth);
enum outcome cond_string(struct call *call, bool *truth);
enum outcome cond_match(struct call *call, bool *truth);

/* How forany and its kin go through what. */
enum { FOR_ANY = 0, FOR_ALL = 1, FOR_JSON = 2, FOR_STRINGS = 4 };
bool parse_for(struct parser *parser, struct node *node);
enum outcome cond_for(struct call *call, bool *truth);

enum { INLIST_CASEFUL, INLIST_CASELESS };
enum outcome cond_inlist(struct call *call, bool *truth);

/* "data" of the row: the list's kind. */
/* What is prepared for match_domain and its kind: the list, and where it stands in
   the source. */
struct match_operand {
    struct value text;
    size_t offset;
};
bool parse_match_list(struct parser *parser, struct node *node);
enum outcome cond_match_list(struct call *call, bool *truth);

enum { ISIP_4 = 1, ISIP_6 = 2 };
enum outcome cond_isip(struct call *call, bool *truth);

/* Of a condition that takes no strings. */
bool parse_nothing(struct parser *parser, struct node *node);
enum outcome cond_exists(struct call *call, bool *truth);
enum outcome cond_never(struct call *call, bool *truth);

enum outcome cond_crypteq(struct call *call, bool *truth);
enum outcome cond_not_compiled(struct call *call, bool *truth);

bool parse_inbound_srs(struct parser *parser, struct node *node);
enum outcome cond_inbound_srs(struct call *call, bool *truth);

/* "data" of a row with a group of strings: how many at least and at most. */
#define GROUP_OF(least, most) ((least) << 8 | (most))
bool parse_group(struct parser *parser, struct node *node);
enum outcome cond_acl(struct call *call, bool *truth);

#endif
