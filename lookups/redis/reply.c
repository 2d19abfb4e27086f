#include "lookups/redis/reply.h"

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
    };

    add[reply->type](out, reply);
}

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
    buffer_init(&out, arena);
    add_lines(&out, reply);
    return buffer_value(&out, text);
}
