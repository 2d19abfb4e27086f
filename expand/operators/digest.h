/* Digests, and the library behind them. */

#ifndef REXPAND_OPERATORS_DIGEST_H
#define REXPAND_OPERATORS_DIGEST_H

#include "base/buffer.h"

enum digest_algorithm {
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_SHA3_224,
    DIGEST_SHA3_256,
    DIGEST_SHA3_384,
    DIGEST_SHA3_512,
};

enum { DIGEST_LONGEST = 64 };

/* The digest of "length" bytes, and how long it is. False when the library
   refuses the algorithm or is not there. */
bool digest_make(enum digest_algorithm algorithm, const char *bytes, size_t length,
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length);

/* Adds the library's name and version. */
void digest_version(struct buffer *out);

#endif
