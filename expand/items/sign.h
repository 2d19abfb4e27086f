/* Message authentication codes, for the items that sign. */

#ifndef REXPAND_ITEMS_SIGN_H
#define REXPAND_ITEMS_SIGN_H

#include "base/digest.h"

enum { SIGN_DIGITS = 40 };

/* The code (RFC 2104) of "text" under "secret" in lower-case hexadecimal, with
   a NUL behind it. With DIGEST_MD5 or DIGEST_SHA1; false when the library is not
   there or refuses. */
bool sign_hmac(enum digest_algorithm algorithm, const struct value *secret, const struct value *text,
               char digits[SIGN_DIGITS + 1]) __attribute__((warn_unused_result));

#endif
