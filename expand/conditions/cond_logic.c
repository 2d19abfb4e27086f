/* and, or, bool, def. */

#include <string.h>

#include "conditions/conditions.h"
#include "lang/env.h"

/* and := "{" ( "{" condition "}" )* "}" , also for or. */
bool parse_and_or(struct parser *parser, struct node *node)
{
    const char *name = node->row.condition->name;

    parse_space(parser);
    if (!parse_take(parser, '{'))
        return parse_mistake(parser, parser->position, "missing { after \"%s\"", name);
    for (;;) {
        struct node *condition = NULL;
        parse_space(parser);
        if (parse_take(parser, '}'))
            return true;
        if (!parse_take(parser, '{'))
            return parse_mistake(parser, parser->position,
                                 "each subcondition inside an \"%s{...}\" condition must be in its own {}",
                                 name);
        bool whole = parse_condition(parser, &condition);
        if (condition != NULL && !parse_add_child(parser, node, condition))
            return false;
        if (!whole) {
            parse_mistake_inside(parser, "{...}\" condition", name);
            return false;
        }
        parse_space(parser);
        if (!parse_take(parser, '}'))
            return parse_mistake(parser, parser->position,
                                 "missing } at end of condition inside \"%s\" group", name);
    }
}

/* The first subcondition with the value "decisive" decides; those behind it
   are not evaluated. */
static enum outcome evaluate_until(struct call *call, bool decisive, bool *truth)
{
    const struct node *node = call->node;
    struct run *run = call->run;

    *truth = !decisive;
    for (size_t i = 0; i < node->child_count && *truth != decisive; i++) {
        enum outcome outcome = call_condition(call, node->children[i], truth);
        if (outcome == OUTCOME_DONE)
            continue;
        if (run->mistake_raised)
            return outcome;
        error_wrap(run->error, run->arena, "%s inside \"%s{...}\" condition", run->error->message,
                   call_name(call));
        return outcome;
    }
    return OUTCOME_DONE;
}

enum outcome cond_and(struct call *call, bool *truth)
{
    return evaluate_until(call, false, truth);
}

enum outcome cond_or(struct call *call, bool *truth)
{
    return evaluate_until(call, true, truth);
}

static bool is_all_digits(const struct value *text)
{
    size_t at = text->length > 0 && text->bytes[0] == '-';

    for (; at < text->length; at++)
        if (!byte_is_digit(text->bytes[at]))
            return false;
    return true;
}

static bool has_other_digit_than_zero(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] >= '1' && text->bytes[i] <= '9')
            return true;
    return false;
}

static bool equals_one_of(const struct value *text, const char *const words[2])
{
    for (size_t i = 0; i < 2; i++) {
        struct value word = value_of_string(words[i]);
        if (value_equal_caseless(text, &word))
            return true;
    }
    return false;
}

enum outcome cond_bool(struct call *call, bool *truth)
{
    static const char *const true_words[2] = {"true", "yes"};
    static const char *const false_words[2] = {"false", "no"};
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    struct value word = value_trim(call->run->arena, &text);
    if (is_all_digits(&word))
        *truth = has_other_digit_than_zero(&word); /* and nothing at all is false */
    else if (equals_one_of(&word, true_words))
        *truth = true;
    else if (equals_one_of(&word, false_words))
        *truth = false;
    else if (call->node->row.condition->data == BOOL_LAX)
        *truth = true;
    else
        return call_failed(call, "unrecognised boolean value \"%.*s\"", CALL_TEXT(&word));
    return OUTCOME_DONE;
}

/* def := ":" variable */
bool parse_def(struct parser *parser, struct node *node)
{
    size_t offset = parser->position;
    struct node *variable = NULL;

    if (!parse_take(parser, ':'))
        return parse_mistake(parser, offset, "\":\" expected after \"def\"");
    if (!parse_defined_variable(parser, &variable))
        return false;
    return parse_add_child(parser, node, variable);
}

enum outcome cond_def(struct call *call, bool *truth)
{
    const struct node *variable = call->node->child_count > 0 ? call->node->children[0] : NULL;
    struct value value;

    /* A header field that is there is defined, whatever it holds. */
    if (variable != NULL && variable->kind == NODE_VARIABLE &&
        variable_row_is_header(variable->row.variable)) {
        *truth = env_has_header(call->run->env, variable->row.variable, &variable->text);
        return OUTCOME_DONE;
    }
    enum outcome outcome = call_argument(call, 0, &value);
    *truth = outcome == OUTCOME_DONE && value.length > 0;
    return outcome;
}
