/* ${sort{…}}. */

#include <string.h>

#include "base/list.h"
#include "items/items.h"
#include "lang/gather.h"
#include "lang/scan.h"

/* A comparator: conditions of that name say which of two stands in front. */
struct comparator {
    const char *name;
    bool is_number;
    bool is_caseless;
    bool is_descending;
    bool equal_is_before; /* of two equal ones the later stands in front */
};

static const struct comparator comparators[] = {
    {.name = "<", .is_number = true},
    {.name = "<=", .is_number = true, .equal_is_before = true},
    {.name = ">", .is_number = true, .is_descending = true},
    {.name = ">=", .is_number = true, .is_descending = true, .equal_is_before = true},
    {.name = "ge", .is_descending = true, .equal_is_before = true},
    {.name = "gei", .is_caseless = true, .is_descending = true, .equal_is_before = true},
    {.name = "gt", .is_descending = true},
    {.name = "gti", .is_caseless = true, .is_descending = true},
    {.name = "le", .equal_is_before = true},
    {.name = "lei", .is_caseless = true, .equal_is_before = true},
    {.name = "lt"},
    {.name = "lti", .is_caseless = true},
};

/* What the parse found out. */
struct prepared_sort {
    const struct comparator *comparator;
    struct value extractor; /* its source, for a message */
};

/* An item and what it is sorted by. */
struct entry {
    struct value item;
    struct value key;
    long long number;
    bool has_number;
};

struct sorting {
    const struct comparator *comparator;
    struct entry *entries;
    size_t count;
    size_t capacity;
    bool has_strangers; /* keys that are no numbers where numbers are compared */
};

/* ---- reading ---- */

static bool mistake_brace(struct parser *parser, const char *which)
{
    return parse_mistake(parser, parser->position, "missing '{' for %s arg of sort", which);
}

static bool find_comparator(struct parser *parser, size_t offset, const struct value *text,
                            const struct comparator **comparator)
{
    struct value name = parse_relation_name(text->bytes, text->length);

    for (size_t i = 0; i < sizeof comparators / sizeof comparators[0]; i++) {
        *comparator = &comparators[i];
        if (value_equals_text(&name, comparators[i].name))
            return true;
    }
    if (name.length == 0)
        return parse_mistake(parser, offset, "condition name expected, but found \"%.*s\"", CALL_TEXT(text));
    if (condition_row_find(name.bytes, name.length) == NULL)
        return parse_mistake(parser, offset, "unknown condition \"%.*s\"", CALL_TEXT(&name));
    return parse_mistake(parser, offset, "comparator not handled for sort");
}

static bool parse_comparator(struct parser *parser, struct prepared_sort *prepared)
{
    struct value text;

    parse_space(parser);
    size_t offset = parser->position;
    if (parse_peek(parser) != '{')
        return mistake_brace(parser, "comparator");
    return parse_plain_argument(parser, &text) &&
           find_comparator(parser, offset, &text, &prepared->comparator);
}

/* sort := "{" list "}" "{" comparator "}" "{" sequence "}" "}" */
bool parse_sort(struct parser *parser, struct node *node)
{
    struct prepared_sort *prepared = arena_calloc(parser->arena, 1, sizeof *prepared);

    if (prepared == NULL)
        return parse_mistake(parser, parser->position, "out of memory");
    node->prepared = prepared;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return mistake_brace(parser, "list");
    if (!parse_child(parser, node) || !parse_comparator(parser, prepared))
        return false;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return mistake_brace(parser, "extractor");
    size_t from = parser->position + 1;
    if (!parse_argument(parser, &node->yes))
        return false;
    prepared->extractor = value_clean(parser->text + from, parser->position - 1 - from);
    /* Exim takes no white space here, unlike elsewhere. */
    return parse_take(parser, '}') || parse_mistake(parser, parser->position, "missing } at end of \"sort\"");
}

/* ---- keys ---- */

/* An extractor that fails or gives nothing is one failure with one message, as
   in Exim; the outcome stays what it was. */
static enum outcome refuse_key(struct call *call, enum outcome outcome)
{
    const struct prepared_sort *prepared = call->node->prepared;
    enum outcome failed =
        call_failed(call, "field-extract in sort: \"%.*s\"", CALL_TEXT(&prepared->extractor));

    return outcome == OUTCOME_DONE ? failed : outcome;
}

static bool make_room(struct arena *arena, struct sorting *sorting)
{
    if (sorting->count < sorting->capacity)
        return true;
    size_t capacity = sorting->capacity == 0 ? 16 : sorting->capacity * 2;
    struct entry *entries = arena_calloc(arena, capacity, sizeof *entries);
    if (entries == NULL)
        return false;
    if (sorting->count > 0)
        memcpy(entries, sorting->entries, sorting->count * sizeof *entries);
    sorting->entries = entries;
    sorting->capacity = capacity;
    return true;
}

static enum outcome add_entry(struct call *call, struct sorting *sorting, const struct value *item)
{
    struct entry entry = {.item = *item};

    if (!make_room(call->run->arena, sorting))
        return call_no_memory(call);
    call->run->bindings.item = *item;
    enum outcome outcome = call_evaluate(call, call->node->yes, &entry.key);
    if (outcome != OUTCOME_DONE || entry.key.length == 0)
        return refuse_key(call, outcome);
    if (sorting->comparator->is_number) {
        entry.has_number = scan_integer(&entry.key, &entry.number) == SCAN_NUMBER_OK;
        sorting->has_strangers = sorting->has_strangers || !entry.has_number;
    }
    sorting->entries[sorting->count++] = entry;
    return OUTCOME_DONE;
}

/* ---- sorting ---- */

static int compare_entries(const struct comparator *comparator, const struct entry *left,
                           const struct entry *right)
{
    int order = comparator->is_number     ? (left->number > right->number) - (left->number < right->number)
                : comparator->is_caseless ? value_compare_caseless(&left->key, &right->key)
                                          : value_compare(&left->key, &right->key);

    return comparator->is_descending ? -order : order;
}

static bool is_before(const struct comparator *comparator, const struct entry *left,
                      const struct entry *right)
{
    if (comparator->is_number && !(left->has_number && right->has_number))
        return false;
    int order = compare_entries(comparator, left, right);
    return order < 0 || (order == 0 && comparator->equal_is_before);
}

/* Exim puts each item in front of the first one that it is before. With keys
   that cannot be compared no other way gives the same result, long as it takes. */
static enum outcome sort_by_insertion(struct call *call, struct sorting *sorting)
{
    enum { BETWEEN_CLOCK_READINGS = 16 };
    struct entry *entries = sorting->entries;

    for (size_t i = 1; i < sorting->count; i++) {
        struct entry entry = entries[i];
        size_t at = 0;
        if (i % BETWEEN_CLOCK_READINGS == 0 && clock_is_past(call->run->deadline))
            return call_failed(call, "the expansion took longer than its time limit");
        while (at < i && !is_before(sorting->comparator, &entry, &entries[at]))
            at++;
        memmove(entries + at + 1, entries + at, (i - at) * sizeof *entries);
        entries[at] = entry;
    }
    return OUTCOME_DONE;
}

static void merge(const struct comparator *comparator, const struct entry *from, size_t begin, size_t middle,
                  size_t end, struct entry *to)
{
    size_t left = begin;
    size_t right = middle;

    for (size_t i = begin; i < end; i++) {
        bool take_left =
            left < middle && (right >= end || compare_entries(comparator, &from[left], &from[right]) <= 0);
        to[i] = from[take_left ? left++ : right++];
    }
}

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* A merge sort keeps the order of equal items. False when memory runs out. */
static bool sort_by_merging(struct arena *arena, struct sorting *sorting)
{
    size_t count = sorting->count;
    struct entry *from = sorting->entries;
    struct entry *to = arena_calloc(arena, count, sizeof *to);

    if (to == NULL)
        return false;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width)
            merge(sorting->comparator, from, begin, least(begin + width, count),
                  least(begin + 2 * width, count), to);
        struct entry *done = to;
        to = from;
        from = done;
    }
    sorting->entries = from;
    return true;
}

static void reverse(struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct entry entry = entries[i];
        entries[i] = entries[count - 1 - i];
        entries[count - 1 - i] = entry;
    }
}

static enum outcome sort_entries(struct call *call, struct sorting *sorting)
{
    if (sorting->has_strangers)
        return sort_by_insertion(call, sorting);
    if (sorting->comparator->equal_is_before)
        reverse(sorting->entries, sorting->count);
    return sort_by_merging(call->run->arena, sorting) ? OUTCOME_DONE : call_no_memory(call);
}

static enum outcome collect(struct call *call, struct list_reader *reader, struct sorting *sorting)
{
    struct value item;
    struct bindings outer = call->run->bindings;
    struct gathering gathering;
    enum outcome outcome = OUTCOME_DONE;

    gather_loop(&gathering, call->run, call->node, call->node->yes, GATHER_ALL);
    while (outcome == OUTCOME_DONE && list_next(reader, &item)) {
        gather_list_item(&gathering, &item, reader);
        outcome = add_entry(call, sorting, &item);
    }
    gather_end(&gathering);
    outer.captures = call->run->bindings.captures; /* what a key captured stays, as in Exim */
    call->run->bindings = outer;
    return outcome;
}

enum outcome item_sort(struct call *call)
{
    const struct prepared_sort *prepared = call->node->prepared;
    struct sorting sorting = {.comparator = prepared->comparator};
    struct list_reader reader;
    struct value list;
    enum outcome outcome = call_argument(call, 0, &list);

    if (outcome != OUTCOME_DONE)
        return outcome;
    list_open(&reader, call->run->arena, &list, ':');
    outcome = collect(call, &reader, &sorting);
    if (outcome == OUTCOME_DONE)
        outcome = sort_entries(call, &sorting);
    size_t start = call->out->length;
    for (size_t i = 0; outcome == OUTCOME_DONE && i < sorting.count; i++)
        list_add(call->out, start, i == 0, reader.separator, &sorting.entries[i].item);
    return outcome == OUTCOME_DONE ? call_done(call) : outcome;
}
