#include "lookups/redis/reply.h"

#include <string.h>
#include <strings.h>

static void add_lines(struct buffer *out, const struct redis_reply *reply);

static void add_text(struct buffer *out, const struct redis_reply *reply)
{
    buffer_add(out, reply->as.text.bytes, reply->as.text.length);
}

static void add_integer(struct buffer *out, const struct redis_reply *reply)
{
    buffer_format(out, "%lld", reply->as.integer);
}

static void add_nothing(struct buffer *out, const struct redis_reply *reply)
{
    (void)out;
    (void)reply;
}

static void add_boolean(struct buffer *out, const struct redis_reply *reply)
{
    buffer_add_string(out, reply->as.integer != 0 ? "true" : "false");
}

/* No deeper than the codec lets it be. */
static void add_array(struct buffer *out, const struct redis_reply *reply)
{
    for (size_t i = 0; i < reply->as.array.count; i++) {
        if (i > 0)
            buffer_add_byte(out, '\n');
        add_lines(out, &reply->as.array.elements[i]);
    }
}

static void add_lines(struct buffer *out, const struct redis_reply *reply)
{
    static void (*const add[])(struct buffer *, const struct redis_reply *) = {
        [REDIS_BULK] = add_text,       [REDIS_STATUS] = add_text, [REDIS_ERROR] = add_text,
        [REDIS_INTEGER] = add_integer, [REDIS_NIL] = add_nothing, [REDIS_ARRAY] = add_array,
        [REDIS_BOOLEAN] = add_boolean, [REDIS_PUSH] = add_array,
    };

    add[reply->type](out, reply);
}

/* ---- maps ---- */

static const struct map_command {
    const char *first;
    const char *second; /* NULL: any */
} map_commands[] = {{"HGETALL", NULL}, {"CONFIG", "GET"}};

static bool is_word(const struct redis_command *command, size_t place, const char *word)
{
    return place < command->count && command->arguments[place].length == strlen(word) &&
           strncasecmp(command->arguments[place].bytes, word, strlen(word)) == 0;
}

void redis_reply_find_map(struct redis_reply *reply, const struct redis_command *command)
{
    if (reply->type != REDIS_ARRAY || reply->as.array.count % 2 != 0)
        return;
    for (size_t i = 0; i < sizeof map_commands / sizeof map_commands[0]; i++)
        if (is_word(command, 0, map_commands[i].first) &&
            (map_commands[i].second == NULL || is_word(command, 1, map_commands[i].second)))
            reply->is_map = true;
}

static bool has_pairs(const struct redis_reply *reply)
{
    if (reply->type != REDIS_ARRAY || !reply->is_map)
        return false;
    for (size_t i = 0; i < reply->as.array.count; i++)
        if (reply->as.array.elements[i].type == REDIS_ARRAY)
            return false;
    return true;
}

/* ${extract} ends a name at these. */
static bool ends_key(char byte)
{
    return byte == ' ' || byte == '=' || byte == '"' || byte == '%' || byte_is_control(byte);
}

static void add_key(struct buffer *out, const struct value *key)
{
    for (size_t i = 0; i < key->length; i++)
        if (ends_key(key->bytes[i]))
            buffer_format(out, "%%%02X", (unsigned char)key->bytes[i]);
        else
            buffer_add_byte(out, key->bytes[i]);
    if (key->length == 0)
        buffer_add_byte(out, '%');
}

/* As Exim's SQL lookups do it: quotes for an empty value, for white space and for
   a quote at the beginning. */
static void add_quoted(struct buffer *out, const struct value *value)
{
    bool needs_quotes = value->length == 0 || value->bytes[0] == '"';

    for (size_t i = 0; i < value->length; i++)
        needs_quotes =
            needs_quotes || (value->bytes[i] != '\0' && strchr(" \t\n\r", value->bytes[i]) != NULL);
    if (!needs_quotes) {
        buffer_add(out, value->bytes, value->length);
        return;
    }
    buffer_add_byte(out, '"');
    for (size_t i = 0; i < value->length; i++) {
        if (value->bytes[i] == '"' || value->bytes[i] == '\\')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, value->bytes[i]);
    }
    buffer_add_byte(out, '"');
}

/* An element that is no array, as text of its own. */
static bool element_text(const struct redis_reply *reply, struct arena *arena, struct value *text)
{
    struct buffer out;

    if (reply->type == REDIS_BULK || reply->type == REDIS_STATUS) {
        *text = value_clean(reply->as.text.bytes, reply->as.text.length);
        return true;
    }
    buffer_init(&out, arena);
    add_lines(&out, reply);
    return buffer_value(&out, text);
}

static bool map_text(const struct redis_reply *reply, struct arena *arena, struct value *text)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (size_t i = 0; i + 1 < reply->as.array.count; i += 2) {
        struct value key;
        struct value value;
        if (!element_text(&reply->as.array.elements[i], arena, &key) ||
            !element_text(&reply->as.array.elements[i + 1], arena, &value))
            return false;
        add_key(&out, &key);
        buffer_add_byte(&out, '=');
        add_quoted(&out, &value);
        buffer_add_byte(&out, ' ');
    }
    return buffer_value(&out, text);
}

/* ---- the whole ---- */

bool redis_reply_text(const struct redis_reply *reply, const struct redis_reply_form *form,
                      struct arena *arena, bool *found, struct value *text)
{
    struct buffer out;

    *found = true;
    *text = VALUE_LITERAL("");
    if (reply->type == REDIS_NIL || (reply->type == REDIS_ARRAY && reply->as.array.count == 0)) {
        *found = reply->type == REDIS_NIL && form->nil_is_empty;
        return true;
    }
    if (reply->type == REDIS_BULK || reply->type == REDIS_STATUS) {
        *text = value_clean(reply->as.text.bytes, reply->as.text.length);
        return true;
    }
    if (reply->type == REDIS_INTEGER && form->integers_as_bool) {
        *text = reply->as.integer != 0 ? VALUE_LITERAL("true") : VALUE_LITERAL("false");
        return true;
    }
    if (!form->maps_as_lines && has_pairs(reply))
        return map_text(reply, arena, text);
    buffer_init(&out, arena);
    add_lines(&out, reply);
    return buffer_value(&out, text);
}
