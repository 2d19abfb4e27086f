#include "lang/trace.h"

#include <string.h>

#include "lang/env.h"
#include "lang/row.h"

static void tell(struct run *run, const struct trace_event *event)
{
    run->trace->observe(run->trace->context, event);
}

/* ---- where a part stands ---- */

static bool is_loop(const struct node *node)
{
    return node->kind == NODE_CONDITION || (node->kind == NODE_ITEM && !node->row.item->has_branches);
}

/* Children mostly come in their order: the search goes on where it stopped. */
static void find_child(struct trace_frame *frame, struct trace_frame *outer)
{
    const struct node *parent = outer->node;

    for (size_t i = 0; i < parent->child_count; i++) {
        size_t at = (outer->next_child + i) % parent->child_count;
        if (parent->children[at] != frame->node)
            continue;
        outer->next_child = at + 1;
        frame->number = at + 1;
        break;
    }
    frame->role = parent->kind == NODE_SEQUENCE ? TRACE_PART : TRACE_ARGUMENT;
}

static void find_role(struct trace_frame *frame, struct trace_frame *outer)
{
    const struct node *parent = outer->node;
    const struct node *node = frame->node;

    frame->role = TRACE_PART;
    frame->number = 1;
    if (parent == NULL || parent == node)
        return;
    if ((node == parent->yes || node == parent->condition) && is_loop(parent)) {
        frame->role = TRACE_EACH;
        frame->number = ++outer->iterations;
        return;
    }
    if (node == parent->condition)
        frame->role = TRACE_CONDITION;
    else if (node == parent->yes)
        frame->role = TRACE_YES;
    else if (node == parent->no)
        frame->role = TRACE_NO;
    else
        find_child(frame, outer);
}

static void cut_source(struct trace_frame *frame, size_t from, size_t end)
{
    if (from > frame->text.length)
        from = frame->text.length;
    if (end > frame->text.length || end < from)
        end = frame->text.length;
    frame->offset = from;
    frame->source = value_clean(frame->text.bytes + from, end - from);
}

static bool takes_time(const struct node *node)
{
    return (node->kind == NODE_ITEM && node->row.item->effect != EFFECT_PURE) ||
           (node->kind == NODE_OPERATOR && node->row.operation != NULL &&
            node->row.operation->effect != EFFECT_PURE);
}

/* A frame that is not told of yet, inside the innermost one. */
static void make_frame(struct run *run, struct trace_frame *frame, enum trace_part part)
{
    struct trace_frame *outer = run->trace->frame;

    *frame = (struct trace_frame){
        .outer = outer,
        .part = part,
        .depth = outer == NULL ? 0 : outer->depth + 1,
        .captures_before = run->bindings.captures,
        .captures_seen = run->bindings.captures,
        .value_before = run->bindings.value,
        .value_seen = run->bindings.value,
        .mark = arena_mark(&run->trace->arena),
    };
    if (outer != NULL)
        frame->text = outer->text;
}

static void make_node_frame(struct run *run, struct trace_frame *frame, const struct node *node)
{
    make_frame(run, frame, TRACE_NODE);
    frame->node = node;
    if (frame->outer != NULL)
        find_role(frame, frame->outer);
    cut_source(frame, node->offset, node->end);
}

/* ---- in and out ---- */

static void push(struct run *run, struct trace_frame *frame)
{
    struct trace_event event = {.kind = TRACE_ENTER, .frame = frame, .run = run};

    run->trace->frame = frame;
    tell(run, &event);
}

static void skip(struct run *run, struct trace_frame *frame)
{
    struct trace_event event = {.kind = TRACE_SKIPPED, .frame = frame, .run = run};

    tell(run, &event);
}

static bool is_same_value(const struct value *left, const struct value *right)
{
    return left->bytes == right->bytes && left->length == right->length;
}

/* What of the names that constructs bind changed inside the part, and was not
   told of a part of it. What was put back is no change. */
static void note_bindings(struct run *run, struct trace_frame *frame, struct trace_event *event)
{
    const struct bindings *now = &run->bindings;

    if (now->captures != frame->captures_before && now->captures != frame->captures_seen)
        event->captures = now->captures;
    event->sets_value =
        !is_same_value(&now->value, &frame->value_before) && !is_same_value(&now->value, &frame->value_seen);
    if (frame->outer == NULL)
        return;
    frame->outer->captures_seen = now->captures;
    frame->outer->value_seen = now->value;
}

/* A loop that had nothing to go through, or conditions that no longer
   mattered. */
static void skip_rest(struct run *run, const struct trace_frame *frame)
{
    const struct node *node = frame->node;
    struct trace_frame skipped;

    if (frame->part != TRACE_NODE)
        return;
    const struct node *body = node->yes != NULL ? node->yes : node->condition;
    if ((node->kind == NODE_CONDITION || node->kind == NODE_ITEM) && body != NULL && is_loop(node) &&
        frame->iterations == 0) {
        make_node_frame(run, &skipped, body);
        skipped.number = 0;
        skip(run, &skipped);
    }
    if (node->kind != NODE_CONDITION || node->child_count == 0 || node->children[0]->kind != NODE_CONDITION)
        return;
    for (size_t i = frame->next_child; i < node->child_count; i++) {
        make_node_frame(run, &skipped, node->children[i]);
        skip(run, &skipped);
    }
}

static void pop(struct run *run, struct trace_frame *frame, struct trace_event *event)
{
    event->kind = TRACE_LEAVE;
    event->frame = frame;
    event->run = run;
    if (frame->began != 0)
        event->elapsed = clock_now() - frame->began;
    if (event->outcome == OUTCOME_DONE) {
        skip_rest(run, frame);
        note_bindings(run, frame, event);
    }
    tell(run, event);
    arena_release(&run->trace->arena, frame->mark);
    run->trace->frame = frame->outer;
}

void trace_enter(struct run *run, struct trace_frame *frame, const struct node *node)
{
    make_node_frame(run, frame, node);
    if (takes_time(node))
        frame->began = clock_now();
    push(run, frame);
}

void trace_leave_value(struct run *run, struct trace_frame *frame, enum outcome outcome,
                       const struct value *value)
{
    struct trace_event event = {.outcome = outcome};

    if (outcome == OUTCOME_DONE)
        event.value = *value;
    pop(run, frame, &event);
}

/* Bytes of a buffer; tainted if any of them is. */
static struct value slice_of(const struct buffer *out, size_t from)
{
    struct value value = value_clean(out->bytes == NULL ? "" : out->bytes + from, out->length - from);
    size_t last = out->span_count;

    if (last > 0 && out->spans[last - 1].end > from) {
        value.spans = taint_whole;
        value.span_count = 1;
    }
    return value;
}

void trace_leave_buffer(struct run *run, struct trace_frame *frame, enum outcome outcome,
                        const struct buffer *out, size_t from)
{
    struct value value = {0};

    if (outcome == OUTCOME_DONE)
        value = slice_of(out, from);
    trace_leave_value(run, frame, outcome, &value);
}

void trace_leave_truth(struct run *run, struct trace_frame *frame, enum outcome outcome, bool truth)
{
    struct trace_event event = {.outcome = outcome, .truth = truth, .is_truth = true};

    pop(run, frame, &event);
}

/* ---- passwords ---- */

/* The end of a lookup's option that begins at "at". */
static size_t option_end(const struct value *text, size_t at)
{
    while (at < text->length && text->bytes[at] != '{' && text->bytes[at] != ',' &&
           !byte_is_space(text->bytes[at]))
        at++;
    return at;
}

/* host/database/password:…, or redis://user:password@host:… In doubt too much is
   hidden: all from the place where a password may begin. */
static void hide_in_servers(char *bytes, size_t from, size_t end)
{
    unsigned slashes = 0;

    for (size_t at = from; at < end; at++) {
        if (end - at > 3 && memcmp(bytes + at, "://", 3) == 0) {
            const char *host = memrchr(bytes + at, '@', end - at);
            memset(bytes + at + 3, '*', (host == NULL ? end : (size_t)(host - bytes)) - at - 3);
            return;
        }
        if (slashes >= 2)
            bytes[at] = '*';
        else if (bytes[at] == '/')
            slashes++;
    }
}

struct value trace_showable(struct arena *arena, const struct value *source)
{
    static const char option[] = "servers=";
    const char *found = source->length == 0 ? NULL : memmem(source->bytes, source->length, option, 8);

    if (found == NULL)
        return *source;
    char *copy = arena_copy(arena, source->bytes, source->length);
    if (copy == NULL)
        return value_clean("", 0);
    while (found != NULL) {
        size_t from = (size_t)(found - source->bytes) + sizeof option - 1;
        size_t end = option_end(source, from);
        hide_in_servers(copy, from, end);
        found = end == source->length ? NULL : memmem(source->bytes + end, source->length - end, option, 8);
    }
    return value_clean(copy, source->length);
}

/* ---- strings and lists ---- */

void trace_enter_string(struct run *run, struct trace_frame *frame, const struct program *program,
                        bool is_known)
{
    make_frame(run, frame, TRACE_STRING);
    frame->node = program->root;
    frame->whole = program;
    frame->text = trace_showable(&run->trace->arena, &program->source);
    frame->is_known = is_known;
    frame->began = clock_now();
    frame->number = frame->outer == NULL ? 1 : ++frame->outer->iterations;
    frame->role = TRACE_PART;
    cut_source(frame, 0, frame->text.length);
    push(run, frame);
}

void trace_enter_list_item(struct run *run, struct trace_frame *frame, const struct value *item)
{
    make_frame(run, frame, TRACE_LIST_ITEM);
    frame->role = TRACE_EACH;
    frame->number = frame->outer == NULL ? 1 : ++frame->outer->iterations;
    frame->source = trace_showable(&run->trace->arena, item);
    frame->text = frame->source;
    push(run, frame);
}

void trace_note_remembered(struct run *run)
{
    run->trace->frame->is_known = true;
}

/* ---- branches ---- */

static struct value text_of_absent(const struct call *call, bool success)
{
    bool is_fail = (success ? call->node->yes_branch : call->node->no_branch) == BRANCH_FAIL;

    return is_fail ? VALUE_LITERAL("fail") : VALUE_LITERAL("");
}

/* A branch that is no string: the word "fail", or none that was written. */
static void make_wordless(const struct call *call, struct trace_frame *frame, bool success)
{
    make_frame(call->run, frame, TRACE_ABSENT);
    frame->role = success ? TRACE_YES : TRACE_NO;
    frame->number = 1;
    frame->source = text_of_absent(call, success);
    frame->offset = call->node->offset;
    if (frame->source.length > 0)
        frame->part = TRACE_FAIL;
}

static void skip_branch(const struct call *call, bool success)
{
    const struct node *node = success ? call->node->yes : call->node->no;
    struct trace_frame frame;

    if (node != NULL)
        make_node_frame(call->run, &frame, node);
    else
        make_wordless(call, &frame, success);
    if (frame.part != TRACE_ABSENT)
        skip(call->run, &frame);
}

static bool is_string(const struct call *call, bool success)
{
    return (success ? call->node->yes_branch : call->node->no_branch) == BRANCH_TEXT;
}

void trace_begin_branch(struct trace_branch *branch, const struct call *call, bool success)
{
    struct trace *trace = call->run->trace;

    *branch = (struct trace_branch){
        .call = call, .node_before = trace->frame->node, .success = success, .from = call->out->length};
    /* An item may have made up its node only now, when it knew its key. */
    trace->frame->node = call->node;
    if (!success)
        skip_branch(call, true);
}

void trace_end_branch(const struct trace_branch *branch, enum outcome outcome)
{
    const struct call *call = branch->call;
    struct trace *trace = call->run->trace;
    struct trace_frame frame;

    if (!is_string(call, branch->success) && !call->node->incomplete) {
        make_wordless(call, &frame, branch->success);
        push(call->run, &frame);
        trace_leave_buffer(call->run, &frame, outcome, call->out, branch->from);
    }
    if (branch->success && outcome == OUTCOME_DONE)
        skip_branch(call, false);
    trace->frame->node = branch->node_before;
    trace->frame->next_child = trace->frame->node->child_count;
}

/* ---- lookups ---- */

enum outcome trace_lookup(struct run *run, const struct lookup_request *request, struct lookup_answer *answer)
{
    struct lookups *lookups = run->env->lookups;

    if (run->trace == NULL || run->trace->frame == NULL) /* a list that stands in no string */
        return lookup_find(lookups, request, answer);
    nanoseconds began = clock_now();
    enum outcome outcome = lookup_find(lookups, request, answer);
    struct trace_event event = {
        .kind = TRACE_LOOKUP,
        .frame = run->trace->frame,
        .run = run,
        .outcome = outcome,
        .elapsed = answer->together_in > 0 ? answer->together_in : clock_now() - began,
        .request = request,
        .answer = answer,
    };
    tell(run, &event);
    return outcome;
}
