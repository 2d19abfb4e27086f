/* A file whose lines are items of a list. */

#ifndef REXPAND_MATCH_FILE_H
#define REXPAND_MATCH_FILE_H

#include "lang/call.h"

struct list_file {
    struct value rest; /* the lines that were not given yet */
    bool comment_begins_anywhere;
};

/* Reads the file, which is in the arena then. OUTCOME_FAILED, and Exim's words,
   if it cannot be opened; a tainted name is refused. */
enum outcome list_file_open(struct list_file *file, struct run *run, const struct value *path,
                            bool comment_begins_anywhere) MUST_CHECK;

/* The next line that holds something, without white space at its ends and
   without its comment. False at the end. */
bool list_file_next(struct list_file *file, struct value *line);

#endif
