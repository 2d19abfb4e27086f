/* The tree that a string is compiled to. A node is written once, by the
   parser, and only read afterwards; any number of threads may evaluate it. */

#ifndef REXPAND_LANG_NODE_H
#define REXPAND_LANG_NODE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/outcome.h"
#include "base/value.h"

struct regex;

enum node_kind {
    NODE_TEXT,      /* bytes as they are */
    NODE_VARIABLE,  /* $name, ${name} */
    NODE_CAPTURE,   /* $1 … */
    NODE_SEQUENCE,  /* one after the other */
    NODE_ITEM,      /* ${name{…}{…}} */
    NODE_OPERATOR,  /* ${name:…} */
    NODE_CONDITION, /* what stands behind ${if */
    NODE_MISTAKE,   /* fails with the program's mistake */
};

/* What an item's {yes} or {no} place holds. */
enum branch {
    BRANCH_ABSENT, /* nothing was written there: the item's own default */
    BRANCH_TEXT,
    BRANCH_FAIL, /* the word "fail" */
};

enum { NUMBERS_AT_MOST = 2 };

struct node {
    enum node_kind kind;
    bool negated;           /* condition: an odd number of "!" stood in front */
    bool incomplete;        /* the program's mistake was met before the construct's end */
    bool arguments_are_all; /* item: its own arguments are whole, a mistake lies in its branches */
    bool is_lookup;
    bool may_gather;    /* a lookup whose driver answers many questions at once */
    bool is_pure;       /* it and all in it; this and what follows is set in programs that gather lookups */
    bool reads_value;   /* it or something in it reads $value */
    bool gathers;       /* sequence or loop: lookups in it are worth asking ahead of their place */
    uint8_t yes_branch; /* enum branch */
    uint8_t no_branch;
    uint8_t number_count;
    bool is_folded; /* text: constructs in it were evaluated when it was compiled */
    size_t offset;  /* of the construct's first byte in the source */
    size_t end;     /* behind its last one */
    union {
        const struct item_row *item;
        const struct operator_row *operation;
        const struct condition_row *condition;
        const struct variable_row *variable;
    } row;
    struct value text;      /* text: the bytes; variable: its name, for families of names; operator: what
                               followed its name */
    struct node **children; /* arguments, parts, subconditions */
    size_t child_count;
    struct node *condition; /* of if, filter, … */
    struct node *yes;
    struct node *no;
    long numbers[NUMBERS_AT_MOST]; /* operator: from ${substr_1_2:…}; capture: its number first */
    const struct regex *regex;     /* of a constant pattern, in a program prepared for many runs */
    const char *fail_mistake; /* the program's mistake as it is worded behind a "fail" that was reached */
    const void *prepared;     /* what else a row's parse function found out, in the program's arena */
};

/* A pattern that is known before evaluation, and the node that matches with
   it. */
struct constant_pattern {
    struct constant_pattern *next;
    struct node *node;
    const struct value *text;
};

/* A compiled string. Everything in it lies in its arena but the regular
   expressions, which PCRE2 holds. */
struct program {
    struct arena arena;
    struct value source; /* a copy */
    struct node *root;
    struct error mistake; /* the first one; message NULL when there is none */
    bool reported;        /* the mistake already says inside what it was found */
    bool has_gatherable;  /* there is a node with "may_gather" */
    struct constant_pattern *patterns;
    struct regex *regexes;             /* of "patterns", once prepared */
    const struct variable_row **reads; /* each once, in order of first appearance */
    size_t read_count;
    size_t read_capacity;
};

/* Compiles "length" bytes at "text", which are copied. A mistake in the text
   still gives a program: one whose evaluation fails with that mistake at that place.
   NULL only when memory runs out. The caller frees it. */
struct program *program_compile(const char *text, size_t length);

/* As program_compile, for a string that is only looked at because another build of
   Exim's language evaluates it: a lookup type that Exim has and this build lacks is
   no mistake, and fails when it is evaluated. */
struct program *program_compile_foreign(const char *text, size_t length);

void program_free(struct program *program);

/* Where each byte of a text node, and its end, is in the source: escapes, \N and
   folded operators make that more than an addition. "places" has room for one more than
   the text has bytes. */
void program_text_places(const struct program *program, const struct node *text, size_t *places);

/* Compiles the constant regular expressions, to machine code if the system
   allows it, at the cost of some microseconds each: for a program that will run often. One
   that runs a time or two takes them from its environment's cache. Not while another
   thread evaluates it. */
void program_prepare_for_many_runs(struct program *program);

/* Whether evaluation may read the variable of that name, directly or as one
   of a family such as acl_m_…. */
bool program_reads(const struct program *program, const char *name, size_t length);

/* Whether the value never changes: no variable, no item that looks at the
   world. */
bool program_is_constant(const struct program *program);

#endif
