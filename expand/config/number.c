#include "config/number.h"

static int digit_value(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    char lower = byte_lower(byte);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/* Digits of "base" up to "limit"; what is beyond is NUMBER_TOO_LARGE, but is
   read to its end all the same. */
static enum number_result read_digits(const char **text, int base, int64_t limit, int64_t *value)
{
    enum number_result result = NUMBER_EXPECTED;
    *value = 0;
    for (; digit_value(**text) < base; (*text)++) {
        int digit = digit_value(**text);
        if (result == NUMBER_TOO_LARGE || *value > (limit - digit) / base) {
            result = NUMBER_TOO_LARGE;
            continue;
        }
        *value = *value * base + digit;
        result = NUMBER_READ;
    }
    return result;
}

/* How many times 1024 the letter is; -1: no such letter. */
static int unit_of_letter(char letter, const char *letters)
{
    for (int unit = 0; letters[unit] != '\0'; unit++)
        if (byte_upper(letter) == letters[unit])
            return unit + 1;
    return -1;
}

/* Multiplies by 1024 to the power of "unit". */
static enum number_result scale(int64_t *value, int unit, int64_t limit)
{
    for (; unit > 0; unit--) {
        if (*value > limit / 1024)
            return NUMBER_TOO_LARGE;
        *value *= 1024;
    }
    return NUMBER_READ;
}

static bool read_sign(const char **text)
{
    bool negative = **text == '-';
    if (negative || **text == '+')
        (*text)++;
    return negative;
}

/* sign (decimal | 0octal | 0xhexadecimal): the number without its letter. */
static enum number_result read_number(const char **text, int64_t limit, int64_t *value, bool *negative)
{
    *negative = read_sign(text);
    int base = 10;
    if ((*text)[0] == '0') {
        base = 8;
        if (byte_lower((*text)[1]) == 'x' && digit_value((*text)[2]) < 16) {
            base = 16;
            *text += 2;
        }
    }
    return read_digits(text, base, limit, value);
}

enum number_result number_read_integer(const char *text, int32_t *value, const char **rest)
{
    int64_t number;
    bool negative;
    enum number_result result = read_number(&text, INT32_MAX, &number, &negative);
    int unit = unit_of_letter(*text, "KMG");
    if (result == NUMBER_READ && unit > 0) {
        result = scale(&number, unit, INT32_MAX);
        text++;
    }
    *rest = text;
    *value = (int32_t)(negative ? -number : number);
    return result;
}

enum number_result number_read_kilobytes(const char *text, int64_t *value, const char **rest)
{
    int64_t number;
    bool negative;
    enum number_result result = read_number(&text, INT64_MAX / 1024, &number, &negative);
    int unit = unit_of_letter(*text, "KMGT");
    if (result == NUMBER_READ && unit > 0) {
        result = scale(&number, unit - 1, INT64_MAX / 1024);
        text++;
    }
    *rest = text;
    *value = negative ? -number : number;
    return result;
}

enum number_result number_read_octal(const char *text, int32_t *value, const char **rest)
{
    int64_t number;
    bool negative = read_sign(&text);
    enum number_result result = read_digits(&text, 8, INT32_MAX, &number);
    *rest = text;
    *value = (int32_t)(negative ? -number : number);
    return result;
}

enum number_result number_read_fixed(const char *text, int32_t *thousandths, const char **rest)
{
    int64_t number;
    enum number_result result = read_digits(&text, 10, INT32_MAX / 1000 - 1, &number);
    number *= 1000;
    if (result == NUMBER_READ && *text == '.') {
        text++;
        for (int weight = 100; byte_is_digit(*text); text++, weight /= 10)
            number += (int64_t)weight * digit_value(*text);
    }
    *rest = text;
    *thousandths = (int32_t)number;
    return result;
}

static const struct time_unit {
    char letter;
    int32_t seconds;
} time_units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

static const size_t time_unit_count = sizeof time_units / sizeof *time_units;

static int32_t seconds_of_letter(char letter)
{
    for (size_t i = 0; i < time_unit_count; i++)
        if (time_units[i].letter == letter)
            return time_units[i].seconds;
    return 0;
}

bool number_read_time(const char *text, size_t length, int32_t *seconds)
{
    int64_t sum = 0;
    int64_t number = 0;
    bool in_number = false;
    for (size_t i = 0; i < length; i++) {
        if (byte_is_digit(text[i])) {
            number = number * 10 + digit_value(text[i]);
            in_number = true;
        } else {
            int32_t unit = seconds_of_letter(text[i]);
            if (unit == 0 || !in_number)
                return false;
            sum += number * unit;
            number = 0;
            in_number = false;
        }
        if (number > INT32_MAX || sum > INT32_MAX)
            return false;
    }
    *seconds = (int32_t)sum;
    return length > 0 && !in_number;
}

void number_add_time(struct buffer *out, int32_t seconds)
{
    if (seconds == 0)
        buffer_add_string(out, "0s");
    for (size_t i = 0; i < time_unit_count; i++) {
        int32_t count = seconds / time_units[i].seconds;
        if (count > 0)
            buffer_format(out, "%d%c", (int)count, time_units[i].letter);
        seconds %= time_units[i].seconds;
    }
}

void number_add_fixed(struct buffer *out, int32_t thousandths)
{
    int fraction = thousandths % 1000;
    buffer_format(out, "%d.", (int)(thousandths / 1000));
    do {
        buffer_add_byte(out, (char)('0' + fraction / 100));
        fraction = fraction % 100 * 10;
    } while (fraction > 0);
}

/* Adds "value", which is in units of the first of "letters", in the largest unit
   that divides it. */
static void add_in_units(struct buffer *out, int64_t value, const char *letters)
{
    while (value != 0 && value % 1024 == 0 && letters[1] != '\0') {
        value /= 1024;
        letters++;
    }
    buffer_format(out, "%lld", (long long)value);
    if (value != 0 && *letters != ' ')
        buffer_add_byte(out, *letters);
}

void number_add_size(struct buffer *out, int64_t bytes)
{
    add_in_units(out, bytes, " KM");
}

void number_add_kilobytes(struct buffer *out, int64_t kilobytes)
{
    add_in_units(out, kilobytes, "KMGT");
}
