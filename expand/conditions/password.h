/* Passwords against what crypt(3) made of them. */

#ifndef REXPAND_CONDITIONS_PASSWORD_H
#define REXPAND_CONDITIONS_PASSWORD_H

#include "base/value.h"

/* libcrypt's part; CRYPTO_TABLE(rexpand_passwords, …) gives this. */
struct password_calls {
    /* Whether "hash" is what the password becomes; false for a scheme that libcrypt
       does not know. The function's value is false when memory runs out. */
    bool (*crypt_equals)(struct arena *arena, const struct value *password, const struct value *hash,
                         bool *truth);
    /* By Exim's crypt16: the password's first eight bytes, then the others with a
       salt out of the first result. */
    bool (*crypt16_equals)(struct arena *arena, const struct value *password, const struct value *hash,
                           bool *truth);
};

extern const struct password_calls rexpand_passwords;

#endif
