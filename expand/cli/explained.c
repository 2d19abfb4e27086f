#include "cli/explained.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What of a text is kept: the whole string for its caret, of others what one
   would look at. */
enum { KEPT_BYTES = 4 * 1024, KEPT_STRING = 1024 * 1024 };

/* How many parts are kept of one part, and in all. */
enum { KEPT_PARTS = 200, KEPT_TREE = 5000 };

static struct kept keep(struct explaining *explaining, const struct rexpand_text *text, size_t most)
{
    struct kept kept = {.whole = text->length, .is_tainted = text->is_tainted};

    if (text->bytes == NULL || text->length == SIZE_MAX)
        return kept;
    kept.length = text->length < most ? text->length : most;
    kept.bytes = malloc(kept.length + 1);
    if (kept.bytes == NULL) {
        explaining->no_memory = true;
        return (struct kept){0};
    }
    if (kept.length > 0)
        memcpy(kept.bytes, text->bytes, kept.length);
    kept.bytes[kept.length] = '\0';
    return kept;
}

static char *keep_string(struct explaining *explaining, const char *text)
{
    char *copy = text == NULL ? NULL : strdup(text);

    if (text != NULL && copy == NULL)
        explaining->no_memory = true;
    return copy;
}

/* ---- taking down ---- */

static void free_lookups(struct explained_lookup *lookup)
{
    while (lookup != NULL) {
        struct explained_lookup *next = lookup->next;
        free(lookup->driver);
        free(lookup->key.bytes);
        free(lookup->file.bytes);
        free(lookup->options.bytes);
        free(lookup->value.bytes);
        free(lookup->source);
        free(lookup->message);
        free(lookup);
        lookup = next;
    }
}

static void free_one(struct explaining *explaining, struct explained *part)
{
    free_lookups(part->lookups);
    free(part->name.bytes);
    free(part->source.bytes);
    free(part->item.bytes);
    free(part->so_far.bytes);
    free(part->value.bytes);
    free(part->message);
    free(part->new_value.bytes);
    for (size_t i = 0; i < part->capture_count; i++)
        free(part->captures[i].bytes);
    free(part);
    explaining->kept--;
}

/* Frees a part with all in it, from its leaves on: trees are too deep to
   recurse into without thought. */
static void free_part(struct explaining *explaining, struct explained *part)
{
    struct explained *outer = part == NULL ? NULL : part->outer;

    while (part != outer) {
        if (part->first != NULL) {
            struct explained *child = part->first;
            part->first = child->next;
            part = child;
            continue;
        }
        struct explained *up = part->outer;
        free_one(explaining, part);
        part = up;
    }
}

void explaining_begin(struct explaining *explaining, size_t items)
{
    *explaining = (struct explaining){.items = items};
}

void explaining_end(struct explaining *explaining)
{
    free_part(explaining, explaining->root);
    *explaining = (struct explaining){0};
}

/* ---- building up ---- */

/* Of many parts the first ones are kept, and the last: it is the one that failed
   or decided. */
static bool is_one_too_many(const struct explaining *explaining, const struct explained *outer,
                            const struct rexpand_event *event)
{
    const struct explained *last = outer->last;

    if (last == NULL || last->role != event->role)
        return false;
    bool is_list = last->role == REXPAND_ROLE_EACH || last->part == REXPAND_PART_STRING;
    return outer->row > (is_list ? explaining->items : KEPT_PARTS) || explaining->kept >= KEPT_TREE;
}

/* Another takes its place at once. Gives how many are missing there. */
static size_t drop_last(struct explaining *explaining, struct explained *outer)
{
    struct explained *last = outer->last;
    size_t dropped = last->dropped + 1;

    outer->last = outer->before_last;
    if (outer->last == NULL)
        outer->first = NULL;
    else
        outer->last->next = NULL;
    outer->row--;
    last->outer = NULL;
    free_part(explaining, last);
    return dropped;
}

static void append(struct explained *outer, struct explained *part)
{
    bool is_same = outer->last != NULL && outer->last->role == part->role;

    outer->row = is_same ? outer->row + 1 : 1;
    if (outer->last == NULL)
        outer->first = part;
    else
        outer->last->next = part;
    outer->before_last = outer->last;
    outer->last = part;
}

static struct explained *add_part(struct explaining *explaining, const struct rexpand_event *event)
{
    struct explained *outer = explaining->current;
    struct explained *part = calloc(1, sizeof *part);

    if (part == NULL) {
        explaining->no_memory = true;
        return NULL;
    }
    part->role = event->role;
    if (outer != NULL && is_one_too_many(explaining, outer, event))
        part->dropped = drop_last(explaining, outer);
    part->outer = outer;
    explaining->kept++;
    if (outer == NULL)
        explaining->root = part;
    else
        append(outer, part);
    return part;
}

static void keep_captures(struct explaining *explaining, struct explained *part,
                          const struct rexpand_event *event)
{
    for (size_t i = 0; i < event->capture_count && i < KEPT_CAPTURES; i++) {
        free(part->captures[i].bytes);
        part->captures[i] = keep(explaining, &event->captures[i], KEPT_BYTES);
        if (i >= part->capture_count)
            part->capture_count = i + 1;
    }
}

static void enter(struct explaining *explaining, const struct rexpand_event *event)
{
    struct explained *part = add_part(explaining, event);

    if (part == NULL)
        return;
    bool is_whole = event->part == REXPAND_PART_STRING;
    part->part = event->part;
    part->number = event->number;
    part->offset = event->offset;
    part->name = keep(explaining, &event->name, KEPT_BYTES);
    part->source = keep(explaining, &event->source, is_whole ? KEPT_STRING : KEPT_BYTES);
    part->item = keep(explaining, &event->item, KEPT_BYTES);
    part->so_far = keep(explaining, &event->so_far, KEPT_BYTES);
    part->is_negated = event->is_negated;
    part->is_constant = event->is_constant;
    part->is_known = event->is_known;
    part->is_skipped = event->kind == REXPAND_EVENT_SKIPPED;
    part->message_offset = REXPAND_NO_OFFSET;
    keep_captures(explaining, part, event);
    if (!part->is_skipped)
        explaining->current = part;
}

static void leave(struct explaining *explaining, const struct rexpand_event *event)
{
    struct explained *part = explaining->current;
    bool is_root = part->outer == NULL;

    part->is_left = true;
    part->is_known = event->is_known;
    part->outcome = event->outcome;
    part->is_origin = event->outcome != REXPAND_DONE && !explaining->has_failed;
    part->is_truth = event->is_truth;
    part->truth = event->truth;
    part->value = keep(explaining, &event->value, is_root ? SIZE_MAX : KEPT_BYTES);
    part->message = keep_string(explaining, event->message);
    part->message_offset = event->message_offset;
    part->seconds = event->seconds;
    part->new_value = keep(explaining, &event->new_value, KEPT_BYTES);
    if (part->part != REXPAND_PART_STRING)
        keep_captures(explaining, part, event);
    explaining->has_failed = event->outcome != REXPAND_DONE;
    explaining->current = part->outer;
}

static void add_lookup(struct explaining *explaining, const struct rexpand_lookup_report *report)
{
    struct explained_lookup *lookup = calloc(1, sizeof *lookup);
    struct explained_lookup **end = &explaining->current->lookups;

    if (lookup == NULL) {
        explaining->no_memory = true;
        return;
    }
    *lookup = (struct explained_lookup){
        .driver = keep_string(explaining, report->driver),
        .key = keep(explaining, &report->key, KEPT_BYTES),
        .file = keep(explaining, &report->file, KEPT_BYTES),
        .options = keep(explaining, &report->options, KEPT_BYTES),
        .outcome = report->outcome,
        .is_found = report->is_found,
        .is_from_cache = report->is_from_cache,
        .together = report->together,
        .value = keep(explaining, &report->value, KEPT_BYTES),
        .source = keep_string(explaining, report->source),
        .message = keep_string(explaining, report->message),
        .seconds = report->seconds,
    };
    while (*end != NULL)
        end = &(*end)->next;
    *end = lookup;
}

/* Once memory has run out the tree is of no use, and nothing is added any more. */
void explaining_observe(void *context, const struct rexpand_event *event)
{
    struct explaining *explaining = context;

    if (explaining->no_memory)
        return;
    switch (event->kind) {
    case REXPAND_EVENT_ENTER:
        if (explaining->root == NULL || explaining->current != NULL)
            enter(explaining, event);
        break;
    case REXPAND_EVENT_SKIPPED:
        if (explaining->current != NULL)
            enter(explaining, event);
        break;
    case REXPAND_EVENT_LEAVE:
        if (explaining->current != NULL)
            leave(explaining, event);
        break;
    case REXPAND_EVENT_LOOKUP:
        if (explaining->current != NULL)
            add_lookup(explaining, event->lookup);
        break;
    }
}

/* ---- looking at it ---- */

bool kept_equal(const struct kept *left, const struct kept *right)
{
    return left->whole == right->whole && left->length == right->length && left->bytes != NULL &&
           right->bytes != NULL && memcmp(left->bytes, right->bytes, left->length) == 0;
}

bool explained_is_whole(const struct explained *part)
{
    const struct explained *outer = part->outer;

    return outer != NULL && outer->part == REXPAND_PART_STRING && part->role == REXPAND_ROLE_PART &&
           part->part != REXPAND_PART_STRING && part->source.whole == outer->source.whole &&
           part->part != REXPAND_PART_MISTAKE;
}
