/* What a row's function may use: its arguments, its output, and ways to end. */

#ifndef REXPAND_LANG_CALL_H
#define REXPAND_LANG_CALL_H

#include "base/buffer.h"
#include "base/clock.h"
#include "lang/node.h"
#include "lang/row.h"

struct acl_arguments;
struct env;
struct trace;

/* $0 and as many more as Exim keeps. */
enum { CAPTURES = 21 };

/* What a match leaves behind in $0, $1, … */
struct captures {
    size_t count;
    struct value texts[CAPTURES];
};

/* The names that items bind. A function that binds one copies the whole struct
   first and puts it back at its end: that is all the scoping there is. */
struct bindings {
    struct value item;
    struct value value;
    const struct captures *captures;
    struct value prvs_address; /* bytes NULL outside of prvscheck */
    struct value prvs_key;
    const struct acl_arguments *acl; /* of the ACL that is being checked, or NULL */
};

/* One evaluation. */
struct run {
    struct env *env;
    struct arena *arena;
    struct error *error;
    const struct program *program; /* whose nodes are being evaluated */
    struct bindings bindings;
    unsigned depth;
    const char *stack; /* where the first construct found it; NULL before */
    unsigned ticks;    /* until the clock is looked at again */
    nanoseconds deadline;
    unsigned long evaluation; /* of the environment, from 1 */
    struct trace *trace;      /* who watches; NULL: nobody */
    bool mistake_raised;      /* the failure under way is a program's mistake, whose message is whole */
};

/* One evaluation of one construct. */
struct call {
    struct run *run;
    const struct node *node;
    struct buffer *out; /* where an item or operator puts its result */
};

/* How many arguments were written. */
size_t call_argument_count(const struct call *call);

/* Evaluates argument "index" (from 0); one that was not written is empty. Each
   call evaluates again. The value lives as long as the evaluation. */
enum outcome call_argument(struct call *call, size_t index, struct value *value) MUST_CHECK;

/* Evaluates any node of the construct: to a value, or to the end of the
   output. */
enum outcome call_evaluate(struct call *call, const struct node *node, struct value *value) MUST_CHECK;
enum outcome call_append(struct call *call, const struct node *node) MUST_CHECK;

/* Evaluates a condition; its "!" are seen to. */
enum outcome call_condition(struct call *call, const struct node *condition, bool *truth) MUST_CHECK;

/* The end of an item with {yes}{no}: evaluates the branch into the output,
   $value being "value" in {yes} (NULL: what it was). A branch that was not written
   is "value" for yes and nothing for no; "fail" is a forced failure. */
enum outcome call_branch(struct call *call, bool success, const struct value *value) MUST_CHECK;

/* OUTCOME_DONE unless the environment is sealed; then a failure with these
   words. For constructs that touch what is outside, before they do. */
enum outcome call_outside(struct call *call, const char *words) MUST_CHECK;

/* The name that the construct was written with. */
const char *call_name(const struct call *call);

/* Put the message in place and return the outcome. */
enum outcome call_failed(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum outcome call_no_memory(struct call *call);

/* OUTCOME_DONE, or the failure if an addition to the output was refused. */
enum outcome call_done(struct call *call) MUST_CHECK;

/* A value's bytes for a message: "%.*s" takes CALL_TEXT(&value). */
#define CALL_TEXT(value) (int)((value)->length < 65536 ? (value)->length : 65536), (value)->bytes

#endif
