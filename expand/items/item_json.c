/* ${extract json{…}} and ${extract jsons{…}}. */

#include "items/items.h"
#include "items/json.h"

static enum outcome unwrap(struct call *call, const char wrap[2], const char *what, struct value *text)
{
    const char *missing = json_unwrap(call->run->arena, wrap, text);

    return missing == NULL ? OUTCOME_DONE : call_failed(call, "missing '%c' wrapping %s", *missing, what);
}

static struct value trim_end(struct arena *arena, const struct value *text)
{
    size_t length = text->length;

    while (length > 0 && byte_is_space(text->bytes[length - 1]))
        length--;
    return value_slice(arena, text, 0, length);
}

/* The "number"th element of an array. */
static enum outcome find_element(struct call *call, long number, struct value *text, struct value *found,
                                 bool *is_there)
{
    struct arena *arena = call->run->arena;
    struct value element;
    enum outcome outcome = unwrap(call, "[]", "array for extract json", text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (number <= 0)
        return call_failed(call, "first argument of \"extract\" must be greater than zero");
    while (json_next(arena, text, &element))
        if (--number == 0) {
            *found = trim_end(arena, &element);
            *is_there = true;
            break;
        }
    return OUTCOME_DONE;
}

/* What stands behind the colon of a member whose key fits; "*element" begins
   with the key's quote. */
static enum outcome read_member(struct call *call, const struct value *key, const struct value *element,
                                struct value *found, bool *is_there)
{
    struct arena *arena = call->run->arena;
    struct value name = *element;
    enum outcome outcome = unwrap(call, "\"\"", "string key for extract json", &name);

    if (outcome != OUTCOME_DONE || !value_equal(&name, key))
        return outcome;
    size_t at = (size_t)(name.bytes - element->bytes) + name.length + 1;
    while (at < element->length && byte_is_space(element->bytes[at]))
        at++;
    if (at >= element->length || element->bytes[at] != ':')
        return call_failed(call, "missing object value-separator for extract json");
    for (at++; at < element->length && byte_is_space(element->bytes[at]);)
        at++;
    *found = value_slice(arena, element, at, element->length);
    *is_there = true;
    return OUTCOME_DONE;
}

static enum outcome find_member(struct call *call, const struct value *key, struct value *text,
                                struct value *found, bool *is_there)
{
    struct value element;
    enum outcome outcome = unwrap(call, "{}", "object for extract json", text);

    while (outcome == OUTCOME_DONE && !*is_there && json_next(call->run->arena, text, &element))
        outcome = read_member(call, key, &element, found, is_there);
    return outcome;
}

enum outcome extract_json(struct call *call, const struct json_key *key, struct value *text,
                          struct value *found, bool *is_there)
{
    enum outcome outcome = key->is_number ? find_element(call, key->number, text, found, is_there)
                                          : find_member(call, &key->name, text, found, is_there);

    if (outcome == OUTCOME_DONE && *is_there && key->is_string)
        outcome = unwrap(call, "\"\"", "string result for extract jsons", found);
    return outcome;
}
