/* How the cases of `rexpand test` came out, for a person or for a program. */

#ifndef REXPAND_CLI_REPORT_H
#define REXPAND_CLI_REPORT_H

#include "cli/run_cases.h"

struct report {
    bool is_tap;
    bool has_colour;
    size_t count; /* of cases reported so far */
    size_t wrong;
    size_t skipped;
};

/* "planned" cases will follow. Colour is for a terminal, unless NO_COLOR says
   that it is not wanted (no-color.org). */
void report_begin(struct report *report, bool is_tap, size_t planned);

/* A case that was run. */
void report_case(struct report *report, const struct test_file *file, const struct test_step *step,
                 const struct test_verdict *verdict);

/* One that is not to be run. */
void report_skipped(struct report *report, const struct test_file *file, const struct test_step *step);

/* The end, after the last case. */
void report_end(const struct report *report);

/* The end before the last case. */
void report_stop(const struct report *report, const char *why);

#endif
