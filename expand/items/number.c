#include "items/number.h"

#include "lang/scan.h"

enum outcome number_integer(struct call *call, const struct value *written, long long *number)
{
    struct value without_space = *written;
    const struct value *text = &without_space;

    while (without_space.length > 0 && byte_is_space(*without_space.bytes))
        without_space = value_clean(without_space.bytes + 1, without_space.length - 1);
    switch (scan_integer(text, number)) {
    case SCAN_NUMBER_OK:
        return OUTCOME_DONE;
    case SCAN_NUMBER_NONE:
        break;
    case SCAN_NUMBER_OVERFLOW:
        return call_failed(call, "absolute value of integer \"%.*s\" is too large (overflow)",
                           CALL_TEXT(text));
    case SCAN_NUMBER_TRAILING:
        return call_failed(call, "invalid integer \"%.*s\"", CALL_TEXT(text));
    }
    return call_failed(call, "integer expected but \"%.*s\" found", CALL_TEXT(text));
}

enum outcome number_natural(struct call *call, const struct value *text, long long *number)
{
    enum outcome outcome = number_integer(call, text, number);

    if (text->length == 0)
        return call_failed(call, "integer expected but \"\" found");
    if (outcome == OUTCOME_DONE && *number < 0)
        return call_failed(call, "non-negative integer expected but \"%.*s\" found", CALL_TEXT(text));
    return outcome;
}
