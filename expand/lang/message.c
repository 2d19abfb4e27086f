#include "lang/message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* The first line end decides what a line feed without carriage return is. */
enum line_end { LINE_END_UNKNOWN, LINE_END_LF, LINE_END_CRLF };

struct reading {
    const char *at;
    const char *end;
    int pending;     /* a byte that comes before those; -1: none */
    bool is_made_up; /* it is in no message */
    enum line_end line_end;
    const struct message_rules *rules;
    struct message *message;
    struct arena *arena;
    struct error *error;
    struct buffer line; /* the logical one that is being read */
    size_t nul_count;   /* in it */
    bool has_ended;     /* a dot alone, or the end of the bytes */
    bool is_too_long;   /* the header is */
};

enum { NO_BYTE = -1 };

static int next_byte(struct reading *reading)
{
    int byte = reading->pending;

    if (byte != NO_BYTE) {
        reading->pending = NO_BYTE;
        return byte;
    }
    return reading->at == reading->end ? NO_BYTE : (unsigned char)*reading->at++;
}

/* ---- the header's lines ---- */

static void add_byte(struct reading *reading, int byte)
{
    buffer_add_byte(&reading->line, (char)byte);
    reading->message->size++;
    reading->nul_count += byte == '\0';
}

/* A byte that is no line end: those count only together with what follows. */
static void add_data(struct reading *reading, int byte)
{
    add_byte(reading, byte);
    reading->is_too_long |= reading->message->size >= reading->rules->header_limit;
}

/* A dot at the beginning of a line. True if it stands alone: then the message
   ends. Otherwise it is text. */
static bool take_dot(struct reading *reading)
{
    size_t left = (size_t)(reading->end - reading->at);

    if (left > 0 && reading->at[0] == '\n')
        return true;
    if (left > 1 && reading->at[0] == '\r' && reading->at[1] == '\n')
        return true;
    add_byte(reading, '.');
    return false;
}

/* What follows a carriage return: a line end, or a bare one, which becomes a
   line end of a continued line. */
static bool take_carriage_return(struct reading *reading)
{
    if (reading->at < reading->end && *reading->at == '\n') {
        reading->at++;
        if (reading->line_end == LINE_END_UNKNOWN)
            reading->line_end = LINE_END_CRLF;
        return true;
    }
    add_byte(reading, '\n');
    add_data(reading, ' ');
    return false;
}

static void take_line_feed(struct reading *reading)
{
    if (reading->line_end == LINE_END_UNKNOWN)
        reading->line_end = LINE_END_LF;
    else if (reading->line_end == LINE_END_CRLF)
        reading->pending = ' '; /* a bare one goes on in the next line */
    reading->is_made_up = reading->pending == ' ';
}

/* Reads one physical line to the end of the logical one, with a line end; what
   is behind "begin" there belongs to it. False at a dot that ends the message. */
static bool read_physical(struct reading *reading, size_t begin)
{
    struct message *message = reading->message;

    while (!reading->is_too_long) {
        int byte = next_byte(reading);
        if (byte == '.' && reading->line.length == 0 && reading->rules->dot_ends) {
            if (take_dot(reading))
                return false;
            continue;
        }
        if (byte == NO_BYTE)
            reading->has_ended = true;
        else if (byte == '\n')
            take_line_feed(reading);
        if (byte == NO_BYTE || byte == '\n' || (byte == '\r' && take_carriage_return(reading)))
            break;
        if (byte != '\r')
            add_data(reading, byte);
    }
    if (reading->line.length - begin > message->longest_line)
        message->longest_line = reading->line.length - begin;
    message->line_count++;
    add_byte(reading, '\n');
    return true;
}

/* Reads a line with those that continue it. False at the dot that ends the
   message. */
static bool read_logical(struct reading *reading)
{
    size_t begin = 0;

    buffer_truncate(&reading->line, 0);
    reading->nul_count = 0;
    for (;;) {
        if (!read_physical(reading, begin))
            return false;
        begin = reading->line.length;
        if (reading->line.length == 1 || reading->has_ended || reading->is_too_long)
            return true;
        int byte = next_byte(reading);
        if (byte == NO_BYTE)
            reading->has_ended = true;
        else if (byte != ' ' && byte != '\t')
            reading->pending = byte;
        reading->is_made_up = false;
        if (byte != ' ' && byte != '\t')
            return true;
        add_data(reading, byte);
    }
}

/* ---- fields ---- */

static bool is_graphic(char byte)
{
    return (unsigned char)byte > ' ' && byte != 127;
}

/* The length of a field's name: graphic characters, then white space, then a
   colon. 0: it is no field, which may not begin with white space. "*is_field" says which. */
static size_t field_name(const char *text, size_t length, bool *is_field)
{
    size_t name = 0;

    while (name < length && is_graphic(text[name]) && text[name] != ':')
        name++;
    size_t at = name;
    while (at < length && byte_is_space(text[at]))
        at++;
    *is_field = length > 0 && !byte_is_space(text[0]) && at < length && text[at] == ':';
    return name;
}

/* Without the lines of white space alone that may end a field. */
static size_t without_empty_lines(const char *text, size_t length)
{
    for (;;) {
        size_t at = length - 1; /* the line end */
        while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
            at--;
        if (at == 0 || text[at - 1] != '\n')
            return length;
        length = at;
    }
}

static struct message_field *add_field(struct message *message, const char *text, size_t length,
                                       size_t name_length, bool in_front)
{
    struct message_field *field = arena_calloc(&message->arena, 1, sizeof *field);
    char *copy = arena_copy(&message->arena, text, length);

    if (field == NULL || copy == NULL)
        return NULL;
    *field = (struct message_field){.text = copy, .length = length, .name_length = name_length};
    if (in_front) {
        field->next = message->first;
        message->first = field;
    } else {
        *(message->last == NULL ? &message->first : &message->last->next) = field;
    }
    if (field->next == NULL)
        message->last = field;
    return field;
}

bool message_add_field(struct message *message, const char *text, size_t length, bool in_front)
{
    bool is_field;
    size_t name_length = field_name(text, length, &is_field);

    return add_field(message, text, length, name_length, in_front) != NULL;
}

static bool is_named(const struct message_field *field, const char *name)
{
    return field->name_length == strlen(name) && strncasecmp(field->text, name, field->name_length) == 0;
}

/* What Exim does with fields that are for it. */
static void look_at_field(struct reading *reading, struct message_field *field)
{
    const struct message_rules *rules = reading->rules;
    struct message *message = reading->message;

    message->received_count += is_named(field, "received");
    field->is_hidden = (!rules->keeps_return_path && is_named(field, "return-path")) ||
                       (!rules->keeps_envelope_to && is_named(field, "envelope-to")) ||
                       (!rules->keeps_delivery_date && is_named(field, "delivery-date"));
    if (is_named(field, "return-path")) {
        const char *content = (const char *)memchr(field->text, ':', field->length) + 1;
        message->return_path = value_tainted(content, (size_t)(field->text + field->length - content));
    }
}

/* Takes a logical line as a field. *is_field false: it is none, and the header
   has ended with it. */
static enum outcome take_field(struct reading *reading, bool *is_field)
{
    struct message *message = reading->message;
    struct buffer *line = &reading->line;
    size_t name_length = field_name(line->bytes, line->length, is_field);

    if (!*is_field) {
        message->body_nul_count = reading->nul_count;
        return OUTCOME_DONE;
    }
    for (size_t i = 0; i < line->length && reading->nul_count > 0; i++)
        if (line->bytes[i] == '\0')
            line->bytes[i] = '?';
    size_t length = without_empty_lines(line->bytes, line->length);
    message->size -= line->length - length;
    if (reading->rules->line_limit > 0 && length > reading->rules->line_limit)
        return error_set(reading->error, reading->arena, OUTCOME_FAILED,
                         "message header line longer than %zu characters received: message not accepted",
                         reading->rules->line_limit);
    struct message_field *field = add_field(message, line->bytes, length, name_length, false);
    if (field == NULL)
        return error_no_memory(reading->error);
    look_at_field(reading, field);
    return OUTCOME_DONE;
}

static enum outcome take_from_line(struct reading *reading, bool *is_taken)
{
    static const char from[] = "From ";
    struct value line = value_tainted(reading->line.bytes, reading->line.length);

    *is_taken = false;
    if (reading->message->first != NULL || reading->rules->take_from_line == NULL ||
        line.length < sizeof from - 1 || memcmp(line.bytes, from, sizeof from - 1) != 0)
        return OUTCOME_DONE;
    return reading->rules->take_from_line(reading->rules->context, &line, is_taken);
}

/* Reads the header with the line that ends it: an empty one, or one that is no
   field, which is lost, as in Exim. */
static enum outcome read_header(struct reading *reading)
{
    bool goes_on = true;

    while (goes_on && !reading->has_ended) {
        if (!read_logical(reading)) {
            reading->has_ended = true;
            return OUTCOME_DONE;
        }
        if (reading->line.failed)
            return error_no_memory(reading->error);
        if (reading->is_too_long)
            return error_set(reading->error, reading->arena, OUTCOME_FAILED,
                             "message header longer than %zu characters received: message not accepted",
                             reading->rules->header_limit);
        if (reading->line.length == 1)
            return OUTCOME_DONE;
        enum outcome outcome = take_from_line(reading, &goes_on);
        if (outcome == OUTCOME_DONE && !goes_on)
            outcome = take_field(reading, &goes_on);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

/* ---- the body ---- */

/* Where a body ends that a dot alone may end. */
static const char *find_dot(const char *at, const char *end)
{
    while (at < end) {
        if (at[0] == '.' && (end - at == 1 || at[1] == '\n'))
            return at;
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            return end;
        at = line_end + 1;
    }
    return end;
}

/* Without empty lines where a dot ends the body: Exim does not see them then. */
static size_t count_lines(const char *at, const char *end, bool counts_empty)
{
    bool in_line = false;
    size_t count = 0;

    for (; at < end; at++) {
        count += *at == '\n' && (in_line || counts_empty);
        in_line = *at != '\n';
    }
    return count;
}

static size_t count_nuls(const char *at, const char *end)
{
    size_t count = 0;

    for (; at < end; at++)
        count += *at == '\0';
    return count;
}

static bool show_part(struct reading *reading, const char *bytes, size_t length, struct value *part)
{
    char *copy = arena_copy(&reading->message->arena, bytes, length);

    if (copy == NULL)
        return false;
    for (size_t i = 0; i < length; i++)
        if (copy[i] == '\0' || (copy[i] == '\n' && !reading->rules->keeps_newlines))
            copy[i] = ' ';
    *part = value_tainted(copy, length);
    return true;
}

/* Goes to the beginning of the body. The byte that was looked at last belongs to
   it, and so does in Exim the space that a bare line feed was followed by. */
static bool begin_body(struct reading *reading)
{
    if (reading->pending == NO_BYTE)
        return true;
    reading->pending = NO_BYTE;
    if (!reading->is_made_up) {
        reading->at--;
        return true;
    }
    size_t length = (size_t)(reading->end - reading->at);
    char *copy = arena_alloc_text(reading->arena, length + 1);
    if (copy == NULL)
        return false;
    copy[0] = ' ';
    memcpy(copy + 1, reading->at, length);
    reading->at = copy;
    reading->end = copy + length + 1;
    return true;
}

static enum outcome read_body(struct reading *reading)
{
    const struct message_rules *rules = reading->rules;
    struct message *message = reading->message;

    if (!begin_body(reading))
        return error_no_memory(reading->error);
    const char *begin = reading->at;
    const char *limit = reading->has_ended ? begin : reading->end;
    const char *end = rules->dot_ends ? find_dot(begin, limit) : limit;
    size_t length = (size_t)(end - begin);
    size_t visible = length < rules->visible_bytes ? length : rules->visible_bytes;
    if (!show_part(reading, begin, visible, &message->body) ||
        !show_part(reading, end - visible, visible, &message->body_end))
        return error_no_memory(reading->error);
    message->body_size = length;
    message->size += length;
    message->body_nul_count += count_nuls(begin, end);
    message->body_line_count = count_lines(begin, end, !rules->dot_ends);
    /* A last line without an end; and where Exim has lost sight of it. */
    if (length > 0 ? end[-1] != '\n' || length % (rules->visible_bytes + 1) == 0 : end < limit)
        message->body_line_count++;
    message->line_count += message->body_line_count;
    return OUTCOME_DONE;
}

/* ---- the message ---- */

enum outcome message_read(const char *bytes, size_t length, const struct message_rules *rules,
                          struct arena *arena, struct message **message, struct error *error)
{
    struct message *made = calloc(1, sizeof *made);
    struct reading reading = {.at = bytes,
                              .end = bytes + length,
                              .pending = NO_BYTE,
                              .rules = rules,
                              .message = made,
                              .arena = arena,
                              .error = error};

    if (made == NULL)
        return error_no_memory(error);
    arena_init(&made->arena, 4096, SIZE_MAX);
    buffer_init(&reading.line, arena);
    made->received_count = 1; /* the one that Exim puts there */
    made->received_time = (size_t)time(NULL);
    enum outcome outcome = read_header(&reading);
    if (outcome == OUTCOME_DONE)
        outcome = read_body(&reading);
    if (outcome == OUTCOME_DONE)
        *message = made;
    else
        message_free(made);
    return outcome;
}

void message_free(struct message *message)
{
    if (message == NULL)
        return;
    arena_free(&message->arena);
    free(message);
}
