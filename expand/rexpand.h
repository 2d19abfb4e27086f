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

/* What a lookup is to answer without being asked, for tests: "driver" (redis,
   lsearch, …), "file" (of a single-key lookup; NULL: the query style), the key or query to the
   byte, and what to say. For REXPAND_ANSWER_DEFERRED "bytes" is the reason. A later
   answer to the same question replaces an earlier one. Lookups of Exim that this build has
   not got can be answered so too. Call it between evaluations. False, with a message for free(),
   when there is no such lookup or it asks in the other style. */
enum rexpand_answer { REXPAND_ANSWER_FOUND, REXPAND_ANSWER_NOT_FOUND, REXPAND_ANSWER_DEFERRED };
REXPAND_PUBLIC bool rexpand_env_answer(struct rexpand_env *env, const char *driver, const char *file,
                                       const char *query, size_t query_length, enum rexpand_answer answer,
                                       const char *bytes, size_t length, char **message);

/* Whether a lookup that has no such answer fails instead of being asked. */
REXPAND_PUBLIC void rexpand_env_answers_only(struct rexpand_env *env, bool only);
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

/* ---- watching an evaluation ---- */

/* Why did this come out so? An environment may have an observer, which is told
   of each part of a string when its evaluation begins and ends: a tree, as a walk. The
   result is the same with and without one.

       static void show(void *context, const struct rexpand_event *event)
       {
           if (event->kind == REXPAND_EVENT_LEAVE && event->outcome == REXPAND_DONE && !event->is_truth)
               printf("%*s%.*s = %.*s\n", (int)event->depth * 2, "",
                      (int)event->source.length, event->source.bytes,
                      (int)event->value.length, event->value.bytes);
       }

       rexpand_env_trace(env, show, NULL); */

/* Bytes of an event. They may hold anything, and live as long as the call. */
struct rexpand_text {
    const char *bytes; /* NULL: there is none */
    size_t length;
    bool is_tainted; /* some of it came from outside */
};

enum rexpand_event_kind {
    REXPAND_EVENT_ENTER,
    REXPAND_EVENT_LEAVE,   /* of the part that was entered last and not left yet */
    REXPAND_EVENT_SKIPPED, /* a part that is not evaluated: the branch not taken, conditions behind the one
                              that decided, what a list without items was to be put through */
    REXPAND_EVENT_LOOKUP,  /* a lookup was answered for the part that was entered last */
};

/* What the part is. */
enum rexpand_part {
    REXPAND_PART_STRING,    /* a whole string: the one given, or one that was put together on the way
                               (${expand:…}, the replacement of sg, a named list, an argument of run) */
    REXPAND_PART_TEXT,      /* text without a construct, or one whose constructs were constant and
                               evaluated when it was compiled ("is_constant") */
    REXPAND_PART_VARIABLE,  /* named by "name" */
    REXPAND_PART_CAPTURE,   /* $1; "name" is its digits */
    REXPAND_PART_SEQUENCE,  /* several parts, one after the other */
    REXPAND_PART_ITEM,      /* ${name{…}} */
    REXPAND_PART_OPERATOR,  /* ${name:…} */
    REXPAND_PART_CONDITION, /* gives a truth, no value */
    REXPAND_PART_MISTAKE,   /* where the string is wrong */
    REXPAND_PART_LIST_ITEM, /* of a domain list or the like; its truth: it decided the list */
    REXPAND_PART_FAIL,      /* the word "fail" in place of a branch */
    REXPAND_PART_ABSENT,    /* a branch that was chosen and is not written */
};

/* What it is to the part around it. */
enum rexpand_role {
    REXPAND_ROLE_PART,     /* one of a string's */
    REXPAND_ROLE_ARGUMENT, /* a string of a construct, a condition of and{…} or or{…} */
    REXPAND_ROLE_CONDITION,
    REXPAND_ROLE_YES,
    REXPAND_ROLE_NO,
    REXPAND_ROLE_EACH, /* done for each item of a list, or an item of one */
};

struct rexpand_lookup_report {
    const char *driver;
    struct rexpand_text key;     /* or query */
    struct rexpand_text file;    /* bytes NULL: the driver has none */
    struct rexpand_text options; /* behind the driver's name; passwords are stars */
    enum rexpand_outcome outcome;
    bool is_found;
    bool is_from_cache;        /* nothing was asked */
    size_t together;           /* with how many others it was asked, ahead of its place; "seconds" is the time
                                  of all of them */
    struct rexpand_text value; /* when it was found */
    const char *source;        /* which server answered ("127.0.0.1:6379"), or how the file was read; NULL:
                                  not known */
    const char *message;       /* when the outcome is not REXPAND_DONE */
    double seconds;
};

/* Of all kinds, what stands under a kind is empty in others. Fields may be added at
   the end in later versions. */
struct rexpand_event {
    enum rexpand_event_kind kind;
    enum rexpand_part part;
    enum rexpand_role role;
    unsigned depth;             /* how many parts are around this one */
    size_t number;              /* which of its role, from 1; of REXPAND_ROLE_EACH: the item of the list */
    struct rexpand_text name;   /* of the construct; bytes NULL: it has none */
    struct rexpand_text source; /* as it is written; passwords of servers are stars */
    size_t offset;              /* where, in the innermost REXPAND_PART_STRING around it */
    bool is_negated;            /* condition: with an odd number of "!", which its truth reckons in */
    bool is_constant;           /* text: it was a construct until it was compiled */
    bool is_known;              /* string: it was compiled before; list item: its answer was remembered */

    /* REXPAND_EVENT_ENTER */
    struct rexpand_text item;   /* $item, of REXPAND_ROLE_EACH */
    struct rexpand_text so_far; /* $value, in reduce */

    /* REXPAND_EVENT_LEAVE */
    enum rexpand_outcome outcome;
    struct rexpand_text value; /* when it is REXPAND_DONE and there is no truth */
    bool is_truth;
    bool truth;
    const char *message;           /* when the outcome is not REXPAND_DONE */
    size_t message_offset;         /* as "offset", of the construct that the message is about, or
                                      REXPAND_NO_OFFSET */
    double seconds;                /* of a string, and of constructs that look at the world; else 0 */
    struct rexpand_text new_value; /* $value, if the part set it for those that follow */

    /* REXPAND_EVENT_LEAVE: $0, $1, … if the part set them for those that follow.
       REXPAND_EVENT_ENTER of a string inside: those that it begins with. */
    const struct rexpand_text *captures;
    size_t capture_count;

    /* REXPAND_EVENT_LOOKUP */
    const struct rexpand_lookup_report *lookup;
};

typedef void (*rexpand_observer)(void *context, const struct rexpand_event *event);

/* From now on "observer" is told of all that is evaluated in the environment;
   NULL: nobody. It may not use the environment. */
REXPAND_PUBLIC void rexpand_env_trace(struct rexpand_env *env, rexpand_observer observer, void *context);

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
