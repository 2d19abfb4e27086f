/* Values that outlive evaluations: each in memory of its own, with its taint. */

#ifndef REXPAND_LANG_KEPT_VALUE_H
#define REXPAND_LANG_KEPT_VALUE_H

#include "base/value.h"

struct kept_block;

/* Puts a copy of "value" in "place", which held a kept value or no bytes. What
   was there is freed; if "retired" is not NULL it goes there instead, for an evaluation under way
   may have its bytes in hand. False, with "place" as it was, when memory runs out. */
bool kept_value_set(struct value *place, const struct value *value, struct kept_block **retired);

void kept_value_free(struct value *place);

/* Frees what was retired. */
void kept_blocks_free(struct kept_block **retired);

#endif
