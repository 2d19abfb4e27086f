/* rexpand: Exim's string expansion as a library.

   Compile a string once, evaluate it as often as you like:

       struct rexpand_env *env = rexpand_env_new(NULL, NULL);
       struct rexpand_program *program = rexpand_compile("${uc:$local_part}", 17, NULL);
       struct rexpand_result result;

       rexpand_env_set(env, "local_part", "ann", 3, false);
       if (rexpand_evaluate(program, env, &result) == REXPAND_DONE)
           fwrite(result.bytes, 1, result.length, stdout);
       rexpand_program_free(program);
       rexpand_env_free(env);

   A program never changes: any number of threads may evaluate it, each with an
   environment of its own. Nothing in the library is global.

   The language is described in the Exim specification, chapter 11; lookups in
   chapters 9 and 10; the configuration file in chapter 6. */

#ifndef REXPAND_H
#define REXPAND_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REXPAND_PUBLIC __attribute__((visibility("default")))

/* How an evaluation ends. */
enum rexpand_outcome {
    REXPAND_DONE,           /* there is a result */
    REXPAND_FORCED_FAILURE, /* the string asked for it with the word "fail" */
    REXPAND_FAILED,         /* a mistake in the string or its data */
    REXPAND_DEFERRED,       /* a lookup has no answer now and may have one later */
};

#define REXPAND_NO_OFFSET ((size_t)-1)

struct rexpand_result {
    enum rexpand_outcome outcome;
    const char *bytes; /* the result; may hold NUL bytes, need not end with one; never NULL */
    size_t length;
    bool is_tainted;     /* some of it came from outside */
    const char *message; /* why there is none: a text without line end; NULL when done */
    size_t offset;       /* of the construct in the string that the message is about, or
                            REXPAND_NO_OFFSET */
};

struct rexpand_config;
struct rexpand_env;
struct rexpand_program;

/* ---- programs ---- */

/* The first mistake in a string. */
struct rexpand_mistake {
    const char *message; /* NULL: there is none. Lives as long as the program. */
    size_t offset;       /* a byte of the string */
};

/* Compiles "length" bytes of text, which are copied. A string with a mistake
   gives a program too, whose evaluation fails there; "mistake" (may be NULL) tells at
   once. NULL only when memory runs out. The caller frees the program. */
REXPAND_PUBLIC struct rexpand_program *rexpand_compile(const char *text, size_t length,
                                                       struct rexpand_mistake *mistake);
REXPAND_PUBLIC void rexpand_program_free(struct rexpand_program *program);

/* Whether evaluation can read a variable ("tls_out_tlsa_usage"), and whether
   the result is always the same. */
REXPAND_PUBLIC bool rexpand_program_reads(const struct rexpand_program *program, const char *variable);
REXPAND_PUBLIC bool rexpand_program_is_constant(const struct rexpand_program *program);

/* ---- configuration ---- */

/* Reads a configuration in Exim's format. "path" NULL: an empty one.
   "definitions" are macros as behind -D, "NAME" or "NAME=value". NULL with a message ("file:line:
   what is wrong") in *message, which the caller frees with free(). The configuration must outlive
   the environments made with it. */
REXPAND_PUBLIC struct rexpand_config *rexpand_config_read(const char *path, const char *const *definitions,
                                                          size_t definition_count, char **message);
REXPAND_PUBLIC void rexpand_config_free(struct rexpand_config *config);

/* A line as it would stand in the file: macros are replaced; *line and *length
   are then new text for free(). False with a message for free() when that is not possible. */
REXPAND_PUBLIC bool rexpand_config_replace_macros(struct rexpand_config *config, char **line, size_t *length,
                                                  char **message);

/* Takes a line such as "NAME = value", which begins with an upper-case letter,
   as the definition of a macro. The name is the configuration's. NULL with a message for
   free() when it is not one. */
REXPAND_PUBLIC const char *rexpand_config_define(struct rexpand_config *config, const char *line,
                                                 size_t length, char **message);

/* What `rexpand -bP WORD…` prints, as a text for free(); NULL with a message for
   free(). */
REXPAND_PUBLIC char *rexpand_config_print(struct rexpand_config *config, const char *const *words,
                                          size_t word_count, bool values_only, char **message);

/* ---- environments ---- */

/* What strings are evaluated in: variables, lookups with their connections and
   caches, limits. For one thread at a time. "config" (may be NULL) gives lookups' settings
   and the variables that are named after options. NULL when memory runs out or a setting is
   wrong; *message (if "message" is not NULL) is then a text for free(), or NULL. */
REXPAND_PUBLIC struct rexpand_env *rexpand_env_new(const struct rexpand_config *config, char **message);
REXPAND_PUBLIC void rexpand_env_free(struct rexpand_env *env);

/* Gives a variable a value; both are copied. "clean" only for what your program
   itself made: what came from outside is tainted, and refused where Exim refuses it.
   False when there is no such variable, or memory runs out. */
REXPAND_PUBLIC bool rexpand_env_set(struct rexpand_env *env, const char *variable, const char *bytes,
                                    size_t length, bool clean);

/* A lookup setting (redis_servers, …) by its name and text. False, with a
   message for free(), when it is not known or does not parse. */
REXPAND_PUBLIC bool rexpand_env_set_option(struct rexpand_env *env, const char *name, const char *value,
                                           char **message);

/* Who hears of what a setting allows though it is dangerous (taint_unquoted = warn): the
   function gets "context" and a message. NULL: nobody, as at first. */
REXPAND_PUBLIC void rexpand_env_on_warning(struct rexpand_env *env,
                                           void (*warn)(void *context, const char *message), void *context);

/* Bounds on one evaluation: bytes of memory (256 MiB at first) and seconds (60
   at first; 0: none). */
REXPAND_PUBLIC void rexpand_env_limit(struct rexpand_env *env, size_t bytes, double seconds);

/* From now on no string evaluated in it can run a command, load code, read a
   file, ask a server or a lookup: for strings that are not the administrator's own
   (Exim: forbid_filter_run and its like). There is no way back. */
REXPAND_PUBLIC void rexpand_env_seal(struct rexpand_env *env);

/* Call it between messages: cached lookup results are forgotten; connections,
   open files and compiled strings stay. */
REXPAND_PUBLIC void rexpand_env_tidy(struct rexpand_env *env);

/* ---- evaluation ---- */

/* Evaluates a program. What "result" points to lives until the next call with
   this environment (or, for a constant result, until the program goes). */
REXPAND_PUBLIC enum rexpand_outcome rexpand_evaluate(const struct rexpand_program *program,
                                                     struct rexpand_env *env, struct rexpand_result *result);

/* Compiles and evaluates; strings that come again are taken from a cache in the
   environment. */
REXPAND_PUBLIC enum rexpand_outcome rexpand_expand(struct rexpand_env *env, const char *text, size_t length,
                                                   struct rexpand_result *result);

/* ---- quoting ---- */

/* Text from outside as it has to be in a query of a lookup: what
   ${quote_sqlite:…} gives for "sqlite". For SQL it stands between single quotes, which this does
   not add. A text for free() with a NUL behind it; "*quoted_length" (may be NULL) is its length.
   NULL when this build has no lookup of that name, or memory runs out. */
REXPAND_PUBLIC char *rexpand_quote(const char *lookup, const char *bytes, size_t length,
                                   size_t *quoted_length);

/* ---- what this build knows ---- */

enum rexpand_kind {
    REXPAND_ITEM,
    REXPAND_OPERATOR,
    REXPAND_CONDITION,
    REXPAND_VARIABLE,
    REXPAND_LOOKUP,
};

/* The name and one line of help of the "index"th row (from 0) of a table; false
   behind the last. */
REXPAND_PUBLIC bool rexpand_describe(enum rexpand_kind kind, size_t index, const char **name,
                                     const char **help);

/* What `rexpand -bV` prints, as a text for free(): version, lookups, libraries. */
REXPAND_PUBLIC char *rexpand_about(void);

/* "0.1.0" */
REXPAND_PUBLIC const char *rexpand_version(void);

#ifdef __cplusplus
}
#endif

#endif
