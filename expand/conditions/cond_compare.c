/* Numbers by symbols, strings by words, and match. */

#include <stddef.h>
#include <string.h>

#include "conditions/conditions.h"
#include "items/number.h"
#include "lang/env.h"
#include "lang/regex.h"

static enum outcome both_arguments(struct call *call, struct value values[2])
{
    enum outcome outcome = call_argument(call, 0, &values[0]);

    return outcome == OUTCOME_DONE ? call_argument(call, 1, &values[1]) : outcome;
}

static bool holds(const struct call *call, int order)
{
    size_t wanted = call->node->row.condition->data;

    return (wanted & (order < 0 ? RELATION_LESS : order > 0 ? RELATION_GREATER : RELATION_EQUAL)) != 0;
}

enum outcome cond_number(struct call *call, bool *truth)
{
    struct value values[2];
    long long numbers[2];
    enum outcome outcome = both_arguments(call, values);

    for (size_t i = 0; outcome == OUTCOME_DONE && i < 2; i++)
        outcome = number_integer(call, &values[i], &numbers[i]);
    if (outcome == OUTCOME_DONE)
        *truth = holds(call, (numbers[0] > numbers[1]) - (numbers[0] < numbers[1]));
    return outcome;
}

enum outcome cond_string(struct call *call, bool *truth)
{
    struct value values[2];
    enum outcome outcome = both_arguments(call, values);

    if (outcome != OUTCOME_DONE)
        return outcome;
    bool caseless = (call->node->row.condition->data & RELATION_CASELESS) != 0;
    *truth = holds(call, caseless ? value_compare_caseless(&values[0], &values[1])
                                  : value_compare(&values[0], &values[1]));
    return OUTCOME_DONE;
}

/* Captures are the subject's own bytes; they last until the construct around
   puts its names back. */
/* They are seen until another match takes their place. */
static enum outcome keep_captures(struct call *call, const struct captures *captures)
{
    size_t size = offsetof(struct captures, texts) + captures->count * sizeof captures->texts[0];
    struct captures *kept = arena_alloc(call->run->arena, size);

    if (kept == NULL)
        return call_no_memory(call);
    memcpy(kept, captures, size);
    call->run->bindings.captures = kept;
    return OUTCOME_DONE;
}

enum outcome cond_match(struct call *call, bool *truth)
{
    struct run *run = call->run;
    const struct regex *regex = call->node->regex;
    struct regex_match match = {.deadline = call->run->deadline};
    struct value values[2];
    enum outcome outcome = both_arguments(call, values);

    if (outcome == OUTCOME_DONE && regex == NULL)
        outcome = regex_cache_get(run->env->regexes, run->arena, &values[1], &regex, run->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    struct captures captures;
    outcome =
        regex_match(regex, run->env->regex_scratch, run->arena, &values[0], &match, &captures, run->error);
    *truth = outcome == OUTCOME_DONE && match.found;
    return *truth ? keep_captures(call, &captures) : outcome;
}
