/* What strings see of a message's header. */

#include <string.h>
#include <strings.h>

#include "lang/env.h"
#include "lang/message.h"
#include "lang/rfc2047.h"

/* Exim puts no more of a header into a string. */
enum { INSERTED_LIMIT = 64 * 1024 };

/* Fields of addresses: several of a name are one list. */
static const char *const address_fields[] = {
    "bcc", "cc", "from", "reply-to", "sender", "to",
};

static bool has_addresses(const struct value *name)
{
    static const char resent[] = "resent-";
    struct value bare = *name;

    if (bare.length > sizeof resent - 1 && strncasecmp(bare.bytes, resent, sizeof resent - 1) == 0)
        bare = value_clean(bare.bytes + sizeof resent - 1, bare.length - (sizeof resent - 1));
    for (size_t i = 0; i < sizeof address_fields / sizeof address_fields[0]; i++) {
        const struct value field = value_of_string(address_fields[i]);
        if (value_equal_caseless(&bare, &field))
            return true;
    }
    return false;
}

static bool is_of_name(const struct message_field *field, const struct value *name, bool tolerant)
{
    return !field->is_hidden && field->name_length == name->length &&
           (tolerant || field->text[name->length] == ':') &&
           strncasecmp(field->text, name->bytes, name->length) == 0;
}

const struct message_field *message_find(const struct message *message, const struct value *name,
                                         bool tolerant)
{
    const struct message_field *field = message->first;

    while (field != NULL && !is_of_name(field, name, tolerant))
        field = field->next;
    return field;
}

/* The part of a field that goes into the string. */
static struct value take_content(const struct message_field *field, const struct value *name,
                                 enum header_form form)
{
    const char *begin = field->text + (name == NULL ? 0 : name->length + 1);
    const char *end = field->text + field->length;

    if (form == HEADER_LISTED) {
        while (end > begin && end[-1] == '\n')
            end--;
    } else if (form != HEADER_RAW) {
        while (begin < end && byte_is_space(*begin))
            begin++;
        while (end > begin && byte_is_space(end[-1]))
            end--;
    }
    return value_tainted(begin, (size_t)(end - begin));
}

/* A list's item. An empty one adds no space, unlike elsewhere. */
static void add_item(struct buffer *out, const struct value *content)
{
    if (out->length > 0)
        buffer_add_byte(out, ':');
    for (size_t i = 0; i < content->length; i++) {
        if (content->bytes[i] == ':')
            buffer_add_byte(out, ':');
        buffer_add_byte(out, content->bytes[i]);
    }
}

static void add_content(struct buffer *out, struct value *content, enum header_form form,
                        const char *separator)
{
    if (content->length > INSERTED_LIMIT - out->length)
        content->length = INSERTED_LIMIT - out->length;
    if (form == HEADER_LISTED) {
        add_item(out, content);
        return;
    }
    if (form == HEADER_RAW) {
        buffer_add_value(out, content);
        return;
    }
    if (content->length > 0 && out->length > 0)
        buffer_add_string(out, separator);
    buffer_add_value(out, content);
}

static enum outcome decode(struct run *run, const struct value *raw, enum header_form form,
                           struct value *value)
{
    struct rfc2047_rules rules = run->env->encoded_words;
    struct buffer out;

    rules.keeps_unknown = true;
    if (form == HEADER_DECODED)
        rules.charset = NULL;
    buffer_init(&out, run->arena);
    enum outcome outcome = rfc2047_decode(&out, raw, &rules, run->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return buffer_value(&out, value) ? OUTCOME_DONE : error_no_memory(run->error);
}

enum outcome message_header(struct run *run, const struct message *message, const struct value *name,
                            enum header_form form, struct value *value)
{
    const char *separator = name != NULL && has_addresses(name) ? ",\n" : "\n";
    struct buffer out;
    bool is_there = false;
    struct value raw;

    buffer_init(&out, run->arena);
    for (const struct message_field *field = message->first; field != NULL; field = field->next) {
        if (name == NULL ? field->is_hidden : !is_of_name(field, name, false))
            continue;
        struct value content = take_content(field, name, form);
        add_content(&out, &content, form, separator);
        is_there = true;
        if (out.length >= INSERTED_LIMIT)
            break;
    }
    if (!buffer_value(&out, &raw))
        return error_no_memory(run->error);
    if (is_there) { /* what was added byte by byte, and nothing at all */
        raw.spans = taint_whole;
        raw.span_count = 1;
    }
    *value = raw;
    if (form == HEADER_RAW || form == HEADER_LISTED || memchr(raw.bytes, '?', raw.length) == NULL)
        return OUTCOME_DONE;
    return decode(run, &raw, form, value);
}
