/* Message authentication codes, for the items that sign. */

#ifndef REXPAND_ITEMS_SIGN_H
#define REXPAND_ITEMS_SIGN_H

#include <stdbool.h>

#include "base/value.h"

enum { SIGN_DIGITS = 40 };

/* The code (RFC 2104) of "text" under "secret" in lower-case hexadecimal, with
   a NUL behind it. "algorithm" is md5 or sha1; false for any other. */
bool sign_hmac(const char *algorithm, const struct value *secret, const struct value *text,
               char digits[SIGN_DIGITS + 1]) __attribute__((warn_unused_result));

#endif
