/* The language's test cases, in files *.cases of the format that `rexpand test`
   reads (expand/cli/cases.h, rexpand-test(5)), put to rexpand and to Exim.

   "@DATA@" is the folder "data" beside the file. "@differs REASON" says that Exim gives
   something else for the next case, and why that is meant. Cases behind any other
   directive but @name and @skip, up to @reset, are not put to Exim, which has no such options.
   A file NAME.conf beside NAME.cases is the configuration of its cases, a file NAME.eml
   the message that their header fields and body are of. */

#ifndef REXPAND_TEST_CASES_H
#define REXPAND_TEST_CASES_H

#include "cli/cases.h"
#include "rexpand.h"

struct language_cases {
    struct test_file file;
    struct options options; /* the files beside it */
    char *config_path;      /* NULL: none */
    char *message_path;     /* NULL: none */
};

/* Reads a file, or fails the test, naming the line that is wrong. */
void language_cases_read(struct language_cases *cases, const char *path);
void language_cases_free(struct language_cases *cases);

/* Runs all cases with the command line's "options" (NULL: the files beside it), prints
   each that is wrong with file and line, and returns how many were. */
size_t language_cases_run(const struct language_cases *cases, const struct options *options);

/* Runs all cases in two environments that are alike but for an observer, and
   returns how many gave another result, taint and place of a mistake among it. */
size_t language_cases_compare(const struct language_cases *cases, rexpand_observer observer, void *context);

/* Asks exim4 the same, and compares. Returns how many cases did not agree with
   the table, or were marked as different and are not. Exim takes configurations from
   root only: others ask no cases that have one. */
size_t language_cases_ask_exim(const struct language_cases *cases);

/* Whether there is an exim4 to ask. */
bool exim_is_here(void);

#endif
