/* Values of options by their types. */

#include "config/option_value.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "config/config.h"
#include "config/number.h"
#include "config/private.h"
#include "config/quoted.h"

static enum outcome fail(const struct option_reading *reading, const char *text, const char *detail)
{
    return error_set(reading->error, reading->arena, OUTCOME_FAILED, "%s%s", text, detail);
}

/* A common mistake deserves its hint. */
static enum outcome fail_extra(const struct option_reading *reading, const char *what, const char *rest)
{
    return error_set(reading->error, reading->arena, OUTCOME_FAILED, "extra characters follow %s %s%s", what,
                     reading->word, *rest == '#' ? " (# is comment only at line start)" : "");
}

size_t config_written_begin(const char *written)
{
    return *written == '"';
}

size_t config_written_step(const char *written, size_t at)
{
    const char *text = written + at;

    if (*text == '\0' || (*written == '"' && *text == '"'))
        return 0;
    bool is_escape = *written == '"' && *text == '\\' && text[1] != '\0';
    text++;
    if (is_escape)
        (void)quoted_read_escape(&text);
    return (size_t)(text - written) - at;
}

enum outcome option_string_read(struct option_reading *reading)
{
    struct value *value = &reading->text;
    const char *text = reading->rest;
    struct buffer out;
    if (*text != '"') {
        size_t length = strlen(text);
        char *copy = arena_copy(reading->arena, text, length);
        *value = value_clean(copy, length);
        return copy == NULL ? error_no_memory(reading->error) : OUTCOME_DONE;
    }
    buffer_init(&out, reading->arena);
    buffer_reserve(&out, strlen(text));
    if (!quoted_read(&text, &out))
        return fail(reading, "missing quote at end of string value for ", reading->word);
    text = skip_space(text);
    if (*text != '\0')
        return fail_extra(reading, "string value for", text);
    if (!buffer_value(&out, value))
        return error_no_memory(reading->error);
    if (memchr(value->bytes, '\0', value->length) != NULL)
        return fail(reading, "NUL character in string value for ", reading->word);
    return OUTCOME_DONE;
}

/* Keeps the value as it was written: its type is known to be good. */
static enum outcome keep_written(struct option_reading *reading)
{
    size_t length = strlen(reading->rest);
    char *copy = arena_copy(reading->arena, reading->rest, length);
    reading->text = value_clean(copy, length);
    return copy == NULL ? error_no_memory(reading->error) : OUTCOME_DONE;
}

static enum outcome check_number(struct option_reading *reading, enum number_result result, const char *rest,
                                 const char *expected, const char *what)
{
    if (result == NUMBER_EXPECTED)
        return fail(reading, expected, reading->word);
    if (result == NUMBER_TOO_LARGE) {
        return error_set(reading->error, reading->arena, OUTCOME_FAILED,
                         "absolute value of integer \"%s\" is too large (overflow)", reading->rest);
    }
    rest = skip_space(rest);
    return *rest != '\0' ? fail_extra(reading, what, rest) : keep_written(reading);
}

/* Later versions of Exim than 4.96 expand some of them. */
static enum outcome read_integer(struct option_reading *reading)
{
    int32_t value;
    const char *rest;
    if (reading->may_be_string && strchr(reading->rest, '$') != NULL)
        return option_string_read(reading);
    enum number_result result = number_read_integer(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "integer expected for ", "integer value for");
}

static enum outcome read_kilobytes(struct option_reading *reading)
{
    int64_t value;
    const char *rest;
    enum number_result result = number_read_kilobytes(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "integer expected for ", "integer value for");
}

static enum outcome read_fixed(struct option_reading *reading)
{
    int32_t value;
    const char *rest;
    enum number_result result = number_read_fixed(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "fixed-point number expected for ", "fixed-point value for");
}

static enum outcome read_time(struct option_reading *reading)
{
    int32_t value;
    if (!number_read_time(reading->rest, strlen(reading->rest), &value))
        return fail(reading, "invalid time value for ", reading->word);
    return keep_written(reading);
}

static enum outcome read_octal_integer(struct option_reading *reading)
{
    const char *rest = reading->rest;
    while (*rest >= '0' && *rest <= '7')
        rest++;
    if (rest == reading->rest)
        return fail(reading, "octal integer expected for ", reading->word);
    rest = skip_space(rest);
    return *rest != '\0' ? fail_extra(reading, "octal integer value for", rest) : keep_written(reading);
}

static enum outcome read_time_list(struct option_reading *reading)
{
    int32_t previous = -1;
    for (const char *item = reading->rest; *item != '\0';) {
        int32_t value;
        size_t length = strcspn(item, ":");
        struct value text = value_clean(item, length);
        text = value_trim(reading->arena, &text);
        if (!number_read_time(text.bytes, text.length, &value))
            return fail(reading, "invalid time value for ", reading->word);
        if (value < previous)
            return fail(reading, "time value out of order for ", reading->word);
        previous = value;
        item += length + (item[length] == ':');
    }
    return keep_written(reading);
}

static const struct bool_word {
    const char *word;
    bool value;
} bool_words[] = {{"true", true}, {"yes", true}, {"false", false}, {"no", false}, {"", true}};

/* The value of "word"; nothing at all behind the equals sign means true. */
static bool find_bool_word(const char *word, size_t length, bool *value)
{
    for (size_t i = 0; i < sizeof bool_words / sizeof *bool_words; i++) {
        const struct bool_word *row = &bool_words[i];
        if (strlen(row->word) == length && strncasecmp(word, row->word, length) == 0) {
            *value = row->value;
            return true;
        }
    }
    return false;
}

/* name | no_name | not_name | name = (true | yes | false | no) , or for some a
   string that is expanded later. */
static enum outcome read_bool(struct option_reading *reading)
{
    bool value = !reading->is_negated;
    const char *rest = reading->rest;
    if (reading->may_be_string && *rest == '=' && strchr(rest, '$') != NULL) {
        reading->rest = skip_space(rest + 1);
        return option_string_read(reading);
    }
    if (*rest != '\0' && (*rest != '=' || reading->is_negated))
        return fail_extra(reading, "boolean option", rest);
    if (*rest == '=') {
        const char *word = skip_space(rest + 1);
        size_t length = 0;
        while (byte_is_letter(word[length]))
            length++;
        rest = skip_space(word + length);
        if (!find_bool_word(word, length, &value) || (length == 0 && *rest != '\0')) {
            return error_set(reading->error, reading->arena, OUTCOME_FAILED,
                             "\"%.*s\" is not a valid value for the \"%s\" option", (int)length, word,
                             reading->word);
        }
        if (*rest != '\0') {
            return error_set(reading->error, reading->arena, OUTCOME_FAILED,
                             "extra characters follow \"%.*s\" for boolean option %s%s", (int)length, word,
                             reading->word, *rest == '#' ? " (# is comment only at line start)" : "");
        }
    }
    reading->text = value ? VALUE_LITERAL("true") : VALUE_LITERAL("false");
    return OUTCOME_DONE;
}

static enum outcome (*const type_readers[])(struct option_reading *reading) = {
    [OPTION_BOOL] = read_bool,           [OPTION_INTEGER] = read_integer,
    [OPTION_SIZE] = read_integer,        [OPTION_KILOBYTES] = read_kilobytes,
    [OPTION_FIXED] = read_fixed,         [OPTION_TIME] = read_time,
    [OPTION_TIME_LIST] = read_time_list, [OPTION_OCTAL] = read_octal_integer,
    [OPTION_TEXT] = option_string_read,  [OPTION_NAMES] = option_string_read,
};

/* The equals sign that all but bools need. */
static enum outcome take_equals(struct option_reading *reading)
{
    if (*reading->rest == '\0')
        return fail(reading, "unexpected end of line (data missing) after ", reading->word);
    if (*reading->rest != '=')
        return fail(reading, "missing \"=\" after ", reading->word);
    reading->rest = skip_space(reading->rest + 1);
    return OUTCOME_DONE;
}

enum outcome option_value_read(struct option_reading *reading, enum option_type type)
{
    enum outcome outcome = OUTCOME_DONE;
    if (type != OPTION_BOOL)
        outcome = take_equals(reading);
    return outcome == OUTCOME_DONE ? type_readers[type](reading) : outcome;
}
