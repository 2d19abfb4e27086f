/* The type of a lookup as it is written in ${lookup and in lists: what stands in
   front of its name and behind it. */

#include "lookups/types.h"

#include <limits.h>
#include <string.h>

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
static bool take_partial(struct lookup_words *words, struct arena *arena)
{
    const struct value text = words->name;
    size_t at = take_minimum(&text, strlen(partial_word), &words->partial);

    if (at == text.length)
        return false;
    if (text.bytes[at] == '-') {
        words->affix = VALUE_LITERAL("*.");
        words->name = rest_from(arena, &text, at + 1);
        return true;
    }
    if (text.bytes[at] != '(')
        return false;
    size_t from = ++at;
    while (at < text.length && byte_is_punctuation(text.bytes[at]) && text.bytes[at] != ')')
        at++;
    if (at == text.length || text.bytes[at] != ')')
        return false;
    words->affix = value_slice(arena, &text, from, at - from);
    words->name = rest_from(arena, &text, at + 1);
    return true;
}

/* "*" or "*@" behind the name; whatever else follows a "*" is not looked at, by
   Exim either. */
static void take_default(struct lookup_words *words)
{
    const struct value *name = &words->name;
    const char *star = name->length == 0 ? NULL : memchr(name->bytes, '*', name->length);

    if (star == NULL)
        return;
    size_t length = (size_t)(star - name->bytes);
    bool has_at = length + 1 < name->length && star[1] == '@';
    words->otherwise = has_at ? LOOKUP_STAR_AT : LOOKUP_STAR;
    words->name.length = length;
}

enum outcome lookup_words_fit(const struct lookup_words *words, enum lookup_style style, struct arena *arena,
                              struct error *error)
{
    if (style == LOOKUP_SINGLE_KEY)
        return OUTCOME_DONE;
    if (words->partial != LOOKUP_NOT_PARTIAL)
        return error_set(error, arena, OUTCOME_FAILED,
                         "\"partial\" is not permitted for lookup type \"%.*s\"", (int)words->type.length,
                         words->type.bytes);
    if (words->otherwise != LOOKUP_NO_DEFAULT)
        return error_set(error, arena, OUTCOME_FAILED,
                         "defaults using \"*\" or \"*@\" are not permitted for lookup type \"%.*s\"",
                         (int)words->type.length, words->type.bytes);
    return OUTCOME_DONE;
}

enum outcome lookup_words_driver(const struct lookup_words *words, const struct lookup_driver **driver,
                                 struct arena *arena, struct error *error)
{
    *driver = lookup_driver_find(words->name.bytes, words->name.length);
    if (*driver == NULL)
        return error_set(error, arena, OUTCOME_FAILED, "unknown lookup type \"%.*s\"",
                         (int)words->name.length, words->name.bytes);
    return lookup_words_fit(words, (*driver)->style, arena, error);
}

enum outcome lookup_words_read(struct lookup_words *words, const struct value *written, bool is_plain,
                               struct arena *arena, struct error *error)
{
    const char *comma = written->length == 0 ? NULL : memchr(written->bytes, ',', written->length);
    size_t length = comma == NULL ? written->length : (size_t)(comma - written->bytes);
    struct value word = value_of_string(partial_word);

    *words = (struct lookup_words){.partial = LOOKUP_NOT_PARTIAL, .affix = VALUE_LITERAL("")};
    words->name = value_slice(arena, written, 0, length);
    words->options = comma == NULL ? value_clean("", 0) : rest_from(arena, written, length + 1);
    struct value begin = value_slice(arena, written, 0, word.length);
    words->type = words->name;
    if (is_plain)
        return OUTCOME_DONE;
    if (value_equal(&begin, &word) && !take_partial(words, arena))
        return error_set(error, arena, OUTCOME_FAILED, "format error in lookup type \"%.*s\"",
                         (int)written->length, written->bytes);
    words->type = words->name;
    take_default(words);
    return OUTCOME_DONE;
}
