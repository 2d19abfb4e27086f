/* ${acl{…}}, ${authresults{…}} and ${perl{…}}. */

#include "items/items.h"
#include "lang/acl_call.h"

enum outcome item_acl(struct call *call)
{
    struct acl_answer answer;
    enum outcome outcome = acl_call(call, &answer);

    if (outcome == OUTCOME_DONE && answer.message.bytes != NULL)
        buffer_add_value(call->out, &answer.message);
    return outcome == OUTCOME_DONE ? call_done(call) : outcome;
}

/* The field that other systems read: which checks there were on a message.
   Outside of a message there were none. */
enum outcome item_authresults(struct call *call)
{
    struct value name;
    enum outcome outcome = call_argument(call, 0, &name);

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_add_string(call->out, "Authentication-Results: ");
    buffer_add_value(call->out, &name);
    return call_done(call);
}

enum outcome item_perl(struct call *call)
{
    struct value name;
    enum outcome outcome = call_argument(call, 0, &name);

    if (outcome != OUTCOME_DONE)
        return outcome;
    return call_failed(call, "\"${perl\" encountered, but this facility is not included in this binary");
}
