/* .ifdef and its kin (Exim specification, section 6.10). A line with a
   condition is true if a macro was replaced in it. */

#ifndef REXPAND_CONFIG_CONDITIONALS_H
#define REXPAND_CONFIG_CONDITIONALS_H

#include "base/value.h"
#include "config/place.h"

#define CONDITIONALS_DEPTH_LIMIT 256

struct conditional {
    struct config_place place; /* of its .ifdef */
    bool is_reached;           /* what stands around it is read */
    bool is_taken;             /* one of its branches was or is read */
    bool is_active;            /* the present branch is read */
};

/* Starts as all zeroes. */
struct conditionals {
    struct conditional stack[CONDITIONALS_DEPTH_LIMIT];
    size_t depth;
};

struct conditional_directive;

/* Whether lines are read now. */
bool conditionals_are_active(const struct conditionals *conditionals);

/* The directive that a physical line without leading white space is, or NULL. */
const struct conditional_directive *conditionals_directive(const struct value *line);

/* Does what the directive says. */
enum outcome conditionals_apply(struct conditionals *conditionals,
                                const struct conditional_directive *directive, bool macro_replaced,
                                struct config_place place, struct arena *arena,
                                struct error *error) MUST_CHECK;

/* An error if an .ifdef has no .endif; "place" is the end of the input. */
enum outcome conditionals_end(const struct conditionals *conditionals, struct config_place place,
                              struct arena *arena, struct error *error) MUST_CHECK;

#endif
