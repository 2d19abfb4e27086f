/* Base64 (RFC 4648, section 4). */

#ifndef REXPAND_BASE_BASE64_H
#define REXPAND_BASE_BASE64_H

#include "base/buffer.h"

/* Adds "length" bytes in base64, in one line. */
void base64_encode(struct buffer *out, const char *bytes, size_t length);

/* Adds the bytes that "length" bytes of base64 stand for. White space may stand
   anywhere; what is missing in the last group must be there as "=". False when that is not
   so; something may have been added then. */
bool base64_decode(struct buffer *out, const char *text, size_t length);

#endif
