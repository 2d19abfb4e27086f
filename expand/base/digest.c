#include "base/digest.h"

#include "base/module.h"

const char digest_lower_digits[] = "0123456789abcdef";
const char digest_upper_digits[] = "0123456789ABCDEF";

bool digest_make(enum digest_algorithm algorithm, const char *bytes, size_t length,
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length)
{
    const char *problem;
    const struct digest_calls *calls = CRYPTO_TABLE(rexpand_digests, &problem);

    return calls != NULL && calls->make(algorithm, bytes, length, digest, digest_length);
}

bool digest_authenticate(enum digest_algorithm algorithm, const struct value *secret,
                         const struct value *text, unsigned char digest[DIGEST_LONGEST],
                         unsigned *digest_length)
{
    const char *problem;
    const struct digest_calls *calls = CRYPTO_TABLE(rexpand_digests, &problem);

    return calls != NULL && calls->authenticate(algorithm, secret, text, digest, digest_length);
}

void digest_add(struct buffer *out, const unsigned char *digest, size_t length, const char *digits)
{
    for (size_t i = 0; i < length; i++) {
        buffer_add_byte(out, digits[digest[i] >> 4]);
        buffer_add_byte(out, digits[digest[i] & 15]);
    }
}

bool digest_is_same(const char *left, const char *right, size_t length)
{
    const volatile char *left_bytes = left;
    const volatile char *right_bytes = right;
    int difference = 0;

    for (size_t i = 0; i < length; i++)
        difference |= left_bytes[i] ^ right_bytes[i];
    return difference == 0;
}

void digest_version(struct buffer *out)
{
    const char *problem = "";
    const struct digest_calls *calls = CRYPTO_TABLE(rexpand_digests, &problem);

    if (calls == NULL)
        buffer_format(out, "Not there: %s", problem);
    else
        buffer_format(out, "Library version: %s", calls->version());
}
