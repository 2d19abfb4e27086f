/* What happens in an evaluation, in the public interface's words. */

#include "rexpand.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "facade.h"
#include "lang/env.h"
#include "lang/node.h"
#include "lang/trace.h"

static_assert((int)REXPAND_EVENT_ENTER == (int)TRACE_ENTER, "the kinds are the same");
static_assert((int)REXPAND_EVENT_LEAVE == (int)TRACE_LEAVE, "the kinds are the same");
static_assert((int)REXPAND_EVENT_SKIPPED == (int)TRACE_SKIPPED, "the kinds are the same");
static_assert((int)REXPAND_EVENT_LOOKUP == (int)TRACE_LOOKUP, "the kinds are the same");
static_assert((int)REXPAND_ROLE_PART == (int)TRACE_PART, "the roles are the same");
static_assert((int)REXPAND_ROLE_ARGUMENT == (int)TRACE_ARGUMENT, "the roles are the same");
static_assert((int)REXPAND_ROLE_CONDITION == (int)TRACE_CONDITION, "the roles are the same");
static_assert((int)REXPAND_ROLE_YES == (int)TRACE_YES, "the roles are the same");
static_assert((int)REXPAND_ROLE_NO == (int)TRACE_NO, "the roles are the same");
static_assert((int)REXPAND_ROLE_EACH == (int)TRACE_EACH, "the roles are the same");

/* With stars for passwords of servers. */
static struct rexpand_text public_text(struct run *run, const struct value *value)
{
    struct value shown = trace_showable(&run->trace->arena, value);

    return (struct rexpand_text){.bytes = shown.bytes == NULL ? "" : shown.bytes,
                                 .length = shown.length,
                                 .is_tainted = value_is_tainted(value)};
}

static struct rexpand_text public_string(const char *text)
{
    return (struct rexpand_text){.bytes = text, .length = strlen(text)};
}

static double seconds_of(nanoseconds time)
{
    return (double)time / (double)NANOSECONDS_PER_SECOND;
}

/* What a part is, and its name. "digits" has room for a capture's. */
static void name_node(const struct node *node, struct rexpand_event *event, char digits[24])
{
    switch (node->kind) {
    case NODE_TEXT:
        event->part = REXPAND_PART_TEXT;
        event->is_constant = node->is_folded;
        break;
    case NODE_VARIABLE:
        event->part = REXPAND_PART_VARIABLE;
        event->name = (struct rexpand_text){.bytes = node->text.bytes, .length = node->text.length};
        break;
    case NODE_CAPTURE:
        event->part = REXPAND_PART_CAPTURE;
        (void)snprintf(digits, 24, "%ld", node->numbers[0]);
        event->name = public_string(digits);
        break;
    case NODE_SEQUENCE:
        event->part = REXPAND_PART_SEQUENCE;
        break;
    case NODE_ITEM:
        event->part = REXPAND_PART_ITEM;
        event->name = public_string(node->row.item->name);
        break;
    case NODE_OPERATOR:
        event->part = REXPAND_PART_OPERATOR;
        if (node->row.operation != NULL)
            event->name = public_string(node->row.operation->name);
        break;
    case NODE_CONDITION:
        event->part = REXPAND_PART_CONDITION;
        event->name = public_string(node->row.condition->name);
        event->is_negated = node->negated;
        break;
    case NODE_MISTAKE:
        event->part = REXPAND_PART_MISTAKE;
        break;
    }
}

static void fill_part(const struct trace_frame *frame, struct rexpand_event *event, char digits[24])
{
    static const enum rexpand_part parts[] = {
        [TRACE_STRING] = REXPAND_PART_STRING,       [TRACE_NODE] = REXPAND_PART_TEXT,
        [TRACE_LIST_ITEM] = REXPAND_PART_LIST_ITEM, [TRACE_FAIL] = REXPAND_PART_FAIL,
        [TRACE_ABSENT] = REXPAND_PART_ABSENT,
    };

    event->part = parts[frame->part];
    if (frame->part == TRACE_NODE)
        name_node(frame->node, event, digits);
    event->role = (enum rexpand_role)frame->role;
    event->depth = frame->depth;
    event->number = frame->number;
    event->source = (struct rexpand_text){.bytes = frame->source.bytes, .length = frame->source.length};
    event->offset = frame->offset;
    event->is_known = frame->is_known;
}

static bool is_in_reduce(const struct trace_frame *frame)
{
    const struct node *parent = frame->outer == NULL ? NULL : frame->outer->node;

    return parent != NULL && parent->kind == NODE_ITEM && strcmp(parent->row.item->name, "reduce") == 0;
}

/* Lists' items are their own source; what is put through something has $item. */
static void fill_entry(const struct trace_event *happened, struct rexpand_event *event)
{
    const struct bindings *bindings = &happened->run->bindings;
    const struct trace_frame *frame = happened->frame;

    if (event->role != REXPAND_ROLE_EACH || event->part == REXPAND_PART_LIST_ITEM)
        return;
    event->item = public_text(happened->run, &bindings->item);
    if (is_in_reduce(frame))
        event->so_far = public_text(happened->run, &bindings->value);
}

static const char *showable_message(struct run *run)
{
    struct value message = value_of_string(run->error->message == NULL ? "" : run->error->message);

    struct value shown = trace_showable(&run->trace->arena, &message);
    return shown.length > 0 ? shown.bytes : "out of memory to say more";
}

static void fill_result(const struct trace_event *happened, struct rexpand_event *event)
{
    event->outcome = (enum rexpand_outcome)happened->outcome;
    event->seconds = seconds_of(happened->elapsed);
    if (happened->outcome != OUTCOME_DONE) {
        event->message = showable_message(happened->run);
        event->message_offset = happened->run->error->offset;
        return;
    }
    event->is_truth = happened->is_truth;
    event->truth = happened->is_truth && happened->truth;
    if (!happened->is_truth)
        event->value = public_text(happened->run, &happened->value);
    if (happened->sets_value)
        event->new_value = public_text(happened->run, &happened->run->bindings.value);
}

static const struct captures *captures_of(const struct trace_event *happened)
{
    if (happened->kind == TRACE_LEAVE)
        return happened->captures;
    bool is_inner = happened->frame->part == TRACE_STRING && happened->frame->outer != NULL;
    return happened->kind == TRACE_ENTER && is_inner ? happened->run->bindings.captures : NULL;
}

static void fill_lookup(const struct trace_event *happened, struct rexpand_lookup_report *report)
{
    const struct lookup_request *request = happened->request;
    const struct lookup_answer *answer = happened->answer;
    struct run *run = happened->run;

    *report = (struct rexpand_lookup_report){
        .driver = request->driver->name,
        .key = public_text(run, &request->key),
        .options = public_text(run, &request->options),
        .outcome = (enum rexpand_outcome)happened->outcome,
        .is_from_cache = answer->is_from_cache,
        .together = answer->together,
        .source = answer->source,
        .seconds = seconds_of(happened->elapsed),
    };
    if (request->driver->style == LOOKUP_SINGLE_KEY || request->file.length > 0)
        report->file = public_text(run, &request->file);
    if (happened->outcome != OUTCOME_DONE)
        report->message = showable_message(run);
    report->is_found = happened->outcome == OUTCOME_DONE && answer->found;
    if (report->is_found)
        report->value = public_text(run, &answer->value);
}

static void observe(void *context, const struct trace_event *happened)
{
    struct rexpand_env *env = context;
    struct arena_mark mark = arena_mark(&env->trace.arena);
    struct rexpand_event event = {.kind = (enum rexpand_event_kind)happened->kind,
                                  .message_offset = REXPAND_NO_OFFSET};
    struct rexpand_text captures[CAPTURES];
    struct rexpand_lookup_report report;
    char digits[24];

    fill_part(happened->frame, &event, digits);
    if (happened->kind == TRACE_ENTER)
        fill_entry(happened, &event);
    if (happened->kind == TRACE_LEAVE)
        fill_result(happened, &event);
    const struct captures *set = captures_of(happened);
    if (set != NULL) {
        event.captures = captures;
        event.capture_count = set->count;
        for (size_t i = 0; i < set->count; i++)
            captures[i] = public_text(happened->run, &set->texts[i]);
    }
    if (happened->kind == TRACE_LOOKUP) {
        fill_lookup(happened, &report);
        event.lookup = &report;
    }
    env->observer(env->context, &event);
    arena_release(&env->trace.arena, mark);
}

void rexpand_env_trace(struct rexpand_env *env, rexpand_observer observer, void *context)
{
    env->observer = observer;
    env->context = context;
    arena_free(&env->trace.arena);
    env->trace.observe = observe;
    env->trace.context = env;
    env->trace.frame = NULL;
    env->env->trace = observer == NULL ? NULL : &env->trace;
}
