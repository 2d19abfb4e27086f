/* match_address, match_domain, match_ip, match_local_part. */

#include "conditions/conditions.h"
#include "match/match.h"

/* operands := "{" sequence "}" "{" text "}" . The list is taken as it is written:
   text from outside never becomes a part of it. */
bool parse_match_list(struct parser *parser, struct node *node)
{
    const char *name = node->row.condition->name;
    struct match_operand *list = arena_calloc(parser->arena, 1, sizeof *list);

    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing { after \"%s\"", name);
    if (!parse_child(parser, node))
        return false;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing 2nd string in {} after \"%s\"", name);
    if (list == NULL)
        return parse_mistake(parser, parser->position, "out of memory");
    node->prepared = list;
    list->offset = parser->position + 1;
    return parse_plain_argument(parser, &list->text);
}

/* But for match_ip, $value is empty then if no item says what it is to be. */
enum outcome cond_match_list(struct call *call, bool *truth)
{
    struct run *run = call->run;
    enum list_kind kind = (enum list_kind)call->node->row.condition->data;
    const struct match_operand *list = call->node->prepared;
    struct match_result result;
    struct value subject;
    enum outcome outcome = call_argument(call, 0, &subject);

    *truth = false;
    if (outcome == OUTCOME_DONE)
        outcome = match_list(run, kind, &subject, &list->text, &result);
    if (outcome != OUTCOME_DONE)
        return outcome;
    *truth = result.matches;
    if (result.has_value)
        run->bindings.value = result.value;
    else if (kind != LIST_HOST)
        run->bindings.value = value_clean("", 0);
    if (result.captures != NULL)
        run->bindings.captures = result.captures;
    return OUTCOME_DONE;
}
