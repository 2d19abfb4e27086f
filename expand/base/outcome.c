#include "base/outcome.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

enum outcome error_no_memory(struct error *error)
{
    error->message = "out of memory: the result or its parts are larger than the limit allows";
    return OUTCOME_FAILED;
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
