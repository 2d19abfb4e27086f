#include "lang/acl_call.h"

#include "lang/env.h"

static const char *const verdict_words[VERDICTS] = {
    [VERDICT_ACCEPT] = "OK",       [VERDICT_DENY] = "FAIL",      [VERDICT_DEFER] = "DEFER",
    [VERDICT_DISCARD] = "DISCARD", [VERDICT_DROP] = "FAIL_DROP", [VERDICT_ERROR] = "ERROR",
};

const char *acl_verdict_word(enum acl_verdict verdict)
{
    return verdict_words[verdict];
}

static enum outcome evaluate_arguments(struct call *call, struct value *name, struct acl_arguments *arguments)
{
    enum outcome outcome = call_argument(call, 0, name);
    size_t count = call_argument_count(call);

    arguments->count = count > 1 ? count - 1 : 0;
    for (size_t i = 0; i < arguments->count && outcome == OUTCOME_DONE; i++)
        outcome = call_argument(call, i + 1, &arguments->texts[i]);
    return outcome;
}

enum outcome acl_call(struct call *call, struct acl_answer *answer)
{
    const struct env *env = call->run->env;
    struct acl_arguments arguments = {0};
    struct value name;
    enum outcome outcome = evaluate_arguments(call, &name, &arguments);

    *answer = (struct acl_answer){.verdict = VERDICT_ERROR};
    if (outcome == OUTCOME_DONE && env->check_acl != NULL)
        outcome = env->check_acl(env->acls, call->run, &name, &arguments, answer);
    if (outcome != OUTCOME_DONE || answer->verdict == VERDICT_ACCEPT || answer->verdict == VERDICT_DENY)
        return outcome;
    outcome = call_failed(call, "%s from acl \"%.*s\"", acl_verdict_word(answer->verdict), CALL_TEXT(&name));
    return answer->verdict == VERDICT_DEFER ? OUTCOME_FORCED_FAILURE : outcome;
}
