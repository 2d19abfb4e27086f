/* The type of a lookup as it is written in ${lookup and in lists: what stands in
   front of a driver's name and behind it. */

#include <limits.h>
#include <string.h>

#include "lookups/lookup.h"

static const char partial_word[] = "partial";

static struct value rest_from(struct arena *arena, const struct value *text, size_t from)
{
    return value_slice(arena, text, from, text->length);
}

/* digits; 2 if there are none */
static size_t take_minimum(const struct value *text, size_t at, int *minimum)
{
    size_t from = at;

    *minimum = 0;
    for (; at < text->length && byte_is_digit(text->bytes[at]); at++)
        if (*minimum < INT_MAX / 10 - 1)
            *minimum = *minimum * 10 + (text->bytes[at] - '0');
    if (at == from)
        *minimum = 2;
    return at;
}

/* partial := "partial" [ digits ] ( "-" | "(" punctuation ")" ) */
static bool take_partial(struct lookup_type *type, struct arena *arena)
{
    const struct value text = type->name;
    size_t at = take_minimum(&text, strlen(partial_word), &type->partial);

    if (at == text.length)
        return false;
    if (text.bytes[at] == '-') {
        type->affix = VALUE_LITERAL("*.");
        type->name = rest_from(arena, &text, at + 1);
        return true;
    }
    if (text.bytes[at] != '(')
        return false;
    size_t from = ++at;
    while (at < text.length && byte_is_punctuation(text.bytes[at]) && text.bytes[at] != ')')
        at++;
    if (at == text.length || text.bytes[at] != ')')
        return false;
    type->affix = value_slice(arena, &text, from, at - from);
    type->name = rest_from(arena, &text, at + 1);
    return true;
}

/* "*" or "*@" behind the name; whatever else follows a "*" is not looked at, by
   Exim either. */
static void take_default(struct lookup_type *type)
{
    const struct value *name = &type->name;
    const char *star = name->length == 0 ? NULL : memchr(name->bytes, '*', name->length);

    if (star == NULL)
        return;
    size_t length = (size_t)(star - name->bytes);
    bool has_at = length + 1 < name->length && star[1] == '@';
    type->otherwise = has_at ? LOOKUP_STAR_AT : LOOKUP_STAR;
    type->name.length = length;
}

static enum outcome check_style(const struct lookup_type *type, const struct value *written,
                                struct arena *arena, struct error *error)
{
    if (type->driver->style == LOOKUP_SINGLE_KEY)
        return OUTCOME_DONE;
    if (type->partial != LOOKUP_NOT_PARTIAL)
        return error_set(error, arena, OUTCOME_FAILED,
                         "\"partial\" is not permitted for lookup type \"%.*s\"", (int)written->length,
                         written->bytes);
    if (type->otherwise != LOOKUP_NO_DEFAULT)
        return error_set(error, arena, OUTCOME_FAILED,
                         "defaults using \"*\" or \"*@\" are not permitted for lookup type \"%.*s\"",
                         (int)written->length, written->bytes);
    return OUTCOME_DONE;
}

enum outcome lookup_type_read(struct lookup_type *type, const struct value *text, bool is_plain,
                              struct arena *arena, struct error *error)
{
    const char *comma = text->length == 0 ? NULL : memchr(text->bytes, ',', text->length);
    size_t length = comma == NULL ? text->length : (size_t)(comma - text->bytes);
    struct value word = value_of_string(partial_word);

    *type = (struct lookup_type){.partial = LOOKUP_NOT_PARTIAL, .affix = VALUE_LITERAL("")};
    type->name = value_slice(arena, text, 0, length);
    type->options = comma == NULL ? value_clean("", 0) : rest_from(arena, text, length + 1);
    struct value begin = value_slice(arena, text, 0, word.length);
    if (!is_plain && value_equal(&begin, &word) && !take_partial(type, arena))
        return error_set(error, arena, OUTCOME_FAILED, "format error in lookup type \"%.*s\"",
                         (int)text->length, text->bytes);
    struct value written = type->name;
    if (!is_plain)
        take_default(type);
    type->driver = lookup_driver_find(type->name.bytes, type->name.length);
    if (type->driver == NULL)
        return error_set(error, arena, OUTCOME_FAILED, "unknown lookup type \"%.*s\"", (int)type->name.length,
                         type->name.bytes);
    return check_style(type, &written, arena, error);
}
