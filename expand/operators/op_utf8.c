/* from_utf8, utf8clean. */

#include "operators/operators.h"

/* What the first byte of a UTF-8 sequence says: how many bytes follow it, and its
   own part of the character. 0xf8 to 0xfd once began longer sequences. */
static unsigned bytes_behind(unsigned char first)
{
    static const unsigned char least[] = {0xc0, 0xe0, 0xf0, 0xf8, 0xfc};
    unsigned count = 0;

    while (count < sizeof least && first >= least[count])
        count++;
    return count;
}

static unsigned long first_bits(unsigned char first, unsigned behind)
{
    return first & (0x3fU >> behind);
}

/* ---- from_utf8 ---- */

/* A character at "at", which moves behind it. Of what is no UTF-8 it makes
   something, as Exim does; but never a NUL. */
static unsigned long take_character(const struct value *text, size_t *at)
{
    unsigned char first = (unsigned char)text->bytes[(*at)++];
    unsigned behind = bytes_behind(first);

    if (behind == 0)
        return first;
    unsigned long character = first_bits(first, behind);
    for (; behind > 0; behind--) {
        unsigned char next = *at < text->length ? (unsigned char)text->bytes[*at] : 0;
        character = character << 6 | (next & 0x3f);
        *at += *at < text->length;
    }
    return first >= 0xfe || character == 0 || character > 0xff ? '_' : character;
}

enum outcome op_from_utf8(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    for (size_t at = 0; at < text.length;)
        buffer_add_byte(call->out, (char)take_character(&text, &at));
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

/* ---- utf8clean ---- */

/* Whether a character may be written with "behind" bytes behind the first: not
   with fewer, no half of a UTF-16 pair, nothing beyond Unicode. */
static bool is_allowed(unsigned long character, unsigned behind)
{
    static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};

    return character >= least[behind] && character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

/* Adds the sequence that begins at "at", or "?" for it, and gives how many
   bytes it takes. A byte that breaks a sequence off stands for itself if it is
   ASCII and goes with the sequence otherwise, as in Exim. */
static size_t add_clean(struct buffer *out, const struct value *text, size_t at)
{
    unsigned char first = (unsigned char)text->bytes[at];
    unsigned behind = bytes_behind(first);
    unsigned long character = first_bits(first, behind);
    size_t length = 1;

    if (first < 0x80) {
        buffer_add_byte(out, (char)first);
        return 1;
    }
    if (behind == 0 || behind > 3 || first < 0xc2) {
        buffer_add_byte(out, '?');
        return 1;
    }
    for (; length <= behind && at + length < text->length; length++) {
        unsigned char next = (unsigned char)text->bytes[at + length];
        if ((next & 0xc0) != 0x80) {
            buffer_add_byte(out, '?');
            return next < 0x80 ? length : length + 1;
        }
        character = character << 6 | (next & 0x3f);
    }
    if (length <= behind || !is_allowed(character, behind))
        buffer_add_byte(out, '?');
    else
        buffer_add(out, text->bytes + at, length);
    return length;
}

enum outcome op_utf8clean(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    for (size_t at = 0; at < text.length;)
        at += add_clean(call->out, &text, at);
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}
