/* Digests and authentication codes. OpenSSL makes them, which is loaded when the
   first one is asked for. */

#ifndef REXPAND_BASE_DIGEST_H
#define REXPAND_BASE_DIGEST_H

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
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length) MUST_CHECK;

/* The code of "text" under "secret" (RFC 2104), with MD5 or SHA-1. False as
   above. */
bool digest_authenticate(enum digest_algorithm algorithm, const struct value *secret,
                         const struct value *text, unsigned char digest[DIGEST_LONGEST],
                         unsigned *digest_length) MUST_CHECK;

/* Adds bytes as hexadecimal, with these sixteen digits. */
extern const char digest_lower_digits[];
extern const char digest_upper_digits[];
void digest_add(struct buffer *out, const unsigned char *digest, size_t length, const char *digits);

/* Whether two texts of "length" bytes are the same; how long that takes tells
   nothing of where they differ. */
bool digest_is_same(const char *left, const char *right, size_t length);

/* Adds the library's name and version. */
void digest_version(struct buffer *out);

/* What the library does. */
struct digest_calls {
    bool (*make)(enum digest_algorithm algorithm, const char *bytes, size_t length,
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length);
    bool (*authenticate)(enum digest_algorithm algorithm, const struct value *secret,
                         const struct value *text, unsigned char digest[DIGEST_LONGEST],
                         unsigned *digest_length);
    const char *(*version)(void);
};

extern const struct digest_calls rexpand_digests;

#endif
