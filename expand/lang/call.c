#include "lang/call.h"

#include <stdarg.h>

#include "lang/env.h"
#include "lang/eval.h"
#include "lang/trace.h"

size_t call_argument_count(const struct call *call)
{
    return call->node->child_count;
}

enum outcome call_argument(struct call *call, size_t index, struct value *value)
{
    if (index < call->node->child_count)
        return evaluate_value(call->run, call->node->children[index], value);
    *value = value_clean("", 0);
    return OUTCOME_DONE;
}

enum outcome call_evaluate(struct call *call, const struct node *node, struct value *value)
{
    return evaluate_value(call->run, node, value);
}

enum outcome call_append(struct call *call, const struct node *node)
{
    return evaluate_append(call->run, node, call->out);
}

enum outcome call_condition(struct call *call, const struct node *condition, bool *truth)
{
    return evaluate_condition(call->run, condition, truth);
}

static enum outcome forced_failure(struct call *call)
{
    /* In a construct with a mistake further right, the mistake is what Exim
       meets first: the word has done its work only at the closing brace. */
    if (call->node->incomplete && call->node->fail_mistake != NULL) {
        *call->run->error = call->run->program->mistake;
        call->run->error->message = call->node->fail_mistake;
        call->run->mistake_raised = true;
        return OUTCOME_FAILED;
    }
    if (call->node->incomplete)
        return OUTCOME_DONE;
    return error_set(call->run->error, call->run->arena, OUTCOME_FORCED_FAILURE,
                     "\"%s\" failed and \"fail\" requested", call_name(call));
}

static enum outcome take_branch(struct call *call, bool success, const struct value *value)
{
    const struct node *node = call->node;
    enum branch branch = (enum branch)(success ? node->yes_branch : node->no_branch);

    if (branch == BRANCH_FAIL)
        return forced_failure(call);
    if (branch == BRANCH_ABSENT) {
        if (success && value != NULL)
            buffer_add_value(call->out, value);
        return call_done(call);
    }
    if (!success)
        return node->no == NULL ? OUTCOME_DONE : call_append(call, node->no);
    if (node->yes == NULL)
        return OUTCOME_DONE;
    if (value == NULL)
        return call_append(call, node->yes);
    struct value outer = call->run->bindings.value;
    call->run->bindings.value = *value;
    enum outcome outcome = call_append(call, node->yes);
    call->run->bindings.value = outer;
    return outcome;
}

static __attribute__((noinline, cold)) enum outcome watch_branch(struct call *call, bool success,
                                                                 const struct value *value)
{
    struct trace_branch branch;

    trace_begin_branch(&branch, call, success);
    enum outcome outcome = take_branch(call, success, value);
    trace_end_branch(&branch, outcome);
    return outcome;
}

enum outcome call_branch(struct call *call, bool success, const struct value *value)
{
    return call->run->trace == NULL ? take_branch(call, success, value) : watch_branch(call, success, value);
}

enum outcome call_outside(struct call *call, const char *words)
{
    return call->run->env->is_sealed ? call_failed(call, "%s are not permitted", words) : OUTCOME_DONE;
}

const char *call_name(const struct call *call)
{
    const struct node *node = call->node;

    if (node->kind == NODE_ITEM)
        return node->row.item->name;
    return node->kind == NODE_OPERATOR ? node->row.operation->name : node->row.condition->name;
}

enum outcome call_failed(struct call *call, const char *format, ...)
{
    va_list arguments;
    struct error *error = call->run->error;

    va_start(arguments, format);
    error->message = arena_format_list(call->run->arena, format, arguments);
    va_end(arguments);
    return error->message == NULL ? error_no_memory(error) : OUTCOME_FAILED;
}

enum outcome call_no_memory(struct call *call)
{
    return error_no_memory(call->run->error);
}

enum outcome call_done(struct call *call)
{
    return call->out->failed ? call_no_memory(call) : OUTCOME_DONE;
}
