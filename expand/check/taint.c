/* What comes from outside. A static answer to a question that evaluation would
   settle: a construct is taken for tainted only if one of the ways through it surely
   is, so that nothing is reported that could be well. */

#include <string.h>

#include "check/private.h"
#include "items/items.h"
#include "lang/call.h"
#include "lookups/types.h"

/* Exim specification, section 11.9 (those marked as tainted); what a client said
   to authenticate itself; and the names of header fields. */
static const struct tainted_row {
    const char *name;
    const char *remedy; /* a clean variable */
} tainted[] = {
    {"auth1", NULL},
    {"auth2", NULL},
    {"auth3", NULL},
    {"authenticated_sender", NULL},
    {"bh_", NULL},
    {"bheader_", NULL},
    {"domain", "domain_data"},
    {"h_", NULL},
    {"header_", NULL},
    {"lh_", NULL},
    {"lheader_", NULL},
    {"local_part", "local_part_data"},
    {"message_body", NULL},
    {"message_body_end", NULL},
    {"message_headers", NULL},
    {"message_headers_raw", NULL},
    {"original_domain", "domain_data"},
    {"original_local_part", "local_part_data"},
    {"parent_domain", NULL},
    {"parent_local_part", NULL},
    {"received_for", NULL},
    {"recipients", NULL},
    {"reply_address", NULL},
    {"rh_", NULL},
    {"rheader_", NULL},
    {"sender_address", NULL},
    {"sender_address_domain", NULL},
    {"sender_address_local_part", NULL},
    {"sender_helo_name", NULL},
    {"sender_host_name", NULL},
    {"smtp_command", NULL},
    {"smtp_command_argument", NULL},
    {"tls_in_sni", NULL},
};

/* Operators whose result is their own and not part of what they were given. */
static const char *const cleaning_operators[] = {
    "base32",    "base32d", "base62", "base62d", "eval",      "eval10",        "listcount",
    "listnamed", "md5",     "nh",     "nhash",   "randint",   "sha1",          "sha2",
    "sha256",    "sha3",    "stat",   "strlen",  "time_eval", "time_interval",
};

/* Items whose result is a part of their arguments, or made of them. */
static const char *const passing_items[] = {
    "filter", "hash", "imapfolder", "length", "listquote", "map", "reduce", "sg", "sort", "substr", "tr",
};

/* Items that give part of their last argument, by themselves or as $value. */
static const char *const picking_items[] = {"extract", "listextract"};

static bool is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

#define IS_AMONG(names, name) is_among((names), sizeof(names) / sizeof(names)[0], (name))

bool taint_operator_cleans(const char *name)
{
    return IS_AMONG(cleaning_operators, name);
}

const char *taint_variable_at(size_t index)
{
    return index < sizeof tainted / sizeof tainted[0] ? tainted[index].name : NULL;
}

static const struct tainted_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof tainted / sizeof tainted[0]; i++)
        if (strcmp(tainted[i].name, name) == 0)
            return &tainted[i];
    return NULL;
}

static bool variable_is_tainted(const struct node *node, const struct facts *facts)
{
    const char *name = node->row.variable->name;

    if (strcmp(name, "item") == 0)
        return facts->item_is_tainted;
    if (strcmp(name, "value") == 0)
        return facts->value_is_tainted;
    return find_row(name) != NULL;
}

static const struct node *find_in_children(const struct node *node, const struct facts *facts,
                                           const char *quoter)
{
    const struct node *found = NULL;

    for (size_t i = 0; i < node->child_count && found == NULL; i++)
        found = find_taint(node->children[i], facts, quoter);
    return found;
}

/* ${quote_NAME:…} */
static bool quotes_for(const struct node *node, const char *quoter)
{
    size_t length = quoter == NULL ? 0 : strlen(quoter);
    const struct value *word = &node->text;

    return length > 0 && strcmp(node->row.operation->name, "quote") == 0 && word->length >= length &&
           memcmp(word->bytes, quoter, length) == 0 && (word->length == length || word->bytes[length] == '_');
}

static const struct node *find_in_operator(const struct node *node, const struct facts *facts,
                                           const char *quoter)
{
    if (taint_operator_cleans(node->row.operation->name) || quotes_for(node, quoter))
        return NULL;
    return find_in_children(node, facts, quoter);
}

static bool is_item(const struct node *node, const char *name)
{
    return strcmp(node->row.item->name, name) == 0;
}

/* Whether a lookup's result is: a property of its type. */
static bool lookup_is_tainted(const struct node *node)
{
    const struct lookup_type *type = item_lookup_type(node);

    return type != NULL && strcmp(type->name, "dnsdb") == 0;
}

/* Whether a condition of "if", when true, leaves captures of something tainted; or
   a $value of it. */
static void add_condition(const struct node *condition, const struct facts *facts, struct facts *inside)
{
    const char *name = condition->row.condition->name;

    if (strcmp(name, "match") == 0 && condition->child_count > 0)
        inside->captures_are_tainted = find_taint(condition->children[0], facts, NULL) != NULL;
    if (strncmp(name, "inlist", strlen("inlist")) == 0 && condition->child_count > 1)
        inside->value_is_tainted = find_taint(condition->children[1], facts, NULL) != NULL;
    if (strcmp(name, "and") == 0)
        for (size_t i = 0; i < condition->child_count; i++)
            add_condition(condition->children[i], facts, inside);
}

/* The arguments of extract that are no key: those behind it, which may be its
   branches as well. */
static bool picks_tainted(const struct node *item, const struct facts *facts)
{
    size_t last = item->child_count < 3 ? item->child_count : 3;

    for (size_t i = 1; i < last; i++)
        if (find_taint(item->children[i], facts, NULL) != NULL)
            return true;
    return false;
}

struct facts facts_inside(const struct node *item, const struct facts *facts)
{
    struct facts inside = *facts;
    const char *name = item->row.item->name;

    if (strcmp(name, "if") == 0 && item->condition != NULL)
        add_condition(item->condition, facts, &inside);
    else if (strcmp(name, "lookup") == 0)
        inside.value_is_tainted = lookup_is_tainted(item);
    else if (IS_AMONG(picking_items, name))
        inside.value_is_tainted = picks_tainted(item, facts);
    else if (strcmp(name, "env") == 0 || strcmp(name, "readsocket") == 0)
        inside.value_is_tainted = true;
    else if (strcmp(name, "map") == 0 || strcmp(name, "reduce") == 0 || strcmp(name, "filter") == 0 ||
             strcmp(name, "sort") == 0)
        inside.item_is_tainted = item->child_count > 0 && find_taint(item->children[0], facts, NULL) != NULL;
    else if (item->yes_branch != BRANCH_ABSENT)
        inside.value_is_tainted = false; /* of those that have branches nothing is known */
    if (strcmp(name, "reduce") == 0)
        inside.value_is_tainted = item->child_count > 1 && find_taint(item->children[1], facts, NULL) != NULL;
    return inside;
}

static const struct node *find_in_branches(const struct node *node, const struct facts *facts,
                                           const char *quoter)
{
    struct facts inside = facts_inside(node, facts);
    const struct node *found = NULL;

    if (node->yes != NULL)
        found = find_taint(node->yes, &inside, quoter);
    if (found == NULL && node->no != NULL)
        found = find_taint(node->no, facts, quoter);
    if (found == NULL && node->yes == NULL && inside.value_is_tainted && node->row.item->has_branches &&
        !is_item(node, "if"))
        found = node;
    return found;
}

static const struct node *find_in_item(const struct node *node, const struct facts *facts, const char *quoter)
{
    const struct node *found = NULL;

    /* The pattern of sg is not part of its result, and map's list is only so as
       $item. */
    if (IS_AMONG(passing_items, node->row.item->name) && !is_item(node, "map") && node->child_count > 0)
        found = find_taint(node->children[0], facts, quoter);
    if (found == NULL && is_item(node, "sg") && node->child_count > 2)
        found = find_taint(node->children[2], facts, quoter);
    return found != NULL ? found : find_in_branches(node, facts, quoter);
}

const struct node *find_taint(const struct node *node, const struct facts *facts, const char *quoter)
{
    switch (node->kind) {
    case NODE_VARIABLE:
        return variable_is_tainted(node, facts) ? node : NULL;
    case NODE_CAPTURE:
        return facts->captures_are_tainted ? node : NULL;
    case NODE_SEQUENCE:
        return find_in_children(node, facts, quoter);
    case NODE_OPERATOR:
        return find_in_operator(node, facts, quoter);
    case NODE_ITEM:
        return find_in_item(node, facts, quoter);
    case NODE_TEXT:
    case NODE_CONDITION:
    case NODE_MISTAKE:
        break;
    }
    return NULL;
}

/* A header field's name ends with a colon. */
static bool names_header(const struct variable_row *row)
{
    return row->text == header_raw || row->text == header_decoded || row->text == header_listed;
}

const char *taint_name(struct check *check, const struct node *node)
{
    const char *name = NULL;

    if (node->kind == NODE_VARIABLE)
        name = arena_format(&check->scratch, "$%.*s%s", CALL_TEXT(&node->text),
                            names_header(node->row.variable) ? ":" : "");
    else if (node->kind == NODE_CAPTURE)
        name = arena_format(&check->scratch, "$%ld", node->numbers[0]);
    else if (node->kind == NODE_ITEM)
        name = arena_format(&check->scratch, "${%s…}", node->row.item->name);
    return name == NULL ? "what is here" : name;
}

const char *taint_remedy(const struct node *node)
{
    const struct tainted_row *row = node->kind == NODE_VARIABLE ? find_row(node->row.variable->name) : NULL;

    return row == NULL ? NULL : row->remedy;
}
