/* The variables that a message gives their values. */

#include <string.h>

#include "lang/env.h"
#include "lang/message.h"
#include "lang/variable_values.h"

static enum outcome give_all(struct run *run, const struct message *message, struct value *value)
{
    return message_header(run, message, NULL, HEADER_DECODED, value);
}

static enum outcome give_all_raw(struct run *run, const struct message *message, struct value *value)
{
    return message_header(run, message, NULL, HEADER_RAW, value);
}

/* Reply-To: if there is anything in it, else From:, on one line. */
static enum outcome give_reply_address(struct run *run, const struct message *message, struct value *value)
{
    static const char *const names[] = {"reply-to", "from"};

    for (size_t i = 0; i < 2; i++) {
        const struct value name = value_of_string(names[i]);
        struct value raw;
        enum outcome outcome = message_header(run, message, &name, HEADER_RAW, &raw);
        if (outcome != OUTCOME_DONE)
            return outcome;
        *value = value_trim(run->arena, &raw);
        if (value->length > 0)
            break;
    }
    char *copy = arena_copy(run->arena, value->bytes, value->length);
    if (copy == NULL)
        return error_no_memory(run->error);
    for (size_t i = 0; i < value->length; i++)
        if (copy[i] == '\n')
            copy[i] = ' ';
    *value = value->length > 0 ? value_tainted(copy, value->length) : value_clean("", 0);
    return OUTCOME_DONE;
}

/* Where a variable's value is in a message: one of the three. */
static const struct source {
    const char *name;
    size_t number; /* offset of a size_t */
    size_t text;   /* offset of a struct value */
    enum outcome (*give)(struct run *run, const struct message *message, struct value *value);
} sources[] = {
    {"body_linecount", offsetof(struct message, body_line_count), 0, NULL},
    {"body_zerocount", offsetof(struct message, body_nul_count), 0, NULL},
    {"max_received_linelength", offsetof(struct message, longest_line), 0, NULL},
    {"message_body", 0, offsetof(struct message, body), NULL},
    {"message_body_end", 0, offsetof(struct message, body_end), NULL},
    {"message_body_size", offsetof(struct message, body_size), 0, NULL},
    {"message_exim_id", 0, offsetof(struct message, id), NULL},
    {"message_headers", 0, 0, give_all},
    {"message_headers_raw", 0, 0, give_all_raw},
    {"message_linecount", offsetof(struct message, line_count), 0, NULL},
    {"message_size", offsetof(struct message, size), 0, NULL},
    {"received_count", offsetof(struct message, received_count), 0, NULL},
    {"received_time", offsetof(struct message, received_time), 0, NULL},
    {"reply_address", 0, 0, give_reply_address},
    {"return_path", 0, offsetof(struct message, return_path), NULL},
    {"sender_address", 0, offsetof(struct message, sender), NULL},
};

static enum outcome give_number(struct run *run, size_t number, struct value *value)
{
    char *text = arena_format(run->arena, "%zu", number);

    if (text == NULL)
        return error_no_memory(run->error);
    *value = value_of_string(text);
    return OUTCOME_DONE;
}

enum outcome value_of_message(struct run *run, const struct variable_row *row, const struct value *name,
                              struct value *value)
{
    const struct message *message = run->env->message;
    const struct source *source = sources;

    (void)name;
    if (message == NULL) {
        if (row->text != NULL)
            *value = value_of_string(row->text);
        return OUTCOME_DONE;
    }
    while (strcmp(source->name, row->name) != 0)
        source++;
    if (source->give != NULL)
        return source->give(run, message, value);
    const char *base = (const char *)message;
    if (source->number != 0)
        return give_number(run, *(const size_t *)(const void *)(base + source->number), value);
    const struct value *text = (const struct value *)(const void *)(base + source->text);
    if (text->bytes != NULL)
        *value = *text;
    return OUTCOME_DONE;
}
