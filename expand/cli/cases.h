/* Files of test cases for strings: what `rexpand test` runs, and what rexpand's
   own language table is written in. rexpand-test(5) describes them:

       EXPRESSION => RESULT
       EXPRESSION !! MESSAGE          it fails, defers or is forced to fail
       EXPRESSION ~~ PATTERN          a result that the regular expression matches
       EXPRESSION !~ PATTERN          a message that it matches

   and for ACLs "@acl NAME {ARGUMENT}… => VERDICT: MESSAGE",
   between lines "@directive value", comments behind "#", and empty lines. */

#ifndef REXPAND_CLI_CASES_H
#define REXPAND_CLI_CASES_H

#include "base/arena.h"
#include "cli/options.h"

enum expectation {
    EXPECT_RESULT,
    EXPECT_MESSAGE,
    EXPECT_RESULT_LIKE,
    EXPECT_MESSAGE_LIKE,
};

/* A string to expand and what has to come. */
struct test_case {
    const char *name; /* "@name", or NULL */
    bool is_acl;      /* "@acl": the expression is an ACL's name with its arguments in braces */
    const char *expression;
    size_t expression_length;
    enum expectation expectation;
    const char *expected; /* bytes, or a pattern */
    size_t expected_length;
    const char *differs; /* "@differs": why Exim gives something else, or NULL */
    const char *skip;    /* "@skip": why it is not run, or NULL */
};

/* What a step does; all but STEP_CASE change the world of the cases behind
   it. */
enum step_kind {
    STEP_CASE,
    STEP_CONFIG,  /* "text" is the file's path */
    STEP_DEFINE,  /* NAME or NAME=VALUE */
    STEP_ASSIGN,  /* @set, @set-clean, @option, @answer */
    STEP_UNSET,   /* "text" is the variable */
    STEP_ANSWERS, /* "only" or "any" */
    STEP_RESET,
};

struct test_step {
    enum step_kind kind;
    size_t line; /* where it begins, from 1 */
    struct test_case as_case;
    struct assignment assignment;
    const char *text;
};

/* Everything in it lies in its arena. */
struct test_file {
    struct arena arena;
    const char *path;
    struct test_step *steps;
    size_t count;
    size_t case_count;
};

/* Reads a file. False with a message for free() ("file:line: what is wrong"; NULL
   when memory runs out); there is nothing to free in "file" then. */
bool test_file_read(struct test_file *file, const char *path, char **message);
void test_file_free(struct test_file *file);

/* The name of the "index"th directive; NULL behind the last. */
const char *test_directive(size_t index);

#endif
