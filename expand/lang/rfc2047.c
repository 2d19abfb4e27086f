#include "lang/rfc2047.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/value.h"
#include "lang/scan.h"

enum { LONGEST_WORD = 75, ENCODED_BYTES_A_WORD = 67 };

/* ---- to encoded words ---- */

static bool needs_code(char byte)
{
    return byte < ' ' || byte > '~' || strchr("?=()<>@,;:\\\".[]_", byte) != NULL;
}

void rfc2047_encode(struct buffer *out, const struct value *text, const char *charset)
{
    size_t from = out->length;
    size_t word = from;
    bool is_odd = false; /* in a row of coded bytes: a pair of them is never torn */
    bool any = false;

    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (i == 0 || (out->length - word > ENCODED_BYTES_A_WORD && !is_odd)) {
            buffer_format(out, "%s=?%s?Q?", i == 0 ? "" : "?= ", charset);
            word = out->length;
        }
        if (needs_code(byte)) {
            buffer_format(out, "=%02X", (unsigned)(unsigned char)byte);
            is_odd = !is_odd;
            any = true;
        } else {
            buffer_add_byte(out, byte == ' ' ? '_' : byte);
            is_odd = false;
        }
    }
    if (any) {
        buffer_add_string(out, "?=");
        if (value_is_tainted(text))
            buffer_taint(out, from, NULL);
    } else {
        buffer_truncate(out, from);
        buffer_add_value(out, text);
    }
}

/* ---- from encoded words ---- */

struct word {
    struct value charset;
    char encoding;
    struct value text;
    size_t length; /* of all of it */
};

/* word := "=?" charset "?" letter "?" text "?=" , at the beginning of
   "bytes". */
static bool read_word(const char *bytes, size_t length, struct word *word)
{
    if (length < 2 || bytes[0] != '=' || bytes[1] != '?')
        return false;
    const char *charset_end = memchr(bytes + 2, '?', length - 2);
    if (charset_end == NULL)
        return false;
    size_t text_at = (size_t)(charset_end - bytes) + 3;
    if (text_at > length || bytes[text_at - 1] != '?')
        return false;
    const char *end = length == text_at ? NULL : memmem(bytes + text_at, length - text_at, "?=", 2);
    if (end == NULL)
        return false;
    word->charset = value_clean(bytes + 2, (size_t)(charset_end - bytes) - 2);
    word->encoding = byte_lower(charset_end[1]);
    word->text = value_clean(bytes + text_at, (size_t)(end - bytes) - text_at);
    word->length = (size_t)(end - bytes) + 2;
    return true;
}

/* "Q": a letter stands for itself, "_" for a space, "=" and two hexadecimal
   digits for any byte. White space does not belong there. */
static bool decode_q(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (byte_is_space(byte))
            return false;
        if (byte == '=') {
            if (length - i < 3 || scan_hex_digit(text[i + 1]) < 0 || scan_hex_digit(text[i + 2]) < 0)
                return false;
            byte = (char)(scan_hex_digit(text[i + 1]) * 16 + scan_hex_digit(text[i + 2]));
            i += 2;
        } else if (byte == '_') {
            byte = ' ';
        }
        buffer_add_byte(out, byte);
    }
    return true;
}

static bool decode_text(struct buffer *out, const struct word *word)
{
    if (word->encoding == 'q')
        return decode_q(out, word->text.bytes, word->text.length);
    return word->encoding == 'b' && base64_decode(out, word->text.bytes, word->text.length);
}

/* What cannot be converted is taken over as it is, a byte at a time. */
static void convert_bytes(struct buffer *out, const struct buffer *text, iconv_t conversion)
{
    char *from = text->bytes;
    size_t left = text->length;

    while (left > 0) {
        char block[256];
        char *to = block;
        size_t room = sizeof block;
        bool is_stuck = iconv(conversion, &from, &left, &to, &room) == (size_t)-1 && errno != E2BIG;
        buffer_add(out, block, (size_t)(to - block));
        if (is_stuck && left > 0) {
            buffer_add_byte(out, *from++);
            left--;
        }
    }
}

static enum outcome convert(struct buffer *out, const struct buffer *text, const struct value *charset,
                            const struct rfc2047_rules *rules, struct error *error)
{
    const char *wanted = rules->charset;

    if (wanted == NULL ||
        (charset->length == strlen(wanted) && strncasecmp(charset->bytes, wanted, charset->length) == 0)) {
        buffer_add(out, text->bytes, text->length);
        return OUTCOME_DONE;
    }
    const char *name = arena_copy(out->arena, charset->bytes, charset->length);
    if (name == NULL)
        return error_no_memory(error);
    iconv_t conversion = iconv_open(wanted, name);
    bool is_unknown = conversion == (iconv_t)-1; /* NOLINT(performance-no-int-to-ptr) */
    if (is_unknown && rules->keeps_unknown) {
        buffer_add(out, text->bytes, text->length);
        return OUTCOME_DONE;
    }
    if (is_unknown)
        return error_set(error, out->arena, OUTCOME_FAILED,
                         "iconv_open(\"%s\", \"%s\") failed: %s (maybe unsupported conversion)", wanted, name,
                         strerror(errno));
    convert_bytes(out, text, conversion);
    (void)iconv_close(conversion);
    return OUTCOME_DONE;
}

/* Decodes the word at the beginning of "bytes", if there is one; *used is its
   length then, else 0. */
static enum outcome take_word(struct buffer *out, const char *bytes, size_t length,
                              const struct rfc2047_rules *rules, size_t *used, struct error *error)
{
    struct word word;
    struct buffer text;
    size_t from = out->length;

    *used = 0;
    if (!read_word(bytes, length, &word) || (word.length > LONGEST_WORD && !rules->takes_long_words))
        return OUTCOME_DONE;
    buffer_init(&text, out->arena);
    if (!decode_text(&text, &word))
        return OUTCOME_DONE;
    if (text.failed)
        return error_no_memory(error);
    enum outcome outcome = convert(out, &text, &word.charset, rules, error);
    for (size_t i = from; i < out->length; i++)
        if (out->bytes[i] == '\0')
            out->bytes[i] = '?';
    *used = word.length;
    return outcome;
}

static size_t count_space(const char *bytes, size_t length)
{
    size_t count = 0;

    while (count < length && byte_is_space(bytes[count]))
        count++;
    return count;
}

enum outcome rfc2047_decode(struct buffer *out, const struct value *text, const struct rfc2047_rules *rules,
                            struct error *error)
{
    size_t from = out->length;
    size_t at = 0;
    bool behind_word = false;

    while (at < text->length) {
        const char *rest = text->bytes + at;
        size_t left = text->length - at;
        /* White space between two words belongs to neither. */
        size_t space = behind_word ? count_space(rest, left) : 0;
        size_t used = 0;
        enum outcome outcome = take_word(out, rest + space, left - space, rules, &used, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
        behind_word = used > 0;
        if (used == 0)
            buffer_add_byte(out, *rest);
        at += used > 0 ? space + used : 1;
    }
    if (value_is_tainted(text))
        buffer_taint(out, from, NULL);
    return OUTCOME_DONE;
}
