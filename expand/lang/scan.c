#include "lang/scan.h"

#include <limits.h>

#include "base/value.h"

int scan_hex_digit(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    byte = byte_lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static char scan_octal(const char *text, size_t length, size_t *used)
{
    unsigned number = 0;
    size_t at = 1;

    while (at < length && at <= 3 && text[at] >= '0' && text[at] <= '7')
        number = number * 8 + (unsigned)(text[at++] - '0');
    *used = at;
    return (char)(unsigned char)number;
}

static char scan_hexadecimal(const char *text, size_t length, size_t *used)
{
    unsigned number = 0;
    size_t at = 2;

    while (at < length && at < 4 && scan_hex_digit(text[at]) >= 0)
        number = number * 16 + (unsigned)scan_hex_digit(text[at++]);
    *used = at;
    return (char)(unsigned char)number;
}

char scan_escape(const char *text, size_t length, size_t *used)
{
    static const char letters[][2] = {{'b', '\b'}, {'f', '\f'}, {'n', '\n'},
                                      {'r', '\r'}, {'t', '\t'}, {'v', '\v'}};

    if (text[1] >= '0' && text[1] <= '7')
        return scan_octal(text, length, used);
    if (text[1] == 'x')
        return scan_hexadecimal(text, length, used);
    *used = 2;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i][0] == text[1])
            return letters[i][1];
    return text[1];
}

/* Numbers are made below zero, where one more fits than above. */
static bool add_digit(long long *number, char digit)
{
    return !__builtin_mul_overflow(*number, 10, number) &&
           !__builtin_sub_overflow(*number, digit - '0', number);
}

static bool multiply_by_suffix(long long *number, char suffix)
{
    static const char suffixes[] = "kmg";

    for (size_t i = 0; i < sizeof suffixes - 1; i++)
        if (byte_lower(suffix) == suffixes[i])
            return !__builtin_mul_overflow(*number, 1LL << (10 * (i + 1)), number);
    return true;
}

enum scan_number scan_integer(const struct value *text, long long *number)
{
    const char *bytes = text->bytes;
    size_t length = text->length;
    size_t at = 0;
    bool negative = false;
    bool fits = true;

    *number = 0;
    while (at < length && byte_is_space(bytes[at]))
        at++;
    if (at == length)
        return SCAN_NUMBER_OK;
    if (bytes[at] == '-' || bytes[at] == '+')
        negative = bytes[at++] == '-';
    if (at == length || !byte_is_digit(bytes[at]))
        return SCAN_NUMBER_NONE;
    while (at < length && byte_is_digit(bytes[at]))
        fits = add_digit(number, bytes[at++]) && fits;
    if (at < length && byte_is_letter(bytes[at])) {
        char suffix = byte_lower(bytes[at]);
        if (suffix != 'k' && suffix != 'm' && suffix != 'g')
            return SCAN_NUMBER_TRAILING;
        fits = multiply_by_suffix(number, bytes[at++]) && fits;
    }
    while (at < length && byte_is_space(bytes[at]))
        at++;
    if (!fits || (!negative && *number == LLONG_MIN))
        return SCAN_NUMBER_OVERFLOW;
    if (!negative)
        *number = -*number;
    return at == length ? SCAN_NUMBER_OK : SCAN_NUMBER_TRAILING;
}
