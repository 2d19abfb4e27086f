/* ${lookup{key} type {file} {yes}{no}} and ${lookup type {query} {yes}{no}} */

#include <string.h>

#include "items/items.h"
#include "lang/env.h"
#include "lang/gather.h"
#include "lookups/lookup.h"
#include "match/patterns.h"

/* type := bytes up to "{" or white space */
static struct value parse_type(struct parser *parser)
{
    size_t from = parser->position;

    while (parser->position < parser->length && parser->text[parser->position] != '{' &&
           !byte_is_space(parser->text[parser->position]))
        parser->position++;
    return value_clean(parser->text + from, parser->position - from);
}

/* Reads the driver's name, what stands around it and options into node->prepared. */
static bool parse_driver(struct parser *parser, struct node *node)
{
    struct lookup_type *type = arena_calloc(parser->arena, 1, sizeof *type);
    size_t offset = parser->position;
    struct value text = parse_type(parser);
    struct error error;

    if (type == NULL)
        return parse_mistake(parser, offset, "out of memory");
    if (text.length == 0 || text.bytes[0] == '}')
        return parse_mistake(parser, offset, "missing lookup type");
    if (lookup_type_read(type, &text, false, parser->arena, &error) != OUTCOME_DONE)
        return parse_mistake(parser, offset, "%s", error.message);
    node->prepared = type;
    node->is_lookup = true;
    node->may_gather = type->driver->find_many != NULL;
    parser->program->has_gatherable |= node->may_gather;
    bool has_key = node->child_count > 0;
    if (has_key && type->driver->style == LOOKUP_QUERY)
        return parse_mistake(parser, offset,
                             "a single key was given for lookup type \"%s\", which is not a single-key "
                             "lookup type",
                             type->driver->name);
    if (!has_key && type->driver->style == LOOKUP_SINGLE_KEY)
        return parse_mistake(parser, offset, "missing {key} for single-key \"%.*s\" lookup",
                             CALL_TEXT(&text));
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
        return parse_mistake(parser, parser->position, "missing '{' for lookup file-or-query arg");
    return parse_string(parser, node) && parse_branches(parser, node, "lookup");
}

static struct lookup_request make_request(struct run *run, const struct lookup_type *type)
{
    return (struct lookup_request){
        .driver = type->driver,
        .type = type,
        .language = &lookup_patterns,
        .context = run,
        .options = type->options,
        .file = value_clean("", 0),
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
    };
}

/* $1 and $2 in the branches: the parts of a key that was found in another form, or
   nothing after patterns were tried, which set them to who knows what. */
static enum outcome bind_parts(struct run *run, const struct lookup_type *type,
                               const struct lookup_answer *answer)
{
    static const struct captures none = {.count = 0};

    if (type->driver->forgets_captures)
        run->bindings.captures = &none;
    if (!answer->has_parts)
        return OUTCOME_DONE;
    struct captures *captures = arena_calloc(run->arena, 1, sizeof *captures);
    if (captures == NULL)
        return error_no_memory(run->error);
    if (run->bindings.captures != NULL)
        captures->texts[0] = run->bindings.captures->texts[0];
    captures->texts[1] = answer->wild;
    captures->texts[2] = answer->fixed;
    captures->count = 3;
    run->bindings.captures = captures;
    return OUTCOME_DONE;
}

/* Whether an operator has quoted what is in it for the driver. */
static bool quotes_for(const struct node *node, const struct lookup_driver *driver)
{
    return node->kind == NODE_OPERATOR && strcmp(node->row.operation->name, "quote") == 0 &&
           value_equals_text(&node->text, driver->name);
}

/* A variable in a query that is not quoted there and has a value that such bytes
   begin with. */
static const struct node *find_source(struct run *run, const struct node *node,
                                      const struct lookup_driver *driver, const struct value *bytes)
{
    struct value value;

    if (node->kind == NODE_VARIABLE)
        return env_variable(run, node->row.variable, &node->text, &value) == OUTCOME_DONE &&
                       value_is_tainted(&value) && value.length > 0 && value.length <= bytes->length &&
                       memcmp(value.bytes, bytes->bytes, value.length) == 0
                   ? node
                   : NULL;
    const struct node *found = NULL;
    for (size_t i = 0; i < node->child_count && found == NULL && !quotes_for(node, driver); i++)
        found = find_source(run, node->children[i], driver, bytes);
    return found;
}

static const char *name_source(void *source, const struct value *bytes)
{
    const struct call *call = source;
    const struct lookup_type *type = call->node->prepared;
    const struct node *found = find_source(call->run, call->node->children[0], type->driver, bytes);

    if (found == NULL)
        return NULL;
    return found->row.variable->is_family
               ? arena_copy(call->run->arena, found->text.bytes, found->text.length)
               : found->row.variable->name;
}

enum outcome item_lookup(struct call *call)
{
    const struct lookup_type *type = call->node->prepared;
    struct run *run = call->run;
    struct lookup_request request = make_request(run, type);
    struct lookup_answer answer = {.value = value_clean("", 0)};
    enum outcome outcome = call_outside(call, "lookup expansions");

    request.name_source = name_source;
    request.source = call;
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 0, &request.key);
    if (outcome == OUTCOME_DONE && type->driver->style == LOOKUP_SINGLE_KEY)
        outcome = call_argument(call, 1, &request.file);
    if (outcome == OUTCOME_DONE)
        outcome = lookup_find(run->env->lookups, &request, &answer);
    if (outcome != OUTCOME_DONE)
        return outcome;
    const struct captures *outer = run->bindings.captures;
    outcome = bind_parts(run, type, &answer);
    if (outcome == OUTCOME_DONE)
        outcome = call_branch(call, answer.found, &answer.value);
    run->bindings.captures = outer;
    return outcome;
}

/* Its branches depend on the answer: what is in them is not looked at. */
void foresee_item_lookup(struct foresight *foresight, const struct node *node)
{
    const struct lookup_type *type = node->prepared;
    struct lookup_request request = make_request(foresight->run, type);

    for (size_t i = 0; i < node->child_count; i++)
        foresee(foresight, node->children[i]);
    if (!node->may_gather || !foresee_value(foresight, node->children[0], &request.key))
        return;
    if (type->driver->style == LOOKUP_SINGLE_KEY &&
        !foresee_value(foresight, node->children[1], &request.file))
        return;
    foresee_lookup(foresight, &request);
}
