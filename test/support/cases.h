/* The language's test cases: a line each in files *.cases.

     expression => result
     expression !! message         (a failure; a deferral or a forced failure too)

   In result and message \n, \t, \\ and \xHH stand for bytes; the expression is
   as it is. "@DATA@" is the folder "data" beside the file. Lines that begin with "#"
   are comments. Directives:

     @differs REASON               the next case: Exim gives something else, and why that is meant
     @set NAME=VALUE               a tainted variable for all that follows; those cases are not
     @set-clean NAME=VALUE         put to Exim, which has no such option
     @option NAME=VALUE            a lookup's setting, likewise

   A file NAME.conf beside NAME.cases is the configuration of its cases, a file
   NAME.eml the message that their header fields and body are of. */

#ifndef REXPAND_TEST_CASES_H
#define REXPAND_TEST_CASES_H

#include <stdbool.h>
#include <stddef.h>

struct rexpand_env;

struct language_case {
    size_t line;
    char *expression;
    char *expected; /* what is printed: the result, or "Failed: " and the message */
    size_t expected_length;
    bool differs;     /* from Exim, and is meant to */
    bool is_for_exim; /* no setting of ours in front of it */
    char *setting;    /* not NULL: no case but a directive to carry out in its turn */
};

struct language_cases {
    char *path;
    struct language_case *cases;
    size_t count;
    char *config_path;  /* NULL: none */
    char *message_path; /* NULL: none */
};

struct rexpand_config;

/* What the cases of a file run in. */
struct language_setting {
    struct rexpand_config *config; /* or NULL */
    struct rexpand_env *env;
};

/* Reads a file, or fails the test, naming the line that is wrong. */
void language_cases_read(struct language_cases *cases, const char *path);
void language_cases_free(struct language_cases *cases);

void language_setting_open(struct language_setting *setting, const struct language_cases *cases);
void language_setting_close(struct language_setting *setting);

/* Runs all cases in "env", prints each that is wrong with file and line, and
   returns how many were. */
size_t language_cases_run(const struct language_cases *cases, struct rexpand_env *env);

/* Runs all cases in two environments that are alike but for an observer, and
   returns how many gave another result, taint and place of a mistake among it. */
size_t language_cases_compare(const struct language_cases *cases, struct rexpand_env *plain,
                              struct rexpand_env *watched);

/* Asks exim4 the same, and compares. Returns how many cases did not agree with
   the table, or were marked as different and are not. Exim takes configurations from
   root only: others ask no cases that have one. */
size_t language_cases_ask_exim(const struct language_cases *cases);

/* Whether there is an exim4 to ask. */
bool exim_is_here(void);

#endif
