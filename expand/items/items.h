/* The items' functions, one a name, and the parse functions of those that do
   not read plain arguments. */

#ifndef REXPAND_ITEMS_ITEMS_H
#define REXPAND_ITEMS_ITEMS_H

#include "lang/call.h"
#include "lang/parse.h"

bool parse_if(struct parser *parser, struct node *node);
enum outcome item_if(struct call *call);
void foresee_if(struct foresight *foresight, const struct node *node);

bool parse_extract(struct parser *parser, struct node *node);
enum outcome item_extract(struct call *call);
enum outcome item_listextract(struct call *call);

/* What is looked for in JSON, and whether a string's quotes are to go. */
struct json_key {
    bool is_number;
    bool is_string;
    long number;
    struct value name;
};

enum outcome extract_json(struct call *call, const struct json_key *key, struct value *text,
                          struct value *found, bool *is_there) MUST_CHECK;

bool parse_map(struct parser *parser, struct node *node);
bool parse_filter(struct parser *parser, struct node *node);
enum outcome item_map(struct call *call);
enum outcome item_filter(struct call *call);
enum outcome item_reduce(struct call *call);

bool parse_sort(struct parser *parser, struct node *node);
enum outcome item_sort(struct call *call);

enum outcome item_tr(struct call *call);
enum outcome item_listquote(struct call *call);
enum outcome item_imapfolder(struct call *call);

enum outcome item_hmac(struct call *call);
enum outcome item_prvs(struct call *call);
bool parse_prvscheck(struct parser *parser, struct node *node);
enum outcome item_prvscheck(struct call *call);
enum outcome item_srs_encode(struct call *call);

bool parse_run(struct parser *parser, struct node *node);
enum outcome item_run(struct call *call);
enum outcome item_readfile(struct call *call);
bool parse_readsocket(struct parser *parser, struct node *node);
enum outcome item_readsocket(struct call *call);
bool parse_certextract(struct parser *parser, struct node *node);
enum outcome item_certextract(struct call *call);
enum outcome item_dlfunc(struct call *call);
enum outcome item_authresults(struct call *call);
enum outcome item_perl(struct call *call);

enum outcome item_acl(struct call *call);

bool parse_lookup(struct parser *parser, struct node *node);
enum outcome item_lookup(struct call *call);
void foresee_item_lookup(struct foresight *foresight, const struct node *node);

enum outcome item_env(struct call *call);

/* The text of a run's node whose arguments are expanded one by one, as it stands in
   the program's source; without bytes when they are not. */
struct value item_run_command(const struct node *node);

/* Of a lookup's node in a foreign program: the type, or NULL when only this build
   knows it. */
struct lookup_type;
const struct lookup_type *item_lookup_type(const struct node *node);

#endif
