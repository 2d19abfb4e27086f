#include "lang/eval.h"

#include <string.h>

#include "lang/cache.h"
#include "lang/env.h"
#include "lang/gather.h"

/* Programs nest no deeper than the parser allows, but ${expand:…} starts a new
   one inside. */
enum { DEPTH_LIMIT = 2 * 1000, NODES_BETWEEN_CLOCK_READINGS = 1024 };

static enum outcome raise_mistake(struct run *run)
{
    *run->error = run->program->mistake;
    run->mistake_raised = true;
    return OUTCOME_FAILED;
}

/* How much of the stack an evaluation may fill: half of what a thread mostly has. What a
   level takes depends on the construct and the compiler, so counting levels is not
   enough. */
static const size_t stack_limit = (size_t)4 * 1024 * 1024;

static bool has_stack(struct run *run)
{
    const char *here = __builtin_frame_address(0);

    if (run->stack == NULL)
        run->stack = here;
    return (size_t)(run->stack > here ? run->stack - here : here - run->stack) < stack_limit;
}

/* Before each construct: the bounds on nesting and time. */
static enum outcome enter(struct run *run, const struct node *node)
{
    if (run->depth >= DEPTH_LIMIT || !has_stack(run)) {
        run->error->offset = node->offset;
        return error_set(run->error, run->arena, OUTCOME_FAILED, "nested too deeply: the limit is %d",
                         DEPTH_LIMIT);
    }
    run->depth++;
    if (run->ticks-- > 0)
        return OUTCOME_DONE;
    run->ticks = NODES_BETWEEN_CLOCK_READINGS;
    if (!clock_is_past(run->deadline))
        return OUTCOME_DONE;
    run->error->offset = node->offset;
    return error_set(run->error, run->arena, OUTCOME_FAILED, "the expansion took longer than its time limit");
}

/* On the way back: a failure that has no place yet is here. */
static enum outcome leave(struct run *run, const struct node *node, enum outcome outcome)
{
    run->depth--;
    if (outcome != OUTCOME_DONE && run->error->offset == ERROR_NO_OFFSET)
        run->error->offset = node->offset;
    return outcome;
}

static enum outcome evaluate_arguments(struct run *run, const struct node *node)
{
    struct value ignored;

    for (size_t i = 0; i < node->child_count; i++) {
        enum outcome outcome = evaluate_value(run, node->children[i], &ignored);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

/* A construct with a mistake in it: what stands left of the mistake may fail
   first, as in Exim, which reads and evaluates in one go. Its result is never
   seen. */
static enum outcome evaluate_incomplete(struct run *run, const struct node *node)
{
    enum outcome outcome;

    if (node->kind == NODE_ITEM && node->arguments_are_all) {
        struct buffer unseen;
        buffer_init(&unseen, run->arena);
        struct call call = {.run = run, .node = node, .out = &unseen};
        outcome = node->row.item->run(&call);
    } else if (node->kind == NODE_ITEM && node->condition != NULL && node->child_count == 0) {
        bool ignored;
        outcome = evaluate_condition(run, node->condition, &ignored);
    } else {
        outcome = evaluate_arguments(run, node);
    }
    return outcome == OUTCOME_DONE ? raise_mistake(run) : outcome;
}

static enum outcome append_construct(struct run *run, const struct node *node, struct buffer *out)
{
    enum outcome outcome = enter(run, node);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (node->incomplete)
        return leave(run, node, evaluate_incomplete(run, node));
    struct call call = {.run = run, .node = node, .out = out};
    outcome = node->kind == NODE_ITEM ? node->row.item->run(&call) : node->row.operation->run(&call);
    if (outcome == OUTCOME_DONE && out->failed)
        outcome = error_no_memory(run->error);
    return leave(run, node, outcome);
}

static enum outcome append_parts(struct run *run, const struct node *node, struct buffer *out)
{
    for (size_t i = 0; i < node->child_count; i++) {
        enum outcome outcome = evaluate_append(run, node->children[i], out);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

static enum outcome append_sequence(struct run *run, const struct node *node, struct buffer *out)
{
    struct gathering gathering;

    if (!node->gathers)
        return append_parts(run, node, out);
    gather_sequence(&gathering, run, node);
    enum outcome outcome = append_parts(run, node, out);
    gather_end(&gathering);
    return outcome;
}

static struct value capture_value(const struct run *run, const struct node *node)
{
    const struct captures *captures = run->bindings.captures;
    size_t number = (size_t)node->numbers[0];

    return captures != NULL && number < captures->count ? captures->texts[number] : value_clean("", 0);
}

/* What needs no buffer: text, a variable, a capture. */
static bool evaluate_shared(struct run *run, const struct node *node, struct value *value,
                            enum outcome *outcome)
{
    *outcome = OUTCOME_DONE;
    switch (node->kind) {
    case NODE_TEXT:
        *value = node->text;
        return true;
    case NODE_VARIABLE:
        *outcome = env_variable(run, node->row.variable, &node->text, value);
        return true;
    case NODE_CAPTURE:
        *value = capture_value(run, node);
        return true;
    case NODE_MISTAKE:
        *outcome = raise_mistake(run);
        return true;
    case NODE_SEQUENCE:
    case NODE_ITEM:
    case NODE_OPERATOR:
    case NODE_CONDITION:
        break;
    }
    return false;
}

enum outcome evaluate_append(struct run *run, const struct node *node, struct buffer *out)
{
    struct value value;
    enum outcome outcome;

    if (node->kind == NODE_SEQUENCE)
        return append_sequence(run, node, out);
    if (!evaluate_shared(run, node, &value, &outcome))
        return append_construct(run, node, out);
    if (outcome != OUTCOME_DONE)
        return leave(run, node, (run->depth++, outcome));
    buffer_add_value(out, &value);
    return out->failed ? error_no_memory(run->error) : OUTCOME_DONE;
}

enum outcome evaluate_value(struct run *run, const struct node *node, struct value *value)
{
    struct buffer out;
    enum outcome outcome;

    if (evaluate_shared(run, node, value, &outcome))
        return outcome;
    buffer_init(&out, run->arena);
    outcome = evaluate_append(run, node, &out);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return buffer_value(&out, value) ? OUTCOME_DONE : error_no_memory(run->error);
}

enum outcome evaluate_condition(struct run *run, const struct node *node, bool *truth)
{
    enum outcome outcome = enter(run, node);

    if (outcome != OUTCOME_DONE)
        return outcome;
    *truth = false;
    if (node->incomplete) {
        /* "and" and "or" go through what there is of them, others through
           their strings. */
        struct call call = {.run = run, .node = node};
        bool has_subconditions = node->child_count > 0 && node->children[0]->kind == NODE_CONDITION;
        outcome = has_subconditions ? node->row.condition->run(&call, truth) : evaluate_arguments(run, node);
        return leave(run, node, outcome == OUTCOME_DONE ? raise_mistake(run) : outcome);
    }
    struct call call = {.run = run, .node = node};
    outcome = node->row.condition->run(&call, truth);
    if (node->negated)
        *truth = !*truth;
    return leave(run, node, outcome);
}

enum outcome evaluate_program(struct run *run, const struct program *program, struct value *value)
{
    const struct program *outer = run->program;
    struct bindings bindings = run->bindings;

    run->program = program;
    enum outcome outcome = evaluate_value(run, program->root, value);
    run->program = outer;
    run->bindings = bindings;
    return outcome;
}

enum outcome evaluate_text(struct run *run, const struct value *text, struct value *value)
{
    struct program_use use;

    if (value_is_tainted(text))
        return error_set(run->error, run->arena, OUTCOME_FAILED, "attempt to expand tainted string '%.*s'",
                         CALL_TEXT(text));
    if (!program_cache_acquire(run->env->programs, text->bytes, text->length, &use))
        return error_no_memory(run->error);
    enum outcome outcome = evaluate_program(run, use.program, value);
    run->mistake_raised = false; /* it was that program's, not this one's */
    struct value shared = *value;
    if (outcome == OUTCOME_DONE) {
        /* The result may be the program's own text, and that may go now. */
        struct buffer copy;
        buffer_init(&copy, run->arena);
        buffer_add_value(&copy, &shared);
        if (!buffer_value(&copy, value))
            outcome = error_no_memory(run->error);
    } else if (run->error->message != NULL) {
        run->error->message = arena_copy(run->arena, run->error->message, strlen(run->error->message));
        run->error->offset = ERROR_NO_OFFSET; /* a place in the inner text says nothing in the outer one */
        if (run->error->message == NULL)
            (void)error_no_memory(run->error);
    }
    program_cache_release(&use);
    return outcome;
}

bool evaluate_constant(struct arena *arena, const struct program *program, const struct node *node,
                       struct value *value)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct run run = {
        .arena = arena, .error = &error, .program = program, .deadline = CLOCK_NEVER, .ticks = 1};

    return evaluate_value(&run, node, value) == OUTCOME_DONE;
}
