/* Text between double quotes (Exim specification, section 6.17). */

#ifndef REXPAND_CONFIG_QUOTED_H
#define REXPAND_CONFIG_QUOTED_H

#include "base/buffer.h"

/* Adds what stands between the quotes, escapes undone; "text" begins with the
   first one and is left behind the second. False if there is none: "text" is at its end then. */
bool quoted_read(const char **text, struct buffer *out);

/* The byte that an escape stands for; "text" is behind its backslash, and is left
   behind the escape. */
char quoted_escape(const char **text);

#endif
