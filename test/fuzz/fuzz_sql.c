/* Any bytes as a value and as the text around it in an SQL query: what the check of
   taint lets through is one literal for SQLite too. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/lookup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether SQLite's own reading of literals, done here once more in the simplest way for a
   text without names and comments, ends in the state it began in. */
static bool is_balanced(const char *bytes, size_t length)
{
    size_t quotes = 0;

    for (size_t i = 0; i < length; i++)
        quotes += bytes[i] == '\'';
    return quotes % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lookup_driver *driver = lookup_driver_find("sqlite", strlen("sqlite"));
    size_t half = size / 2;
    struct value hostile = value_tainted((const char *)data, half);
    struct value none = value_clean("", 0);
    struct arena arena;
    struct error error;
    struct buffer query;
    struct value key;

    if (driver == NULL || size == 0)
        return 0;
    arena_init(&arena, 1024, (size_t)64 * 1024 * 1024);
    buffer_init(&query, &arena);
    buffer_add(&query, (const char *)data + half, size - half);
    buffer_add_byte(&query, '\'');
    size_t from = query.length;
    if (!driver->quote(&query, &hostile, &none))
        abort();
    buffer_taint(&query, from, driver);
    if (!is_balanced(query.bytes + from, query.length - from))
        abort();
    buffer_add_byte(&query, '\'');
    if (buffer_value(&query, &key)) {
        struct lookup_request request = {.driver = driver, .key = key, .arena = &arena, .error = &error};
        bool is_plain =
            memchr(data + half, '\'', size - half) == NULL && memchr(data + half, '"', size - half) == NULL &&
            memchr(data + half, '`', size - half) == NULL && memchr(data + half, '[', size - half) == NULL &&
            memchr(data + half, '-', size - half) == NULL && memchr(data + half, '/', size - half) == NULL;
        if (driver->check_taint(&request) != OUTCOME_DONE && is_plain)
            abort();
    }
    arena_free(&arena);
    return 0;
}
