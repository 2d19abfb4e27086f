/* Punycode (RFC 3492): text beyond ASCII in letters, digits and hyphens. */

#ifndef REXPAND_OPERATORS_PUNYCODE_H
#define REXPAND_OPERATORS_PUNYCODE_H

#include "base/buffer.h"

enum punycode_result {
    PUNYCODE_OK,
    PUNYCODE_INVALID,  /* not UTF-8, not Punycode */
    PUNYCODE_TOO_LONG, /* a character beyond all numbers */
    PUNYCODE_NO_MEMORY,
};

/* Adds UTF-8 text as Punycode, without a prefix, and the other way round. When
   that cannot be done nothing is added. */
enum punycode_result punycode_encode(struct buffer *out, const struct value *text);
enum punycode_result punycode_decode(struct buffer *out, const struct value *text);

#endif
