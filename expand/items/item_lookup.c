/* ${lookup{key} type {file} {yes}{no}} and ${lookup type {query} {yes}{no}} */

#include <string.h>

#include "items/items.h"
#include "lang/env.h"
#include "lang/gather.h"
#include "lang/trace.h"
#include "lookups/lookup.h"
#include "lookups/types.h"

/* What the parse found out: which driver, and the options behind its comma. */
struct prepared_lookup {
    const struct lookup_driver *driver; /* NULL in a foreign program: this build has none */
    struct value options;
    const struct lookup_type *type; /* in a foreign program */
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

static bool check_style(struct parser *parser, size_t offset, const struct value *name,
                        enum lookup_style style, bool has_key)
{
    if (has_key && style == LOOKUP_QUERY)
        return parse_mistake(parser, offset,
                             "a single key was given for lookup type \"%.*s\", which is not a single-key "
                             "lookup type",
                             CALL_TEXT(name));
    if (!has_key && style == LOOKUP_SINGLE_KEY)
        return parse_mistake(parser, offset, "missing {key} for single-key \"%.*s\" lookup", CALL_TEXT(name));
    return true;
}

/* What another build will read: any of Exim's types, with all that may stand around
   its name. */
static bool parse_foreign_driver(struct parser *parser, struct prepared_lookup *prepared, bool has_key,
                                 size_t offset, const struct value *written)
{
    struct lookup_words words;

    if (!lookup_words_read(parser->arena, written, &words))
        return parse_mistake(parser, offset, "format error in lookup type \"%.*s\"", CALL_TEXT(&words.type));
    prepared->options = words.options;
    prepared->driver = lookup_driver_find(words.name.bytes, words.name.length);
    prepared->type = lookup_type_find(words.name.bytes, words.name.length);
    if (prepared->driver == NULL && prepared->type == NULL)
        return mistake_unknown_type(parser, offset, &words.name);
    enum lookup_style style = prepared->type != NULL ? prepared->type->style : prepared->driver->style;
    if (words.is_partial && style == LOOKUP_QUERY)
        return parse_mistake(parser, offset, "\"partial\" is not permitted for lookup type \"%.*s\"",
                             CALL_TEXT(&words.name));
    if (words.has_default && style == LOOKUP_QUERY)
        return parse_mistake(parser, offset,
                             "defaults using \"*\" or \"*@\" are not permitted for lookup type \"%.*s\"",
                             CALL_TEXT(&words.type));
    return check_style(parser, offset, &words.name, style, has_key);
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
    if (parser->is_foreign) {
        node->prepared = prepared;
        return parse_foreign_driver(parser, prepared, node->child_count > 0, offset, &type);
    }
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
    node->is_lookup = true;
    node->may_gather = prepared->driver->find_many != NULL;
    parser->program->has_gatherable |= node->may_gather;
    return check_style(parser, offset, &name, prepared->driver->style, node->child_count > 0);
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

const struct lookup_type *item_lookup_type(const struct node *node)
{
    const struct prepared_lookup *prepared = node->prepared;

    return prepared == NULL ? NULL : prepared->type;
}

static struct lookup_request make_request(const struct run *run, const struct prepared_lookup *prepared)
{
    return (struct lookup_request){
        .driver = prepared->driver,
        .options = prepared->options,
        .file = value_clean("", 0),
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
    };
}

enum outcome item_lookup(struct call *call)
{
    const struct prepared_lookup *prepared = call->node->prepared;
    struct run *run = call->run;
    struct lookup_request request = make_request(run, prepared);
    struct lookup_answer answer = {.value = value_clean("", 0)};
    enum outcome outcome = call_outside(call, "lookup expansions");

    if (outcome == OUTCOME_DONE && prepared->driver == NULL)
        return call_failed(call, "lookup type \"%s\" is not in this build", prepared->type->name);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 0, &request.key);
    if (outcome == OUTCOME_DONE && prepared->driver->style == LOOKUP_SINGLE_KEY)
        outcome = call_argument(call, 1, &request.file);
    if (outcome == OUTCOME_DONE)
        outcome = trace_lookup(run, &request, &answer);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return call_branch(call, answer.found, &answer.value);
}

/* Its branches depend on the answer: what is in them is not looked at. */
void foresee_item_lookup(struct foresight *foresight, const struct node *node)
{
    const struct prepared_lookup *prepared = node->prepared;
    struct lookup_request request = make_request(foresight->run, prepared);

    for (size_t i = 0; i < node->child_count; i++)
        foresee(foresight, node->children[i]);
    if (!node->may_gather || !foresee_value(foresight, node->children[0], &request.key))
        return;
    if (prepared->driver->style == LOOKUP_SINGLE_KEY &&
        !foresee_value(foresight, node->children[1], &request.file))
        return;
    foresee_lookup(foresight, &request);
}
