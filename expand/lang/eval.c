#include "lang/eval.h"

#include <string.h>

#include "lang/env.h"
#include "lang/gather.h"
#include "lang/trace.h"

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

static enum outcome check_argument(struct run *run, const struct node *node, size_t index,
                                   const struct value *value)
{
    struct call call = {.run = run, .node = node};
    bool is_item = node->kind == NODE_ITEM;

    if (is_item && node->row.item->check != NULL)
        return node->row.item->check(&call, index, value);
    if (node->kind == NODE_CONDITION && node->row.condition->check != NULL)
        return node->row.condition->check(&call, index, value);
    return OUTCOME_DONE;
}

static enum outcome evaluate_arguments(struct run *run, const struct node *node)
{
    struct value value;

    for (size_t i = 0; i < node->child_count; i++) {
        enum outcome outcome = evaluate_value(run, node->children[i], &value);
        if (outcome == OUTCOME_DONE)
            outcome = check_argument(run, node, i, &value);
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
    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = raise_mistake(run);
    if (node->kind == NODE_ITEM && node->fail_mistake != NULL && !node->arguments_are_all)
        run->error->message = node->fail_mistake;
    return outcome;
}

/* An operator with numbers that are none. */
static enum outcome evaluate_refused(struct run *run, const struct node *node)
{
    enum outcome outcome = evaluate_arguments(run, node);

    return outcome == OUTCOME_DONE
               ? error_set(run->error, run->arena, OUTCOME_FAILED, "%s", node->fail_mistake)
               : outcome;
}

static enum outcome append_construct(struct run *run, const struct node *node, struct buffer *out)
{
    enum outcome outcome = enter(run, node);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (node->incomplete)
        return leave(run, node, evaluate_incomplete(run, node));
    if (node->kind == NODE_OPERATOR && node->fail_mistake != NULL)
        return leave(run, node, evaluate_refused(run, node));
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

static enum outcome append_gathered(struct run *run, const struct node *node, struct buffer *out)
{
    struct gathering gathering;

    gather_sequence(&gathering, run, node);
    enum outcome outcome = append_parts(run, node, out);
    gather_end(&gathering);
    return outcome;
}

static enum outcome append_sequence(struct run *run, const struct node *node, struct buffer *out)
{
    return node->gathers ? append_gathered(run, node, out) : append_parts(run, node, out);
}

static const struct value empty = {.bytes = ""};

static const struct value *capture_value(const struct run *run, const struct node *node)
{
    const struct captures *captures = run->bindings.captures;
    size_t number = (size_t)node->numbers[0];

    return captures != NULL && number < captures->count ? &captures->texts[number] : &empty;
}

/* What an item has bound to a variable's name, or NULL. */
static const struct value *bound_value(const struct run *run, const struct variable_row *row)
{
    if (row->bound_at == 0)
        return NULL;
    const struct value *bound = (const void *)((const char *)run + row->bound_at);
    return bound->bytes == NULL ? NULL : bound;
}

/* A variable that is known only elsewhere is named as it is written. */
static enum outcome read_variable(struct run *run, const struct node *node, struct value *value)
{
    enum outcome outcome = env_variable(run, node->row.variable, &node->text, value);

    if (outcome != OUTCOME_FAILED || node->form == VARIABLE_PLAIN)
        return outcome;
    return error_set(run->error, run->arena, outcome,
                     node->form == VARIABLE_BRACED ? "unknown variable in \"${%.*s}\""
                                                   : "unknown variable \"%.*s\" after \"def:\"",
                     CALL_TEXT(&node->text));
}

/* What is there already, to be looked at where it stands; or NULL. */
static const struct value *value_in_place(const struct run *run, const struct node *node)
{
    if (node->kind == NODE_TEXT)
        return &node->text;
    if (node->kind == NODE_VARIABLE)
        return bound_value(run, node->row.variable);
    return node->kind == NODE_CAPTURE ? capture_value(run, node) : NULL;
}

static enum outcome append_variable(struct run *run, const struct node *node, struct buffer *out)
{
    struct value value;
    enum outcome outcome = read_variable(run, node, &value);

    if (outcome != OUTCOME_DONE)
        return leave(run, node, (run->depth++, outcome));
    buffer_add_value(out, &value);
    return out->failed ? error_no_memory(run->error) : OUTCOME_DONE;
}

static enum outcome append_node(struct run *run, const struct node *node, struct buffer *out)
{
    const struct value *value = value_in_place(run, node);

    if (value != NULL) {
        buffer_add_value(out, value);
        return out->failed ? error_no_memory(run->error) : OUTCOME_DONE;
    }
    if (node->kind == NODE_SEQUENCE)
        return append_sequence(run, node, out);
    if (node->kind == NODE_VARIABLE)
        return append_variable(run, node, out);
    if (node->kind == NODE_MISTAKE)
        return leave(run, node, (run->depth++, raise_mistake(run)));
    return append_construct(run, node, out);
}

static enum outcome evaluate_into_value(struct run *run, const struct node *node, struct value *value)
{
    struct buffer out;

    buffer_init(&out, run->arena);
    enum outcome outcome =
        node->kind == NODE_SEQUENCE ? append_sequence(run, node, &out) : append_construct(run, node, &out);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return buffer_value(&out, value) ? OUTCOME_DONE : error_no_memory(run->error);
}

static enum outcome node_value(struct run *run, const struct node *node, struct value *value)
{
    const struct value *found = value_in_place(run, node);

    if (found != NULL) {
        *value = *found;
        return OUTCOME_DONE;
    }
    if (node->kind == NODE_VARIABLE)
        return read_variable(run, node, value);
    return node->kind == NODE_MISTAKE ? raise_mistake(run) : evaluate_into_value(run, node, value);
}

static enum outcome node_truth(struct run *run, const struct node *node, bool *truth)
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

/* ---- with or without somebody who watches ---- */

/* Functions of their own, so that nobody else pays for the frame. */
#define WATCHED __attribute__((noinline, cold))

static WATCHED enum outcome watch_append(struct run *run, const struct node *node, struct buffer *out)
{
    struct trace_frame frame;
    size_t from = out->length;

    trace_enter(run, &frame, node);
    enum outcome outcome = append_node(run, node, out);
    trace_leave_buffer(run, &frame, outcome, out, from);
    return outcome;
}

static WATCHED enum outcome watch_value(struct run *run, const struct node *node, struct value *value)
{
    struct trace_frame frame;

    trace_enter(run, &frame, node);
    enum outcome outcome = node_value(run, node, value);
    trace_leave_value(run, &frame, outcome, value);
    return outcome;
}

static WATCHED enum outcome watch_condition(struct run *run, const struct node *node, bool *truth)
{
    struct trace_frame frame;

    *truth = false;
    trace_enter(run, &frame, node);
    enum outcome outcome = node_truth(run, node, truth);
    trace_leave_truth(run, &frame, outcome, *truth);
    return outcome;
}

enum outcome evaluate_append(struct run *run, const struct node *node, struct buffer *out)
{
    return run->trace == NULL ? append_node(run, node, out) : watch_append(run, node, out);
}

enum outcome evaluate_value(struct run *run, const struct node *node, struct value *value)
{
    return run->trace == NULL ? node_value(run, node, value) : watch_value(run, node, value);
}

enum outcome evaluate_condition(struct run *run, const struct node *node, bool *truth)
{
    return run->trace == NULL ? node_truth(run, node, truth) : watch_condition(run, node, truth);
}

/* ---- whole strings ---- */

/* The root of a string of several parts is the string itself. */
static WATCHED enum outcome watch_program(struct run *run, const struct program *program, bool is_known,
                                          struct value *value)
{
    struct trace_frame frame;

    trace_enter_string(run, &frame, program, is_known);
    enum outcome outcome = program->root->kind == NODE_SEQUENCE ? node_value(run, program->root, value)
                                                                : evaluate_value(run, program->root, value);
    trace_leave_value(run, &frame, outcome, value);
    return outcome;
}

static enum outcome evaluate_whole(struct run *run, const struct program *program, bool is_known,
                                   struct value *value)
{
    const struct program *outer = run->program;
    struct bindings bindings = run->bindings;

    run->program = program;
    enum outcome outcome = run->trace != NULL ? watch_program(run, program, is_known, value)
                                              : node_value(run, program->root, value);
    run->program = outer;
    run->bindings = bindings;
    return outcome;
}

enum outcome evaluate_program(struct run *run, const struct program *program, struct value *value)
{
    return evaluate_whole(run, program, true, value);
}

enum outcome evaluate_use(struct run *run, const struct program_use *use, struct value *value)
{
    return evaluate_whole(run, use->program, !use->is_new, value);
}

enum outcome text_begin(struct run *run, const struct value *text, struct program_use *use)
{
    if (value_is_tainted(text))
        (void)error_set(run->error, run->arena, OUTCOME_FAILED, "attempt to expand tainted string '%.*s'",
                        CALL_TEXT(text));
    else if (program_cache_acquire(run->env->programs, text->bytes, text->length, use))
        return OUTCOME_DONE;
    else
        (void)error_no_memory(run->error);
    return OUTCOME_FAILED;
}

/* A message may be the inner program's own text, which may go before the outer
   one has used it. */
static void keep_message(struct run *run)
{
    run->mistake_raised = false;          /* it was that program's, not this one's */
    run->error->offset = ERROR_NO_OFFSET; /* a place in the inner text says nothing in the outer one */
    if (run->error->message == NULL)
        return;
    run->error->message = arena_copy(run->arena, run->error->message, strlen(run->error->message));
    if (run->error->message == NULL)
        (void)error_no_memory(run->error);
}

/* Whoever watches is told of a string with its value. */
static enum outcome watch_text(struct run *run, const struct program_use *use, struct buffer *out)
{
    struct value value;
    enum outcome outcome = evaluate_use(run, use, &value);

    if (outcome == OUTCOME_DONE)
        buffer_add_value(out, &value);
    return outcome;
}

static enum outcome append_text(struct run *run, const struct program_use *use, struct buffer *out)
{
    const struct program *outer = run->program;
    struct bindings bindings = run->bindings;

    run->program = use->program;
    enum outcome outcome = evaluate_append(run, use->program->root, out);
    run->program = outer;
    run->bindings = bindings;
    return outcome;
}

enum outcome text_append(struct run *run, struct program_use *use, struct buffer *out)
{
    enum outcome outcome = run->trace != NULL ? watch_text(run, use, out) : append_text(run, use, out);

    use->is_new = false;
    if (outcome != OUTCOME_DONE)
        keep_message(run);
    return outcome;
}

enum outcome evaluate_text(struct run *run, const struct value *text, struct value *value)
{
    struct program_use use;
    struct buffer out;
    enum outcome outcome = text_begin(run, text, &use);

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_init(&out, run->arena);
    outcome = text_append(run, &use, &out);
    program_cache_release(&use);
    if (outcome == OUTCOME_DONE && !buffer_value(&out, value))
        outcome = error_no_memory(run->error);
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

bool evaluate_check(struct arena *arena, const struct node *node, struct error *error)
{
    struct run run = {.arena = arena, .error = error, .deadline = CLOCK_NEVER, .ticks = 1};
    struct call call = {.run = &run, .node = node};
    bool is_item = node->kind == NODE_ITEM;

    error->offset = node->offset;
    for (size_t i = 0; i < node->child_count; i++) {
        const struct node *child = node->children[i];
        enum outcome (*check)(struct call *, size_t, const struct value *) =
            is_item ? node->row.item->check_constant : node->row.condition->check_constant;
        if (check == NULL || child->kind != NODE_TEXT || child->form == TEXT_FOLDED ||
            child->text.length == 0)
            continue;
        if (check(&call, i, &child->text) != OUTCOME_DONE)
            return false;
    }
    return true;
}
