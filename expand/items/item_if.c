/* ${if condition {yes}{no}} */

#include "items/items.h"

/* if := condition branches */
bool parse_if(struct parser *parser, struct node *node)
{
    return parse_condition(parser, &node->condition) && parse_branches(parser, node, "if");
}

/* What a match in the condition captures is seen in the branches, and no
   further. */
enum outcome item_if(struct call *call)
{
    struct bindings outer = call->run->bindings;
    bool truth;
    enum outcome outcome = call_condition(call, call->node->condition, &truth);

    if (outcome == OUTCOME_DONE && truth && call->node->yes_branch == BRANCH_ABSENT)
        buffer_add_string(call->out, "true");
    else if (outcome == OUTCOME_DONE)
        outcome = call_branch(call, truth, NULL);
    call->run->bindings = outer;
    return outcome;
}
