#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

/* Says what is wrong, frees the text, and gives the exit status that goes
   with it. */
static int complain(char *message, int status)
{
    (void)fprintf(stderr, "rexpand: %s\n", message == NULL ? "out of memory" : message);
    free(message);
    return status;
}

static bool assign(struct session *session, const struct assignment *assignment, int *status)
{
    char *message = NULL;

    if (assignment->kind == ASSIGN_OPTION) {
        if (rexpand_env_set_option(session->env, assignment->name, assignment->value, &message))
            return true;
        *status = complain(message, EXIT_USAGE_WRONG);
        return false;
    }
    if (rexpand_env_set(session->env, assignment->name, assignment->value, strlen(assignment->value),
                        assignment->kind == ASSIGN_CLEAN))
        return true;
    (void)fprintf(
        stderr,
        "rexpand: there is no variable \"%s\" to set; names of your own can be acl_c_NAME and acl_m_NAME\n",
        assignment->name);
    *status = EXIT_USAGE_WRONG;
    return false;
}

static void print_warning(void *context, const char *message)
{
    (void)context;
    (void)fprintf(stderr, "Warning: %s\n", message);
}

bool session_open(struct session *session, const struct options *options, int *status)
{
    char *message = NULL;

    *session = (struct session){0};
    session->config =
        rexpand_config_read(options->config_path, options->definitions, options->definition_count, &message);
    if (session->config == NULL) {
        *status = complain(message, EXIT_CONFIGURATION_WRONG);
        return false;
    }
    session->env = rexpand_env_new(session->config, &message);
    if (session->env == NULL) {
        *status = complain(message, EXIT_CONFIGURATION_WRONG);
        session_close(session);
        return false;
    }
    rexpand_env_on_warning(session->env, print_warning, NULL);
    for (size_t i = 0; i < options->assignment_count; i++) {
        if (assign(session, &options->assignments[i], status))
            continue;
        session_close(session);
        return false;
    }
    return true;
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
