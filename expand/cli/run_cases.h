/* Carries out the steps of a file of test cases. */

#ifndef REXPAND_CLI_RUN_CASES_H
#define REXPAND_CLI_RUN_CASES_H

#include "cli/cases.h"
#include "cli/command.h"

/* What cases run in: the command line's options with what directives add. */
struct test_world {
    const struct options *given;
    struct options now; /* its arrays are the world's own */
    size_t definition_room;
    size_t assignment_room;
    struct session session; /* of "now"; made when a case needs it */
    bool is_open;
    struct session patterns; /* where patterns are matched; made at the first */
    struct arena texts;      /* what the last ACL said */
};

void test_world_open(struct test_world *world, const struct options *given);
void test_world_close(struct test_world *world);

/* How a case came out. The texts live until the next step. */
struct test_verdict {
    bool is_right;
    bool failed; /* the string gave no result; "got" is why */
    const char *got;
    size_t got_length;
};

/* Carries out a step; "verdict" is for a STEP_CASE. False when it cannot be done at
   all, with a message for free() ("file:line: why"; NULL when memory runs out). */
bool test_world_step(struct test_world *world, const struct test_file *file, const struct test_step *step,
                     struct test_verdict *verdict, char **message);

/* Back to the command line's options, as at a file's beginning. */
bool test_world_reset(struct test_world *world);

#endif
