/* What lookups with patterns for keys need of the language. */

#ifndef REXPAND_MATCH_PATTERNS_H
#define REXPAND_MATCH_PATTERNS_H

#include "lookups/lookup.h"

/* Its context is the evaluation, a struct run. A key is matched as the one item of a
   list of local parts without regard to case: with "*" in front, "^" and a regular expression,
   a file, a lookup, each behind a "!" too; but names of lists are ordinary text. */
extern const struct lookup_language lookup_patterns;

#endif
