/* The rexpand command: a row a subcommand, a file a row. */

#ifndef REXPAND_CLI_COMMAND_H
#define REXPAND_CLI_COMMAND_H

#include "cli/options.h"

/* Exit status, as DESIGN's page on the command has it; 64, 66, 74 and 78 are
   sysexits.h's. */
enum exit_status {
    EXIT_OK = 0,
    EXIT_EXPANSION_FAILED = 1,
    EXIT_EXPANSION_DEFERRED = 2,
    EXIT_USAGE_WRONG = 64,
    EXIT_INPUT_MISSING = 66,
    EXIT_OUTPUT_LOST = 74,
    EXIT_CONFIGURATION_WRONG = 78,
};

struct command {
    const char *name;  /* as in `rexpand NAME` */
    const char *also;  /* another spelling, or NULL */
    const char *words; /* what may follow, for --help */
    const char *help;
    int (*run)(const struct options *options);
};

int command_evaluate(const struct options *options);
int command_explain(const struct options *options);
int command_check(const struct options *options);
int command_print(const struct options *options);
int command_version(const struct options *options);
int command_help(const struct options *options);

extern const struct command commands[];
extern const size_t command_count;

/* The configuration and environment that the options ask for. On a mistake it
   is reported and *status says how to exit; "session" is then empty. */
struct session {
    struct rexpand_config *config;
    struct rexpand_env *env;
};
bool session_open(struct session *session, const struct options *options, int *status);
void session_close(struct session *session);

/* What a command does with a string, in which macros have been replaced; gives the
   exit status that it deserves. "shows_place": a person is watching. */
typedef int string_taker(struct session *session, const char *text, size_t length, bool shows_place,
                         void *context);

/* Gives it the strings among the options, or else the lines of standard input.
   The worst status of all. */
int take_strings(const struct options *options, string_taker *taker, void *context);

int exit_status_of(enum rexpand_outcome outcome);

/* EXIT_OK if all that was printed was also written; else says why not. */
int finish_output(int status);

#endif
