/* Values of options as they are written, by their types (Exim specification,
   sections 6.12 to 6.17). */

#ifndef REXPAND_CONFIG_OPTION_VALUE_H
#define REXPAND_CONFIG_OPTION_VALUE_H

#include "base/outcome.h"
#include "base/value.h"
#include "config/options.h"

struct arena;

/* One option while its value is read. */
struct option_reading {
    struct arena *arena;
    const char *word;   /* the option's name as it was written, no_ included */
    bool is_negated;    /* no_ or not_ was */
    bool may_be_string; /* a bool or an integer whose value may be a string to expand: with a "$" it is */
    const char *rest;   /* what follows the name, after white space; set to where the value begins,
                           but for a bool's name alone */
    struct value text;  /* the result: "true" or "false" of a bool, a string without its quotes, and
                           what was written of the others */
    struct error *error;
};

/* Reads the value, with the equals sign in front of it. Messages are Exim's,
   without a place. */
enum outcome option_value_read(struct option_reading *reading, enum option_type type) MUST_CHECK;

/* Reads a string at "rest": the rest of the line, or what stands between double
   quotes (Exim specification, section 6.17). */
enum outcome option_string_read(struct option_reading *reading) MUST_CHECK;

#endif
