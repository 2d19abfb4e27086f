/* isip, isip4, isip6. */

#include "base/ip.h"
#include "conditions/conditions.h"

enum outcome cond_isip(struct call *call, bool *truth)
{
    size_t wanted = call->node->row.condition->data;
    struct ip_address address;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    *truth = outcome == OUTCOME_DONE && ip_read(&text, &address) &&
             (wanted & (address.size == IPV4_BYTES ? ISIP_4 : ISIP_6)) != 0;
    return outcome;
}
