/* Text that grows in an arena and keeps the taint of what is put into it. */

#ifndef REXPAND_BASE_BUFFER_H
#define REXPAND_BASE_BUFFER_H

#include <stdarg.h>
#include <string.h>

#include "base/outcome.h"
#include "base/value.h"

/* A refused allocation is remembered ("failed") and makes all that follows do
   nothing: a writer need not look after each step, only at the end. */
struct buffer {
    struct arena *arena;
    char *bytes;
    size_t length;
    size_t capacity;
    struct taint_span *spans;
    size_t span_count;
    size_t span_capacity;
    bool failed;
};

void buffer_init(struct buffer *buffer, struct arena *arena);

/* Room for "size" more bytes without moving. */
void buffer_reserve(struct buffer *buffer, size_t size);

/* Clean bytes. */
void buffer_add(struct buffer *buffer, const char *bytes, size_t length);
static inline void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_string(struct buffer *buffer, const char *text);
void buffer_add_number(struct buffer *buffer, long long number); /* in decimal */
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes with their own taint. The value's bytes may lie in the same arena,
   behind the buffer too, or be the buffer's own. */
static inline void buffer_add_value(struct buffer *buffer, const struct value *value);

/* "length" bytes that a quoting or changing function made out of "like": if
   any byte of that is tainted they all are. They count as quoted by "quoter"
   (NULL: by none). */
void buffer_add_like(struct buffer *buffer, const char *bytes, size_t length, const struct value *like,
                     const struct lookup_driver *quoter);

/* Marks what was added since the length was "from" as tainted, quoted by
   "quoter" (NULL: by none), over what it was before. */
void buffer_taint(struct buffer *buffer, size_t from, const struct lookup_driver *quoter);

/* Cuts it back to "length" bytes. */
void buffer_truncate(struct buffer *buffer, size_t length);

/* The buffer's content as a value with a NUL behind it; it stays the buffer's
   and changes when the buffer does. False when memory ran out. */
bool buffer_value(struct buffer *buffer, struct value *value) MUST_CHECK;

/* Most additions are short and find room, and most evaluations are made of
   them: these are the beginnings of functions that go on where that is not so. */
void buffer_add_spans(struct buffer *buffer, const struct value *value);

static inline void buffer_add_byte(struct buffer *buffer, char byte)
{
    if (buffer->capacity - buffer->length < 2)
        buffer_add(buffer, &byte, 1);
    else
        buffer->bytes[buffer->length++] = byte;
}

/* Up to 16 bytes: their first and their last half, which may overlap. */
static inline void buffer_copy_short(char *to, const char *from, size_t length)
{
    if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to + length - 8, from + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to + length - 4, from + length - 4, 4);
    } else {
        for (size_t i = 0; i < length; i++)
            to[i] = from[i];
    }
}

static inline void buffer_add_value(struct buffer *buffer, const struct value *value)
{
    enum { SHORT = 16 };
    size_t length = value->length;

    if (value->span_count > 0)
        buffer_add_spans(buffer, value);
    if (length > SHORT || length >= buffer->capacity - buffer->length) {
        buffer_add(buffer, value->bytes, length);
        return;
    }
    buffer_copy_short(buffer->bytes + buffer->length, value->bytes, length);
    buffer->length += length;
}

#endif
