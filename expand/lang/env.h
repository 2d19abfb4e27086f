/* What a string is evaluated in: variables' values, lookups, limits, and the
   caches that make the second time fast. One thread at a time. */

#ifndef REXPAND_LANG_ENV_H
#define REXPAND_LANG_ENV_H

#include "base/arena.h"
#include "base/clock.h"
#include "lang/acl_call.h"
#include "lang/address.h"
#include "lang/call.h"
#include "lang/kept_value.h"
#include "lang/regex.h"
#include "lang/rfc2047.h"
#include "lookups/lookup.h"

/* Where lines for the log go; "write" NULL: nowhere. "name" is the log that is
   meant: main, reject or panic. */
struct log {
    void (*write)(void *context, const char *name, const char *line, size_t length);
    void *context;
};

/* What main options of a configuration say about expansions; all false and
   empty unless one does. */
struct env_options {
    bool prints_top_bits;           /* print_topbitchars */
    bool logs_milliseconds;         /* log_selector = +millisec: in $tod_log */
    struct address_rules addresses; /* strip_excess_angle_brackets and others */
    struct value interfaces;        /* local_interfaces, expanded; lives as long as the environment */
    struct value more_interfaces;   /* extra_local_interfaces, likewise */
    struct value log_folder;        /* of log_file_path, likewise */
};

struct env {
    struct env_options options;
    struct lookups *lookups;
    struct regex_scratch *regex_scratch;
    struct regex_cache *regexes;
    struct program_cache *programs;
    struct env_variables *variables;
    struct modules *modules;
    struct answers *answers;
    struct named_lists *lists;
    const char *const *environment;     /* NULL: the process's own */
    struct arena arena;                 /* of the evaluation under way, and of the last one's result */
    size_t bytes_limit;                 /* of an evaluation's arena */
    nanoseconds time_limit;             /* of an evaluation; CLOCK_NEVER: none */
    unsigned long evaluations;          /* how many there were */
    struct rfc2047_rules encoded_words; /* "charset" is env_set_charset's */
    char *charset;                      /* the copy that it made, or NULL */
    bool prvs_is_good;                  /* what the last prvscheck said */
    bool is_sealed;                     /* nothing outside may be touched */
    struct trace *trace;                /* who watches evaluations; NULL: nobody */
    int run_status;                     /* what the last run's command ended with */
    char *run_output; /* and what it wrote, which is $value until something else is; or NULL */
    size_t run_output_length;
    struct value srs_recipient; /* of the last inbound_srs that was true; allocated */
    acl_checker *check_acl;     /* NULL: there are no ACLs */
    struct acls *acls;          /* for it; its owner's */
    struct log log;
    struct message *message;    /* whose header fields and body strings see, or NULL */
    struct kept_block *retired; /* former values that the evaluation under way may use */
};

/* NULL when memory runs out. The caller frees it. */
struct env *env_new(void);
void env_free(struct env *env);

/* Gives a variable a value, which is copied; tainted from end to end unless
   "clean". False when there is no variable of that name or it has a value of its own
   that cannot be set; sets *no_memory when that was the reason. */
bool env_set(struct env *env, const char *name, size_t name_length, const char *bytes, size_t length,
             bool clean, bool *no_memory);

/* The same with any taint, and while an evaluation is under way. */
bool env_set_value(struct env *env, const char *name, size_t name_length, const struct value *value,
                   bool *no_memory);

/* Keeps a copy of what a command wrote. False when memory runs out. */
bool env_keep_output(struct env *env, const struct value *output) MUST_CHECK;

/* Keeps a copy of the address that an SRS address stands for, with its taint.
   False when memory runs out. */
bool env_keep_srs_recipient(struct env *env, const struct value *recipient) MUST_CHECK;

/* A variable's value in an evaluation. */
enum outcome env_variable(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value) MUST_CHECK;

/* A variable of the process's environment, tainted. What the embedder gave with
   env_set_environment if it did, else the process's own. False when there is none. */
bool env_environment(const struct env *env, const struct value *name, struct value *found);

/* From now on only these "NAME=value" strings are the environment; the array
   ends with NULL, and both live as long as "env" (Exim: keep_environment,
   add_environment). */
void env_set_environment(struct env *env, const char *const *entries);

/* The character set of header fields (Exim: headers_charset), which is copied.
   False when memory runs out. */
bool env_set_charset(struct env *env, const char *charset) MUST_CHECK;

/* Gives it a message, which it frees; NULL takes the present one away. */
void env_set_message(struct env *env, struct message *message);

/* Whether a variable of header fields has any. "name" is what was written. */
bool env_has_header(const struct env *env, const struct variable_row *row, const struct value *name);

/* Whether a row's names are those of header fields. */
bool variable_row_is_header(const struct variable_row *row);

/* Starts an evaluation: the last one's result is gone. Fills "run". */
void env_begin(struct env *env, struct run *run, struct error *error);

/* The end of a message, in Exim's words: cached lookups are forgotten. */
void env_tidy(struct env *env);

#endif
