/* Where something stands in a configuration. */

#ifndef REXPAND_CONFIG_PLACE_H
#define REXPAND_CONFIG_PLACE_H

#include "base/outcome.h"

/* "file" is NULL for what stands in no file: a default, a -D. Lines count
   from 1; of a continued line it is the first. */
struct config_place {
    const char *file;
    unsigned line;
};

/* error_set with OUTCOME_FAILED and "file:line: " in front of the message. */
enum outcome place_error(struct error *error, struct arena *arena, struct config_place place,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
