/* As much of JSON as Exim reads: brackets are paired and commas divide, but
   quotes hide neither from it. Results are parts of the text, never decoded. */

#ifndef REXPAND_ITEMS_JSON_H
#define REXPAND_ITEMS_JSON_H

#include "base/value.h"

/* Takes off the pair wrap[0], wrap[1] that "text" begins with (behind white
   space) and what stands behind it. NULL, or which of the two is missing. */
const char *json_unwrap(struct arena *arena, const char wrap[2], struct value *text);

/* Takes the first element off "rest": up to a comma outside of brackets.
   False at the end, which an empty element is too. */
bool json_next(struct arena *arena, struct value *rest, struct value *element);

#endif
