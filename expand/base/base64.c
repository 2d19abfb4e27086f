#include "base/base64.h"

#include <string.h>

#include "base/value.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { GROUP = 4 }; /* digits that stand for three bytes */

void base64_encode(struct buffer *out, const char *bytes, size_t length)
{
    buffer_reserve(out, (length + 2) / 3 * GROUP);
    for (size_t at = 0; at < length; at += 3) {
        size_t left = length - at < 3 ? length - at : 3;
        unsigned bits = 0;
        for (size_t i = 0; i < 3; i++)
            bits = bits << 8 | (i < left ? (unsigned char)bytes[at + i] : 0U);
        for (size_t i = 0; i < GROUP; i++)
            buffer_add_byte(out, i <= left ? digits[bits >> (18 - 6 * i) & 63] : '=');
    }
}

/* The bytes of a group of four, some of which may be "=" at its end. */
static bool decode_group(struct buffer *out, const char group[GROUP])
{
    unsigned bits = 0;
    size_t count = GROUP;

    while (count > 0 && group[count - 1] == '=')
        count--;
    if (count < 2)
        return false;
    for (size_t i = 0; i < GROUP; i++) {
        const char *digit = i < count ? memchr(digits, group[i], sizeof digits - 1) : digits;
        if (digit == NULL)
            return false;
        bits = bits << 6 | (unsigned)(digit - digits);
    }
    for (size_t i = 0; i + 1 < count; i++)
        buffer_add_byte(out, (char)(bits >> (16 - 8 * i) & 255));
    return true;
}

bool base64_decode(struct buffer *out, const char *text, size_t length)
{
    char group[GROUP] = {0};
    size_t filled = 0;
    bool is_last = false;

    for (size_t at = 0; at < length; at++) {
        if (byte_is_space(text[at]))
            continue;
        if (is_last)
            return false;
        group[filled++] = text[at];
        if (filled < GROUP)
            continue;
        if (!decode_group(out, group))
            return false;
        is_last = group[GROUP - 1] == '=';
        filled = 0;
    }
    return filled == 0;
}
