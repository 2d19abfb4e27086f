/* The language's test cases, in files *.cases of the format that `rexpand test`
   reads (expand/cli/cases.h, rexpand-test(5)), put to rexpand and to Exim.

   "@DATA@" is the folder "data" beside the file. "@differs REASON" says that Exim gives
   something else for the next case, and why that is meant. Cases behind any other
   directive but @name and @skip, up to @reset, are not put to Exim, which has no such options. */

#ifndef REXPAND_TEST_CASES_H
#define REXPAND_TEST_CASES_H

#include "cli/cases.h"

/* Reads a file, or fails the test, naming the line that is wrong. */
void language_cases_read(struct test_file *cases, const char *path);

/* Runs all cases with the command line's "options" (NULL: none), prints each
   that is wrong with file and line, and returns how many were. */
size_t language_cases_run(const struct test_file *cases, const struct options *options);

/* Asks exim4 the same, and compares. Returns how many cases did not agree with
   the table, or were marked as different and are not. */
size_t language_cases_ask_exim(const struct test_file *cases);

/* Whether there is an exim4 to ask. */
bool exim_is_here(void);

#endif
