/* The tables of the language: one row a construct. A row says what a
   construct is called, what it takes, what it does to the world, and which function
   is it. To add one: a row, a function, a case in test/language, a line in doc/. */

#ifndef REXPAND_LANG_ROW_H
#define REXPAND_LANG_ROW_H

#include <stdint.h>

#include "base/outcome.h"
#include "base/value.h"

struct call;
struct foresight;
struct node;
struct parser;
struct run;

enum effect {
    EFFECT_PURE,    /* same arguments, same result: folded when they are constant */
    EFFECT_READS,   /* looks at files, the network, the clock, the environment */
    EFFECT_CHANGES, /* may change something outside */
};

/* How the messages about missing arguments are worded, which differs between
   families of items. */
enum argument_style {
    ARGUMENTS_COUNTED,  /* Not enough arguments for 'sg' (min is 3) */
    ARGUMENTS_NUMBERED, /* missing '{' for arg 2 of extract */
};

/* ${name{…}{…}}, with {yes}{no} behind the arguments where "has_branches". */
struct item_row {
    const char *name;
    uint8_t minimum; /* arguments */
    uint8_t maximum;
    enum argument_style style;
    bool has_branches;
    bool second_is_pattern; /* a regular expression, compiled early when it is constant */
    enum effect effect;
    /* Reads what the default reader cannot (NULL: that one does). Positioned
       behind the name; leaves the parser behind the item's closing brace. False
       when it recorded a mistake. */
    bool (*parse)(struct parser *parser, struct node *node);
    enum outcome (*run)(struct call *call);
    /* Looks for lookups that running it is going to reach (lang/gather.h). NULL:
       they are in its arguments, all of which it evaluates. */
    void (*foresee)(struct foresight *foresight, const struct node *node);
    const char *help;
};

/* What may stand between an operator's name and its colon. */
enum operator_form {
    OPERATOR_PLAIN,   /* ${lc:…}; as in Exim ${lc_anything:…} is the same */
    OPERATOR_NUMBER,  /* ${length_3:…} */
    OPERATOR_NUMBERS, /* ${hash_3_62:…}: up to two */
    OPERATOR_OPTIONS, /* ${headerwrap_80_998:…}: as many, or none at all */
    OPERATOR_SIGNED,  /* ${substr_-3_2:…}: up to two, the first perhaps negative */
    OPERATOR_WORD,    /* ${quote_redis_…:…}: text in node->text */
};

struct operator_row {
    const char *name;
    enum operator_form form;
    enum effect effect;
    bool takes_certificate; /* the operand may be nothing but a certificate's variable */
    bool follows_options;   /* options of the environment have a say: never folded */
    enum outcome (*run)(struct call *call);
    const char *help;
};

struct condition_row {
    const char *name;
    uint8_t arguments; /* how many strings in braces */
    bool second_is_pattern;
    enum effect effect;
    /* As an item's: positioned behind the name. NULL: "arguments" strings. */
    bool (*parse)(struct parser *parser, struct node *node);
    enum outcome (*run)(struct call *call, bool *truth);
    size_t data; /* for functions that serve several rows */
    const char *help;
};

struct variable_row {
    const char *name;
    bool is_family; /* the name is the beginning of many: acl_c, h_ */
    /* Where in struct run the value is that an item has bound to the name, which
       outranks all others while it is there (its bytes are not NULL). 0: none binds it. */
    size_t bound_at;
    /* The value now. NULL: what the environment was given, else empty. "name" is
       what was written. */
    enum outcome (*get)(struct run *run, const struct variable_row *row, const struct value *name,
                        struct value *value);
    const char *text; /* for functions that serve several rows */
    const char *help;
    /* The value that a construct under way has bound, which goes before all
       others; false when there is none. NULL: never. */
    bool (*bound)(const struct run *run, const struct variable_row *row, struct value *value);
};

/* The "text" of the rows of header fields: names behind their prefix are
   caseless, and all prefixes see one store. */
extern const char header_raw[];     /* as it came */
extern const char header_decoded[]; /* without white space around it */
extern const char header_listed[];  /* an item of a list for each field */

/* The tables; each in byte order of names, which a test checks. */
extern const struct item_row item_rows[];
extern const size_t item_row_count;
extern const struct operator_row operator_rows[];
extern const size_t operator_row_count;
extern const struct condition_row condition_rows[];
extern const size_t condition_row_count;
extern const struct variable_row variable_rows[];
extern const size_t variable_row_count;

/* The row of exactly that name, or NULL. */
const struct item_row *item_row_find(const char *name, size_t length);
const struct condition_row *condition_row_find(const char *name, size_t length);

/* An operator's row for a name as written, "length_3" say: by the whole name,
   else by what stands in front of the first underscore. "*used" is how many bytes of it
   are the row's name. */
const struct operator_row *operator_row_find(const char *name, size_t length, size_t *used);

/* A variable's row for a name as written; families match by their beginning. */
const struct variable_row *variable_row_find(const char *name, size_t length);

#endif
