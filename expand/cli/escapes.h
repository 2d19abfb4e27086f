/* Bytes as they are written in files of test cases and shown in reports. */

#ifndef REXPAND_CLI_ESCAPES_H
#define REXPAND_CLI_ESCAPES_H

#include "base/buffer.h"

/* Undoes \n, \t, \\ and \xHH in place; a backslash in front of any other byte
   goes. "text" must be the caller's own bytes. */
void escapes_undo(struct value *text);

/* Adds "text" so that escapes_undo gives it back and a person sees every byte:
   what does not print is an escape, letters in UTF-8 stay, and so does a space
   unless it is the last byte. */
void escapes_add(struct buffer *out, const char *text, size_t length);

#endif
