/* The text of a redis lookup made into a command: its arguments, and what the
   built-in table of commands knows about it. */

#ifndef REXPAND_LOOKUPS_REDIS_COMMAND_H
#define REXPAND_LOOKUPS_REDIS_COMMAND_H

#include "base/buffer.h"
#include "base/outcome.h"
#include "base/value.h"

enum redis_effect {
    REDIS_READS,          /* may be sent twice; its answer may be kept */
    REDIS_READS_CHANGING, /* may be sent twice; its answer is not for keeping (TTL, RANDOMKEY) */
    REDIS_WRITES,         /* never sent twice; also what the table does not know */
    REDIS_REFUSED,        /* would change the connection that lookups share (SELECT, MULTI) */
    REDIS_BY_SECOND_WORD, /* only in the table: never the effect of a parsed command */
};

enum redis_key_rule {
    REDIS_NO_KEY,
    REDIS_NO_KEY_ON_EACH,     /* none, and each primary of a cluster must run it */
    REDIS_KEY_AT,             /* argument "key_position" */
    REDIS_KEYS_FROM,          /* each argument from there on; the command can be run key by key */
    REDIS_PAIRS_FROM,         /* the same with a value behind each key */
    REDIS_KEYS_COUNTED_AT,    /* that argument says how many keys follow it */
    REDIS_KEY_BEHIND_STREAMS, /* behind the word STREAMS */
};

struct redis_command_row {
    const char *name;
    enum redis_effect effect;
    enum redis_key_rule key_rule;
    size_t key_position;
};

struct redis_argument {
    const char *bytes; /* may hold anything, NUL too; no NUL stands behind them */
    size_t length;
};

struct redis_command {
    struct redis_argument *arguments; /* at least one */
    size_t count;
    enum redis_effect effect;
    const struct redis_command_row *row; /* NULL: not in the table */
    struct redis_argument script; /* of an EVALSHA, to be loaded where it is missing; NULL: not known */
};

/* The built-in table, sorted by name. */
const struct redis_command_row *redis_command_rows(size_t *count);

/* The row of a command's name and, where the first word alone does not decide,
   its second word; case does not matter. NULL: not known. */
const struct redis_command_row *redis_command_find(const struct redis_argument *arguments, size_t count);

/* The index of the command's first key, 0 when it has none. */
size_t redis_command_first_key(const struct redis_command *command);

/* Makes words out of "query", in "arena". White space separates words and a
   backslash makes the next byte an ordinary one, but only where they are clean:
   tainted bytes are an argument's content, whatever they are. A span that the
   driver "quoter" quoted has its backslashes taken out and is never split. A
   word of two double quotes, or of an empty span, is an argument without bytes.
   The command's name, its subcommand and a script must be clean.
   OUTCOME_FAILED for an empty query, for a backslash at the end, and for a
   command that lookups may not use. */
enum outcome redis_command_parse(struct redis_command *command, const struct value *query,
                                 const struct lookup_driver *quoter, struct arena *arena,
                                 struct error *error) MUST_CHECK;

/* What a query's command does, from a look at its first word alone: REDIS_WRITES
   where that does not tell. */
enum redis_effect redis_query_effect(const struct value *query);

/* Adds the command as the server wants it on the wire. */
void redis_command_encode(struct buffer *out, const struct redis_argument *arguments, size_t count);

/* Adds "text" so that redis_command_parse makes exactly one argument of it. */
void redis_quote(struct buffer *out, const struct value *text);

#endif
