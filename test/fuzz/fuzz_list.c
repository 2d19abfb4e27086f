/* Any bytes as a list: its items lie in it, and a list made of them gives them
   back. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/list.h"

enum { ITEMS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool round_trips(const struct value *item, char separator)
{
    return item->length > 0 && item->bytes[0] != '<' && item->bytes[0] != separator &&
           (!byte_is_control(separator) || memchr(item->bytes, separator, item->length) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct taint_span span = {.begin = size / 3, .end = size / 2};
    struct value list = {.bytes = (const char *)data, .length = size};
    struct value items[ITEMS];
    struct arena arena;
    struct list_reader reader;
    struct buffer out;
    struct value again, item;
    size_t count = 0;

    if (span.begin < span.end) {
        list.spans = &span;
        list.span_count = 1;
    }
    arena_init(&arena, 256, (size_t)64 * 1024 * 1024);
    list_open(&reader, &arena, &list, ':');
    while (count < ITEMS && list_next(&reader, &items[count]))
        if (round_trips(&items[count], reader.separator))
            count++;
    char separator = reader.separator;
    buffer_init(&out, &arena);
    for (size_t i = 0; i < count; i++)
        list_add(&out, 0, i == 0, separator, &items[i]);
    if (buffer_value(&out, &again)) {
        list_open(&reader, &arena, &again, separator);
        for (size_t i = 0; i < count; i++)
            if (!list_next(&reader, &item) || !value_equal(&item, &items[i]))
                abort();
        if (list_next(&reader, &item))
            abort();
    }
    arena_free(&arena);
    return 0;
}
