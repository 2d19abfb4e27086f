/* A reply made into the text that a lookup gives. */

#ifndef REXPAND_LOOKUPS_REDIS_REPLY_H
#define REXPAND_LOOKUPS_REDIS_REPLY_H

#include "lookups/redis/codec.h"

struct redis_reply_form {
    bool nil_is_empty;     /* a nil reply is found and empty, as in Exim */
    bool integers_as_bool; /* an integer that is the whole reply is "true" or "false", as in Exim */
};

/* Writes a reply that is not an error as text into "text": strings as they are,
   integers in decimal, arrays with one element a line, arrays in them too; a nil
   or an empty array among them is an empty line. "*found" is false for nil and for
   an empty array. The text may share the reply's bytes. False: out of memory. */
bool redis_reply_text(const struct redis_reply *reply, const struct redis_reply_form *form,
                      struct arena *arena, bool *found, struct value *text) MUST_CHECK;

#endif
