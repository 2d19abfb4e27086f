/* ${extract{…}}, ${listextract{…}}, ${env{…}}. */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "items/items.h"
#include "lang/env.h"
#include "lang/scan.h"

enum { GROUPS_AT_MOST = 4 };

/* The words that may stand in front of the key. */
enum extract_form { EXTRACT_PLAIN, EXTRACT_JSON, EXTRACT_JSON_STRING };
static const enum extract_form forms[] = {EXTRACT_PLAIN, EXTRACT_JSON, EXTRACT_JSON_STRING};
static const char *const form_words[] = {"", "json", "jsons"};

static enum extract_form node_form(const struct node *node)
{
    return node->prepared == NULL ? EXTRACT_PLAIN : *(const enum extract_form *)node->prepared;
}

/* Digits, perhaps with a minus in front; as in Exim a minus alone is 0. Clears "*is_number" for anything
   else. */
static long read_field_number(const struct value *text, bool *is_number)
{
    bool negative = text->length > 0 && text->bytes[0] == '-';
    long number = 0;

    *is_number = text->length > 0;
    for (size_t i = negative; i < text->length; i++) {
        if (!byte_is_digit(text->bytes[i])) {
            *is_number = false;
            return 0;
        }
        if (number < INT_MAX)
            number = number * 10 + (text->bytes[i] - '0');
    }
    return negative ? -number : number;
}

/* ---- extract ---- */

static bool parse_group_required(struct parser *parser, struct node *node)
{
    parse_space(parser);
    if (parse_peek(parser) == '{')
        return parse_child(parser, node);
    if (node->child_count > 0 || parse_peek(parser) == '}')
        node->fail_mistake =
            arena_format(parser->arena, "missing '{' for arg %zu of extract", node->child_count + 1);
    if (parse_peek(parser) == '}' && node->fail_mistake != NULL && !parser->header_name_has_brace) {
        parse_doubt(parser, parser->position, node->fail_mistake);
        return true; /* only evaluation minds */
    }
    return node->fail_mistake == NULL
               ? parse_mistake_brace(parser, parser->position, "missing '{' for arg 1 of extract")
               : parse_mistake_brace(parser, parser->position, "missing '}' closing extract");
}

/* With a key that only evaluation will know: number or name decides how many
   of the strings that follow are arguments, so all are read, and shared out then.
   "[fail]" may stand for the last. */
static bool parse_undecided(struct parser *parser, struct node *node)
{
    node->arguments_are_all = true;
    for (;;) {
        parse_space(parser);
        if (parse_peek(parser) != '{' || node->child_count > GROUPS_AT_MOST)
            break;
        if (!parse_child(parser, node))
            return false;
    }
    if (parse_take(parser, '}'))
        return true;
    size_t at = parser->position;
    struct value word = parse_name(parser);
    if (!value_equals_text(&word, "fail"))
        return parse_mistake_brace(parser, at, "missing '}' closing extract");
    node->no_branch = BRANCH_FAIL;
    parse_space(parser);
    return parse_take(parser, '}') ||
           parse_mistake_brace(parser, parser->position, "missing '}' closing extract");
}

/* form := [ "json" | "jsons" ] */
static bool parse_form(struct parser *parser, struct node *node)
{
    parse_space(parser);
    size_t at = parser->position;
    struct value word = parse_name(parser);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (value_equals_text(&word, form_words[i])) {
            node->prepared = &forms[i];
            return true;
        }
    return parse_mistake_brace(parser, at, "missing '{' for arg 1 of extract");
}

/* extract := form "{" key "}" "{" text "}" branches
            | "{" number "}" "{" separators "}" "{" text "}" branches */
bool parse_extract(struct parser *parser, struct node *node)
{
    bool is_number;

    if (!parse_form(parser, node) || !parse_group_required(parser, node))
        return false;
    if (node->child_count == 0)
        return parse_take(parser, '}');
    const struct node *key = node->children[0];
    bool is_json = node_form(node) != EXTRACT_PLAIN;
    if (key->kind != NODE_TEXT && !is_json)
        return parse_undecided(parser, node);
    if (is_json)
        return parse_group_required(parser, node) && parse_branches(parser, node, "extract");
    struct value trimmed = value_trim(parser->arena, &key->text);
    (void)read_field_number(&trimmed, &is_number);
    if (!parse_group_required(parser, node) || (is_number && !parse_group_required(parser, node)))
        return false;
    return parse_branches(parser, node, "extract");
}

/* The "number"th part of "text" between any of the separator bytes; counted
   from the end when negative; the whole text for 0. */
static bool find_field(struct arena *arena, const struct value *text, const struct value *separators,
                       long number, struct value *field)
{
    bool separates[UCHAR_MAX + 1] = {false};
    size_t begin = 0;
    long total = 1;

    if (number == 0) {
        *field = *text;
        return true;
    }
    for (size_t i = 0; i < separators->length; i++)
        separates[(unsigned char)separators->bytes[i]] = true;
    for (size_t i = 0; number < 0 && i < text->length; i++)
        total += separates[(unsigned char)text->bytes[i]];
    long wanted = number > 0 ? number : total + number + 1;
    if (wanted < 1)
        return false;
    for (size_t i = 0; i <= text->length; i++) {
        if (i < text->length && !separates[(unsigned char)text->bytes[i]])
            continue;
        if (--wanted == 0) {
            *field = value_slice(arena, text, begin, i - begin);
            return true;
        }
        begin = i + 1;
    }
    return false;
}

/* A value behind "name=", without the quotes around it. */
struct quotable {
    size_t begin;
    size_t length;
    bool has_escape;
};

/* Passes over one: up to white space, or a string in quotes with escapes. */
static struct quotable pass_quotable(const struct value *text, size_t *at)
{
    struct quotable passed = {.begin = *at};
    size_t used;

    if (*at >= text->length || text->bytes[*at] != '"') {
        while (*at < text->length && !byte_is_space(text->bytes[*at]))
            (*at)++;
        passed.length = *at - passed.begin;
        return passed;
    }
    passed.begin = ++*at;
    for (; *at < text->length && text->bytes[*at] != '"'; *at += used) {
        used = 1;
        if (text->bytes[*at] != '\\' || *at + 1 >= text->length)
            continue;
        (void)scan_escape(text->bytes + *at, text->length - *at, &used);
        passed.has_escape = true;
    }
    passed.length = *at - passed.begin;
    if (*at < text->length)
        (*at)++;
    return passed;
}

/* What stands in quotes, with its escapes resolved. */
static struct value resolve_escapes(struct arena *arena, const struct value *quoted)
{
    struct buffer out;
    struct value result;
    size_t used;

    buffer_init(&out, arena);
    for (size_t at = 0; at < quoted->length; at += used) {
        used = 1;
        char byte = quoted->bytes[at];
        if (byte == '\\' && at + 1 < quoted->length)
            byte = scan_escape(quoted->bytes + at, quoted->length - at, &used);
        struct value source = value_slice(arena, quoted, at, used);
        buffer_add_like(&out, &byte, 1, &source, NULL);
    }
    return buffer_value(&out, &result) ? result : value_clean("", 0);
}

static void skip_space(const struct value *text, size_t *at)
{
    while (*at < text->length && byte_is_space(text->bytes[*at]))
        (*at)++;
}

/* The value of "key" in a text of name=value pairs. Case does not count. */
static bool find_key(struct arena *arena, const struct value *text, const struct value *key,
                     struct value *found)
{
    size_t at = 0;

    skip_space(text, &at);
    while (at < text->length) {
        size_t begin = at;
        while (at < text->length && text->bytes[at] != '=' && !byte_is_space(text->bytes[at]))
            at++;
        struct value name = value_clean(text->bytes + begin, at - begin);
        skip_space(text, &at);
        if (at < text->length && text->bytes[at] == '=') {
            at++;
            skip_space(text, &at);
        }
        struct quotable passed = pass_quotable(text, &at);
        if (name.length == key->length && value_equal_caseless(&name, key)) {
            struct value written = value_slice(arena, text, passed.begin, passed.length);
            *found = passed.has_escape ? resolve_escapes(arena, &written) : written;
            return true;
        }
        skip_space(text, &at);
    }
    return false;
}

/* The branches of an extract whose strings were read before its key was known:
   "first" is the child that is {yes}. */
static enum outcome undecided_branch(struct call *call, size_t first, bool success, const struct value *value)
{
    const struct node *node = call->node;
    size_t count = node->child_count;
    struct node *yes = first < count ? node->children[first] : NULL;
    struct node *no = first + 1 < count ? node->children[first + 1] : NULL;
    struct node decided = *node;

    if (first + 2 < count)
        return call_failed(call,
                           "curly-bracket problem in conditional yes/no parsing: did not close with '}'");
    if (node->no_branch == BRANCH_FAIL && (yes == NULL || no != NULL))
        return call_failed(call, "curly-bracket problem in conditional yes/no parsing: 'yes' part did not "
                                 "start with '{'");
    decided.yes = yes;
    decided.no = no;
    decided.yes_branch = yes != NULL ? BRANCH_TEXT : BRANCH_ABSENT;
    if (no != NULL)
        decided.no_branch = BRANCH_TEXT;
    struct call inner = *call;
    inner.node = &decided;
    return call_branch(&inner, success, value);
}

static enum outcome extract_from_json(struct call *call, const struct json_key *key)
{
    struct value text, found = value_clean("", 0);
    bool is_there = false;
    enum outcome outcome = call_argument(call, 1, &text);

    if (outcome == OUTCOME_DONE)
        outcome = extract_json(call, key, &text, &found, &is_there);
    return outcome == OUTCOME_DONE ? call_branch(call, is_there, &found) : outcome;
}

/* The trimmed first argument has to be there. */
static enum outcome check_key(struct call *call, struct value *key)
{
    *key = value_trim(call->run->arena, key);
    return key->length > 0 ? OUTCOME_DONE
                           : call_failed(call, "first argument of \"%s\" must not be empty", call_name(call));
}

enum outcome check_extract(struct call *call, size_t index, const struct value *value)
{
    struct value key = *value;

    return index == 0 ? check_key(call, &key) : OUTCOME_DONE;
}

enum outcome item_extract(struct call *call)
{
    struct arena *arena = call->run->arena;
    const struct node *node = call->node;
    struct value key, text, separators, found = value_clean("", 0);
    bool is_number;
    bool success;

    if (node->child_count == 0)
        return call_failed(call, "missing '{' for arg 1 of extract");
    enum outcome outcome = call_argument(call, 0, &key);
    if (outcome == OUTCOME_DONE)
        outcome = check_key(call, &key);
    if (outcome != OUTCOME_DONE)
        return outcome;
    long number = read_field_number(&key, &is_number);
    enum extract_form form = node_form(node);
    size_t wanted = form == EXTRACT_PLAIN && is_number ? 3 : 2;
    if (node->child_count < wanted)
        return call_failed(call, "missing '{' for arg %zu of extract", node->child_count + 1);
    if (form != EXTRACT_PLAIN) {
        struct json_key json = {
            .is_number = is_number, .number = number, .name = key, .is_string = form == EXTRACT_JSON_STRING};
        return extract_from_json(call, &json);
    }
    if (is_number)
        outcome = call_argument(call, 1, &separators);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, wanted - 1, &text);
    if (outcome != OUTCOME_DONE)
        return outcome;
    success = is_number ? find_field(arena, &text, &separators, number, &found)
                        : find_key(arena, &text, &key, &found);
    if (!success)
        found = value_clean("", 0);
    if (node->children[0]->kind != NODE_TEXT)
        return undecided_branch(call, wanted, success, &found);
    return call_branch(call, success, &found);
}

/* ---- listextract ---- */

/* Exim counts from the end for a negative number, and gives the first item for
   one that lies further back than one in front of the list. */
static bool find_item(struct arena *arena, const struct value *list, long number, struct value *item)
{
    struct list_reader reader;

    if (number < 0) {
        number += (long)list_count(arena, list) + 1;
        if (number < 0)
            number = 1;
    }
    if (number == 0)
        return false;
    list_open(&reader, arena, list, ':');
    while (list_next(&reader, item))
        if (--number == 0)
            return true;
    return false;
}

static enum outcome read_item_number(struct call *call, struct value *key, long *number)
{
    bool is_number;
    enum outcome outcome = check_key(call, key);

    if (outcome != OUTCOME_DONE)
        return outcome;
    *number = read_field_number(key, &is_number);
    /* A minus sign alone is 0, of which there is no item. */
    return is_number || value_equals_text(key, "-")
               ? OUTCOME_DONE
               : call_failed(call, "first argument of \"listextract\" must be numeric");
}

enum outcome check_listextract(struct call *call, size_t index, const struct value *value)
{
    struct value key = *value;
    long ignored;

    return index == 0 ? read_item_number(call, &key, &ignored) : OUTCOME_DONE;
}

enum outcome item_listextract(struct call *call)
{
    struct arena *arena = call->run->arena;
    struct value key, list, item = value_clean("", 0);
    long number = 0;
    enum outcome outcome = call_argument(call, 0, &key);

    if (outcome == OUTCOME_DONE)
        outcome = read_item_number(call, &key, &number);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &list);
    if (outcome != OUTCOME_DONE)
        return outcome;
    bool success = find_item(arena, &list, number, &item);
    return call_branch(call, success, &item);
}

/* ---- env ---- */

enum outcome item_env(struct call *call)
{
    struct value name, found;
    enum outcome outcome = call_argument(call, 0, &name);

    if (outcome != OUTCOME_DONE)
        return outcome;
    bool success = env_environment(call->run->env, &name, &found);
    return call_branch(call, success, &found);
}
