#include "lang/gather.h"

#include <string.h>

#include "lang/env.h"
#include "lang/eval.h"

/* As many items as are looked at in one go: all of a short list; of a long one what
   keeps a server busy while its answers cost little memory. A loop that may stop early
   begins with few. */
enum { MOST_ITEMS = 1000, FIRST_ITEMS = 8, GROWTH = 4, FIRST_CHUNK = 4096 };

/* ---- what is worth it ---- */

struct survey {
    size_t lookups; /* that may be gathered, branches not counted */
    bool is_pure;
    bool changes; /* something else than a lookup may change the world */
    bool reads_value;
};

static struct survey survey_node(struct node *node);

static void add_survey(struct survey *all, struct node *node)
{
    if (node == NULL)
        return;
    struct survey part = survey_node(node);
    all->lookups += part.lookups;
    all->is_pure &= part.is_pure;
    all->changes |= part.changes;
    all->reads_value |= part.reads_value;
}

static enum effect effect_of(const struct node *node)
{
    switch (node->kind) {
    case NODE_ITEM:
        return node->row.item->effect;
    case NODE_OPERATOR:
        return node->row.operation->effect;
    case NODE_CONDITION:
        return node->row.condition->effect;
    case NODE_MISTAKE:
        return EFFECT_CHANGES;
    case NODE_TEXT:
    case NODE_VARIABLE:
    case NODE_CAPTURE:
    case NODE_SEQUENCE:
        break;
    }
    return EFFECT_PURE;
}

/* A loop's body is evaluated once for each item: with one lookup it is worth it. */
static struct survey survey_parts(struct node *node)
{
    struct survey all = {.is_pure = true};
    struct survey body = {.is_pure = true};

    for (size_t i = 0; i < node->child_count; i++)
        add_survey(&all, node->children[i]);
    add_survey(&body, node->condition);
    add_survey(&body, node->yes);
    add_survey(&body, node->no);
    bool is_loop = node->child_count > 0 && node->yes_branch == BRANCH_ABSENT;
    node->gathers = node->kind == NODE_SEQUENCE ? all.lookups > 1 && !all.changes
                                                : is_loop && body.lookups > 0 && !body.changes;
    all.lookups += body.lookups;
    all.is_pure &= body.is_pure;
    all.changes |= body.changes;
    all.reads_value |= body.reads_value;
    return all;
}

static struct survey survey_node(struct node *node)
{
    struct survey all = survey_parts(node);
    enum effect effect = effect_of(node);

    all.lookups += node->may_gather;
    all.is_pure &= effect == EFFECT_PURE;
    all.changes |= effect == EFFECT_CHANGES && !node->is_lookup;
    all.reads_value |= node->kind == NODE_VARIABLE && strcmp(node->row.variable->name, "value") == 0;
    node->is_pure = all.is_pure;
    node->reads_value = all.reads_value;
    return all;
}

void gather_mark(struct program *program)
{
    (void)survey_node(program->root);
}

/* ---- looking ahead ---- */

static bool foresee_outcome(struct foresight *foresight, enum outcome outcome)
{
    /* What fails now fails when it is reached, and ends the evaluation there. */
    if (outcome != OUTCOME_DONE)
        foresight->is_over = true;
    return outcome == OUTCOME_DONE;
}

static bool is_known(const struct foresight *foresight, const struct node *node)
{
    return node->is_pure && !(node->reads_value && foresight->value_is_unknown);
}

bool foresee_value(struct foresight *foresight, const struct node *node, struct value *value)
{
    return is_known(foresight, node) &&
           foresee_outcome(foresight, evaluate_value(foresight->run, node, value));
}

bool foresee_condition(struct foresight *foresight, const struct node *condition, bool *truth)
{
    return is_known(foresight, condition) &&
           foresee_outcome(foresight, evaluate_condition(foresight->run, condition, truth));
}

void foresee_lookup(struct foresight *foresight, const struct lookup_request *request)
{
    if (!foresight->is_over && !lookup_batch_add(foresight->batch, request))
        foresight->is_over = true;
}

/* Conditions inside "and" and "or" are evaluated only until one decides. */
static void foresee_children(struct foresight *foresight, const struct node *node)
{
    for (size_t i = 0; i < node->child_count && !foresight->is_over; i++) {
        foresee(foresight, node->children[i]);
        if (node->children[i]->kind == NODE_CONDITION)
            return;
    }
}

void foresee(struct foresight *foresight, const struct node *node)
{
    if (foresight->is_over || node->is_pure)
        return;
    if (node->kind == NODE_ITEM && node->row.item->foresee != NULL)
        node->row.item->foresee(foresight, node);
    else
        foresee_children(foresight, node);
}

/* ---- asking ---- */

static void look_ahead_begin(struct gathering *gathering)
{
    struct env *env = gathering->run->env;

    arena_init(&gathering->arena, FIRST_CHUNK, env->bytes_limit);
    lookup_batch_open(&gathering->batch, env->lookups, &gathering->arena);
    gathering->is_open = true;
}

static void look_ahead_end(struct gathering *gathering)
{
    if (!gathering->is_open)
        return;
    lookup_batch_close(&gathering->batch);
    arena_free(&gathering->arena);
    gathering->is_open = false;
}

/* What the evaluation of pure parts leaves in a run, kept from the real one. */
struct aside {
    struct run run;
    struct error error;
};

static void set_aside(struct aside *aside, struct gathering *gathering)
{
    aside->run = *gathering->run;
    aside->error = (struct error){.offset = ERROR_NO_OFFSET};
    gathering->run->arena = &gathering->arena;
    gathering->run->error = &aside->error;
    gathering->run->trace = NULL; /* a look ahead is not what happens */
    gathering->run->trace = NULL; /* it will all be seen in its place */
}

static void bring_back(const struct aside *aside, struct gathering *gathering)
{
    unsigned ticks = gathering->run->ticks;

    *gathering->run = aside->run;
    gathering->run->ticks = ticks;
}

void gather_sequence(struct gathering *gathering, struct run *run, const struct node *sequence)
{
    struct aside aside;

    *gathering = (struct gathering){.run = run};
    if (run->env->is_sealed)
        return;
    look_ahead_begin(gathering);
    struct foresight foresight = {.run = run, .batch = &gathering->batch};
    set_aside(&aside, gathering);
    foresee_children(&foresight, sequence);
    bring_back(&aside, gathering);
    lookup_batch_ask(&gathering->batch);
}

void gather_loop(struct gathering *gathering, struct run *run, const struct node *loop,
                 const struct node *body, enum gather_habit habit)
{
    if (!loop->gathers || run->env->is_sealed) {
        gathering->body = NULL;
        gathering->is_open = false;
        return;
    }
    *gathering = (struct gathering){.run = run,
                                    .body = body,
                                    .habit = habit,
                                    .stride = habit == GATHER_MAY_STOP ? FIRST_ITEMS : MOST_ITEMS};
}

static size_t foresee_items(struct gathering *gathering, const struct value *item, gather_next next,
                            void *items)
{
    struct run *run = gathering->run;
    struct foresight foresight = {
        .run = run, .batch = &gathering->batch, .value_is_unknown = gathering->habit == GATHER_BINDS_VALUE};
    struct bindings outer = run->bindings;
    size_t count = 0;

    run->bindings.item = *item;
    do {
        foresee(&foresight, gathering->body);
        count++;
        struct value next_item;
        if (foresight.is_over || count >= gathering->stride || !next(items, &next_item))
            break;
        run->bindings = outer;
        run->bindings.item = next_item;
    } while (true);
    return count;
}

void gather_ahead(struct gathering *gathering, const struct value *item, gather_next next, void *items)
{
    struct aside aside;

    look_ahead_end(gathering);
    look_ahead_begin(gathering);
    set_aside(&aside, gathering);
    gathering->covered = foresee_items(gathering, item, next, items);
    bring_back(&aside, gathering);
    lookup_batch_ask(&gathering->batch);
    gathering->stride = gathering->stride * GROWTH < MOST_ITEMS ? gathering->stride * GROWTH : MOST_ITEMS;
    /* A write in each item leaves nothing to be gained. */
    if (gathering->covered < 2)
        gathering->body = NULL;
    gathering->covered--;
}

static bool next_in_list(void *reader, struct value *item)
{
    return list_next(reader, item);
}

void gather_list_ahead(struct gathering *gathering, const struct value *item,
                       const struct list_reader *reader)
{
    struct list_reader ahead = *reader;

    ahead.arena = &gathering->arena;
    gather_ahead(gathering, item, next_in_list, &ahead);
}

void gather_end(struct gathering *gathering)
{
    look_ahead_end(gathering);
}
