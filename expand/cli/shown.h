/* Text of any bytes, made fit for a terminal: nothing in it moves the cursor,
   changes colours or hides what stands beside it. */

#ifndef REXPAND_CLI_SHOWN_H
#define REXPAND_CLI_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

enum shown_as {
    SHOWN_SOURCE, /* line ends and tabs are spaces */
    SHOWN_VALUE,  /* stands in quotes: \n and the like, \" and \\ */
};

/* The columns that it takes; stops counting behind "most". */
size_t shown_columns(enum shown_as as, const char *bytes, size_t length, size_t most);

/* Prints what fits into "room" columns. Gives how many bytes that were. */
size_t shown_print(enum shown_as as, const char *bytes, size_t length, size_t room);

/* Reads one character of UTF-8; 0 when there is none at the start of the bytes. */
size_t utf8_length(const char *bytes, size_t left, unsigned long *code);

#endif
