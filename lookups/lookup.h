/* Lookups: the table of drivers, and the search in front of them with its
   options, defaults and caches (Exim specification, chapter 9). Knows nothing of
   the expansion language; includes expand/base and nothing else of expand/. */

#ifndef REXPAND_LOOKUPS_LOOKUP_H
#define REXPAND_LOOKUPS_LOOKUP_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/outcome.h"
#include "base/value.h"

/* What is tried when a key is not in a file (chapter 9, section 6). */
enum lookup_default {
    LOOKUP_NO_DEFAULT,
    LOOKUP_STAR,    /* "*" */
    LOOKUP_STAR_AT, /* "*@" and the key's domain, then "*" */
};

enum { LOOKUP_NOT_PARTIAL = -1 };

/* A type of lookup as it is written: partial3(.)lsearch*@,ret=key */
struct lookup_words {
    struct value name;    /* the driver's */
    struct value type;    /* the name and what follows it, but for the options */
    struct value options; /* what followed behind a comma; empty if nothing did */
    int partial;          /* how many components a shortened key keeps, or LOOKUP_NOT_PARTIAL */
    struct value affix;   /* in front of a shortened key: "*." mostly */
    enum lookup_default otherwise;
};

/* What a driver may need of the language, which it does not know: keys of a file
   may be strings to expand and patterns. Both set the error of the evaluation that
   "context" is. */
struct lookup_language {
    enum outcome (*expand)(void *context, const struct value *text, struct value *result);
    /* Whether "subject" is what "item", a list of one item, says; caseless. */
    enum outcome (*match)(void *context, const struct value *subject, const struct value *item,
                          bool *matches);
};

/* One question, as it travels from the language to a driver. All values live
   at least until the answer has been used. */
struct lookup_request {
    const struct lookup_driver *driver;
    /* Which keys are tried when "key" is not there; the name and options in it are not
       looked at. NULL: none. */
    const struct lookup_words *words;
    const struct lookup_language *language; /* NULL: drivers that need it are not asked */
    void *context;                          /* for "language" */
    /* The name of a variable that such bytes of the query may have come from, or NULL; for
       messages. May be NULL itself. */
    const char *(*name_source)(void *source, const struct value *bytes);
    void *source;
    struct value key;     /* single-key: the key; query style: the query with its taint spans */
    struct value file;    /* single-key: the file name; query style: that of "file=", else empty */
    struct value options; /* what followed the driver's name behind a comma; empty if nothing did */
    struct arena *arena;  /* for the answer and for a message */
    struct error *error;  /* set when the outcome is not OUTCOME_DONE */
    nanoseconds deadline; /* of the whole evaluation; a driver has its own, shorter ones beside it */
    /* Which one that is: within one a file is looked at once, whatever happens to it. 0: none,
       it is looked at each time. */
    unsigned long evaluation;
    /* What "options" says for each of the driver's own, in the order of its rows; no
       bytes (NULL) where it says nothing. lookup_find sets this for the driver. */
    const struct value *chosen;
};

struct lookup_answer {
    bool found;
    struct value value; /* in the request's arena; empty when not found */
    bool has_parts;     /* the key was found in another form, or might have been: */
    struct value wild;  /* what a "*" stood for in it */
    struct value fixed; /* and the rest */
    bool may_cache;     /* a driver sets this to false for what must be asked again, a write say */
    bool empties_cache; /* the driver changed something: earlier answers of it may be wrong now */
    /* For who watches an evaluation. */
    bool is_from_cache;      /* lookup_find's: the driver was not asked */
    size_t together;         /* lookup_find's: with how many others it was asked ahead of its place */
    nanoseconds together_in; /* and how long all of that took */
    const char *source;      /* the server that answered, or how a file was read; never a password; NULL:
                                nothing to say; in the request's arena, or constant */
    nanoseconds valid_until; /* CLOCK_NEVER, or when a cached answer is to be asked again */
};

/* One of several lookups that are made together. */
struct lookup_turn {
    struct lookup_request request;
    struct lookup_answer answer;
    enum outcome outcome;
};

/* What asking a question ahead of its place would do. */
enum lookup_foresight {
    LOOKUP_AHEAD,   /* it only reads: nobody can tell when it was asked */
    LOOKUP_ALONE,   /* it is asked in its place */
    LOOKUP_BARRIER, /* it may change what questions behind it are about */
};

/* How an answer comes to a driver, which changes what is otherwise. */
#define LOOKUP_ANSWER_FOUND                                                                                  \
    ((struct lookup_answer){                                                                                 \
        .found = true, .value = VALUE_LITERAL(""), .may_cache = true, .valid_until = CLOCK_NEVER})

enum lookup_style {
    LOOKUP_SINGLE_KEY, /* ${lookup {key} driver {file}} */
    LOOKUP_QUERY,      /* ${lookup driver {query}} */
};

/* An option behind the driver's name and a comma, as "servers" in
   ${lookup redis,servers=a/0/{…}}. "cache" is lookup_find's own: no_rd, no_wr, no;
   so is "ret=key", the key in place of what was found. */
struct lookup_option {
    const char *name;
    const char *help;   /* one line */
    bool selects_state; /* each value has a state of its own; one option of a driver at most */
};

/* A setting of the configuration file that a driver brings, as redis_servers. */
struct lookup_setting {
    const char *name;
    enum lookup_setting_type {
        LOOKUP_SETTING_TEXT,   /* bytes as they are, a list mostly */
        LOOKUP_SETTING_TIME,   /* an Exim time above 0, 5s; fractions and "ms" too: 1.5s, 250ms */
        LOOKUP_SETTING_WORD,   /* one of "words" */
        LOOKUP_SETTING_NUMBER, /* an Exim integer: 10, 64K, 1M */
    } type;
    const char *words;         /* separated by spaces */
    const char *default_value; /* as it would be written */
    const char *help;          /* one line */
    /* Looks at a new value before it is taken, beyond what the type asks for. NULL:
       anything goes. */
    enum outcome (*check)(const char *text, struct arena *arena, struct error *error);
};

struct lookups;

/* How a library asks for settings: it stands in a module perhaps, where the table of
   drivers does not reach. */
struct lookup_setting_reader {
    const struct lookups *lookups;
    const char *(*text)(const struct lookups *lookups, const char *name);
    nanoseconds (*time)(const struct lookups *lookups, const char *name);
    long long (*number)(const struct lookups *lookups, const char *name);
    size_t (*word)(const struct lookups *lookups, const char *name);
};

/* What a driver's library does for it, as the functions of the same names in its row:
   a table in lookups/NAME/library.c, which stands in a module of its own when
   Local/Makefile says so. It calls expand/base only, and compares no driver with its row. */
struct lookup_library {
    enum outcome (*open)(const struct lookup_setting_reader *settings, const struct lookup_request *request,
                         void **state);
    bool (*check)(void *state, const struct lookup_request *request);
    enum outcome (*find)(void *state, const struct lookup_request *request, struct lookup_answer *answer);
    void (*tidy)(void *state);
    void (*close)(void *state);
    void (*version)(struct buffer *out);
};

/* A driver: one constant row a driver, at the foot of its file. "state" is what
   its open() made, one for each file (single-key) or one for the driver (query
   style), and one for each value of an option that selects a state. It is closed
   at lookups_free, when a setting of the driver changes, and when more are open
   than are kept. Each function that gives an outcome sets the request's error if
   that is not OUTCOME_DONE; OUTCOME_DEFERRED with the bare reason: lookup_find puts
   the query in front of it. */
struct lookup_driver {
    const char *name;
    const char *built_by; /* the line of Local/Makefile that puts it in: "LOOKUP_REDIS" */
    const char *help;     /* one line */
    enum lookup_style style;
    bool wants_absolute_file; /* the file name must begin with '/' */
    bool forgets_captures;    /* asking it leaves $1 and so on unset */
    bool results_are_tainted; /* dnsdb; all others are Exim's way to clean a value */
    /* Query style, with a file: the option "file", else the query's first word if that
       begins with '/', else this setting. NULL: no file. */
    const char *file_setting;
    const struct lookup_setting *settings;
    size_t setting_count;
    const struct lookup_option *options;
    size_t option_count;

    /* Where the library's functions are: linked, or under the name of a table in a
       module's file, loaded at the first use. The row's functions are LOOKUP_LIBRARY's then. */
    const struct lookup_library *linked;
    const char *module;
    const char *table;

    enum outcome (*open)(struct lookups *lookups, const struct lookup_request *request, void **state);
    /* Whether an open state is still good (the file has not changed); if not it is
       closed and opened again. NULL: always. */
    bool (*check)(void *state, const struct lookup_request *request);
    /* The answer comes in as found, to be cached, valid for ever. */
    enum outcome (*find)(void *state, const struct lookup_request *request, struct lookup_answer *answer);
    /* Many at once: whether a request may be made earlier than it stands, and "find" for
       several that may and whose options are the same, each with an outcome of its own. Both or
       neither; NULL: one at a time. */
    enum lookup_foresight (*foresee)(const struct lookup_request *request);
    void (*find_many)(void *state, struct lookup_turn *const *turns, size_t count);
    /* Gives back what is dear to hold while nothing is asked: NULL if nothing is. */
    void (*tidy)(void *state);
    void (*close)(void *state);
    /* Whether text from outside in a query can only be text: OUTCOME_FAILED with a
       message when it cannot, which the setting "taint_unquoted" may make a warning. NULL: it always
       can, or there is no query. */
    enum outcome (*check_taint)(const struct lookup_request *request);
    /* Adds "text" quoted for this driver; "option" is what stood behind the
       operator's name (${quote_redis_OPTION:…}), empty mostly. NULL: the driver has no
       quote_ operator. False: the option is not known. */
    bool (*quote)(struct buffer *out, const struct value *text, const struct value *option);
    /* Adds what -bV shows: library and version. NULL: nothing to say. */
    void (*version)(struct buffer *out);
};

/* The functions of a row whose driver has a library. */
#define LOOKUP_LIBRARY                                                                                       \
    .open = lookup_library_open, .check = lookup_library_check, .find = lookup_library_find,                 \
    .tidy = lookup_library_tidy, .close = lookup_library_close
enum outcome lookup_library_open(struct lookups *lookups, const struct lookup_request *request, void **state);
bool lookup_library_check(void *state, const struct lookup_request *request);
enum outcome lookup_library_find(void *state, const struct lookup_request *request,
                                 struct lookup_answer *answer);
void lookup_library_tidy(void *state);
void lookup_library_close(void *state);
void lookup_library_version(const struct lookup_driver *driver, struct buffer *out);

/* The drivers of this build in alphabetical order. */
const struct lookup_driver *const *lookup_drivers(size_t *count);

/* The driver of that name, or NULL when this build has none. */
const struct lookup_driver *lookup_driver_find(const char *name, size_t length);

/* The row for a lookup of Exim that this build may not have: one that can only be
   answered in advance. NULL: Exim has none of that name either. */
const struct lookup_driver *lookup_driver_absent(const char *name, size_t length);

/* Opens what lookups of one environment share: states, caches, settings. Not for
   two threads at once. NULL: out of memory. */
struct lookups *lookups_new(void);
void lookups_free(struct lookups *lookups);

/* The row of a driver's setting of that name in this build, or NULL. */
const struct lookup_setting *lookup_setting_find(const char *name, size_t length);

/* The settings of this build one after the other, those of no single driver last; NULL
   behind the last. "*driver" is its driver's place in the table. */
const struct lookup_setting *lookup_setting_at(size_t index, size_t *driver);

/* Who hears of what is allowed though it is dangerous. NULL: nobody. */
typedef void lookup_warning(void *context, const char *message);
void lookups_on_warning(struct lookups *lookups, lookup_warning *warn, void *context);

/* Sets a driver's setting for the lookups that follow; the text is copied. A
   value that does not parse is OUTCOME_FAILED with a message, in "arena", that
   names the setting and what it wants. An open connection of other settings is
   closed. */
enum outcome lookups_set(struct lookups *lookups, const char *name, const char *text, struct arena *arena,
                         struct error *error) MUST_CHECK;

/* The settings as a driver reads them, the default where none was set. Times
   in nanoseconds. A word is its index in "words". */
const char *lookups_text(const struct lookups *lookups, const char *name);
nanoseconds lookups_time(const struct lookups *lookups, const char *name);
long long lookups_number(const struct lookups *lookups, const char *name);
size_t lookups_word(const struct lookups *lookups, const char *name);

/* Text as it is: what a driver with nothing to quote has for its operator. */
bool lookup_quote_nothing(struct buffer *out, const struct value *text, const struct value *option);

/* Asks: options are read, the cache is looked at, the driver opened and asked, for
   the other keys of "words" too as long as nothing is found.
   OUTCOME_DONE with found or not; OUTCOME_DEFERRED when it cannot be known now, with
   Exim's whole message: lookup of "KEY OR QUERY" gave DEFER: REASON;
   OUTCOME_FAILED for a mistake in the request. Nothing is to be put around either. */
enum outcome lookup_find(struct lookups *lookups, const struct lookup_request *request,
                         struct lookup_answer *answer) MUST_CHECK __attribute__((nonnull));

/* Answers that are given in advance: who asks the driver just this (of just this
   file, for a single key) gets it, and the driver is not asked, nor opened. Options and
   taint make no difference. A later answer to the same question wins. False when
   memory runs out. */
enum lookup_fixed {
    LOOKUP_FIXED_FOUND,
    LOOKUP_FIXED_NOT_FOUND,
    LOOKUP_FIXED_DEFERRED, /* "value" is the bare reason */
};
bool lookups_fix(struct lookups *lookups, const struct lookup_driver *driver, const struct value *file,
                 const struct value *query, enum lookup_fixed kind, const struct value *value) MUST_CHECK;

/* Whether an answer of a driver that is not in this build was given. */
bool lookups_take_absent(const struct lookups *lookups);

/* Whether a question without such an answer is a failure. */
void lookups_fixed_only(struct lookups *lookups, bool only);

/* Asks for "count" answers, as if each had been asked for in its turn by
   lookup_find, but with as few round trips as the driver can: what only reads goes
   out together, and what may write waits until all before it have their answers.
   Each turn gets its outcome, and its request's error. */
void lookup_find_many(struct lookups *lookups, struct lookup_turn *turns, size_t count);

/* Exim's end of a message: forgets cached answers and lets drivers give back
   what they do not need between messages. Files and connections stay open. */
void lookups_tidy(struct lookups *lookups);

/* Reads an Exim time: numbers, each with w, d, h, m, s or ms behind it, the
   last with a fraction if need be: 1m30s, 1.5s, 250ms. False: it is none. */
bool lookup_time_read(const char *text, size_t length, nanoseconds *time);

#endif
