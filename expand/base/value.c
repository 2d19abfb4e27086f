#include "base/value.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

const struct taint_span taint_whole[1] = {{.begin = 0, .end = SIZE_MAX}};

struct value value_of_string(const char *text)
{
    return value_clean(text, strlen(text));
}

bool value_byte_is_tainted(const struct value *value, size_t position)
{
    for (size_t i = 0; i < value->span_count && value->spans[i].begin <= position; i++)
        if (position < value->spans[i].end)
            return true;
    return false;
}

struct value value_slice_spans(struct arena *arena, const struct value *value, size_t from, size_t length)
{
    struct value slice = value_clean(value->bytes + from, length);
    size_t to = from + length;
    size_t first = 0;

    while (first < value->span_count && value->spans[first].end <= from)
        first++;
    size_t last = first;
    while (last < value->span_count && value->spans[last].begin < to)
        last++;
    if (first == last)
        return slice;
    const struct taint_span *span = &value->spans[first];
    slice.spans = taint_whole;
    slice.span_count = 1;
    if (last - first == 1 && span->begin <= from && span->end >= to && span->quoter == NULL)
        return slice;
    struct taint_span *spans = arena_alloc(arena, (last - first) * sizeof *spans);
    if (spans == NULL)
        return slice;
    for (size_t i = first; i < last; i++) {
        span = &value->spans[i];
        spans[i - first] = (struct taint_span){
            .begin = span->begin > from ? span->begin - from : 0,
            .end = (span->end < to ? span->end : to) - from,
            .quoter = span->quoter,
        };
    }
    slice.spans = spans;
    slice.span_count = last - first;
    return slice;
}

struct value value_trim(struct arena *arena, const struct value *value)
{
    size_t from = 0;
    size_t to = value->length;

    while (from < to && byte_is_space(value->bytes[from]))
        from++;
    while (to > from && byte_is_space(value->bytes[to - 1]))
        to--;
    return value_slice(arena, value, from, to - from);
}

bool value_equal(const struct value *left, const struct value *right)
{
    return left->length == right->length &&
           (left->length == 0 || memcmp(left->bytes, right->bytes, left->length) == 0);
}

bool value_equals_text(const struct value *value, const char *text)
{
    struct value right = value_of_string(text);
    return value_equal(value, &right);
}

bool value_equal_caseless(const struct value *left, const struct value *right)
{
    return left->length == right->length && value_compare_caseless(left, right) == 0;
}

static int compare_lengths(const struct value *left, const struct value *right)
{
    return (left->length > right->length) - (left->length < right->length);
}

int value_compare(const struct value *left, const struct value *right)
{
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = shorter == 0 ? 0 : memcmp(left->bytes, right->bytes, shorter);

    return order != 0 ? order : compare_lengths(left, right);
}

int value_compare_caseless(const struct value *left, const struct value *right)
{
    size_t shorter = left->length < right->length ? left->length : right->length;

    for (size_t i = 0; i < shorter; i++) {
        int order = (unsigned char)byte_lower(left->bytes[i]) - (unsigned char)byte_lower(right->bytes[i]);
        if (order != 0)
            return order;
    }
    return compare_lengths(left, right);
}
