/* md5, sha1, sha256, base64. */

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "operators/digest.h"
#include "operators/operators.h"

static const char lower_digits[] = "0123456789abcdef";
static const char upper_digits[] = "0123456789ABCDEF";

/* A digest's text is clean: nothing that came from outside can be read in
   it. */
static enum outcome add_digest(struct call *call, const EVP_MD *algorithm, const char *digits)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (EVP_Digest(text.bytes, text.length, digest, &length, algorithm, NULL) != 1)
        return call_failed(call, "the system's cryptographic library refuses \"%s\"", call_name(call));
    for (unsigned i = 0; i < length; i++) {
        buffer_add_byte(call->out, digits[digest[i] >> 4]);
        buffer_add_byte(call->out, digits[digest[i] & 15]);
    }
    return call_done(call);
}

enum outcome op_md5(struct call *call)
{
    return add_digest(call, EVP_md5(), lower_digits);
}

enum outcome op_sha1(struct call *call)
{
    return add_digest(call, EVP_sha1(), upper_digits);
}

enum outcome op_sha256(struct call *call)
{
    return add_digest(call, EVP_sha256(), upper_digits);
}

enum outcome op_base64(struct call *call)
{
    struct value text;
    struct buffer *out = call->out;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    /* OpenSSL counts in int: go in steps of a multiple of three bytes. */
    for (size_t at = 0; at < text.length;) {
        enum { STEP = 3 * 256 };
        unsigned char encoded[STEP / 3 * 4 + 1];
        int step = text.length - at < STEP ? (int)(text.length - at) : STEP;
        int length = EVP_EncodeBlock(encoded, (const unsigned char *)text.bytes + at, step);
        buffer_add(out, (const char *)encoded, (size_t)length);
        at += (size_t)step;
    }
    if (value_is_tainted(&text))
        buffer_taint(out, from, NULL);
    return call_done(call);
}

void digest_version(struct buffer *out)
{
    buffer_format(out, "Library version: %s", OpenSSL_version(OPENSSL_VERSION));
}
