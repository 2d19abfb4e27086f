/* md5, sha1, sha256, base64. */

#include "operators/digest.h"
#include "operators/operators.h"

static const char lower_digits[] = "0123456789abcdef";
static const char upper_digits[] = "0123456789ABCDEF";

/* A digest's text is clean: nothing that came from outside can be read in
   it. */
static enum outcome add_digest(struct call *call, enum digest_algorithm algorithm, const char *digits)
{
    unsigned char digest[DIGEST_LONGEST];
    unsigned length = 0;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!digest_make(algorithm, text.bytes, text.length, digest, &length))
        return call_failed(call, "the system's cryptographic library is missing or refuses \"%s\"",
                           call_name(call));
    for (unsigned i = 0; i < length; i++) {
        buffer_add_byte(call->out, digits[digest[i] >> 4]);
        buffer_add_byte(call->out, digits[digest[i] & 15]);
    }
    return call_done(call);
}

enum outcome op_md5(struct call *call)
{
    return add_digest(call, DIGEST_MD5, lower_digits);
}

enum outcome op_sha1(struct call *call)
{
    return add_digest(call, DIGEST_SHA1, upper_digits);
}

enum outcome op_sha256(struct call *call)
{
    return add_digest(call, DIGEST_SHA256, upper_digits);
}

/* Three bytes, or what there is of them at the end, as four digits. */
static void encode_group(const char *bytes, size_t length, char digits[4])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned group = 0;

    for (size_t i = 0; i < 3; i++)
        group = group << 8 | (i < length ? (unsigned char)bytes[i] : 0U);
    for (size_t i = 0; i < 4; i++)
        digits[i] = i <= length ? alphabet[group >> (18 - 6 * i) & 63] : '=';
}

enum outcome op_base64(struct call *call)
{
    struct value text;
    struct buffer *out = call->out;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_reserve(out, (text.length + 2) / 3 * 4);
    for (size_t at = 0; at < text.length; at += 3) {
        char digits[4];
        encode_group(text.bytes + at, text.length - at, digits);
        buffer_add(out, digits, sizeof digits);
    }
    if (value_is_tainted(&text))
        buffer_taint(out, from, NULL);
    return call_done(call);
}
