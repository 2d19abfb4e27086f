/* Lists of domains, local parts, addresses and hosts: items that are wrong, and
   items that nothing can match (Exim specification, chapter 10). */

#include <string.h>
#include <strings.h>

#include "base/ip.h"
#include "check/private.h"
#include "lang/call.h"
#include "lookups/types.h"

/* A list as it will be when it is expanded, as far as is known: a byte stands
   for each part that is not constant. */
struct flat_list {
    struct checked_string *string;
    const struct facts *facts;
    enum list_kind kind;
    char *bytes;
    size_t *places;            /* in the string */
    const struct node **nodes; /* the part, or NULL for text */
    size_t length;
};

/* An item, behind its "!". */
struct list_item {
    const struct flat_list *list;
    struct check_text text; /* places are of the configuration */
    const struct node **nodes;
    bool is_constant;
};

/* ---- from nodes to a text ---- */

static size_t flat_length(const struct node *node)
{
    size_t length = 0;

    if (node->kind == NODE_TEXT)
        return node->text.length;
    if (node->kind != NODE_SEQUENCE)
        return 1;
    for (size_t i = 0; i < node->child_count; i++)
        length += flat_length(node->children[i]);
    return length;
}

static void add_node(struct flat_list *list, const struct node *node)
{
    if (node->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < node->child_count; i++)
            add_node(list, node->children[i]);
        return;
    }
    if (node->kind != NODE_TEXT) {
        list->bytes[list->length] = '?';
        list->places[list->length] = node->offset;
        list->nodes[list->length++] = node;
        return;
    }
    if (node->text.length > 0)
        memcpy(list->bytes + list->length, node->text.bytes, node->text.length);
    program_text_places(list->string->program, node, list->places + list->length);
    list->length += node->text.length;
}

static bool flatten(struct flat_list *list, const struct node *node)
{
    struct arena *scratch = &list->string->check->scratch;
    size_t length = flat_length(node);

    list->bytes = arena_alloc_text(scratch, length + 1);
    list->places = arena_calloc(scratch, length + 1, sizeof *list->places);
    list->nodes = arena_calloc(scratch, length + 1, sizeof *list->nodes);
    if (list->bytes == NULL || list->places == NULL || list->nodes == NULL) {
        list->string->check->failed = true;
        return false;
    }
    add_node(list, node);
    list->bytes[length] = '\0';
    list->places[length] = list->string->text->text.length;
    return true;
}

/* ---- what is wrong with an item ---- */

static void complain_never(const struct list_item *item, size_t offset, const char *why)
{
    report(item->list->string->check, &item->text, offset, CHECK_NEVER, "\"%.*s\" matches nothing: %s",
           CALL_TEXT(&item->text.text), why);
}

static const enum config_list_kind config_kinds[LIST_KINDS] = {
    [LIST_ADDRESS] = CONFIG_ADDRESS_LIST,
    [LIST_DOMAIN] = CONFIG_DOMAIN_LIST,
    [LIST_HOST] = CONFIG_HOST_LIST,
    [LIST_LOCAL_PART] = CONFIG_LOCAL_PART_LIST,
};

static bool is_mode(const struct value *text)
{
    static const char *const modes[] = {"+caseful", "+ignore_defer", "+ignore_unknown", "+include_defer",
                                        "+include_unknown"};

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (value_equals_text(text, modes[i]))
            return true;
    return false;
}

/* "+name" at byte "at" of the item. */
static void check_named(const struct list_item *item, size_t at, enum list_kind kind)
{
    const struct value *text = &item->text.text;
    struct check *check = item->list->string->check;

    if (is_mode(text) || config_list_find(check->config, config_kinds[kind], text->bytes + at + 1,
                                          text->length - at - 1) != NULL)
        return;
    report(check, &item->text, at, CHECK_NAME, "unknown named %s list \"%.*s\"", list_kind_noun(kind),
           (int)(text->length - at), text->bytes + at);
}

/* The type in front of a ";". */
static const struct lookup_type *check_type(const struct list_item *item, size_t from, size_t end)
{
    struct check *check = item->list->string->check;
    const struct value written = value_clean(item->text.text.bytes + from, end - from);
    struct lookup_words words;
    struct error error;

    if (lookup_words_read(&words, &written, false, &check->scratch, &error) != OUTCOME_DONE) {
        report(check, &item->text, from, CHECK_SYNTAX, "%s", error.message);
        return NULL;
    }
    const struct lookup_type *type = lookup_type_find(words.name.bytes, words.name.length);
    if (type == NULL && lookup_driver_find(words.name.bytes, words.name.length) == NULL)
        report(check, &item->text, from, CHECK_NAME, "unknown lookup type \"%.*s\"", CALL_TEXT(&words.name));
    return type;
}

static size_t find_byte(const struct value *text, char byte)
{
    const char *found = text->length == 0 ? NULL : memchr(text->bytes, byte, text->length);

    return found == NULL ? text->length : (size_t)(found - text->bytes);
}

static size_t find_space(const struct value *text)
{
    size_t at = 0;

    while (at < text->length && !byte_is_space(text->bytes[at]))
        at++;
    return at;
}

static void check_no_space(const struct list_item *item)
{
    size_t at = find_space(&item->text.text);

    if (at < item->text.text.length)
        complain_never(item, at, "it holds white space; is a separator missing?");
}

static void check_stars(const struct list_item *item, size_t from, size_t end)
{
    for (size_t i = from + 1; i < end; i++)
        if (item->text.text.bytes[i] == '*') {
            complain_never(item, i,
                           "only the \"*\" it begins with would match anything; for others there is ^");
            return;
        }
}

/* ---- domains and local parts ---- */

static bool begins_with(const struct value *text, const char *beginning)
{
    size_t length = strlen(beginning);

    return text->length >= length && strncasecmp(text->bytes, beginning, length) == 0;
}

static void check_domain(const struct list_item *item)
{
    const struct value *text = &item->text.text;
    size_t at = find_byte(text, '@');

    if (value_equals_text(text, "@") || value_equals_text(text, "@[]") || begins_with(text, "@mx_any") ||
        begins_with(text, "@mx_primary") || begins_with(text, "@mx_secondary"))
        return;
    if (at < text->length) {
        complain_never(item, at, "no domain holds an \"@\"");
        return;
    }
    check_no_space(item);
    check_stars(item, 0, text->length);
}

static void check_local_part(const struct list_item *item)
{
    size_t at = find_byte(&item->text.text, '@');

    if (at < item->text.text.length)
        complain_never(item, at, "a list of local parts holds them without \"@\" and domain");
    else
        check_stars(item, 0, item->text.text.length);
}

/* ---- addresses ---- */

static void check_address(const struct list_item *item)
{
    const struct value *text = &item->text.text;
    const char *at = text->length == 0 ? NULL : memrchr(text->bytes, '@', text->length);
    size_t domain = at == NULL ? 0 : (size_t)(at - text->bytes) + 1;

    if (domain < text->length && text->bytes[domain] == '+' && domain > 0) {
        check_named(item, domain, LIST_DOMAIN);
        return;
    }
    if (find_byte(text, ';') < text->length)
        return;
    check_no_space(item);
    if (domain > 1)
        check_stars(item, 0, domain - 1);
    if (domain < text->length)
        check_stars(item, domain, text->length);
}

/* ---- hosts ---- */

/* Without a letter, or with what no name of a host holds. */
static bool is_no_name(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (byte_is_letter(text->bytes[i]))
            return find_byte(text, ':') < text->length || find_byte(text, '/') < text->length;
    return true;
}

/* The number behind a network's "/", or -1. */
static long network_bits(const struct value *text)
{
    size_t at = find_byte(text, '/') + 1;
    long bits = at < text->length ? 0 : -1;

    for (; at < text->length && bits >= 0 && bits < 1000; at++)
        bits = byte_is_digit(text->bytes[at]) ? bits * 10 + (text->bytes[at] - '0') : -1;
    return bits;
}

/* The number of bits of an address: those that it has and no more. */
static void check_network(const struct list_item *item, const struct ip_address *network)
{
    const struct value *text = &item->text.text;
    size_t slash = find_byte(text, '/');

    if (slash < text->length && network_bits(text) > (long)network->size * 8)
        report(item->list->string->check, &item->text, slash, CHECK_NEVER,
               "\"%.*s\" has more bits than an address, which has %zu", CALL_TEXT(text), network->size * 8);
}

static void check_host(const struct list_item *item)
{
    const struct value *text = &item->text.text;
    struct ip_address network;
    unsigned bits;
    size_t at = find_byte(text, '@');

    if (value_equals_text(text, "*") || value_equals_text(text, "@") || value_equals_text(text, "@[]"))
        return;
    if (ip_read_network(text, &network, &bits)) {
        check_network(item, &network);
        return;
    }
    if (is_no_name(text)) {
        const char *hint = text->bytes[0] == ':' ? "; a list with IPv6 addresses begins with \"<; \"" : "";
        report(item->list->string->check, &item->text, 0, CHECK_NEVER,
               "\"%.*s\" matches nothing: it is neither an address nor a network%s", CALL_TEXT(text), hint);
        return;
    }
    if (at < text->length) {
        complain_never(item, at, "no host's name holds an \"@\"");
        return;
    }
    check_no_space(item);
    check_stars(item, 0, text->length);
}

/* net-TYPE;… and netNUMBER-TYPE;… */
static size_t net_length(const struct value *text)
{
    size_t at = strlen("net");

    if (!begins_with(text, "net"))
        return 0;
    while (at < text->length && byte_is_digit(text->bytes[at]))
        at++;
    return at < text->length && text->bytes[at] == '-' ? at + 1 : 0;
}

/* ---- any item ---- */

static void (*const plain_checks[LIST_KINDS])(const struct list_item *item) = {
    [LIST_ADDRESS] = check_address,
    [LIST_DOMAIN] = check_domain,
    [LIST_HOST] = check_host,
    [LIST_LOCAL_PART] = check_local_part,
};

/* The part of an item behind byte "from" that comes from outside, or NULL. */
static const struct node *tainted_part(const struct list_item *item, size_t from, const char *quoter)
{
    const struct node *found = NULL;

    for (size_t i = from; i < item->text.text.length && found == NULL; i++)
        if (item->nodes[i] != NULL)
            found = find_taint(item->nodes[i], item->list->facts, quoter);
    return found;
}

static void check_file_item(const struct list_item *item, size_t from)
{
    const struct node *culprit = tainted_part(item, from, NULL);

    if (culprit != NULL)
        report_tainted(item->list->string, culprit, "the name of a file");
}

/* TYPE;file-or-query */
static void check_lookup_item(const struct list_item *item, size_t from, size_t semicolon)
{
    for (size_t i = from; i < semicolon; i++)
        if (item->nodes[i] != NULL)
            return;
    const struct lookup_type *type = check_type(item, from, semicolon);
    if (type == NULL)
        return;
    if (type->style == LOOKUP_SINGLE_KEY && type->has_file)
        check_file_item(item, semicolon + 1);
    const struct node *culprit =
        type->quoter == NULL ? NULL : tainted_part(item, semicolon + 1, type->quoter);
    if (culprit != NULL)
        report_unquoted(item->list->string, culprit, type);
}

/* Where a lookup's type would begin. */
static size_t type_begin(const struct list_item *item)
{
    const struct value *text = &item->text.text;

    if (item->list->kind == LIST_HOST)
        return net_length(text);
    return item->list->kind == LIST_ADDRESS && begins_with(text, "@@") ? 2 : 0;
}

static bool may_be_lookup(const struct list_item *item)
{
    const struct value *text = &item->text.text;

    if (text->bytes[0] == '*' || text->bytes[0] == '^')
        return false;
    size_t semicolon = find_byte(text, ';');
    /* In an address list a "@" in front of it makes it a domain's lookup. */
    return semicolon < text->length &&
           (item->list->kind != LIST_ADDRESS || type_begin(item) > 0 || find_byte(text, '@') > semicolon);
}

static void check_constant_item(const struct list_item *item)
{
    const struct value *text = &item->text.text;

    if (text->bytes[0] == '+')
        check_named(item, 0, item->list->kind);
    else if (text->bytes[0] == '^')
        check_pattern(item->list->string->check, &item->text);
    else if (text->bytes[0] != '/')
        plain_checks[item->list->kind](item);
}

static void check_item(const struct list_item *item)
{
    const struct value *text = &item->text.text;

    if (text->length == 0)
        return;
    if (text->bytes[0] == '/' && item->nodes[0] == NULL)
        check_file_item(item, 1);
    else if (item->nodes[0] == NULL && may_be_lookup(item))
        check_lookup_item(item, type_begin(item), find_byte(text, ';'));
    else if (item->is_constant)
        check_constant_item(item);
}

/* ---- all items ---- */

/* From places in the flat list to what an item is. False when memory runs out. */
static bool make_item(const struct flat_list *list, const struct check_text *read, size_t skipped,
                      struct list_item *item)
{
    struct check *check = list->string->check;
    size_t length = read->text.length - skipped;
    size_t *places = arena_calloc(&check->scratch, length + 1, sizeof *places);

    *item = (struct list_item){.list = list, .is_constant = true};
    item->nodes = arena_calloc(&check->scratch, length + 1, sizeof *item->nodes);
    if (places == NULL || item->nodes == NULL) {
        check->failed = true;
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        size_t at = read->places[skipped + i];
        places[i] = list->string->text->places[list->places[at]];
        item->nodes[i] = i < length ? list->nodes[at] : NULL;
        item->is_constant = item->is_constant && item->nodes[i] == NULL;
    }
    item->text = (struct check_text){.line = list->string->text->line,
                                     .text = value_clean(read->text.bytes + skipped, length),
                                     .places = places};
    return true;
}

static size_t negation_length(const struct value *text)
{
    size_t at = text->length > 0 && text->bytes[0] == '!';

    while (at > 0 && at < text->length && byte_is_space(text->bytes[at]))
        at++;
    return at;
}

void check_list_node(struct checked_string *string, const struct node *node, const struct facts *facts,
                     enum list_kind kind)
{
    struct check *check = string->check;
    struct flat_list list = {.string = string, .facts = facts, .kind = kind};
    struct check_text read;
    char separator = '\0';
    size_t at = 0;

    if (!flatten(&list, node))
        return;
    size_t *indexes = arena_calloc(&check->scratch, list.length + 1, sizeof *indexes);
    if (indexes == NULL) {
        check->failed = true;
        return;
    }
    for (size_t i = 0; i <= list.length; i++)
        indexes[i] = i;
    struct check_text flat = {.text = value_clean(list.bytes, list.length), .places = indexes};
    while (text_next_item(check, &flat, &at, &separator, &read)) {
        struct list_item item;
        if (make_item(&list, &read, negation_length(&read.text), &item))
            check_item(&item);
    }
}

void check_list(struct check *check, const struct check_text *text, enum list_kind kind)
{
    static const struct facts no_facts;
    struct checked_string string;

    if (string_open(&string, check, text)) {
        check_whole_string(&string);
        check_list_node(&string, string.program->root, &no_facts, kind);
    }
    string_close(&string);
}
