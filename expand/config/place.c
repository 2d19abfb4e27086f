#include "config/place.h"

#include "base/arena.h"

enum outcome place_error(struct error *error, struct arena *arena, struct config_place place,
                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_list(arena, format, arguments);
    va_end(arguments);
    if (message == NULL)
        return error_no_memory(error);
    if (place.file == NULL)
        return error_set(error, arena, OUTCOME_FAILED, "%s", message);
    return error_set(error, arena, OUTCOME_FAILED, "%s:%u: %s", place.file, place.line, message);
}
