/* ${imapfolder{…}}: a mail folder's name as Maildir has it, in modified UTF-7
   (RFC 3501, section 5.1.3). */

#include <errno.h>
#include <string.h>

#include "items/items.h"

/* How a folder's name is read. */
struct folder {
    struct value name;
    char separator;
    struct value specials; /* bytes that are to be encoded although they print */
};

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Bits on their way to base 64. */
struct encoder {
    struct buffer *out;
    unsigned bits;
    unsigned bit_count;
    bool is_open; /* "&" is out, "-" is not */
};

static void encoder_close(struct encoder *encoder)
{
    if (!encoder->is_open)
        return;
    if (encoder->bit_count > 0)
        buffer_add_byte(encoder->out, base64[(encoder->bits << (6 - encoder->bit_count)) & 63]);
    buffer_add_byte(encoder->out, '-');
    *encoder = (struct encoder){.out = encoder->out};
}

static void encoder_unit(struct encoder *encoder, unsigned unit)
{
    if (!encoder->is_open)
        buffer_add_byte(encoder->out, '&');
    encoder->is_open = true;
    encoder->bits = encoder->bits << 16 | unit;
    for (encoder->bit_count += 16; encoder->bit_count >= 6; encoder->bit_count -= 6)
        buffer_add_byte(encoder->out, base64[(encoder->bits >> (encoder->bit_count - 6)) & 63]);
}

static void encoder_character(struct encoder *encoder, unsigned character)
{
    if (character < 0x10000) {
        encoder_unit(encoder, character);
        return;
    }
    character -= 0x10000;
    encoder_unit(encoder, 0xd800 + (character >> 10));
    encoder_unit(encoder, 0xdc00 + (character & 0x3ff));
}

/* The UTF-8 character at "*at". Gives 0, EILSEQ for bytes that are none, or
   EINVAL when the text ends in the middle of one. */
static int read_character(const struct value *text, size_t *at, unsigned *character)
{
    static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text->bytes[*at];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (length == 0 || first > 0xf4)
        return EILSEQ;
    *character = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (*at + i >= text->length)
            return EINVAL;
        unsigned char next = (unsigned char)text->bytes[*at + i];
        if ((next & 0xc0) != 0x80)
            return EILSEQ;
        *character = *character << 6 | (next & 0x3f);
    }
    if (*character < least[length] || *character > 0x10ffff || (*character >> 11) == 0xd800 >> 11)
        return EILSEQ;
    *at += length;
    return 0;
}

static bool is_special(const struct folder *folder, char byte)
{
    return folder->specials.length > 0 && memchr(folder->specials.bytes, byte, folder->specials.length);
}

/* A printing byte as it is. The dot divides a Maildir's folders and the slash
   a file system's: neither can be in a name. */
static enum outcome add_plain(struct call *call, char byte)
{
    if (byte == '.' || byte == '/')
        return call_failed(call, "imapfolder: illegal character '%c'", byte);
    buffer_add_byte(call->out, byte);
    if (byte == '&')
        buffer_add_byte(call->out, '-');
    return OUTCOME_DONE;
}

/* Separators in front, at the end and beside each other count for nothing. */
static void add_separator(struct call *call, const struct folder *folder, size_t *at, bool is_first)
{
    while (*at < folder->name.length && folder->name.bytes[*at] == folder->separator)
        (*at)++;
    if (!is_first && *at < folder->name.length)
        buffer_add_byte(call->out, '.');
}

/* All of the name has to be UTF-8, before anything else is said about it. */
static enum outcome check_name(struct call *call, const struct value *name)
{
    unsigned character;

    for (size_t at = 0; at < name->length;) {
        int problem = read_character(name, &at, &character);
        if (problem != 0)
            return call_failed(call, "imapfolder: iconv() failed to convert from UTF-8: %s",
                               problem == EINVAL ? "Invalid argument"
                                                 : "Invalid or incomplete multibyte or wide character");
    }
    return OUTCOME_DONE;
}

static enum outcome add_name(struct call *call, const struct folder *folder)
{
    struct encoder encoder = {.out = call->out};
    enum outcome outcome = check_name(call, &folder->name);
    size_t start = call->out->length;

    for (size_t at = 0; outcome == OUTCOME_DONE && at < folder->name.length;) {
        char byte = folder->name.bytes[at];
        unsigned character = 0;
        if (byte == folder->separator || (byte_is_print(byte) && !is_special(folder, byte))) {
            encoder_close(&encoder);
            if (byte == folder->separator)
                add_separator(call, folder, &at, call->out->length == start);
            else
                outcome = add_plain(call, folder->name.bytes[at++]);
            continue;
        }
        (void)read_character(&folder->name, &at, &character);
        encoder_character(&encoder, character);
    }
    encoder_close(&encoder);
    return outcome;
}

enum outcome check_imapfolder(struct call *call, size_t index, const struct value *value)
{
    if (index != 1 || value->length == 1)
        return OUTCOME_DONE;
    return call_failed(call, "IMAP folder separator must be one character, found \"%.*s\"", CALL_TEXT(value));
}

enum outcome item_imapfolder(struct call *call)
{
    struct value separator = VALUE_LITERAL("/");
    struct folder folder = {.specials = value_clean("", 0)};
    size_t from = call->out->length;
    enum outcome outcome = call_argument(call, 0, &folder.name);

    if (outcome == OUTCOME_DONE && call_argument_count(call) > 1)
        outcome = call_argument(call, 1, &separator);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 2, &folder.specials);
    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = check_imapfolder(call, 1, &separator);
    if (outcome != OUTCOME_DONE)
        return outcome;
    folder.separator = separator.bytes[0];
    outcome = add_name(call, &folder);
    if (value_is_tainted(&folder.name))
        buffer_taint(call->out, from, NULL);
    return outcome == OUTCOME_DONE ? call_done(call) : outcome;
}
