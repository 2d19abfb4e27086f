/* Watching an evaluation: who asks for it is told of each part that is entered
   and left. Nothing of this is done, but for one look at a NULL, when nobody asks. */

#ifndef REXPAND_LANG_TRACE_H
#define REXPAND_LANG_TRACE_H

#include "lang/call.h"
#include "lookups/lookup.h"

/* What is entered. */
enum trace_part {
    TRACE_STRING, /* a whole string: the one asked for, or one that became known on the way */
    TRACE_NODE,
    TRACE_LIST_ITEM, /* of a domain list and the like, or a line of its file */
    TRACE_FAIL,      /* the word "fail" */
    TRACE_ABSENT,    /* a branch that was not written */
};

/* What a part is to the part around it. */
enum trace_role {
    TRACE_PART,      /* one of the parts of a string */
    TRACE_ARGUMENT,  /* one of a construct's strings, or of the conditions of and and or */
    TRACE_CONDITION, /* of if */
    TRACE_YES,
    TRACE_NO,
    TRACE_EACH, /* done for each item of a list */
};

/* Lives on the stack of whoever evaluates the part. */
struct trace_frame {
    struct trace_frame *outer;
    enum trace_part part;
    enum trace_role role;
    size_t number;               /* among its kind, from 1; of an item of a list too */
    unsigned depth;              /* how many are around it */
    const struct node *node;     /* of TRACE_NODE; of TRACE_STRING its root */
    const struct program *whole; /* of TRACE_STRING */
    struct value text;           /* the string that "source" is a part of; passwords are stars in it */
    struct value source;         /* as it is written */
    size_t offset;               /* in "text" */
    bool is_known;               /* string: compiled before; item: its answer was remembered */
    struct arena_mark mark;      /* of the trace's arena, before the part */
    size_t next_child;           /* the first one that was not evaluated yet */
    size_t iterations;
    nanoseconds began; /* of what may take its time, else 0 */
    const struct captures *captures_before;
    const struct captures *captures_seen; /* that a part inside has told of */
    struct value value_before;            /* $value */
    struct value value_seen;
};

/* One thing that happened. */
struct trace_event {
    enum trace_event_kind {
        TRACE_ENTER,
        TRACE_LEAVE,
        TRACE_SKIPPED, /* "frame" is of a part that is not evaluated */
        TRACE_LOOKUP,  /* in "frame" */
    } kind;
    const struct trace_frame *frame;
    struct run *run;
    /* Of TRACE_LEAVE. */
    enum outcome outcome;
    struct value value; /* of a condition or an item of a list: no bytes (NULL) */
    bool truth;
    bool is_truth; /* "truth" counts, not "value" */
    nanoseconds elapsed;
    const struct captures *captures; /* that it set; NULL: none */
    bool sets_value;                 /* $value is now what the run says */
    /* Of TRACE_LOOKUP, with "outcome" and "elapsed". */
    const struct lookup_request *request;
    const struct lookup_answer *answer;
};

struct trace {
    void (*observe)(void *context, const struct trace_event *event);
    void *context;
    struct trace_frame *frame; /* the innermost one */
    struct arena arena;        /* for what is only made to be shown: the evaluation's own is left as it would
                                  be without anybody watching */
};

/* Around a node, a condition among them. */
void trace_enter(struct run *run, struct trace_frame *frame, const struct node *node);
void trace_leave_value(struct run *run, struct trace_frame *frame, enum outcome outcome,
                       const struct value *value);
void trace_leave_buffer(struct run *run, struct trace_frame *frame, enum outcome outcome,
                        const struct buffer *out, size_t from);
void trace_leave_truth(struct run *run, struct trace_frame *frame, enum outcome outcome, bool truth);

/* Around a whole string. "is_known": its program was there already. */
void trace_enter_string(struct run *run, struct trace_frame *frame, const struct program *program,
                        bool is_known);

/* Around an item of a list; ended with trace_leave_truth. */
void trace_enter_list_item(struct run *run, struct trace_frame *frame, const struct value *item);

/* The item under way was not looked at: what it says was remembered. */
void trace_note_remembered(struct run *run);

/* Around the choice of {yes} or {no}: which one is not taken, and what is taken
   though it is no string. */
struct trace_branch {
    const struct call *call;
    const struct node *node_before;
    bool success;
    size_t from; /* of the output */
};
void trace_begin_branch(struct trace_branch *branch, const struct call *call, bool success);
void trace_end_branch(const struct trace_branch *branch, enum outcome outcome);

/* lookup_find, watched. */
enum outcome trace_lookup(struct run *run, const struct lookup_request *request,
                          struct lookup_answer *answer) MUST_CHECK;

/* A text as it may be shown, of the same length: stars where passwords of servers
   are. They are the only secrets that a string itself may hold. The text itself where
   there are none; empty when memory runs out. */
struct value trace_showable(struct arena *arena, const struct value *source);

#endif
