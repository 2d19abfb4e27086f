/* forany, forall and their JSON forms; inlist. */

#include <string.h>

#include "base/list.h"
#include "conditions/conditions.h"
#include "items/json.h"
#include "lang/gather.h"

/* for := "{" list "}" "{" condition "}" */
bool parse_for(struct parser *parser, struct node *node)
{
    const char *name = node->row.condition->name;

    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing { after \"%s\"", name);
    if (!parse_child(parser, node))
        return false;
    parse_space(parser);
    if (!parse_take(parser, '{'))
        return parse_mistake(parser, parser->position, "missing { after \"%s\"", name);
    if (!parse_condition(parser, &node->condition)) {
        parse_mistake_inside(parser, "\" condition", name);
        return false;
    }
    parse_space(parser);
    return parse_take(parser, '}') ||
           parse_mistake(parser, parser->position, "missing } at end of condition inside \"%s\"", name);
}

/* Where the items come from. */
struct source {
    struct call *call;
    size_t kind; /* of the row: FOR_… */
    struct list_reader reader;
    struct value rest;     /* of a JSON array, behind the items that were given */
    const char *not_there; /* the character that an item lacks, or NULL */
};

static enum outcome source_open(struct source *source, struct call *call)
{
    struct value list;
    enum outcome outcome = call_argument(call, 0, &list);

    *source = (struct source){.call = call, .kind = call->node->row.condition->data, .rest = list};
    if (outcome != OUTCOME_DONE)
        return outcome;
    if ((source->kind & FOR_JSON) == 0) {
        list_open(&source->reader, call->run->arena, &list, ':');
        return OUTCOME_DONE;
    }
    const char *missing = json_unwrap(call->run->arena, "[]", &source->rest);
    if (missing != NULL)
        return call_failed(call, "missing '%c' wrapping array for %s", *missing, call_name(call));
    return OUTCOME_DONE;
}

static bool source_next(struct source *source, struct value *item)
{
    struct arena *arena = source->call->run->arena;

    if ((source->kind & FOR_JSON) == 0)
        return list_next(&source->reader, item);
    if (!json_next(arena, &source->rest, item))
        return false;
    if ((source->kind & FOR_STRINGS) != 0)
        source->not_there = json_unwrap(arena, "\"\"", item);
    return source->not_there == NULL;
}

static bool next_ahead(void *source, struct value *item)
{
    return source_next(source, item);
}

static void look_ahead(struct gathering *gathering, const struct source *source, const struct value *item)
{
    struct source ahead = *source;

    ahead.reader.arena = &gathering->arena;
    gather_ahead(gathering, item, next_ahead, &ahead);
}

/* Exim's words about where a failure was. */
static enum outcome failed_inside(struct call *call, enum outcome outcome)
{
    struct run *run = call->run;

    if (run->mistake_raised)
        return outcome;
    error_wrap(run->error, run->arena, "%s inside \"%s\" condition", run->error->message, call_name(call));
    return outcome;
}

/* What a match in the condition captured is seen behind it, $item is not. A
   list of nothing makes both false, as in Exim. */
enum outcome cond_for(struct call *call, bool *truth)
{
    struct source source;
    struct gathering gathering;
    struct value outer = call->run->bindings.item;
    bool wanted = (call->node->row.condition->data & FOR_ALL) != 0;
    enum outcome outcome = source_open(&source, call);

    *truth = false;
    if (outcome != OUTCOME_DONE)
        return outcome;
    gather_loop(&gathering, call->run, call->node, call->node->condition, GATHER_MAY_STOP);
    while (outcome == OUTCOME_DONE && source_next(&source, &call->run->bindings.item)) {
        if (gather_is_due(&gathering))
            look_ahead(&gathering, &source, &call->run->bindings.item);
        outcome = call_condition(call, call->node->condition, truth);
        if (outcome == OUTCOME_DONE && *truth != wanted)
            break;
    }
    gather_end(&gathering);
    call->run->bindings.item = outer;
    if (outcome != OUTCOME_DONE)
        return failed_inside(call, outcome);
    if (source.not_there != NULL)
        return call_failed(call, "missing '%c' wrapping string result for extract jsons", *source.not_there);
    return OUTCOME_DONE;
}

/* $value is the item then, with the list's taint: a way to a clean copy. */
enum outcome cond_inlist(struct call *call, bool *truth)
{
    bool is_caseless = call->node->row.condition->data != 0;
    struct list_reader reader;
    struct value wanted, list, item;
    enum outcome outcome = call_argument(call, 0, &wanted);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &list);
    *truth = false;
    if (outcome != OUTCOME_DONE)
        return outcome;
    list_open(&reader, call->run->arena, &list, ':');
    while (!*truth && list_next(&reader, &item))
        *truth = is_caseless ? value_equal_caseless(&wanted, &item) : value_equal(&wanted, &item);
    if (*truth)
        call->run->bindings.value = item;
    return OUTCOME_DONE;
}
