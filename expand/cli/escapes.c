#include "cli/escapes.h"

#include <stdint.h>

#include "lang/scan.h"

void escapes_undo(struct value *text)
{
    char *to = (char *)(uintptr_t)text->bytes;
    const char *end = text->bytes + text->length;

    for (const char *from = text->bytes; from < end; from++) {
        if (*from != '\\' || from + 1 == end) {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from == 'x' && end - from > 2 && scan_hex_digit(from[1]) >= 0 && scan_hex_digit(from[2]) >= 0) {
            *to++ = (char)(scan_hex_digit(from[1]) * 16 + scan_hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        }
    }
    text->length = (size_t)(to - text->bytes);
}

/* How many bytes the UTF-8 character at "text" has; 0 if there is none. */
static size_t character_length(const char *text, size_t length)
{
    unsigned char first = (unsigned char)*text;
    size_t wanted = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : 0;

    if (first >= 0xF0 && first < 0xF5)
        wanted = 4;
    if (wanted > length)
        return 0;
    for (size_t i = 1; i < wanted; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    return wanted;
}

void escapes_add(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t letter = character_length(text + i, length - i);
        char byte = text[i];
        bool is_last_space = byte == ' ' && i + 1 == length;
        if (letter > 0) {
            buffer_add(out, text + i, letter);
            i += letter;
            continue;
        }
        if (byte == '\n' || byte == '\t' || byte == '\\')
            buffer_format(out, "\\%c", byte == '\n' ? 'n' : byte == '\t' ? 't' : '\\');
        else if (byte_is_print(byte) && !is_last_space)
            buffer_add_byte(out, byte);
        else
            buffer_format(out, "\\x%02x", (unsigned)(unsigned char)byte);
        i++;
    }
}
