#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static void print_warning(void *context, const char *message)
{
    (void)context;
    (void)fprintf(stderr, "Warning: %s\n", message);
}

/* A line for the log, as `exim -be` shows it. */
static void write_log(void *context, const char *logs, const char *line, size_t length)
{
    const time_t now = time(NULL);
    struct tm parts;
    char stamp[32] = "";

    (void)context;
    (void)logs;
    if (localtime_r(&now, &parts) != NULL)
        (void)strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &parts);
    (void)fprintf(stderr, "%s %.*s\n", stamp, (int)length, line);
}

/* All of a file, for free(); NULL with errno. */
static char *read_file(const char *path, size_t *length)
{
    size_t capacity = 65536;
    char *bytes = NULL;
    FILE *file = fopen(path, "re");

    *length = 0;
    while (file != NULL) {
        char *larger = realloc(bytes, capacity);
        if (larger == NULL)
            break;
        bytes = larger;
        *length += fread(bytes + *length, 1, capacity - *length, file);
        if (*length < capacity && ferror(file) == 0) {
            (void)fclose(file);
            return bytes;
        }
        if (ferror(file) != 0)
            break;
        capacity *= 2;
    }
    int why = errno;
    if (file != NULL)
        (void)fclose(file);
    free(bytes);
    errno = why;
    return NULL;
}

/* -bem: the message that strings see, as if its user handed it in. */
static bool take_message(struct session *session, const struct options *options, char **message, int *status)
{
    const struct rexpand_message_options how = {
        .sender = options->sender, .dot_ends = !options->dots_are_text, .is_local = true};
    size_t length;
    char *bytes = read_file(options->message_path, &length);

    if (bytes == NULL) {
        if (asprintf(message, "failed to open %s: %s", options->message_path, strerror(errno)) < 0)
            *message = NULL;
        *status = EXIT_INPUT_MISSING;
        return false;
    }
    bool done = rexpand_env_message(session->env, bytes, length, &how, message);
    free(bytes);
    return done;
}

/* A configuration's timezone is the process's, for which there is no other way
   than its environment; an empty one is the machine's. Without a file all stays as the
   user has it. */
static bool set_time_zone(const struct session *session, const char *config_path)
{
    static const char *const words[] = {"timezone"};
    char *message = NULL;

    if (config_path == NULL)
        return true;
    char *zone = rexpand_config_print(session->config, words, 1, true, &message);
    if (zone == NULL) {
        free(message);
        return false;
    }
    zone[strcspn(zone, "\n")] = '\0';
    bool done = (zone[0] == '\0' ? unsetenv("TZ") : setenv("TZ", zone, 1)) == 0;
    tzset();
    free(zone);
    return done;
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
    if (!set_time_zone(session, options->config_path)) {
        session_close(session);
        return false;
    }
    session->env = rexpand_env_new(session->config, message);
    if (session->env == NULL) {
        session_close(session);
        return false;
    }
    rexpand_env_on_warning(session->env, print_warning, NULL);
    rexpand_env_log(session->env, write_log, NULL);
    rexpand_env_answers_only(session->env, options->answers_only);
    *status = EXIT_USAGE_WRONG;
    for (size_t i = 0; i < options->assignment_count; i++) {
        if (session_assign(session, &options->assignments[i], message))
            continue;
        session_close(session);
        return false;
    }
    if (options->sender != NULL && options->message_path == NULL)
        (void)rexpand_env_set(session->env, "sender_address", options->sender, strlen(options->sender),
                              false);
    if (options->message_path != NULL && !take_message(session, options, message, status)) {
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
