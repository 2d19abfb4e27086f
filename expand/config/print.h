/* What -bP shows of a configuration, in Exim's form (Exim specification,
   section 5.2, "-bP"). */

#ifndef REXPAND_CONFIG_PRINT_H
#define REXPAND_CONFIG_PRINT_H

#include "config/config.h"

struct config_print_style {
    bool values_only;  /* -n: without "name = " */
    bool shows_hidden; /* values that were set with "hide" too */
};

/* Adds what the words behind -bP ask for, a line each:
     no word         all options
     NAME            one option, set or not
     set             the options that the configuration sets
     unused          those among them that rexpand accepts but does not use,
                     with the place in front
     +NAME           named lists of that name
     macros          all macros, NAME=value; macro_list: only names
     macro NAME      one macro
     config          the configuration as it was read: files included, macros
                     replaced, comments gone
     config_file     its path
   OUTCOME_FAILED with a message, in "arena", for the first word that names
   nothing; what was added before stands. */
enum outcome config_print(struct config *config, const char *const *words, size_t word_count,
                          const struct config_print_style *style, struct buffer *out, struct arena *arena,
                          struct error *error) MUST_CHECK;

#endif
