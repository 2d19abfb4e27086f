#include "items/json.h"

static void skip_space(struct arena *arena, struct value *text)
{
    size_t at = 0;

    while (at < text->length && byte_is_space(text->bytes[at]))
        at++;
    if (at > 0)
        *text = value_slice(arena, text, at, text->length);
}

const char *json_unwrap(struct arena *arena, const char wrap[2], struct value *text)
{
    size_t depth = 0;

    skip_space(arena, text);
    if (text->length == 0 || text->bytes[0] != wrap[0])
        return &wrap[0];
    for (size_t at = 1; at < text->length; at++) {
        char byte = text->bytes[at];
        if (byte == '\\') {
            at++;
        } else if (byte == wrap[1] && depth-- == 0) {
            *text = value_slice(arena, text, 1, at - 1);
            return NULL;
        } else if (byte == wrap[0]) {
            depth++;
        }
    }
    return &wrap[1];
}

bool json_next(struct arena *arena, struct value *rest, struct value *element)
{
    long objects = 0;
    long arrays = 0;
    size_t at = 0;

    skip_space(arena, rest);
    for (; at < rest->length; at++) {
        char byte = rest->bytes[at];
        if (byte == ',' && objects == 0 && arrays == 0)
            break;
        objects += (byte == '{') - (byte == '}');
        arrays += (byte == '[') - (byte == ']');
    }
    *element = value_slice(arena, rest, 0, at);
    *rest = value_slice(arena, rest, at + 1, rest->length);
    return at > 0;
}
