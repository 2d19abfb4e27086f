#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/command.h"

bool session_assign(struct session *session, const struct assignment *assignment, char **message)
{
    struct value answer = value_clean(assignment->value, assignment->value_length);

    *message = NULL;
    if (assignment->kind == ASSIGN_OPTION)
        return rexpand_env_set_option(session->env, assignment->name, assignment->value, message);
    if (assignment->kind == ASSIGN_ANSWER)
        return fixed_answer_give(session->env, &answer, message);
    if (rexpand_env_set(session->env, assignment->name, assignment->value, assignment->value_length,
                        assignment->kind == ASSIGN_CLEAN))
        return true;
    if (asprintf(message,
                 "there is no variable \"%s\" to set; names of your own can be acl_c_NAME and acl_m_NAME",
                 assignment->name) < 0)
        *message = NULL;
    return false;
}

bool session_make(struct session *session, const struct options *options, char **message, int *status)
{
    *session = (struct session){0};
    *status = EXIT_CONFIGURATION_WRONG;
    *message = NULL;
    session->config =
        rexpand_config_read(options->config_path, options->definitions, options->definition_count, message);
    if (session->config == NULL)
        return false;
    session->env = rexpand_env_new(session->config, message);
    if (session->env == NULL) {
        session_close(session);
        return false;
    }
    rexpand_env_answers_only(session->env, options->answers_only);
    *status = EXIT_USAGE_WRONG;
    for (size_t i = 0; i < options->assignment_count; i++) {
        if (session_assign(session, &options->assignments[i], message))
            continue;
        session_close(session);
        return false;
    }
    *status = EXIT_OK;
    return true;
}

bool session_open(struct session *session, const struct options *options, int *status)
{
    char *message;

    if (session_make(session, options, &message, status))
        return true;
    (void)fprintf(stderr, "rexpand: %s\n", message == NULL ? "out of memory" : message);
    free(message);
    return false;
}

void session_close(struct session *session)
{
    rexpand_env_free(session->env);
    rexpand_config_free(session->config);
    *session = (struct session){0};
}

int finish_output(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    (void)fprintf(stderr, "rexpand: cannot write the output: %s\n", strerror(errno));
    return EXIT_OUTPUT_LOST;
}
