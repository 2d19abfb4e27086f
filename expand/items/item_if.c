/* ${if condition {yes}{no}} */

#include "items/items.h"
#include "lang/gather.h"

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

void foresee_if(struct foresight *foresight, const struct node *node)
{
    struct bindings outer = foresight->run->bindings;
    bool truth;

    if (!foresee_condition(foresight, node->condition, &truth)) {
        foresee(foresight, node->condition);
        return;
    }
    const struct node *branch = truth ? node->yes : node->no;
    if ((truth ? node->yes_branch : node->no_branch) == BRANCH_FAIL)
        foresight->is_over = true;
    if (branch != NULL)
        foresee(foresight, branch);
    foresight->run->bindings = outer;
}
