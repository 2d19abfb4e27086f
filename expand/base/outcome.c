#include "base/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum outcome error_no_memory(struct error *error)
{
    error->message = "out of memory: the result or its parts are larger than the limit allows";
    return OUTCOME_FAILED;
}

/* Cuts a message of "length" bytes, its arena's newest block. */
static void shorten(struct arena *arena, char *message, size_t length)
{
    static const char gap[] = " [...] ";
    const size_t half = (ERROR_LONGEST - (sizeof gap - 1)) / 2;
    char *to = message + half;

    memcpy(to, gap, sizeof gap - 1);
    to += sizeof gap - 1;
    memmove(to, message + length - half, half + 1);
    (void)arena_grow_text(arena, message, length + 1, (size_t)(to - message) + half + 1);
}

void error_wrap(struct error *error, struct arena *arena, const char *format, ...)
{
    va_list arguments;

    if (error->message == NULL || strlen(error->message) > ERROR_LONGEST / 2)
        return;
    va_start(arguments, format);
    char *message = arena_format_list(arena, format, arguments);
    va_end(arguments);
    if (message == NULL)
        return;
    size_t length = strlen(message);
    if (length > ERROR_LONGEST)
        shorten(arena, message, length);
    error->message = message;
}

enum outcome error_set(struct error *error, struct arena *arena, enum outcome outcome, const char *format,
                       ...)
{
    va_list arguments;

    va_start(arguments, format);
    const char *message = arena_format_list(arena, format, arguments);
    va_end(arguments);
    if (message == NULL)
        return error_no_memory(error);
    error->message = message;
    return outcome;
}
