/* Gathered lookups: before a list is gone through, or a string with several lookups
   put together, the lookups that it is going to reach are looked for and asked
   together (lookups/batch.h). Looking ahead evaluates only what is pure, and what it
   finds out is seen by nobody: results, order, failures and caching are those of one
   lookup after the other. */

#ifndef REXPAND_LANG_GATHER_H
#define REXPAND_LANG_GATHER_H

#include "base/list.h"
#include "lang/call.h"
#include "lookups/batch.h"

/* Marks in a fresh program which sequences and loops are worth it. */
void gather_mark(struct program *program);

/* One look ahead, for a row's "foresee". */
struct foresight {
    struct run *run;
    struct lookup_batch *batch;
    bool value_is_unknown; /* $value is bound to what is not known yet */
    bool is_over;          /* nothing behind this place may be asked before it */
};

/* Looks at a node that is going to be evaluated. */
void foresee(struct foresight *foresight, const struct node *node);

/* The value of a node, or the truth of a condition, that can be known now. False: it
   cannot. */
bool foresee_value(struct foresight *foresight, const struct node *node, struct value *value);
bool foresee_condition(struct foresight *foresight, const struct node *condition, bool *truth);

/* Plans a lookup. */
void foresee_lookup(struct foresight *foresight, const struct lookup_request *request);

/* How a loop goes about its items. */
enum gather_habit {
    GATHER_ALL,         /* each is evaluated */
    GATHER_MAY_STOP,    /* the first that decides ends it: few are asked ahead at first */
    GATHER_BINDS_VALUE, /* each, with a $value that depends on those before it */
};

/* The lookups of a sequence or a loop that are asked ahead; must be ended. */
struct gathering {
    struct run *run;
    const struct node *body; /* of a loop; NULL: there is nothing to gather */
    enum gather_habit habit;
    struct arena arena; /* of "batch" */
    struct lookup_batch batch;
    bool is_open;
    size_t covered; /* items whose lookups have been asked and that are still to come */
    size_t stride;  /* how many items to look at next time */
};

/* Asks the lookups of a sequence whose node says "gathers". */
void gather_sequence(struct gathering *gathering, struct run *run, const struct node *sequence);

/* Begins a loop that evaluates "body" for each item. */
void gather_loop(struct gathering *gathering, struct run *run, const struct node *loop,
                 const struct node *body, enum gather_habit habit);

/* Gives the next item; false at the end. */
typedef bool (*gather_next)(void *items, struct value *item);

/* Whether to call gather_ahead before the next item is evaluated. */
static inline bool gather_is_due(struct gathering *gathering)
{
    if (gathering->body == NULL)
        return false;
    if (gathering->covered == 0)
        return true;
    gathering->covered--;
    return false;
}

/* Looks at "item", which is to be evaluated next, and at those behind it. "items"
   is a copy of where the loop stands: it is moved on, and its arena may be gone at
   gather_end. */
void gather_ahead(struct gathering *gathering, const struct value *item, gather_next next, void *items);

/* The same for a loop that reads a list: to be called for each item. */
void gather_list_ahead(struct gathering *gathering, const struct value *item,
                       const struct list_reader *reader);

static inline void gather_list_item(struct gathering *gathering, const struct value *item,
                                    const struct list_reader *reader)
{
    if (gather_is_due(gathering))
        gather_list_ahead(gathering, item, reader);
}

void gather_end(struct gathering *gathering);

#endif
