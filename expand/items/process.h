/* A command of its own: no shell, an empty standard input, and what it writes
   to both outputs in one text. */

#ifndef REXPAND_ITEMS_PROCESS_H
#define REXPAND_ITEMS_PROCESS_H

#include "base/buffer.h"
#include "base/clock.h"

enum process_end {
    PROCESS_EXITED,   /* "status" is what it returned; 127 when it could not be run */
    PROCESS_KILLED,   /* "status" is the signal */
    PROCESS_TOO_LATE, /* killed at the deadline, with all that it started */
    PROCESS_FAILED,   /* "status" is the errno of what this process could not do */
};

/* Runs arguments[0], a path, with the environment given. Adds what it writes
   to "output". Nothing of it is left behind. */
enum process_end process_run(char *const arguments[], char *const environment[], nanoseconds deadline,
                             struct buffer *output, int *status) MUST_CHECK;

#endif
