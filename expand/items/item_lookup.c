/* ${lookup{key} type {file} {yes}{no}} and ${lookup type {query} {yes}{no}} */

#include <string.h>

#include "items/items.h"
#include "lang/env.h"
#include "lookups/lookup.h"

/* What the parse found out: which driver, and the options behind its comma. */
struct prepared_lookup {
    const struct lookup_driver *driver;
    struct value options;
};

/* type := bytes up to "{" or white space */
static struct value parse_type(struct parser *parser)
{
    size_t from = parser->position;

    while (parser->position < parser->length && parser->text[parser->position] != '{' &&
           !byte_is_space(parser->text[parser->position]))
        parser->position++;
    return value_clean(parser->text + from, parser->position - from);
}

static bool mistake_unknown_type(struct parser *parser, size_t offset, const struct value *name)
{
    return parse_mistake(parser, offset, "unknown lookup type \"%.*s\"", CALL_TEXT(name));
}

/* Reads the driver's name and options into node->prepared. */
static bool parse_driver(struct parser *parser, struct node *node)
{
    struct prepared_lookup *prepared = arena_calloc(parser->arena, 1, sizeof *prepared);
    size_t offset = parser->position;
    struct value type = parse_type(parser);

    if (prepared == NULL)
        return parse_mistake(parser, offset, "out of memory");
    if (type.length == 0 || !byte_is_letter(type.bytes[0]))
        return parse_mistake(parser, offset, "missing lookup type");
    struct value name = type;
    const char *comma = memchr(type.bytes, ',', type.length);
    if (comma != NULL) {
        name.length = (size_t)(comma - type.bytes);
        prepared->options = value_clean(comma + 1, type.length - name.length - 1);
    }
    prepared->driver = lookup_driver_find(name.bytes, name.length);
    if (prepared->driver == NULL && parser->program->takes_absent_lookups)
        prepared->driver = lookup_driver_absent(name.bytes, name.length);
    if (prepared->driver == NULL)
        return mistake_unknown_type(parser, offset, &name);
    node->prepared = prepared;
    bool has_key = node->child_count > 0;
    if (has_key && prepared->driver->style == LOOKUP_QUERY)
        return parse_mistake(parser, offset,
                             "a single key was given for lookup type \"%.*s\", which is not a single-key "
                             "lookup type",
                             CALL_TEXT(&name));
    if (!has_key && prepared->driver->style == LOOKUP_SINGLE_KEY)
        return parse_mistake(parser, offset, "missing {key} for single-key \"%.*s\" lookup",
                             CALL_TEXT(&name));
    return true;
}

static bool parse_string(struct parser *parser, struct node *node)
{
    struct node *argument = NULL;
    bool whole = parse_argument(parser, &argument);

    if (argument != NULL && !parse_add_child(parser, node, argument))
        return false;
    return whole;
}

/* lookup := [ "{" key "}" ] type "{" file-or-query "}" branches */
bool parse_lookup(struct parser *parser, struct node *node)
{
    parse_space(parser);
    if (parse_peek(parser) == '{' && !parse_string(parser, node))
        return false;
    parse_space(parser);
    if (!parse_driver(parser, node))
        return false;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake_brace(parser, parser->position, "missing '{' for lookup file-or-query arg");
    return parse_string(parser, node) && parse_branches(parser, node, "lookup");
}

enum outcome item_lookup(struct call *call)
{
    const struct prepared_lookup *prepared = call->node->prepared;
    struct run *run = call->run;
    struct lookup_request request = {
        .driver = prepared->driver,
        .options = prepared->options,
        .file = value_clean("", 0),
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
    };
    struct lookup_answer answer = {.value = value_clean("", 0)};
    enum outcome outcome = call_outside(call, "lookup expansions");

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 0, &request.key);
    if (outcome == OUTCOME_DONE && prepared->driver->style == LOOKUP_SINGLE_KEY)
        outcome = call_argument(call, 1, &request.file);
    if (outcome == OUTCOME_DONE)
        outcome = lookup_find(run->env->lookups, &request, &answer);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return call_branch(call, answer.found, &answer.value);
}
