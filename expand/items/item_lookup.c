/* ${lookup{key} type {file} {yes}{no}} and ${lookup type {query} {yes}{no}} */

#include <string.h>

#include "items/items.h"
#include "lang/env.h"
#include "lang/gather.h"
#include "lang/trace.h"
#include "lookups/lookup.h"
#include "lookups/types.h"
#include "match/patterns.h"

/* What the parse found out. */
struct prepared_lookup {
    const struct lookup_driver *driver; /* NULL in a foreign program: this build has none */
    struct lookup_words words;
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

/* By the driver of this build; in a foreign program, which another build will read,
   any of Exim's types is one. */
static enum outcome find_type(const struct parser *parser, struct prepared_lookup *prepared,
                              enum lookup_style *style, struct error *error)
{
    const struct value *name = &prepared->words.name;

    if (parser->is_foreign)
        prepared->type = lookup_type_find(name->bytes, name->length);
    if (prepared->type == NULL) {
        enum outcome outcome = lookup_words_driver(&prepared->words, parser->program->takes_absent_lookups,
                                                   &prepared->driver, parser->arena, error);
        if (outcome == OUTCOME_DONE)
            *style = prepared->driver->style;
        return outcome;
    }
    prepared->driver = lookup_driver_find(name->bytes, name->length);
    *style = prepared->type->style;
    return lookup_words_fit(&prepared->words, *style, parser->arena, error);
}

static bool check_style(struct parser *parser, size_t offset, const struct value *written,
                        const struct value *name, enum lookup_style style, bool has_key)
{
    if (has_key && style == LOOKUP_QUERY)
        return parse_mistake(parser, offset,
                             "a single key was given for lookup type \"%.*s\", which is not a single-key "
                             "lookup type",
                             CALL_TEXT(name));
    if (!has_key && style == LOOKUP_SINGLE_KEY)
        return parse_mistake(parser, offset, "missing {key} for single-key \"%.*s\" lookup",
                             CALL_TEXT(written));
    return true;
}

/* Reads the type's name, what stands around it and options into node->prepared. */
static bool parse_driver(struct parser *parser, struct node *node)
{
    struct prepared_lookup *prepared = arena_calloc(parser->arena, 1, sizeof *prepared);
    size_t offset = parser->position;
    struct value text = parse_type(parser);
    enum lookup_style style;
    struct error error;

    if (prepared == NULL)
        return parse_mistake(parser, offset, "out of memory");
    if (text.length == 0 || !byte_is_letter(text.bytes[0]))
        return parse_mistake(parser, offset, "missing lookup type");
    if (lookup_words_read(&prepared->words, &text, false, parser->arena, &error) != OUTCOME_DONE ||
        find_type(parser, prepared, &style, &error) != OUTCOME_DONE)
        return parse_mistake(parser, offset, "%s", error.message);
    node->prepared = prepared;
    bool fits = check_style(parser, offset, &text, &prepared->words.name, style, node->child_count > 0);
    if (parser->is_foreign || !fits)
        return fits;
    node->is_lookup = true;
    node->may_gather = prepared->driver->find_many != NULL;
    parser->program->has_gatherable |= node->may_gather;
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

const struct lookup_type *item_lookup_type(const struct node *node)
{
    const struct prepared_lookup *prepared = node->prepared;

    return prepared == NULL ? NULL : prepared->type;
}

static struct lookup_request make_request(struct run *run, const struct prepared_lookup *prepared)
{
    return (struct lookup_request){
        .driver = prepared->driver,
        .words = &prepared->words,
        .language = &lookup_patterns,
        .context = run,
        .options = prepared->words.options,
        .file = value_clean("", 0),
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
        .evaluation = run->evaluation,
    };
}

/* $1 and $2 in the branches: the parts of a key that was found in another form, or
   nothing after patterns were tried, which set them to who knows what. */
static enum outcome bind_parts(struct run *run, const struct lookup_driver *driver,
                               const struct lookup_answer *answer)
{
    static const struct captures none = {.count = 0};

    if (driver->forgets_captures)
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
    const struct prepared_lookup *prepared = call->node->prepared;
    const struct node *found = find_source(call->run, call->node->children[0], prepared->driver, bytes);

    if (found == NULL)
        return NULL;
    return found->row.variable->is_family
               ? arena_copy(call->run->arena, found->text.bytes, found->text.length)
               : found->row.variable->name;
}

enum outcome item_lookup(struct call *call)
{
    const struct prepared_lookup *prepared = call->node->prepared;
    struct run *run = call->run;
    struct lookup_request request = make_request(run, prepared);
    struct lookup_answer answer = {.value = value_clean("", 0)};
    enum outcome outcome = call_outside(call, "lookup expansions");

    request.name_source = name_source;
    request.source = call;
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
    const struct captures *outer = run->bindings.captures;
    outcome = bind_parts(run, prepared->driver, &answer);
    if (outcome == OUTCOME_DONE)
        outcome = call_branch(call, answer.found, &answer.value);
    run->bindings.captures = outer;
    return outcome;
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
