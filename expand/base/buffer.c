#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_CAPACITY = 64, FIRST_SPANS = 4 };

void buffer_init(struct buffer *buffer, struct arena *arena)
{
    *buffer = (struct buffer){.arena = arena};
}

/* Nothing fits into it any more. */
static bool fail(struct buffer *buffer)
{
    buffer->failed = true;
    buffer->capacity = buffer->length;
    return false;
}

/* make_room where there is none. */
static bool grow(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (size > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4)
        return fail(buffer);
    size_t needed = buffer->length + size + 1;
    size_t capacity = buffer->capacity == 0 ? (size_t)FIRST_CAPACITY : buffer->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *bytes = arena_grow_text(buffer->arena, buffer->bytes, buffer->capacity, capacity);
    if (bytes == NULL && capacity > needed) {
        capacity = needed;
        bytes = arena_grow_text(buffer->arena, buffer->bytes, buffer->capacity, capacity);
    }
    if (bytes == NULL)
        return fail(buffer);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

/* Room for "size" bytes more and the NUL behind them. */
static inline bool make_room(struct buffer *buffer, size_t size)
{
    return size < buffer->capacity - buffer->length || grow(buffer, size);
}

void buffer_reserve(struct buffer *buffer, size_t size)
{
    (void)make_room(buffer, size);
}

/* memmove, since a buffer may be given part of itself. */
static void put(struct buffer *buffer, const char *bytes, size_t length)
{
    if (length == 0 || !make_room(buffer, length))
        return;
    memmove(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    put(buffer, bytes, length);
}

void buffer_add_string(struct buffer *buffer, const char *text)
{
    put(buffer, text, strlen(text));
}

void buffer_add_number(struct buffer *buffer, long long number)
{
    static const char digit_pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536"
        "37383940414243444546474849505152535455565758596061626364656667686970717273"
        "7475767778798081828384858687888990919293949596979899";
    char digits[24];
    size_t at = sizeof digits;
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;

    for (; rest >= 100; rest /= 100) {
        const char *pair = digit_pairs + 2 * (rest % 100);
        digits[--at] = pair[1];
        digits[--at] = pair[0];
    }
    if (rest >= 10) {
        digits[--at] = digit_pairs[2 * rest + 1];
        rest /= 10;
    }
    digits[--at] = (char)('0' + rest);
    if (number < 0)
        digits[--at] = '-';
    put(buffer, digits + at, sizeof digits - at);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !make_room(buffer, (size_t)length))
        return;
    va_start(arguments, format);
    (void)vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

static bool make_span_room(struct buffer *buffer)
{
    if (buffer->span_count < buffer->span_capacity)
        return true;
    size_t capacity = buffer->span_capacity == 0 ? (size_t)FIRST_SPANS : buffer->span_capacity * 2;
    struct taint_span *spans = arena_calloc(buffer->arena, capacity, sizeof *spans);
    if (spans == NULL) {
        buffer->failed = true;
        return false;
    }
    if (buffer->span_count > 0)
        memcpy(spans, buffer->spans, buffer->span_count * sizeof *spans);
    buffer->spans = spans;
    buffer->span_capacity = capacity;
    return true;
}

/* A span behind all others. One that touches the last and has its quoter makes
   that longer; one of no bytes gives way to whatever it touches. */
static void add_span(struct buffer *buffer, size_t begin, size_t end, const struct lookup_driver *quoter)
{
    if (buffer->failed)
        return;
    if (buffer->span_count > 0) {
        struct taint_span *last = &buffer->spans[buffer->span_count - 1];
        if (last->end == begin && (begin == end || last->quoter == quoter)) {
            last->end = end;
            return;
        }
        if (last->begin == begin) {
            *last = (struct taint_span){.begin = begin, .end = end, .quoter = quoter};
            return;
        }
    }
    if (!make_span_room(buffer))
        return;
    buffer->spans[buffer->span_count++] = (struct taint_span){.begin = begin, .end = end, .quoter = quoter};
}

void buffer_add_spans(struct buffer *buffer, const struct value *value)
{
    size_t at = buffer->length;

    for (size_t i = 0; i < value->span_count; i++) {
        const struct taint_span *span = &value->spans[i];
        size_t end = span->end < value->length ? span->end : value->length;
        add_span(buffer, at + span->begin, at + end, span->quoter);
    }
}

void buffer_add_like(struct buffer *buffer, const char *bytes, size_t length, const struct value *like,
                     const struct lookup_driver *quoter)
{
    size_t at = buffer->length;

    put(buffer, bytes, length);
    if (value_is_tainted(like))
        add_span(buffer, at, at + length, quoter);
}

static void cut_spans(struct buffer *buffer, size_t length)
{
    while (buffer->span_count > 0) {
        struct taint_span *last = &buffer->spans[buffer->span_count - 1];
        if (last->begin < length) {
            if (last->end > length)
                last->end = length;
            return;
        }
        buffer->span_count--;
    }
}

void buffer_taint(struct buffer *buffer, size_t from, const struct lookup_driver *quoter)
{
    cut_spans(buffer, from);
    add_span(buffer, from, buffer->length, quoter);
}

void buffer_truncate(struct buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    buffer->length = length;
    cut_spans(buffer, length);
}

bool buffer_value(struct buffer *buffer, struct value *value)
{
    if (buffer->failed || !make_room(buffer, 0))
        return false;
    buffer->bytes[buffer->length] = '\0';
    *value = (struct value){.bytes = buffer->bytes,
                            .length = buffer->length,
                            .spans = buffer->spans,
                            .span_count = buffer->span_count};
    return true;
}
