/* domain, local_part. */

#include "lang/address.h"
#include "operators/operators.h"

/* Text that is not one address gives nothing, as in Exim. */
static enum outcome add_part(struct call *call, bool want_domain)
{
    struct value text, local_part, domain;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE || !address_parse(call->run->arena, &text, &local_part, &domain))
        return outcome;
    buffer_add_value(call->out, want_domain ? &domain : &local_part);
    return call_done(call);
}

enum outcome op_domain(struct call *call)
{
    return add_part(call, true);
}

enum outcome op_local_part(struct call *call)
{
    return add_part(call, false);
}
