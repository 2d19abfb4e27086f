/* Conditions whose strings stand in one more pair of braces: acl, saslauthd. */

#include "conditions/conditions.h"
#include "lang/acl_call.h"

/* How many strings a row takes. */
static size_t most_strings(const struct node *node)
{
    return node->row.condition->data & 0xff;
}

static size_t least_strings(const struct node *node)
{
    return node->row.condition->data >> 8;
}

static bool mistake_few(struct parser *parser, const struct node *node)
{
    return parse_mistake(parser, parser->position, "too few arguments or bracketing error for %s",
                         node->row.condition->name);
}

/* group := "{" ( "{" sequence "}" )* "}" */
bool parse_group(struct parser *parser, struct node *node)
{
    const char *name = node->row.condition->name;

    parse_space(parser);
    if (!parse_take(parser, '{'))
        return parse_mistake(parser, parser->position, "missing { after \"%s\"", name);
    for (;;) {
        parse_space(parser);
        if (parse_peek(parser) != '{')
            break;
        if (node->child_count == most_strings(node))
            return parse_mistake(parser, parser->position, "Too many arguments for '%s' (max is %zu)", name,
                                 most_strings(node));
        if (!parse_child(parser, node))
            return false;
    }
    if (node->child_count < least_strings(node) || !parse_take(parser, '}'))
        return mistake_few(parser, node);
    return true;
}

enum outcome cond_acl(struct call *call, bool *truth)
{
    struct acl_answer answer;
    enum outcome outcome = acl_call(call, &answer);

    *truth = outcome == OUTCOME_DONE && answer.verdict == VERDICT_ACCEPT;
    if (outcome == OUTCOME_DONE)
        call->run->bindings.value = answer.message.bytes == NULL ? value_clean("", 0) : answer.message;
    return outcome;
}
