/* A reply made into the text that a lookup gives. */

#ifndef REXPAND_LOOKUPS_REDIS_REPLY_H
#define REXPAND_LOOKUPS_REDIS_REPLY_H

#include "lookups/redis/codec.h"
#include "lookups/redis/command.h"

struct redis_reply_form {
    bool nil_is_empty;     /* a nil reply is found and empty, as in Exim */
    bool integers_as_bool; /* an integer that is the whole reply is "true" or "false", as in Exim */
    bool maps_as_lines;    /* a map is shown as any array, as in Exim */
};

/* RESP2 has no maps: an array that answers a command which RESP3 answers with one
   (HGETALL, CONFIG GET) becomes one. */
void redis_reply_find_map(struct redis_reply *reply, const struct redis_command *command);

/* Writes a reply that is not an error as text into "text": strings as they are,
   integers in decimal, arrays with one element a line, arrays in them too; a nil
   or an empty array among them is an empty line. A map that is the whole reply and
   has no arrays in it is "key=value " for each pair, where the value is quoted if
   need be as in Exim's SQL lookups, and bytes that would end the key (white space,
   = and double quotes) and % are %XX; other maps are arrays. "*found" is false for nil
   and for an empty array. The text may share the reply's bytes. False: out of memory. */
bool redis_reply_text(const struct redis_reply *reply, const struct redis_reply_form *form,
                      struct arena *arena, bool *found, struct value *text) MUST_CHECK;

#endif
