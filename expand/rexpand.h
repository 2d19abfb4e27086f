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

/* ---- looking for mistakes ---- */

/* Something that rexpand_check found; valid during the call that tells it. */
struct rexpand_finding {
    const char *file;
    unsigned line;    /* counted from 1 */
    unsigned column;  /* counted from 1, in bytes; 0: not known */
    bool is_warning;  /* it works, but hardly as meant */
    const char *kind; /* "syntax", "tainted", …: rexpand-check(1) has a section on each */
    const char *message;
};

/* As rexpand_config_read, and remembers where each byte stood, so that
   rexpand_check knows columns. With "text" (may be NULL) these bytes are read and not the
   file, whose path is only what findings call it: an editor's buffer, say. */
REXPAND_PUBLIC struct rexpand_config *rexpand_config_read_places(const char *path, const char *text,
                                                                 size_t text_length,
                                                                 const char *const *definitions,
                                                                 size_t definition_count, char **message);

/* Looks through all strings of a configuration that are expanded, its lists,
   ACLs, routers, transports and authenticators, and calls "found" for each mistake, by
   place. Nothing is run. False when memory ran out; *message (if "message" is not NULL) is
   then a text for free(), or NULL. */
REXPAND_PUBLIC bool rexpand_check(const struct rexpand_config *config,
                                  void (*found)(void *context, const struct rexpand_finding *finding),
                                  void *context, char **message);

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

/* How a message is taken. All zeroes: as it is. */
struct rexpand_message_options {
    const char *sender; /* envelope sender, as behind -f of a mailer; NULL: what a line "From ..." in
                           front of the header says, else unknown */
    bool dot_ends;      /* a line with a dot alone ends the message */
    bool is_local;      /* the process's user hands it in: without another sender it is that one, and a
                           missing Message-Id:, From: or Date: is added */
};

/* The message whose header fields, body and envelope sender the strings see; it is
   copied as far as they can. All of it counts as coming from outside. "bytes" NULL takes the
   present one away, "options" may be NULL. False, with a message for free(), when it is not
   one that Exim would take: a header of more than header_maxsize bytes, a sender that is no
   address. Variables that were set go before it. */
REXPAND_PUBLIC bool rexpand_env_message(struct rexpand_env *env, const char *bytes, size_t length,
                                        const struct rexpand_message_options *options, char **message);

/* A lookup setting (redis_servers, …) by its name and text. False, with a
   message for free(), when it is not known or does not parse. */
REXPAND_PUBLIC bool rexpand_env_set_option(struct rexpand_env *env, const char *name, const char *value,
                                           char **message);

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

/* ---- access control lists ---- */

/* What an ACL says (Exim specification, chapter 43). */
enum rexpand_verdict {
    REXPAND_ACCEPT,
    REXPAND_DENY,
    REXPAND_DEFER,   /* not now: for SMTP an answer that begins with 4 */
    REXPAND_DISCARD, /* accepted for the client, and thrown away */
    REXPAND_DROP,    /* denied, and the connection is to be closed */
    REXPAND_ERROR,   /* a mistake in the ACL; for SMTP as REXPAND_DEFER, with no more said */
};

enum { REXPAND_ACL_ARGUMENTS = 9 };

/* The texts live until the next call with the environment; NULL: none was
   given. */
struct rexpand_acl_result {
    enum rexpand_verdict verdict;
    const char *message; /* for the client */
    size_t message_length;
    const char *log_message; /* for the log; with REXPAND_ERROR what is wrong, never NULL */
    size_t log_message_length;
};

/* Checks an ACL of the environment's configuration. "acl" is what an option
   such as acl_smtp_rcpt is set to: it is expanded, and then an ACL's name, the absolute path of a
   file with one, or an ACL itself. The arguments (up to 9, may be NULL if there are none) are
   $acl_arg1, …; they count as coming from outside. What a "set" does stays in the environment. A
   condition that this version does not evaluate (rexpand-configuration(5) lists them) is a
   REXPAND_ERROR. */
REXPAND_PUBLIC enum rexpand_verdict rexpand_acl_check(struct rexpand_env *env, const char *acl,
                                                      const char *const *arguments, size_t argument_count,
                                                      struct rexpand_acl_result *result);

/* Takes a line for the log, without a time or a line end; all its bytes print.
   "logs" names the logs that are meant: main, reject, panic, or several with commas. It may not use
   the environment. */
typedef void rexpand_log(void *context, const char *logs, const char *line, size_t length);

/* Where "logwrite" and warnings go: nowhere at first, or with NULL. */
REXPAND_PUBLIC void rexpand_env_log(struct rexpand_env *env, rexpand_log *write, void *context);

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
