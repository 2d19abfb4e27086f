/* A verb with its conditions: whether they hold, and what that means. */

#include <string.h>

#include "acl/private.h"
#include "lang/eval.h"

/* What was met on the way through the conditions. */
struct statement_state {
    const struct acl_condition *message; /* the last one met, or NULL */
    const struct acl_condition *log_message;
    bool endpass_seen;
};

#define BIT(verdict) (1U << (verdict))

/* The verdicts on the conditions that the messages are for. */
static const unsigned message_verdicts[ACL_VERBS] = {
    [ACL_ACCEPT] = BIT(VERDICT_ACCEPT) | BIT(VERDICT_DENY) | BIT(VERDICT_DROP),
    [ACL_DEFER] = BIT(VERDICT_ACCEPT),
    [ACL_DENY] = BIT(VERDICT_ACCEPT),
    [ACL_DISCARD] = BIT(VERDICT_ACCEPT) | BIT(VERDICT_DENY) | BIT(VERDICT_DROP),
    [ACL_DROP] = BIT(VERDICT_ACCEPT),
    [ACL_REQUIRE] = BIT(VERDICT_DENY) | BIT(VERDICT_DROP),
    [ACL_WARN] = BIT(VERDICT_ACCEPT),
};

static bool is_message(const struct acl_condition *condition)
{
    return strcmp(condition->row->name, "message") == 0;
}

static enum outcome not_evaluated(struct acl_check *check, const struct acl_condition *condition)
{
    const struct config_place *place = &condition->line->place;

    return error_set(check->run->error, check->run->arena, OUTCOME_FAILED,
                     "%s:%u: the ACL %s \"%s\" is not evaluated by this version of rexpand",
                     place->file == NULL ? "inline ACL" : place->file, place->line,
                     condition->row->is_modifier ? "modifier" : "condition", condition->row->name);
}

/* *skipped: the text's forced failure takes the condition out of the verb. */
static enum outcome check_condition(struct acl_check *check, enum acl_verb verb,
                                    const struct acl_condition *condition, bool *skipped)
{
    acl_function *function = acl_function_find(condition->row);
    struct value text = condition->text;

    *skipped = false;
    if (function == NULL)
        return not_evaluated(check, condition);
    if (condition->row->text == ACL_TEXT_STRING) {
        enum outcome outcome = evaluate_text(check->run, &condition->text, &text);
        *skipped = outcome == OUTCOME_FORCED_FAILURE;
        if (*skipped)
            return OUTCOME_DONE;
        if (outcome != OUTCOME_DONE)
            return acl_say(check, outcome == OUTCOME_DEFERRED ? VERDICT_DEFER : VERDICT_ERROR,
                           "failed to expand ACL string \"%.*s\": %s", CALL_TEXT(&condition->text),
                           check->run->error->message);
    }
    return function(check, verb, condition, &text);
}

static enum acl_verdict negate(enum acl_verdict verdict)
{
    if (verdict == VERDICT_ACCEPT)
        return VERDICT_DENY;
    return verdict == VERDICT_DENY || verdict == VERDICT_DROP ? VERDICT_ACCEPT : verdict;
}

/* The conditions in their order, until one does not hold. */
static enum outcome check_conditions(struct acl_check *check, const struct acl_statement *statement,
                                     struct statement_state *state)
{
    const struct acl_condition *condition = statement->conditions;

    check->answer->verdict = VERDICT_ACCEPT;
    for (; condition != NULL && check->answer->verdict == VERDICT_ACCEPT; condition = condition->next) {
        bool skipped;
        if (clock_is_past(check->run->deadline))
            return error_set(check->run->error, check->run->arena, OUTCOME_FAILED,
                             "the ACL took longer than the expansion's time limit");
        if (condition->row->text == ACL_TEXT_MESSAGE) {
            *(is_message(condition) ? &state->message : &state->log_message) = condition;
            continue;
        }
        if (condition->row->text == ACL_TEXT_NONE) {
            state->endpass_seen = true;
            continue;
        }
        enum outcome outcome = check_condition(check, statement->verb, condition, &skipped);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (condition->is_negated && !skipped)
            check->answer->verdict = negate(check->answer->verdict);
    }
    return OUTCOME_DONE;
}

/* ---- messages ---- */

/* Expands a message, in which $acl_verify_message is the one that it takes the
   place of. One that is empty or cannot be expanded leaves "message" as it is. */
static enum outcome expand_message(struct acl_check *check, const struct acl_condition *condition,
                                   const struct value *former, struct value *message)
{
    struct run *run = check->run;
    const struct acl_arguments *outer = run->bindings.acl;
    struct acl_arguments arguments = *outer;
    struct value text;

    arguments.verify_message = *former;
    run->bindings.acl = &arguments;
    enum outcome outcome = evaluate_text(run, &condition->text, &text);
    run->bindings.acl = outer;
    if (outcome == OUTCOME_DONE && text.length > 0)
        *message = text;
    if (outcome == OUTCOME_DONE || outcome == OUTCOME_FORCED_FAILURE)
        return OUTCOME_DONE;
    return acl_log_format(check, "main,panic", "failed to expand ACL message \"%.*s\": %s",
                          CALL_TEXT(&condition->text), run->error->message);
}

/* A text for the log goes in front of the one that is there. */
static enum outcome add_log_message(struct acl_check *check, const struct acl_condition *condition,
                                    const struct value *former)
{
    struct value *message = &check->answer->log_message;
    struct value added = {0};
    struct buffer joined;
    enum outcome outcome = expand_message(check, condition, former, &added);

    if (outcome != OUTCOME_DONE || added.bytes == NULL)
        return outcome;
    if (message->bytes == NULL) {
        *message = added;
        return OUTCOME_DONE;
    }
    buffer_init(&joined, check->run->arena);
    buffer_add_value(&joined, &added);
    buffer_add_string(&joined, ": ");
    buffer_add_value(&joined, message);
    return buffer_value(&joined, message) ? OUTCOME_DONE : error_no_memory(check->run->error);
}

/* Puts the verb's messages in the place of those that its conditions gave, if
   they are for this verdict. */
static enum outcome give_messages(struct acl_check *check, enum acl_verb verb,
                                  const struct statement_state *state)
{
    struct acl_answer *answer = check->answer;
    const struct value message = answer->message;
    const struct value log_message = answer->log_message.bytes == NULL ? message : answer->log_message;
    bool holds = answer->verdict == VERDICT_ACCEPT;
    bool accepts = holds && (verb == ACL_ACCEPT || verb == ACL_DISCARD);
    enum outcome outcome = OUTCOME_DONE;

    if ((BIT(answer->verdict) & message_verdicts[verb]) == 0)
        return OUTCOME_DONE;
    if (verb == ACL_WARN || accepts) {
        answer->message = (struct value){0};
        answer->log_message = (struct value){0};
    }
    /* With endpass the message is for the verb's failure. */
    if (state->message != NULL && !(state->endpass_seen && holds))
        outcome = expand_message(check, state->message, &message, &answer->message);
    if (outcome == OUTCOME_DONE && state->log_message != NULL)
        outcome = add_log_message(check, state->log_message, &log_message);
    if (answer->log_message.bytes == NULL)
        answer->log_message = answer->message;
    return outcome;
}

/* ---- verbs ---- */

/* What "warn" does besides its modifiers. */
static enum outcome warn(struct acl_check *check)
{
    struct acl_answer *answer = check->answer;
    enum outcome outcome = OUTCOME_DONE;
    struct buffer skipped;
    struct value text;

    if (answer->verdict == VERDICT_ACCEPT) {
        /* A log message that is the message's own text is not logged. */
        if (answer->log_message.bytes != NULL && answer->log_message.bytes != answer->message.bytes)
            outcome = acl_log_warning(check, &answer->log_message, true);
        if (outcome == OUTCOME_DONE && answer->message.bytes != NULL)
            outcome = acl_log_format(check, "main,panic",
                                     "ACL \"warn\" with \"message\" setting found in a non-message (unknown) "
                                     "ACL: cannot specify header lines here: message ignored");
        return outcome;
    }
    if (answer->verdict != VERDICT_DEFER)
        return OUTCOME_DONE;
    buffer_init(&skipped, check->run->arena);
    buffer_add_string(&skipped, "ACL \"warn\" statement skipped: condition test deferred");
    if (answer->log_message.bytes != NULL) {
        buffer_add_string(&skipped, ": ");
        buffer_add_value(&skipped, &answer->log_message);
    }
    if (!buffer_value(&skipped, &text))
        return error_no_memory(check->run->error);
    return acl_log_warning(check, &text, false);
}

/* Whether the verdict on the conditions ends the ACL, and with which verdict
   then. */
static bool decide(enum acl_verb verb, bool endpass_seen, enum acl_verdict *verdict)
{
    static const enum acl_verdict verdicts[ACL_VERBS] = {
        [ACL_DEFER] = VERDICT_DEFER,
        [ACL_DENY] = VERDICT_DENY,
        [ACL_DROP] = VERDICT_DROP,
    };

    switch (verb) {
    case ACL_ACCEPT:
        return *verdict == VERDICT_ACCEPT || *verdict == VERDICT_DISCARD || endpass_seen;
    case ACL_DISCARD:
        if (*verdict == VERDICT_ACCEPT)
            *verdict = VERDICT_DISCARD;
        return *verdict == VERDICT_DISCARD || endpass_seen;
    case ACL_REQUIRE:
        return *verdict != VERDICT_ACCEPT;
    case ACL_WARN:
        return false;
    default:
        if (*verdict != VERDICT_ACCEPT)
            return false;
        *verdict = verdicts[verb];
        return true;
    }
}

enum outcome acl_do_statement(struct acl_check *check, const struct acl_statement *statement, bool *decided)
{
    struct statement_state state = {0};
    struct acl_answer *answer = check->answer;
    enum outcome outcome = check_conditions(check, statement, &state);

    if (outcome == OUTCOME_DONE)
        outcome = give_messages(check, statement->verb, &state);
    if (outcome != OUTCOME_DONE)
        return outcome;
    *decided = answer->verdict == VERDICT_ERROR ||
               (answer->verdict == VERDICT_DEFER && statement->verb != ACL_WARN) ||
               decide(statement->verb, state.endpass_seen, &answer->verdict);
    if (*decided)
        return OUTCOME_DONE;
    if (statement->verb == ACL_WARN) {
        outcome = warn(check);
        answer->message = (struct value){0};
        answer->log_message = (struct value){0};
    }
    return outcome;
}
