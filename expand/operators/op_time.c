/* time_eval, time_interval: spans of time in Exim's notation, 1w2d3h4m5s. */

#include <limits.h>

#include "operators/operators.h"

struct unit {
    char letter;
    unsigned seconds;
};

/* The longest first. */
static const struct unit units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
enum { UNITS = sizeof units / sizeof units[0] };

/* 0 for a letter that is no unit. */
static unsigned seconds_of(char letter)
{
    for (size_t i = 0; i < UNITS; i++)
        if (units[i].letter == letter)
            return units[i].seconds;
    return 0;
}

/* digits := "0" … "9" , one at least; false when there is none or the number
   does not fit. */
static bool read_digits(const struct value *text, size_t *at, unsigned long long *number)
{
    size_t first = *at;
    bool overflow = false;

    *number = 0;
    for (; *at < text->length && byte_is_digit(text->bytes[*at]); (*at)++)
        overflow = overflow || __builtin_mul_overflow(*number, 10ULL, number) ||
                   __builtin_add_overflow(*number, (unsigned)(text->bytes[*at] - '0'), number);
    return *at > first && !overflow;
}

/* interval := ( digits unit )+ , in any order. */
static bool read_interval(const struct value *text, unsigned long long *seconds)
{
    size_t at = 0;

    *seconds = 0;
    while (at < text->length) {
        unsigned long long number;
        if (!read_digits(text, &at, &number) || at == text->length)
            return false;
        unsigned unit = seconds_of(text->bytes[at++]);
        if (unit == 0 || __builtin_mul_overflow(number, unit, &number) ||
            __builtin_add_overflow(*seconds, number, seconds))
            return false;
    }
    return text->length > 0 && *seconds <= LLONG_MAX;
}

enum outcome op_time_eval(struct call *call)
{
    unsigned long long seconds;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!read_interval(&text, &seconds))
        return call_failed(call, "string \"%.*s\" is not an Exim time interval in \"%s\" operator",
                           CALL_TEXT(&text), call_name(call));
    buffer_format(call->out, "%llu", seconds);
    return call_done(call);
}

enum outcome op_time_interval(struct call *call)
{
    unsigned long long seconds = 0;
    size_t at = 0;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (text.length > 0 && (!read_digits(&text, &at, &seconds) || at < text.length))
        return call_failed(call, "string \"%.*s\" is not a positive number in \"%s\" operator",
                           CALL_TEXT(&text), call_name(call));
    if (seconds == 0)
        buffer_add_string(call->out, "0s");
    for (size_t i = 0; i < UNITS; i++) {
        unsigned long long unit = units[i].seconds;
        if (unit == 0 || seconds < unit)
            continue;
        buffer_format(call->out, "%llu%c", seconds / unit, units[i].letter);
        seconds %= unit;
    }
    return call_done(call);
}
