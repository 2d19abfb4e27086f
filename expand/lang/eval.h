/* The walk down a program and back up. */

#ifndef REXPAND_LANG_EVAL_H
#define REXPAND_LANG_EVAL_H

#include "base/buffer.h"
#include "base/clock.h"
#include "lang/cache.h"
#include "lang/call.h"
#include "lang/node.h"

struct env;
struct program_use;

/* Evaluates a whole program into a value. "run" holds the environment, the
   arena and the place for a message; the bindings it brings are those the program
   begins with. The second is for one that comes from the cache: who watches is told
   whether it was there already. */
enum outcome evaluate_program(struct run *run, const struct program *program, struct value *value) MUST_CHECK;
enum outcome evaluate_use(struct run *run, const struct program_use *use, struct value *value) MUST_CHECK;

/* Evaluates a text that became known only now, in the bindings of the
   evaluation under way. Tainted text is refused (OUTCOME_FAILED). */
enum outcome evaluate_text(struct run *run, const struct value *text, struct value *value) MUST_CHECK;

/* The same for a text that is evaluated several times. text_begin refuses or
   compiles it, and when that is OUTCOME_DONE the caller ends with program_cache_release;
   each text_append puts what it gives now to the end of a buffer. */
enum outcome text_begin(struct run *run, const struct value *text, struct program_use *use) MUST_CHECK;
enum outcome text_append(struct run *run, struct program_use *use, struct buffer *out) MUST_CHECK;

/* Evaluates a node of "program" whose parts are all pure and constant. False when that
   fails: it is then left to fail when it is reached. */
bool evaluate_constant(struct arena *arena, const struct program *program, const struct node *node,
                       struct value *value);

/* To the end of a buffer, or to a value of its own (which shares the
   variable's or the text's bytes where the node is just that). */
enum outcome evaluate_append(struct run *run, const struct node *node, struct buffer *out) MUST_CHECK;
enum outcome evaluate_value(struct run *run, const struct node *node, struct value *value) MUST_CHECK;
enum outcome evaluate_condition(struct run *run, const struct node *node, bool *truth) MUST_CHECK;

#endif
