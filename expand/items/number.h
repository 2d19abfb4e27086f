/* Integers among arguments. */

#ifndef REXPAND_ITEMS_NUMBER_H
#define REXPAND_ITEMS_NUMBER_H

#include "lang/call.h"

/* An integer, perhaps with K, M or G behind it; nothing is 0. Fails in Exim's
   words when "text" is none. */
enum outcome number_integer(struct call *call, const struct value *written, long long *number) MUST_CHECK;

/* One that is not negative; nothing is none. */
enum outcome number_natural(struct call *call, const struct value *text, long long *number) MUST_CHECK;

#endif
