/* The public interface to ACLs and to the log. */

#include <assert.h>
#include <string.h>

#include "acl/acl.h"
#include "facade.h"
#include "lang/env.h"
#include "rexpand.h"

static_assert((int)REXPAND_ACCEPT == (int)VERDICT_ACCEPT && (int)REXPAND_ERROR == (int)VERDICT_ERROR &&
                  (int)REXPAND_DISCARD == (int)VERDICT_DISCARD && (int)REXPAND_DROP == (int)VERDICT_DROP &&
                  (int)REXPAND_DENY == (int)VERDICT_DENY && (int)REXPAND_DEFER == (int)VERDICT_DEFER,
              "the verdicts are the same");
static_assert((int)REXPAND_ACL_ARGUMENTS == (int)ACL_ARGUMENTS, "as many arguments");

static void give_error(struct rexpand_acl_result *result, const char *message)
{
    *result = (struct rexpand_acl_result){
        .verdict = REXPAND_ERROR, .log_message = message, .log_message_length = strlen(message)};
}

enum rexpand_verdict rexpand_acl_check(struct rexpand_env *env, const char *acl, const char *const *arguments,
                                       size_t argument_count, struct rexpand_acl_result *result)
{
    struct acl_arguments given = {.count = argument_count};
    const struct value name = value_of_string(acl);
    struct acl_answer answer;
    struct run run;
    struct error error;

    if (argument_count > REXPAND_ACL_ARGUMENTS) {
        give_error(result, "an ACL takes at most 9 arguments");
        return result->verdict;
    }
    for (size_t i = 0; i < argument_count; i++)
        given.texts[i] = value_tainted(arguments[i], strlen(arguments[i]));
    env_begin(env->env, &run, &error);
    if (acls_check_option(env->acls, &run, &name, &given, &answer) != OUTCOME_DONE) {
        give_error(result, error.message);
        return result->verdict;
    }
    *result = (struct rexpand_acl_result){
        .verdict = (enum rexpand_verdict)answer.verdict,
        .message = answer.message.bytes,
        .message_length = answer.message.length,
        .log_message = answer.log_message.bytes,
        .log_message_length = answer.log_message.length,
    };
    return result->verdict;
}

void rexpand_env_log(struct rexpand_env *env, rexpand_log *write, void *context)
{
    env->env->log = (struct log){.write = write, .context = context};
}
