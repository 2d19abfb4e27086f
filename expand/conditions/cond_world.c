/* exists, first_delivery, queue_running: what the system and the delivery
   under way are like. */

#include <string.h>
#include <sys/stat.h>

#include "conditions/conditions.h"

/* Tainted names may be asked for: the answer is no text. */
enum outcome cond_exists(struct call *call, bool *truth)
{
    struct stat ignored;
    struct value name;
    enum outcome outcome = call_argument(call, 0, &name);

    *truth = false;
    if (outcome == OUTCOME_DONE)
        outcome = call_outside(call, "questions about files");
    if (outcome != OUTCOME_DONE || name.length == 0 || memchr(name.bytes, '\0', name.length) != NULL)
        return outcome;
    const char *path = arena_copy(call->run->arena, name.bytes, name.length);
    if (path == NULL)
        return call_no_memory(call);
    *truth = stat(path, &ignored) == 0;
    return OUTCOME_DONE;
}

bool parse_nothing(struct parser *parser, struct node *node)
{
    (void)parser;
    (void)node;
    return true;
}

/* What is only true inside a delivery, and of deliveries rexpand makes none. */
enum outcome cond_never(struct call *call, bool *truth)
{
    (void)call;
    *truth = false;
    return OUTCOME_DONE;
}
