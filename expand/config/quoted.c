#include "config/quoted.h"

#include <string.h>

static int hex_digit(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    char lower = byte_lower(byte);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Up to two hexadecimal digits; none give a zero byte, as in Exim. */
static char read_hex(const char **text)
{
    int value = 0;
    for (int i = 0; i < 2 && hex_digit(**text) >= 0; i++, (*text)++)
        value = value * 16 + hex_digit(**text);
    return (char)value;
}

static char read_octal(const char **text)
{
    int value = 0;
    for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++, (*text)++)
        value = value * 8 + (**text - '0');
    return (char)value;
}

char quoted_read_escape(const char **text)
{
    static const char letters[] = "bfnrtv";
    static const char bytes[] = "\b\f\n\r\t\v";

    if (**text >= '0' && **text <= '7')
        return read_octal(text);
    char byte = *(*text)++;
    if (byte == 'x')
        return read_hex(text);
    const char *letter = strchr(letters, byte);
    return letter == NULL ? byte : bytes[letter - letters];
}

bool quoted_read(const char **text, struct buffer *out)
{
    for ((*text)++; **text != '\0' && **text != '"';) {
        if (**text == '\\' && (*text)[1] != '\0') {
            (*text)++;
            buffer_add_byte(out, quoted_read_escape(text));
        } else {
            buffer_add_byte(out, *(*text)++);
        }
    }
    if (**text == '\0')
        return false;
    (*text)++;
    return true;
}
