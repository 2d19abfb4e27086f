#include "base/list.h"

#include <string.h>

#include "base/arena.h"

static void skip_space(struct list_reader *reader)
{
    const struct value *list = &reader->list;

    while (reader->position < list->length && byte_is_space(list->bytes[reader->position]) &&
           list->bytes[reader->position] != reader->separator)
        reader->position++;
}

static bool changes_separator(const struct value *list, size_t position)
{
    if (list->length - position < 2 || list->bytes[position] != '<')
        return false;
    char separator = list->bytes[position + 1];
    return (byte_is_punctuation(separator) || byte_is_control(separator)) &&
           !value_byte_is_tainted(list, position) && !value_byte_is_tainted(list, position + 1);
}

void list_open(struct list_reader *reader, struct arena *arena, const struct value *list, char separator)
{
    *reader = (struct list_reader){.arena = arena, .list = *list, .separator = separator};
    while (reader->position < list->length && byte_is_space(list->bytes[reader->position]))
        reader->position++;
    if (reader->position + 1 == list->length && list->bytes[reader->position] == '<') {
        reader->position = list->length; /* a change to nothing, of a list of nothing */
        return;
    }
    if (!changes_separator(list, reader->position)) {
        reader->position = 0;
        return;
    }
    reader->separator = list->bytes[reader->position + 1];
    reader->position += 2;
}

/* From a separator at "position": whether it is doubled, and so text. */
static bool is_doubled(const struct list_reader *reader, size_t position)
{
    return position + 1 < reader->list.length && reader->list.bytes[position + 1] == reader->separator &&
           !byte_is_control(reader->separator);
}

/* The position of the next separator that is not doubled, from "position" on,
   or the end. "*doubled" counts those that are. */
static size_t find_end(const struct list_reader *reader, size_t position, size_t *doubled)
{
    const char *bytes = reader->list.bytes;

    *doubled = 0;
    while (position < reader->list.length) {
        const char *found = memchr(bytes + position, reader->separator, reader->list.length - position);
        if (found == NULL)
            return reader->list.length;
        position = (size_t)(found - bytes);
        if (!is_doubled(reader, position))
            return position;
        (*doubled)++;
        position += 2;
    }
    return position;
}

/* A copy of an item in which each doubled separator stands once. */
static struct value undouble(struct list_reader *reader, const struct value *item)
{
    struct buffer copy;
    struct value result;
    size_t from = 0;

    buffer_init(&copy, reader->arena);
    buffer_reserve(&copy, item->length);
    while (from < item->length) {
        const char *found = memchr(item->bytes + from, reader->separator, item->length - from);
        size_t to = found == NULL ? item->length : (size_t)(found - item->bytes) + 1;
        struct value part = value_slice(reader->arena, item, from, to - from);
        buffer_add_value(&copy, &part);
        from = to + (found != NULL);
    }
    return buffer_value(&copy, &result) ? result : *item;
}

/* The next separator where it is near, as it is in most lists; else where the
   search may begin. */
static size_t find_near(const struct list_reader *reader)
{
    enum { NEAR = 16 };
    const char *bytes = reader->list.bytes;
    size_t left = reader->list.length - reader->position;
    size_t end = reader->position + (left < NEAR ? left : NEAR);
    size_t position = reader->position;

    while (position < end && bytes[position] != reader->separator)
        position++;
    return position;
}

bool list_next(struct list_reader *reader, struct value *item)
{
    size_t doubled = 0;

    skip_space(reader);
    if (reader->position >= reader->list.length)
        return false;
    size_t end = find_near(reader);
    if (end < reader->list.length &&
        (reader->list.bytes[end] != reader->separator || is_doubled(reader, end)))
        end = find_end(reader, end, &doubled);
    size_t to = end;
    while (to > reader->position && byte_is_space(reader->list.bytes[to - 1]))
        to--;
    *item = value_slice(reader->arena, &reader->list, reader->position, to - reader->position);
    reader->position = end < reader->list.length ? end + 1 : end;
    if (doubled > 0)
        *item = undouble(reader, item);
    return true;
}

size_t list_count(struct arena *arena, const struct value *list)
{
    struct list_reader reader;
    struct value item;
    size_t count = 0;

    list_open(&reader, arena, list, ':');
    while (list_next(&reader, &item))
        count++;
    return count;
}

void list_add(struct buffer *out, size_t start, bool is_first, char separator, const struct value *item)
{
    size_t from = 0;

    if (!is_first)
        buffer_add_byte(out, separator);
    if ((item->length == 0 || item->bytes[0] == separator) && out->length > start)
        buffer_add_byte(out, ' ');
    if (item->length == 0 || memchr(item->bytes, separator, item->length) == NULL) {
        buffer_add_value(out, item);
        return;
    }
    while (from < item->length) {
        const char *found = memchr(item->bytes + from, separator, item->length - from);
        size_t to = found == NULL ? item->length : (size_t)(found - item->bytes) + 1;
        struct value part = value_slice(out->arena, item, from, to - from);
        buffer_add_value(out, &part);
        if (found != NULL)
            buffer_add_byte(out, separator);
        from = to;
    }
}
