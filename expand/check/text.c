#include <string.h>

#include "check/private.h"
#include "config/quoted.h"

/* For the bytes and for the end. */
static size_t *new_places(struct check *check, size_t length)
{
    size_t *places = arena_calloc(&check->scratch, length + 1, sizeof *places);

    if (places == NULL)
        check->failed = true;
    return places;
}

bool text_of_line(struct check *check, const struct config_line *line, size_t at, size_t length,
                  struct check_text *text)
{
    size_t *places = new_places(check, length);

    for (size_t i = 0; places != NULL && i <= length; i++)
        places[i] = at + i;
    *text = (struct check_text){
        .line = line, .text = value_clean(line->text.bytes + at, length), .places = places};
    return places != NULL;
}

bool text_of_option(struct check *check, const struct config_line *line, const char *written,
                    const struct value *value, struct check_text *text)
{
    size_t at = (size_t)(written - line->text.bytes);
    size_t *places = new_places(check, value->length);
    size_t place = config_written_begin(written);

    for (size_t i = 0; places != NULL && i <= value->length; i++) {
        places[i] = at + place;
        place += config_written_step(written, place);
    }
    *text = (struct check_text){.line = line, .text = *value, .places = places};
    return places != NULL;
}

struct check_text text_part(const struct check_text *text, size_t from, size_t length)
{
    struct check_text part = *text;

    part.text = value_clean(text->text.bytes + from, length);
    part.places = text->places + from;
    return part;
}

/* A text that is made byte by byte out of another one. */
struct making {
    struct check_text made;
    char *bytes;
    size_t *places;
    size_t length;
};

static bool begin(struct check *check, const struct check_text *text, size_t most, struct making *making)
{
    *making = (struct making){.bytes = arena_alloc_text(&check->scratch, most + 1),
                              .places = new_places(check, most)};
    making->made.line = text->line;
    if (making->bytes == NULL)
        check->failed = true;
    return making->bytes != NULL && making->places != NULL;
}

static void add(struct making *making, const struct check_text *text, size_t at, char byte)
{
    making->places[making->length] = text->places[at];
    making->bytes[making->length++] = byte;
}

/* "end" is where the next byte would have come from. */
static void finish(struct making *making, const struct check_text *text, size_t end, struct check_text *made)
{
    making->bytes[making->length] = '\0';
    making->places[making->length] = text->places[end];
    *made = making->made;
    made->text = value_clean(making->bytes, making->length);
    made->places = making->places;
}

/* Where a word ends that begins at "at", behind its quote if it has one. */
static size_t word_end(const struct value *text, size_t at, char quote)
{
    while (at < text->length && (quote != '\0' ? text->bytes[at] != quote : !byte_is_space(text->bytes[at])))
        at += quote == '"' && text->bytes[at] == '\\' && at + 1 < text->length ? 2 : 1;
    return at;
}

bool text_next_word(struct check *check, const struct check_text *text, const char *quotes, size_t *at,
                    struct check_text *word)
{
    const char *bytes = text->text.bytes;
    size_t length = text->text.length;
    struct making making;

    while (*at < length && byte_is_space(bytes[*at]))
        (*at)++;
    if (*at == length)
        return false;
    char quote = bytes[*at] != '\0' && strchr(quotes, bytes[*at]) != NULL ? bytes[*at] : '\0';
    *at += quote != '\0';
    size_t end = word_end(&text->text, *at, quote);
    if (!begin(check, text, end - *at, &making))
        return false;
    while (*at < end) {
        bool is_escape = quote == '"' && bytes[*at] == '\\' && *at + 1 < length;
        const char *from = bytes + *at;
        const char *next = from + 1;
        char byte = is_escape ? quoted_read_escape(&next) : *from;
        add(&making, text, *at, byte);
        *at = next < bytes + end ? (size_t)(next - bytes) : end;
    }
    finish(&making, text, *at, word);
    *at += quote != '\0' && *at < length;
    return true;
}

/* "<" and a byte of punctuation at the start of a list change its separator. */
static void take_separator(const struct value *list, size_t *at, char *separator)
{
    size_t next = 0;

    *separator = *separator == '\0' ? ':' : *separator;
    while (next < list->length && byte_is_space(list->bytes[next]))
        next++;
    if (next + 1 >= list->length || list->bytes[next] != '<')
        return;
    char byte = list->bytes[next + 1];
    if (!byte_is_punctuation(byte) && !byte_is_control(byte))
        return;
    *separator = byte;
    *at = next + 2;
}

/* Whether the separator at "at" is one of two, which stand for one in an item. */
static bool is_doubled(const struct value *list, size_t at, char separator)
{
    return at + 1 < list->length && list->bytes[at + 1] == separator;
}

static size_t item_end(const struct value *list, size_t at, char separator)
{
    for (; at < list->length; at++) {
        if (list->bytes[at] != separator)
            continue;
        if (!is_doubled(list, at, separator))
            break;
        at++;
    }
    return at;
}

bool text_next_item(struct check *check, const struct check_text *text, size_t *at, char *separator,
                    struct check_text *item)
{
    const struct value *list = &text->text;
    struct making making;

    if (*at == 0)
        take_separator(list, at, separator);
    while (*at < list->length && byte_is_space(list->bytes[*at]) && list->bytes[*at] != *separator)
        (*at)++;
    if (*at >= list->length)
        return false;
    size_t end = item_end(list, *at, *separator);
    if (!begin(check, text, end - *at, &making))
        return false;
    for (; *at < end; (*at)++) {
        add(&making, text, *at, list->bytes[*at]);
        *at += list->bytes[*at] == *separator;
    }
    *at = end + (end < list->length);
    while (making.length > 0 && byte_is_space(making.bytes[making.length - 1]))
        making.length--;
    finish(&making, text, end, item);
    return true;
}

/* Three upper-case letters or more at a word's start. */
bool text_has_macro_word(const struct value *text)
{
    size_t upper = 0;

    for (size_t i = 0; i < text->length; i++) {
        bool begins = i == 0 || !byte_is_alnum(text->bytes[i - 1]);
        bool is_upper = text->bytes[i] >= 'A' && text->bytes[i] <= 'Z';
        upper = is_upper && (begins || upper > 0) ? upper + 1 : 0;
        if (upper > 2)
            return true;
    }
    return false;
}

bool text_has_macro(const struct check_text *text, size_t begin, size_t end)
{
    if (end > text->text.length)
        end = text->text.length;
    return config_has_macro(text->line, text->places[begin], text->places[end]);
}
