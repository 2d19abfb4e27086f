/* Lookups as items of lists. */

#include <string.h>

#include "lang/env.h"
#include "lang/trace.h"
#include "match/private.h"

bool is_lookup(const struct value *item)
{
    return item->length > 0 && memchr(item->bytes, ';', item->length) != NULL;
}

static bool begins_with(const struct value *text, const char *beginning)
{
    size_t length = strlen(beginning);

    return text->length >= length && memcmp(text->bytes, beginning, length) == 0;
}

/* What stands around a type's name. */
struct type_reading {
    struct value type; /* all of it, for messages */
    struct value name;
    bool is_partial;
    bool has_default;
};

/* partial := "partial" [ digits ] ( "-" | "(" affix ")" ) */
static bool take_partial(struct arena *arena, struct type_reading *reading)
{
    const struct value *type = &reading->type;
    size_t at = strlen("partial");

    reading->is_partial = true;
    while (at < type->length && byte_is_digit(type->bytes[at]))
        at++;
    if (at == type->length || (type->bytes[at] != '-' && type->bytes[at] != '('))
        return false;
    if (type->bytes[at] == '(') {
        const char *end = memchr(type->bytes + at, ')', type->length - at);
        if (end == NULL)
            return false;
        at = (size_t)(end - type->bytes);
    }
    reading->name = value_slice(arena, type, at + 1, type->length);
    return true;
}

/* "*" or "*@" behind the name. */
static void take_default(struct type_reading *reading)
{
    const char *star =
        reading->name.length == 0 ? NULL : memchr(reading->name.bytes, '*', reading->name.length);

    reading->has_default = star != NULL;
    if (star != NULL)
        reading->name.length = (size_t)(star - reading->name.bytes);
}

static enum outcome read_type(struct matcher *matcher, int may_have, struct type_reading *reading)
{
    if ((may_have & LOOKUP_PARTIAL) != 0 && begins_with(&reading->type, "partial") &&
        !take_partial(matcher->run->arena, reading))
        return match_failed(matcher, OUTCOME_FAILED, "format error in lookup type \"%.*s\"",
                            CALL_TEXT(&reading->type));
    if ((may_have & LOOKUP_DEFAULT) != 0)
        take_default(reading);
    return OUTCOME_DONE;
}

/* Exim's words for what no build can do, and ours for what this one cannot yet. */
static enum outcome check_type(struct matcher *matcher, const struct type_reading *reading,
                               const struct lookup_driver *driver)
{
    const struct value *type = &reading->type;

    if (reading->is_partial && driver->style == LOOKUP_QUERY)
        return match_failed(matcher, OUTCOME_FAILED, "\"partial\" is not permitted for lookup type \"%.*s\"",
                            CALL_TEXT(&reading->name));
    if (reading->has_default && driver->style == LOOKUP_QUERY)
        return match_failed(matcher, OUTCOME_FAILED,
                            "defaults using \"*\" or \"*@\" are not permitted for lookup type \"%.*s\"",
                            CALL_TEXT(type));
    if (reading->is_partial)
        return match_failed(matcher, OUTCOME_FAILED, "partial matching is not in this version: \"%.*s\"",
                            CALL_TEXT(type));
    if (reading->has_default)
        return match_failed(matcher, OUTCOME_FAILED, "defaults of lookups are not in this version: \"%.*s\"",
                            CALL_TEXT(type));
    return OUTCOME_DONE;
}

enum outcome read_lookup(struct matcher *matcher, const struct value *item, int may_have,
                         struct list_lookup *lookup)
{
    struct arena *arena = matcher->run->arena;
    const char *semicolon = memchr(item->bytes, ';', item->length);
    size_t length = semicolon == NULL ? 0 : (size_t)(semicolon - item->bytes);
    const char *comma = length == 0 ? NULL : memchr(item->bytes, ',', length);
    size_t type_length = comma == NULL ? length : (size_t)(comma - item->bytes);
    struct type_reading reading = {.type = value_slice(arena, item, 0, type_length)};

    reading.name = reading.type;
    enum outcome outcome = read_type(matcher, may_have, &reading);
    if (outcome != OUTCOME_DONE)
        return outcome;
    lookup->driver = lookups_driver_find(matcher->run->env->lookups, reading.name.bytes, reading.name.length);
    if (lookup->driver == NULL)
        return match_failed(matcher, OUTCOME_FAILED, "unknown lookup type \"%.*s\"",
                            CALL_TEXT(&reading.name));
    lookup->options = comma == NULL ? value_clean("", 0)
                                    : value_slice(arena, item, type_length + 1, length - type_length - 1);
    lookup->data = value_slice(arena, item, length + 1, item->length);
    lookup->data = value_trim(arena, &lookup->data);
    return check_type(matcher, &reading, lookup->driver);
}

/* The list's own message says what was asked: the bare reason is enough. */
static void shorten_message(struct error *error)
{
    static const char mark[] = "\" gave DEFER: ";
    const char *found = error->message == NULL ? NULL : strstr(error->message, mark);

    if (found != NULL)
        error->message = found + strlen(mark);
}

enum outcome ask_lookup(struct matcher *matcher, const struct list_lookup *lookup, const struct value *key,
                        struct lookup_answer *answer)
{
    struct run *run = matcher->run;
    bool is_query = lookup->driver->style == LOOKUP_QUERY;
    struct lookup_request request = {
        .driver = lookup->driver,
        .key = is_query ? lookup->data : *key,
        .file = is_query ? value_clean("", 0) : lookup->data,
        .options = lookup->options,
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
    };
    enum outcome outcome = match_outside(matcher, "lookups in lists");

    *answer = (struct lookup_answer){.found = false};
    /* An empty key is in no file. */
    if (outcome == OUTCOME_DONE && (is_query || key->length > 0))
        outcome = trace_lookup(run, &request, answer);
    if (outcome == OUTCOME_DEFERRED)
        shorten_message(run->error);
    if (outcome == OUTCOME_DONE && answer->found)
        set_value(matcher, &answer->value);
    return outcome;
}
