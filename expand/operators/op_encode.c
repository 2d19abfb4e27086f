/* Numbers and bytes written in other digits: base32, base32d, base62, base62d,
   base64, base64d, hex2b64, xtextd. */

#include <limits.h>
#include <string.h>

#include "base/base64.h"
#include "items/certificate.h"
#include "lang/scan.h"
#include "operators/operators.h"

static const char digits_of_32[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char digits_of_62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum { LONGEST_NUMBER = 64, MESSAGE_ID_DIGITS = 6 };

/* A number as C's strtoull reads it, which is what Exim takes here: white
   space and a sign in front, a negative number counted from the end, too large a
   number the largest. Nothing is 0. */
static bool read_number(const struct value *text, unsigned long long *number)
{
    size_t at = 0;
    bool overflow = false;

    *number = 0;
    while (at < text->length && byte_is_space(text->bytes[at]))
        at++;
    bool negative = at < text->length && text->bytes[at] == '-';
    if (at < text->length && (text->bytes[at] == '-' || text->bytes[at] == '+'))
        at++;
    size_t first = at;
    for (; at < text->length && byte_is_digit(text->bytes[at]); at++)
        overflow = overflow || __builtin_mul_overflow(*number, 10ULL, number) ||
                   __builtin_add_overflow(*number, (unsigned)(text->bytes[at] - '0'), number);
    if (overflow)
        *number = ULLONG_MAX;
    else if (negative)
        *number = 0 - *number;
    return at == text->length && (at > first || text->length == 0);
}

/* "number" in other digits, which are clean, as a count is: at least "least",
   at most "most" of them, the others being cut off in front. */
static enum outcome add_in_base(struct call *call, const char *digits, unsigned base, size_t least,
                                size_t most)
{
    char result[LONGEST_NUMBER];
    size_t count = 0;
    unsigned long long number;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!read_number(&text, &number))
        return call_failed(call, "argument for %s operator is \"%.*s\", which is not a decimal number",
                           call_name(call), CALL_TEXT(&text));
    for (; count < least || (count < most && number != 0); number /= base)
        result[sizeof result - ++count] = digits[number % base];
    buffer_add(call->out, result + sizeof result - count, count);
    return call_done(call);
}

enum outcome op_base32(struct call *call)
{
    return add_in_base(call, digits_of_32, 32, 0, LONGEST_NUMBER);
}

/* Six digits, as in a message id; what would be in front of them is cut off. */
enum outcome op_base62(struct call *call)
{
    return add_in_base(call, digits_of_62, 62, MESSAGE_ID_DIGITS, MESSAGE_ID_DIGITS);
}

static enum outcome add_decimal(struct call *call, const char *digits, unsigned base)
{
    unsigned long long number = 0;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = memchr(digits, text.bytes[i], base);
        if (digit == NULL)
            return call_failed(call, "argument for %s operator is \"%.*s\", which is not a base %u number",
                               call_name(call), CALL_TEXT(&text), base);
        number = number * base + (unsigned long long)(digit - digits);
    }
    buffer_format(call->out, "%lld", (long long)number);
    return call_done(call);
}

enum outcome op_base32d(struct call *call)
{
    return add_decimal(call, digits_of_32, 32);
}

enum outcome op_base62d(struct call *call)
{
    return add_decimal(call, digits_of_62, 62);
}

/* ---- base64 ---- */

static enum outcome add_base64(struct call *call, const struct value *text)
{
    size_t from = call->out->length;

    base64_encode(call->out, text->bytes, text->length);
    if (value_is_tainted(text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

enum outcome op_base64(struct call *call)
{
    struct value text;
    bool is_certificate;
    enum outcome outcome = certificate_argument(call, &text, &is_certificate);

    return outcome == OUTCOME_DONE ? add_base64(call, &text) : outcome;
}

/* The old name; in Exim it takes no certificates. */
enum outcome op_str2b64(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    return outcome == OUTCOME_DONE ? add_base64(call, &text) : outcome;
}

static enum outcome fail_not_well_formed(struct call *call, const struct value *text)
{
    return call_failed(call, "string \"%.*s\" is not well-formed for \"%s\" operator", CALL_TEXT(text),
                       call_name(call));
}

enum outcome op_base64d(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!base64_decode(call->out, text.bytes, text.length))
        return fail_not_well_formed(call, &text);
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

enum outcome op_hex2b64(struct call *call)
{
    struct value text;
    struct buffer bytes;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;
    unsigned byte = 0;

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_init(&bytes, call->run->arena);
    for (size_t i = 0; i < text.length; i++) {
        int digit = scan_hex_digit(text.bytes[i]);
        if (digit < 0)
            return call_failed(call, "\"%.*s\" is not a hex string", CALL_TEXT(&text));
        byte = byte << 4 | (unsigned)digit;
        if (i % 2 == 1)
            buffer_add_byte(&bytes, (char)(byte & 255));
    }
    if (text.length % 2 == 1)
        return call_failed(call, "\"%.*s\" contains an odd number of characters", CALL_TEXT(&text));
    if (bytes.failed)
        return call_no_memory(call);
    base64_encode(call->out, bytes.bytes, bytes.length);
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

/* ---- xtext ---- */

/* xtext := ( a printing byte but "+" and "=" | "+" two hexadecimal digits in
   upper case )* (RFC 3461, section 4). */
static bool decode_xtext(struct buffer *out, const struct value *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (byte <= ' ' || byte > '~' || byte == '=')
            return false;
        if (byte == '+') {
            if (text->length - i < 3 || scan_hex_digit(text->bytes[i + 1]) < 0 ||
                scan_hex_digit(text->bytes[i + 2]) < 0)
                return false;
            byte = (char)(scan_hex_digit(text->bytes[i + 1]) * 16 + scan_hex_digit(text->bytes[i + 2]));
            i += 2;
        }
        buffer_add_byte(out, byte);
    }
    return true;
}

enum outcome op_xtextd(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!decode_xtext(call->out, &text))
        return fail_not_well_formed(call, &text);
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}
