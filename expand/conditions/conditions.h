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

#endif
