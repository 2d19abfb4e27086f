#include <limits.h>
#include <string.h>
#include <strings.h>

#include "config/number.h"
#include "config/private.h"

/* One option line while it is read. */
struct reading {
    struct config *config;
    const struct statement *statement;
    const char *word; /* the option's name as it was written, no_ included */
    bool is_negated;
    struct setting setting;
    const char *rest; /* what follows the name, after white space */
    struct error *error;
};

static enum outcome fail(const struct reading *reading, const char *text, const char *detail)
{
    return place_error(reading->error, reading->config->arena, reading->statement->place, "%s%s", text,
                       detail);
}

/* A common mistake deserves its hint. */
static enum outcome fail_extra(const struct reading *reading, const char *what, const char *rest)
{
    return place_error(reading->error, reading->config->arena, reading->statement->place,
                       "extra characters follow %s %s%s", what, reading->word,
                       *rest == '#' ? " (# is comment only at line start)" : "");
}

const struct setting *setting_find(const struct config *config, const char *name)
{
    for (const struct setting *setting = config->settings; setting != NULL; setting = setting->next)
        if (strcmp(setting->name, name) == 0)
            return setting;
    return NULL;
}

static bool find_option(struct setting *setting, const char *name, size_t length)
{
    setting->driver = lookup_setting_find(name, length);
    setting->row = setting->driver == NULL ? option_row_find(name, length) : NULL;
    if (setting->driver != NULL)
        setting->name = setting->driver->name;
    else if (setting->row != NULL)
        setting->name = setting->row->name;
    return setting->name != NULL;
}

/* ---- values ---- */

static int hex_digit(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    char lower = byte_lower(byte);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Up to two hexadecimal digits; none give a zero byte, as in Exim. */
static char read_hex(const char **text)
{
    int value = 0;
    for (int i = 0; i < 2 && hex_digit(**text) >= 0; i++, (*text)++)
        value = value * 16 + hex_digit(**text);
    return (char)value;
}

static char read_octal(const char **text)
{
    int value = 0;
    for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++, (*text)++)
        value = value * 8 + (**text - '0');
    return (char)value;
}

/* What follows a backslash between quotes. */
static char read_escape(const char **text)
{
    if (**text >= '0' && **text <= '7')
        return read_octal(text);
    char byte = *(*text)++;
    switch (byte) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'x':
        return read_hex(text);
    default:
        return byte;
    }
}

/* Adds what stands between the quotes; "text" is left behind the closing one,
   or at the end if there is none. */
static void read_quoted(const char **text, struct buffer *out)
{
    for ((*text)++; **text != '\0' && **text != '"';) {
        if (**text == '\\' && (*text)[1] != '\0') {
            (*text)++;
            buffer_add_byte(out, read_escape(text));
        } else {
            buffer_add_byte(out, *(*text)++);
        }
    }
}

size_t config_written_offset(const char *written, size_t offset)
{
    const char *text = written;

    if (*text != '"')
        return offset;
    for (text++; offset > 0 && *text != '\0' && *text != '"'; offset--) {
        bool is_escape = *text == '\\' && text[1] != '\0';
        text++;
        if (is_escape)
            (void)read_escape(&text);
    }
    return (size_t)(text - written);
}

enum outcome setting_read_string(struct config *config, const struct statement *statement, const char *name,
                                 const char *text, struct value *value, struct error *error)
{
    struct reading reading = {.config = config, .statement = statement, .word = name, .error = error};
    struct buffer out;
    if (*text != '"') {
        size_t length = strlen(text);
        char *copy = arena_copy(config->arena, text, length);
        *value = value_clean(copy, length);
        return copy == NULL ? error_no_memory(error) : OUTCOME_DONE;
    }
    buffer_init(&out, config->arena);
    buffer_reserve(&out, strlen(text));
    read_quoted(&text, &out);
    if (*text != '"')
        return fail(&reading, "missing quote at end of string value for ", name);
    text = skip_space(text + 1);
    if (*text != '\0')
        return fail_extra(&reading, "string value for", text);
    if (!buffer_value(&out, value))
        return error_no_memory(error);
    if (memchr(value->bytes, '\0', value->length) != NULL)
        return fail(&reading, "NUL character in string value for ", name);
    return OUTCOME_DONE;
}

static enum outcome read_text(struct reading *reading)
{
    return setting_read_string(reading->config, reading->statement, reading->word, reading->rest,
                               &reading->setting.text, reading->error);
}

/* Keeps the value as it was written: its type is known to be good. */
static enum outcome keep_written(struct reading *reading)
{
    size_t length = strlen(reading->rest);
    char *copy = arena_copy(reading->config->arena, reading->rest, length);
    reading->setting.text = value_clean(copy, length);
    return copy == NULL ? error_no_memory(reading->error) : OUTCOME_DONE;
}

static enum outcome check_number(struct reading *reading, enum number_result result, const char *rest,
                                 const char *expected, const char *what)
{
    if (result == NUMBER_EXPECTED)
        return fail(reading, expected, reading->word);
    if (result == NUMBER_TOO_LARGE) {
        return place_error(reading->error, reading->config->arena, reading->statement->place,
                           "absolute value of integer \"%s\" is too large (overflow)", reading->rest);
    }
    rest = skip_space(rest);
    return *rest != '\0' ? fail_extra(reading, what, rest) : keep_written(reading);
}

static enum outcome read_integer(struct reading *reading)
{
    int32_t value;
    const char *rest;
    enum number_result result = number_read_integer(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "integer expected for ", "integer value for");
}

static enum outcome read_kilobytes(struct reading *reading)
{
    int64_t value;
    const char *rest;
    enum number_result result = number_read_kilobytes(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "integer expected for ", "integer value for");
}

static enum outcome read_fixed(struct reading *reading)
{
    int32_t value;
    const char *rest;
    enum number_result result = number_read_fixed(reading->rest, &value, &rest);
    return check_number(reading, result, rest, "fixed-point number expected for ", "fixed-point value for");
}

static enum outcome read_time(struct reading *reading)
{
    int32_t value;
    if (!number_read_time(reading->rest, strlen(reading->rest), &value))
        return fail(reading, "invalid time value for ", reading->word);
    return keep_written(reading);
}

static enum outcome read_time_list(struct reading *reading)
{
    int32_t previous = -1;
    for (const char *item = reading->rest; *item != '\0';) {
        int32_t value;
        size_t length = strcspn(item, ":");
        struct value text = value_clean(item, length);
        text = value_trim(reading->config->arena, &text);
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

/* name | no_name | not_name | name = (true | yes | false | no) */
static enum outcome read_bool(struct reading *reading)
{
    bool value = !reading->is_negated;
    const char *rest = reading->rest;
    if (*rest != '\0' && (*rest != '=' || reading->is_negated))
        return fail_extra(reading, "boolean option", rest);
    if (*rest == '=') {
        const char *word = skip_space(rest + 1);
        size_t length = 0;
        while (byte_is_letter(word[length]))
            length++;
        rest = skip_space(word + length);
        if (!find_bool_word(word, length, &value) || (length == 0 && *rest != '\0')) {
            return place_error(reading->error, reading->config->arena, reading->statement->place,
                               "\"%.*s\" is not a valid value for the \"%s\" option", (int)length, word,
                               reading->word);
        }
        if (*rest != '\0') {
            return place_error(reading->error, reading->config->arena, reading->statement->place,
                               "extra characters follow \"%.*s\" for boolean option %s%s", (int)length, word,
                               reading->word, *rest == '#' ? " (# is comment only at line start)" : "");
        }
    }
    reading->setting.text = value ? VALUE_LITERAL("true") : VALUE_LITERAL("false");
    return OUTCOME_DONE;
}

static enum outcome (*const type_readers[])(struct reading *reading) = {
    [OPTION_BOOL] = read_bool,           [OPTION_INTEGER] = read_integer, [OPTION_SIZE] = read_integer,
    [OPTION_KILOBYTES] = read_kilobytes, [OPTION_FIXED] = read_fixed,     [OPTION_TIME] = read_time,
    [OPTION_TIME_LIST] = read_time_list, [OPTION_TEXT] = read_text,       [OPTION_NAMES] = read_text,
};

/* ---- the line ---- */

/* Finds the option that the word names, by itself or behind no_ or not_. */
static enum outcome find_named(struct reading *reading, size_t length)
{
    static const char *const negations[] = {"no_", "not_"};
    const char *word = reading->word;
    if (find_option(&reading->setting, word, length))
        return OUTCOME_DONE;
    for (size_t i = 0; i < 2 && !reading->is_negated; i++) {
        size_t skipped = strlen(negations[i]);
        if (strncmp(word, negations[i], skipped) == 0 &&
            find_option(&reading->setting, word + skipped, length - skipped))
            reading->is_negated = true;
    }
    if (!reading->is_negated) {
        return place_error(reading->error, reading->config->arena, reading->statement->place,
                           "main option \"%s\" unknown", word);
    }
    if (reading->setting.row == NULL || reading->setting.row->type != OPTION_BOOL)
        return fail(reading, "negation prefix applied to a non-boolean option", "");
    return OUTCOME_DONE;
}

/* The equals sign that all but bools need. */
static enum outcome take_equals(struct reading *reading)
{
    if (*reading->rest == '\0')
        return fail(reading, "unexpected end of line (data missing) after ", reading->word);
    if (*reading->rest != '=')
        return fail(reading, "missing \"=\" after ", reading->word);
    reading->rest = skip_space(reading->rest + 1);
    return OUTCOME_DONE;
}

static enum outcome read_value(struct reading *reading)
{
    enum option_type type = reading->setting.row == NULL ? OPTION_TEXT : reading->setting.row->type;
    enum outcome outcome = OUTCOME_DONE;
    if (type != OPTION_BOOL)
        outcome = take_equals(reading);
    return outcome == OUTCOME_DONE ? type_readers[type](reading) : outcome;
}

static enum outcome keep(struct reading *reading)
{
    struct setting *kept = arena_alloc(reading->config->arena, sizeof *kept);
    if (kept == NULL)
        return error_no_memory(reading->error);
    *kept = reading->setting;
    kept->place = reading->statement->place;
    kept->line = reading->statement->line;
    kept->written = reading->rest;
    kept->is_hidden = reading->statement->is_hidden;
    kept->next = reading->config->settings;
    reading->config->settings = kept;
    return OUTCOME_DONE;
}

enum outcome setting_read(struct config *config, const struct statement *statement, struct error *error)
{
    struct reading reading = {.config = config, .statement = statement, .error = error};
    if (*statement->text != '\0' && !byte_is_letter(*statement->text))
        return fail(&reading, "option setting expected: ", statement->text);
    size_t length = word_length(statement->text);
    reading.word = arena_copy(config->arena, statement->text, length);
    if (reading.word == NULL)
        return error_no_memory(error);
    reading.rest = skip_space(statement->text + length);
    enum outcome outcome = find_named(&reading, length);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (setting_find(config, reading.setting.name) != NULL) {
        return place_error(error, config->arena, statement->place, "\"%s\" option set for the second time",
                           reading.word);
    }
    outcome = read_value(&reading);
    return outcome == OUTCOME_DONE ? keep(&reading) : outcome;
}
