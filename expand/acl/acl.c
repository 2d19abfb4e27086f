#include "acl/acl.h"

#include <stdlib.h>

#include "acl/private.h"
#include "lang/eval.h"

/* Levels of ACLs that call each other. */
enum { LEVEL_LIMIT = 20 };

struct acls *acls_new(const struct config *config)
{
    struct acls *acls = calloc(1, sizeof *acls);

    if (acls == NULL)
        return NULL;
    acls->config = config;
    acls->shows_high_bytes = config != NULL && config_bool(config, "print_topbitchars");
    arena_init(&acls->arena, 4096, SIZE_MAX);
    arena_init(&acls->messages, 1024, (size_t)1 << 20);
    return acls;
}

void acls_free(struct acls *acls)
{
    if (acls == NULL)
        return;
    arena_free(&acls->arena);
    arena_free(&acls->messages);
    free(acls);
}

void acls_forget(struct acls *acls)
{
    acls->warnings = NULL;
    arena_reset(&acls->messages, 1024);
}

enum outcome acl_say(struct acl_check *check, enum acl_verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = arena_format_list(check->run->arena, format, arguments);
    va_end(arguments);
    if (text == NULL)
        return error_no_memory(check->run->error);
    check->answer->verdict = verdict;
    check->answer->log_message = value_of_string(text);
    return OUTCOME_DONE;
}

static void forget_messages(struct acl_answer *answer)
{
    answer->message = (struct value){0};
    answer->log_message = (struct value){0};
}

/* The verbs in their order until one decides. An ACL that comes to its end
   denies. */
static enum outcome check_acl(struct acl_check *check, const struct acl *acl)
{
    check->answer->verdict = VERDICT_DENY;
    for (const struct acl_statement *statement = acl->statements; statement != NULL;
         statement = statement->next) {
        bool decided = false;
        forget_messages(check->answer);
        enum outcome outcome = acl_do_statement(check, statement, &decided);
        if (outcome != OUTCOME_DONE || decided)
            return outcome;
        check->answer->verdict = VERDICT_DENY;
    }
    return OUTCOME_DONE;
}

enum outcome acl_check_text(struct acl_check *check, const struct value *text,
                            const struct acl_arguments *arguments)
{
    struct bindings outer = check->run->bindings;
    const struct acl *acl = NULL;

    if (check->acls->level > LEVEL_LIMIT)
        return acl_say(check, VERDICT_ERROR, "ACL nested too deep: possible loop");
    enum outcome outcome = acl_find(check, text, &acl);
    if (outcome != OUTCOME_DONE || acl == NULL)
        return outcome;
    check->run->bindings.acl = arguments;
    outcome = check_acl(check, acl);
    check->run->bindings = outer;
    return outcome;
}

/* Exim says no more in an expansion than which verdict it was; the log may. */
static enum outcome log_reason(struct acl_check *check, const struct value *name)
{
    const struct acl_answer *answer = check->answer;

    if (answer->verdict != VERDICT_ERROR && answer->verdict != VERDICT_DEFER)
        return OUTCOME_DONE;
    if (answer->log_message.bytes == NULL)
        return OUTCOME_DONE;
    return acl_log_format(check, "main", "%s from acl \"%.*s\": %.*s", acl_verdict_word(answer->verdict),
                          CALL_TEXT(name), CALL_TEXT(&answer->log_message));
}

enum outcome acls_check(struct acls *acls, struct run *run, const struct value *name,
                        const struct acl_arguments *arguments, struct acl_answer *answer)
{
    struct acl_check check = {.acls = acls, .run = run, .answer = answer};

    *answer = (struct acl_answer){0};
    acls->level++;
    enum outcome outcome = acl_check_text(&check, name, arguments);
    acls->level--;
    return outcome == OUTCOME_DONE ? log_reason(&check, name) : outcome;
}

enum outcome acls_check_option(struct acls *acls, struct run *run, const struct value *name,
                               const struct acl_arguments *arguments, struct acl_answer *answer)
{
    struct acl_check check = {.acls = acls, .run = run, .answer = answer};
    struct value text;

    *answer = (struct acl_answer){0};
    enum outcome outcome = evaluate_text(run, name, &text);
    if (outcome == OUTCOME_FORCED_FAILURE)
        return OUTCOME_DONE;
    if (outcome != OUTCOME_DONE)
        return acl_say(&check, VERDICT_ERROR, "failed to expand ACL string \"%.*s\": %s", CALL_TEXT(name),
                       run->error->message);
    return acl_check_text(&check, &text, arguments);
}
