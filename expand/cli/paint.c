#include "cli/paint.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const paints[] = {
    [PLAIN] = "",           [FAINT] = "\033[2m", [LABEL] = "\033[36m", [VALUE] = "\033[32m",
    [TAINTED] = "\033[35m", [NO] = "\033[33m",   [WRONG] = "\033[31m", [STRING] = "\033[1m",
};

void paint_words(const struct explain_look *look, enum paint paint, const char *text)
{
    bool is_painted = look->has_colour && paint != PLAIN && text[0] != '\0';

    if (is_painted)
        (void)fputs(paints[paint], stdout);
    (void)fputs(text, stdout);
    if (is_painted)
        (void)fputs("\033[0m", stdout);
}

static void begin_paint(const struct explain_look *look, enum paint paint)
{
    if (look->has_colour && paint != PLAIN)
        (void)fputs(paints[paint], stdout);
}

static void end_paint(const struct explain_look *look, enum paint paint)
{
    if (look->has_colour && paint != PLAIN)
        (void)fputs("\033[0m", stdout);
}

size_t paint_columns(const char *text)
{
    return shown_columns(SHOWN_SOURCE, text, strlen(text), SIZE_MAX - 1);
}

bool paint_fits(enum shown_as as, const struct kept *text, size_t room)
{
    return text->whole == text->length && shown_columns(as, text->bytes, text->length, room) <= room;
}

void paint_source(const struct explain_look *look, enum paint paint, const struct kept *source, size_t room)
{
    begin_paint(look, paint);
    if (paint_fits(SHOWN_SOURCE, source, room)) {
        (void)shown_print(SHOWN_SOURCE, source->bytes, source->length, room);
    } else {
        (void)shown_print(SHOWN_SOURCE, source->bytes, source->length, room > 1 ? room - 1 : 1);
        (void)fputs("…", stdout);
    }
    end_paint(look, paint);
}

void paint_quoted(const struct explain_look *look, const struct kept *value, size_t room)
{
    char length[48];
    size_t inside = room > 2 ? room - 2 : 1;

    if (value->bytes == NULL)
        return;
    bool is_whole = paint_fits(SHOWN_VALUE, value, inside);
    (void)snprintf(length, sizeof length, " (%zu bytes)", value->whole);
    if (!is_whole)
        inside = inside > strlen(length) + 9 ? inside - strlen(length) - 1 : 8;
    begin_paint(look, VALUE);
    (void)putchar('"');
    (void)shown_print(SHOWN_VALUE, value->bytes, value->length, inside);
    (void)fputs(is_whole ? "\"" : "…\"", stdout);
    end_paint(look, VALUE);
    if (!is_whole)
        paint_words(look, FAINT, length);
}

void paint_value(const struct explain_look *look, const struct kept *value, size_t room)
{
    paint_quoted(look, value, room);
    if (value->is_tainted)
        paint_words(look, TAINTED, " tainted");
}

size_t paint_value_columns(const struct kept *value, size_t most)
{
    if (value->bytes == NULL)
        return 0;
    return shown_columns(SHOWN_VALUE, value->bytes, value->length, most) + 2 +
           (value->is_tainted ? strlen(" tainted") : 0) + (value->whole > value->length ? most : 0);
}

void paint_time(const struct explain_look *look, double seconds)
{
    char text[48];

    if (seconds >= 1)
        (void)snprintf(text, sizeof text, "  %.2f s", seconds);
    else
        (void)snprintf(text, sizeof text, "  %.*f ms", seconds >= 0.01 ? 0 : 2, seconds * 1000);
    paint_words(look, FAINT, text);
}

void paint_message(const struct explain_look *look, const char *message, size_t room)
{
    struct kept text = {.bytes = (char *)(uintptr_t)message, .length = strlen(message)};

    text.whole = text.length;
    paint_source(look, WRONG, &text, room);
}
