#include "operators/punycode.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* RFC 3492, section 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_CODE = 128 };
static const uint32_t last_code = 0x10ffff;

/* Names are never so long, and the time that it takes grows with the square. */
enum { LONGEST = 10000 };

/* Characters by number. */
struct codes {
    uint32_t *codes;
    size_t count;
};

static bool is_surrogate(uint32_t code)
{
    return code >= 0xd800 && code <= 0xdfff;
}

/* One character of strict UTF-8; gives how many bytes it has, 0 for none. */
static size_t read_utf8(const char *bytes, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (size == 0 || size > length || first > 0xf7)
        return 0;
    *code = size == 1 ? first : first & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if (((unsigned char)bytes[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | ((unsigned char)bytes[i] & 0x3fU);
    }
    return *code < least[size] || *code > last_code || is_surrogate(*code) ? 0 : size;
}

static void add_utf8(struct buffer *out, uint32_t code)
{
    unsigned behind = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned marks[] = {0, 0xc0, 0xe0, 0xf0};

    buffer_add_byte(out, (char)(marks[behind] | code >> (6 * behind)));
    while (behind-- > 0)
        buffer_add_byte(out, (char)(0x80 | (code >> (6 * behind) & 0x3f)));
}

/* ---- the code's arithmetic ---- */

static uint32_t adapt(uint32_t delta, uint32_t points, bool is_first)
{
    uint32_t steps = 0;

    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; steps += BASE)
        delta /= BASE - T_MIN;
    return steps + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

static void add_number(struct buffer *out, uint32_t number, uint32_t bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (number < t)
            break;
        buffer_add_byte(out, digits[t + (number - t) % (BASE - t)]);
        number = (number - t) / (BASE - t);
    }
    buffer_add_byte(out, digits[number]);
}

static uint32_t digit_value(char byte)
{
    if (byte_is_digit(byte))
        return (uint32_t)(byte - '0') + 26;
    return byte_is_letter(byte) ? (uint32_t)(byte_lower(byte) - 'a') : BASE;
}

static enum punycode_result take_number(const struct value *text, size_t *at, uint32_t bias, uint32_t *number)
{
    uint32_t weight = 1;

    *number = 0;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t digit = *at < text->length ? digit_value(text->bytes[(*at)++]) : BASE;
        uint32_t part;
        if (digit >= BASE)
            return PUNYCODE_INVALID;
        if (__builtin_mul_overflow(digit, weight, &part) || __builtin_add_overflow(*number, part, number))
            return PUNYCODE_TOO_LONG;
        uint32_t t = threshold(k, bias);
        if (digit < t)
            return PUNYCODE_OK;
        if (__builtin_mul_overflow(weight, BASE - t, &weight))
            return PUNYCODE_TOO_LONG;
    }
}

/* ---- to it ---- */

static enum punycode_result read_codes(struct arena *arena, const struct value *text, struct codes *codes)
{
    codes->count = 0;
    codes->codes = arena_calloc(arena, text->length + 1, sizeof *codes->codes);
    if (codes->codes == NULL)
        return PUNYCODE_NO_MEMORY;
    for (size_t at = 0; at < text->length;) {
        size_t size = read_utf8(text->bytes + at, text->length - at, &codes->codes[codes->count]);
        if (size == 0)
            return PUNYCODE_INVALID;
        codes->count++;
        at += size;
    }
    return PUNYCODE_OK;
}

/* The least of the codes that are "least" or more; above all others if there
   is none. */
static uint32_t next_code(const struct codes *codes, uint32_t least)
{
    uint32_t found = UINT32_MAX;

    for (size_t i = 0; i < codes->count; i++)
        if (codes->codes[i] >= least && codes->codes[i] < found)
            found = codes->codes[i];
    return found;
}

static bool encode_codes(struct buffer *out, const struct codes *codes, uint32_t basic)
{
    uint32_t done = basic;
    uint32_t bias = FIRST_BIAS;
    uint32_t delta = 0;
    uint32_t code = FIRST_CODE;

    while (done < codes->count) {
        uint32_t next = next_code(codes, code);
        uint32_t jump;
        if (__builtin_mul_overflow(next - code, done + 1, &jump) ||
            __builtin_add_overflow(delta, jump, &delta))
            return false;
        code = next;
        for (size_t i = 0; i < codes->count; i++) {
            if (codes->codes[i] < code && ++delta == 0)
                return false;
            if (codes->codes[i] != code)
                continue;
            add_number(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        code++;
    }
    return true;
}

enum punycode_result punycode_encode(struct buffer *out, const struct value *text)
{
    struct codes codes;
    size_t from = out->length;
    enum punycode_result result =
        text->length > LONGEST ? PUNYCODE_TOO_LONG : read_codes(out->arena, text, &codes);

    if (result != PUNYCODE_OK)
        return result;
    for (size_t i = 0; i < codes.count; i++)
        if (codes.codes[i] < FIRST_CODE)
            buffer_add_byte(out, (char)codes.codes[i]);
    uint32_t basic = (uint32_t)(out->length - from);
    if (basic > 0)
        buffer_add_byte(out, '-');
    if (encode_codes(out, &codes, basic))
        return PUNYCODE_OK;
    buffer_truncate(out, from);
    return PUNYCODE_TOO_LONG;
}

/* ---- and back ---- */

/* What stands in front of the last hyphen stands for itself. */
static size_t take_basic(const struct value *text, struct codes *codes)
{
    const char *hyphen = text->length == 0 ? NULL : memrchr(text->bytes, '-', text->length);
    size_t basic = hyphen == NULL ? 0 : (size_t)(hyphen - text->bytes);

    for (size_t i = 0; i < basic; i++)
        codes->codes[codes->count++] = (unsigned char)text->bytes[i];
    return basic == 0 ? 0 : basic + 1;
}

static enum punycode_result decode_codes(const struct value *text, size_t at, struct codes *codes)
{
    uint32_t code = FIRST_CODE;
    uint32_t bias = FIRST_BIAS;
    uint32_t place = 0;

    for (bool is_first = true; at < text->length; is_first = false) {
        uint32_t delta;
        enum punycode_result result = take_number(text, &at, bias, &delta);
        if (result != PUNYCODE_OK)
            return result;
        uint32_t count = (uint32_t)codes->count + 1;
        bias = adapt(delta, count, is_first);
        if (__builtin_add_overflow(place, delta, &place) || place / count > last_code - code)
            return PUNYCODE_TOO_LONG;
        code += place / count;
        place %= count;
        if (is_surrogate(code))
            return PUNYCODE_INVALID;
        memmove(codes->codes + place + 1, codes->codes + place,
                (codes->count - place) * sizeof *codes->codes);
        codes->codes[place++] = code;
        codes->count++;
    }
    return PUNYCODE_OK;
}

enum punycode_result punycode_decode(struct buffer *out, const struct value *text)
{
    struct codes codes = {0};

    if (text->length > LONGEST)
        return PUNYCODE_TOO_LONG;
    codes.codes = arena_calloc(out->arena, text->length + 1, sizeof *codes.codes);
    if (codes.codes == NULL)
        return PUNYCODE_NO_MEMORY;
    size_t at = take_basic(text, &codes);
    for (size_t i = 0; i < codes.count; i++)
        if (codes.codes[i] >= FIRST_CODE)
            return PUNYCODE_INVALID;
    enum punycode_result result = decode_codes(text, at, &codes);
    for (size_t i = 0; result == PUNYCODE_OK && i < codes.count; i++)
        add_utf8(out, codes.codes[i]);
    return result;
}
