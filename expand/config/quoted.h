/* Text between double quotes (Exim specification, section 6.17). */

#ifndef REXPAND_CONFIG_QUOTED_H
#define REXPAND_CONFIG_QUOTED_H

#include "base/buffer.h"

/* Adds what stands between the quotes, escapes undone; "text" begins with the
   first one and is left behind the second. False if there is none: "text" is at its end then. */
bool quoted_read(const char **text, struct buffer *out);

/* The byte that stands for what follows a backslash there, which is taken. */
char quoted_read_escape(const char **text);

#endif
