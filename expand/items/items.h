/* The items' functions, one a name, and the parse functions of those that do
   not read plain arguments. */

#ifndef REXPAND_ITEMS_ITEMS_H
#define REXPAND_ITEMS_ITEMS_H

#include "lang/call.h"
#include "lang/parse.h"

bool parse_if(struct parser *parser, struct node *node);
enum outcome item_if(struct call *call);

bool parse_extract(struct parser *parser, struct node *node);
enum outcome item_extract(struct call *call);
enum outcome item_listextract(struct call *call);

bool parse_map(struct parser *parser, struct node *node);
bool parse_filter(struct parser *parser, struct node *node);
enum outcome item_map(struct call *call);
enum outcome item_filter(struct call *call);
enum outcome item_reduce(struct call *call);

bool parse_lookup(struct parser *parser, struct node *node);
enum outcome item_lookup(struct call *call);

enum outcome item_env(struct call *call);

#endif
