/* ${map{…}}, ${filter{…}}, ${reduce{…}}. */

#include <string.h>

#include "base/list.h"
#include "items/items.h"
#include "lang/gather.h"

/* One of the strings in braces; "which" is how Exim counts it in its message. */
static bool parse_counted(struct parser *parser, struct node *node, const char *which)
{
    struct node *argument = NULL;

    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing '{' for %s arg of %s", which,
                             node->row.item->name);
    bool whole = parse_argument(parser, &argument);
    if (argument != NULL && !parse_add_child(parser, node, argument))
        return false;
    return whole;
}

static bool parse_last_brace(struct parser *parser, const struct node *node)
{
    parse_space(parser);
    return parse_take(parser, '}') ||
           parse_mistake(parser, parser->position, "missing } at end of \"%s\"", node->row.item->name);
}

/* body := "{" sequence "}" "}" */
static bool parse_body(struct parser *parser, struct node *node)
{
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing '{' for last arg of %s",
                             node->row.item->name);
    if (!parse_argument(parser, &node->yes)) {
        parse_mistake_inside(parser, "\" item", node->row.item->name);
        return false;
    }
    return parse_last_brace(parser, node);
}

/* map := "{" list "}" body , reduce := "{" list "}" "{" start "}" body */
bool parse_map(struct parser *parser, struct node *node)
{
    static const char *const which[2] = {"first", "second"};

    for (size_t i = 0; i < node->row.item->minimum && i < 2; i++)
        if (!parse_counted(parser, node, which[i]))
            return false;
    return parse_body(parser, node);
}

/* filter := "{" list "}" "{" condition "}" "}" */
bool parse_filter(struct parser *parser, struct node *node)
{
    if (!parse_counted(parser, node, "first"))
        return false;
    parse_space(parser);
    if (!parse_take(parser, '{'))
        return parse_mistake(parser, parser->position, "missing '{' for last arg of filter");
    if (!parse_condition(parser, &node->condition)) {
        parse_mistake_inside(parser, "\" item", "filter");
        return false;
    }
    parse_space(parser);
    if (!parse_take(parser, '}'))
        return parse_mistake(parser, parser->position,
                             "missing } at end of condition or expression inside \"filter\"; could be an "
                             "unquoted } in the content");
    return parse_last_brace(parser, node);
}

/* A list that is gone through with a string for each item. */
struct walk {
    struct call *call;
    struct list_reader reader;
    struct bindings outer;
    struct gathering gathering;
    size_t out_start;
    bool is_first; /* nothing has been put out yet */
};

static enum outcome walk_begin(struct walk *walk, struct call *call, const struct node *body,
                               enum gather_habit habit)
{
    struct value list;
    enum outcome outcome = call_argument(call, 0, &list);

    if (outcome != OUTCOME_DONE)
        return outcome;
    *walk = (struct walk){
        .call = call, .outer = call->run->bindings, .out_start = call->out->length, .is_first = true};
    list_open(&walk->reader, call->run->arena, &list, ':');
    gather_loop(&walk->gathering, call->run, call->node, body, habit);
    return OUTCOME_DONE;
}

static bool walk_next(struct walk *walk)
{
    struct value *item = &walk->call->run->bindings.item;

    if (!list_next(&walk->reader, item))
        return false;
    gather_list_item(&walk->gathering, item, &walk->reader);
    return true;
}

static void walk_add(struct walk *walk, const struct value *item)
{
    list_add(walk->call->out, walk->out_start, walk->is_first, walk->reader.separator, item);
    walk->is_first = false;
}

/* Puts the outer names back; what a match inside has captured stays, as in
   Exim. A failure inside gets Exim's words about where it was. */
static enum outcome walk_end(struct walk *walk, enum outcome outcome, const char *what)
{
    struct run *run = walk->call->run;

    walk->outer.captures = run->bindings.captures;
    run->bindings = walk->outer;
    gather_end(&walk->gathering);
    if (outcome == OUTCOME_DONE || run->mistake_raised)
        return outcome == OUTCOME_DONE ? call_done(walk->call) : outcome;
    error_wrap(run->error, run->arena, "%s inside \"%s\" %s", run->error->message, call_name(walk->call),
               what);
    return outcome;
}

/* memchr; but bytes that were written just now are read faster one by one. */
static bool has_byte(const char *bytes, size_t length, char wanted)
{
    enum { SHORT = 32 };

    if (length > SHORT)
        return memchr(bytes, wanted, length) != NULL;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == wanted)
            return true;
    return false;
}

/* What stands in the output since "from" was put there as text and becomes an
   item of the list. It is one already unless it is empty or holds the separator. */
static void walk_make_item(struct walk *walk, size_t from)
{
    struct buffer *out = walk->call->out;
    struct arena *arena = walk->call->run->arena;
    struct buffer copy;
    struct value item;

    if (out->failed)
        return;
    if (out->length > from && !has_byte(out->bytes + from, out->length - from, walk->reader.separator))
        return;
    buffer_init(&copy, arena);
    if (buffer_value(out, &item)) {
        item = value_slice(arena, &item, from, item.length - from);
        buffer_add_value(&copy, &item);
    }
    if (!buffer_value(&copy, &item))
        out->failed = true;
    buffer_truncate(out, from);
    list_add(out, walk->out_start, true, walk->reader.separator, &item);
}

/* What an item needed in the arena is given back when its result stands in the
   output, unless the output itself had to move behind it, or captures are to stay. */
static enum outcome map_item(struct walk *walk)
{
    struct call *call = walk->call;
    struct arena_mark mark = arena_mark(call->run->arena);
    const struct captures *captures = call->run->bindings.captures;
    const struct buffer before = *call->out;

    if (!walk->is_first)
        buffer_add_byte(call->out, walk->reader.separator);
    walk->is_first = false;
    size_t from = call->out->length;
    enum outcome outcome = call_append(call, call->node->yes);
    if (outcome != OUTCOME_DONE)
        return outcome;
    walk_make_item(walk, from);
    if (call->out->failed)
        return call_no_memory(call);
    if (call->out->capacity == before.capacity && call->out->bytes == before.bytes &&
        call->out->spans == before.spans && call->run->bindings.captures == captures)
        arena_release(call->run->arena, mark);
    return OUTCOME_DONE;
}

enum outcome item_map(struct call *call)
{
    struct walk walk;
    enum outcome outcome = walk_begin(&walk, call, call->node->yes, GATHER_ALL);

    if (outcome != OUTCOME_DONE)
        return outcome;
    while (outcome == OUTCOME_DONE && walk_next(&walk))
        outcome = map_item(&walk);
    return walk_end(&walk, outcome, "item");
}

/* What the condition needed in the arena is given back, unless the item stays
   or a match has left something for the next condition to see. */
static enum outcome filter_item(struct walk *walk)
{
    struct call *call = walk->call;
    const struct bindings *bindings = &call->run->bindings;
    struct arena_mark mark = arena_mark(call->run->arena);
    const struct captures *captures = bindings->captures;
    const char *value = bindings->value.bytes;
    bool truth;
    enum outcome outcome = call_condition(call, call->node->condition, &truth);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (truth)
        walk_add(walk, &bindings->item);
    else if (bindings->captures == captures && bindings->value.bytes == value)
        arena_release(call->run->arena, mark);
    return OUTCOME_DONE;
}

enum outcome item_filter(struct call *call)
{
    struct walk walk;
    enum outcome outcome = walk_begin(&walk, call, call->node->condition, GATHER_ALL);

    if (outcome != OUTCOME_DONE)
        return outcome;
    while (outcome == OUTCOME_DONE && walk_next(&walk))
        outcome = filter_item(&walk);
    return walk_end(&walk, outcome, "condition");
}

/* Moves a value to "mark", giving back all that lies behind it. Only a value
   in the arena's newest part can be moved; another is left where it is. */
static void compact(struct arena *arena, struct arena_mark mark, struct value *value)
{
    bool has_own_spans = value->span_count > 0 && value->spans != taint_whole;

    if (has_own_spans || mark.chunk != arena->current || value->bytes < mark.next ||
        value->bytes > arena->next)
        return;
    arena_release(arena, mark);
    char *place = arena_alloc_text(arena, value->length + 1);
    if (place == NULL)
        return; /* cannot be: there was room for it a moment ago */
    memmove(place, value->bytes, value->length);
    place[value->length] = '\0';
    value->bytes = place;
}

enum outcome item_reduce(struct call *call)
{
    struct walk walk;
    struct value *value = &call->run->bindings.value;
    struct value start;
    enum outcome outcome = walk_begin(&walk, call, call->node->yes, GATHER_BINDS_VALUE);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &start);
    if (outcome != OUTCOME_DONE)
        return outcome;
    *value = start;
    struct arena_mark mark = arena_mark(call->run->arena);
    while (outcome == OUTCOME_DONE && walk_next(&walk)) {
        const struct captures *captures = call->run->bindings.captures;
        struct value result;
        outcome = call_evaluate(call, call->node->yes, &result);
        if (outcome != OUTCOME_DONE)
            break;
        if (call->run->bindings.captures != captures) /* made behind the mark, and to stay */
            mark = arena_mark(call->run->arena);
        else
            compact(call->run->arena, mark, &result);
        *value = result;
    }
    if (outcome == OUTCOME_DONE)
        buffer_add_value(call->out, value);
    return walk_end(&walk, outcome, "item");
}
