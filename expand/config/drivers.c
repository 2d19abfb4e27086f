#include "config/drivers.h"

#include <string.h>

#include "config/option_value.h"
#include "config/private.h"

/* The definitions of one class while they are read. */
struct drivers_reading {
    const struct config *config;
    enum config_driver_class class;
    struct arena *arena;
    const struct driver_report *report; /* or NULL */
    struct config_driver *first;
    struct config_driver **next;
    struct config_driver *driver; /* whose options come now; NULL: none has begun */
    struct driver_setting **next_setting;
    bool driver_is_wrong; /* its "driver" was, so that nothing is known of its own options */
    const struct config_line *line;
    struct error *error;
};

/* What can be told goes to the report, and reading goes on. */
static enum outcome mistake(struct drivers_reading *reading, const struct config_line *line, const char *at,
                            const struct error *error)
{
    const struct driver_report *report = reading->report;
    if (report == NULL)
        return place_error(reading->error, reading->arena, line->place, "%s", error->message);
    report->mistake(report->context, line, (size_t)(at - line->text.bytes), error->message);
    return OUTCOME_DONE;
}

/* ---- the name ---- */

static enum outcome check_last(struct drivers_reading *reading)
{
    struct error error;
    const struct config_driver *driver = reading->driver;
    if (driver == NULL || driver->driver != NULL || reading->driver_is_wrong)
        return OUTCOME_DONE;
    (void)error_set(&error, reading->arena, OUTCOME_FAILED, "no driver defined for %s \"%s\"",
                    driver_class_word(reading->class), driver->name);
    return mistake(reading, driver->line, driver->line->text.bytes, &error);
}

static enum outcome begin(struct drivers_reading *reading, size_t length, const char *rest)
{
    const char *text = reading->line->text.bytes;
    struct error error;
    enum outcome outcome = check_last(reading);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (config_driver_find(reading->first, text, length) != NULL) {
        (void)error_set(&error, reading->arena, OUTCOME_FAILED, "there are two %ss called \"%.*s\"",
                        driver_class_word(reading->class), (int)length, text);
        outcome = mistake(reading, reading->line, text, &error);
    }
    rest = skip_space(rest);
    if (outcome == OUTCOME_DONE && *rest != '\0') {
        (void)error_set(&error, reading->arena, OUTCOME_FAILED, "extra characters follow driver name %.*s%s",
                        (int)length, text, *rest == '#' ? " (# is comment only at line start)" : "");
        outcome = mistake(reading, reading->line, rest, &error);
    }
    struct config_driver *driver = arena_calloc(reading->arena, 1, sizeof *driver);
    const char *name = arena_copy(reading->arena, text, length);
    if (driver == NULL || name == NULL)
        return error_no_memory(reading->error);
    *driver = (struct config_driver){.class = reading->class, .name = name, .line = reading->line};
    reading->driver = *reading->next = driver;
    reading->next = &driver->next;
    reading->next_setting = &driver->settings;
    reading->driver_is_wrong = false;
    return outcome;
}

/* ---- options ---- */

/* The option that a word names, by itself or behind no_ or not_. */
static const struct driver_option_row *find_option(const struct drivers_reading *reading,
                                                   struct option_reading *option)
{
    static const char *const negations[] = {"no_", "not_"};
    const struct driver_row *driver = reading->driver->driver;
    const char *word = option->word;
    const struct driver_option_row *row = driver_option_find(reading->class, driver, word, strlen(word));
    for (size_t i = 0; i < 2 && row == NULL; i++) {
        size_t skipped = strlen(negations[i]);
        if (strncmp(word, negations[i], skipped) != 0)
            continue;
        row = driver_option_find(reading->class, driver, word + skipped, strlen(word + skipped));
        option->is_negated = row != NULL;
    }
    return row;
}

static enum outcome check_option(struct drivers_reading *reading, const struct driver_option_row *row,
                                 struct option_reading *option)
{
    if (row == NULL) {
        return error_set(
            option->error, reading->arena, OUTCOME_FAILED, "option \"%s\" unknown%s", option->word,
            reading->driver->driver == NULL ? " (\"driver\" must be specified before any private options)"
                                            : "");
    }
    if (option->is_negated && row->type != OPTION_BOOL) {
        return error_set(option->error, reading->arena, OUTCOME_FAILED,
                         "negation prefix applied to a non-boolean option");
    }
    if (!row->may_repeat && config_driver_setting(reading->driver, row->name) != NULL) {
        return error_set(option->error, reading->arena, OUTCOME_FAILED,
                         "\"%s\" option set for the second time", option->word);
    }
    option->may_be_string =
        row->content == CONTENT_BOOL || (row->type == OPTION_INTEGER && row->content == CONTENT_STRING);
    return option_value_read(option, row->type);
}

/* "driver = NAME" decides which other options there are. */
static enum outcome set_driver(struct drivers_reading *reading, const struct option_reading *option)
{
    struct config_driver *driver = reading->driver;
    const char *word = driver_class_word(reading->class);
    driver->driver = driver_row_find(reading->class, option->text.bytes, option->text.length);
    if (driver->driver != NULL)
        return OUTCOME_DONE;
    reading->driver_is_wrong = true;
    return error_set(option->error, reading->arena, OUTCOME_FAILED, "%s %s: cannot find %s driver \"%s\"",
                     word, driver->name, word, option->text.bytes);
}

static enum outcome add_setting(struct drivers_reading *reading, const struct driver_option_row *row,
                                const struct option_reading *option, bool is_hidden)
{
    struct driver_setting *setting = arena_calloc(reading->arena, 1, sizeof *setting);
    if (setting == NULL)
        return error_no_memory(reading->error);
    *setting = (struct driver_setting){.row = row,
                                       .text = option->text,
                                       .is_hidden = is_hidden,
                                       .line = reading->line,
                                       .written = option->rest};
    *reading->next_setting = setting;
    reading->next_setting = &setting->next;
    return OUTCOME_DONE;
}

static enum outcome read_option(struct drivers_reading *reading)
{
    const char *text = reading->line->text.bytes;
    struct error error;
    struct option_reading option = {.arena = reading->arena, .error = &error};
    bool is_hidden = strncmp(text, "hide", strlen("hide")) == 0 && byte_is_space(text[strlen("hide")]);
    if (is_hidden)
        text = skip_space(text + strlen("hide"));
    if (*text != '\0' && !byte_is_letter(*text)) {
        (void)error_set(&error, reading->arena, OUTCOME_FAILED, "option setting expected: %s", text);
        return mistake(reading, reading->line, text, &error);
    }
    size_t length = word_length(text);
    option.word = arena_copy(reading->arena, text, length);
    if (option.word == NULL)
        return error_no_memory(reading->error);
    option.rest = skip_space(text + length);
    const struct driver_option_row *row = find_option(reading, &option);
    if (row == NULL && reading->driver_is_wrong)
        return OUTCOME_DONE; /* no more can be said of it */
    enum outcome outcome = check_option(reading, row, &option);
    if (outcome == OUTCOME_DONE && strcmp(row->name, "driver") == 0)
        outcome = set_driver(reading, &option);
    if (outcome != OUTCOME_DONE)
        return mistake(reading, reading->line, text, &error);
    return add_setting(reading, row, &option, is_hidden);
}

/* ---- lines ---- */

static enum outcome read_line(struct drivers_reading *reading)
{
    const char *text = reading->line->text.bytes;
    if (reading->line->is_macro) {
        enum outcome outcome = check_last(reading);
        reading->driver = NULL;
        return outcome;
    }
    size_t length = byte_is_letter(*text) ? word_length(text) : 0;
    const char *rest = skip_space(text + length);
    if (length > 0 && *rest == ':')
        return begin(reading, length, rest + 1);
    if (reading->driver != NULL)
        return read_option(reading);
    struct error error;
    (void)error_set(&error, reading->arena, OUTCOME_FAILED, "%s name missing",
                    driver_class_word(reading->class));
    return mistake(reading, reading->line, text, &error);
}

enum outcome config_drivers_read(const struct config *config, enum config_driver_class class,
                                 struct arena *arena, const struct driver_report *report,
                                 struct config_driver **drivers, struct error *error)
{
    struct drivers_reading reading = {
        .config = config, .class = class, .arena = arena, .report = report, .error = error};
    enum outcome outcome = OUTCOME_DONE;
    reading.next = &reading.first;
    reading.line = config_lines(config, driver_class_section(class));
    for (; outcome == OUTCOME_DONE && reading.line != NULL; reading.line = reading.line->next)
        outcome = read_line(&reading);
    if (outcome == OUTCOME_DONE)
        outcome = check_last(&reading);
    *drivers = reading.first;
    return outcome;
}

const struct config_driver *config_driver_find(const struct config_driver *drivers, const char *name,
                                               size_t length)
{
    while (drivers != NULL && (strlen(drivers->name) != length || memcmp(drivers->name, name, length) != 0))
        drivers = drivers->next;
    return drivers;
}

const struct driver_setting *config_driver_setting(const struct config_driver *driver, const char *name)
{
    const struct driver_setting *found = NULL;
    for (const struct driver_setting *setting = driver->settings; setting != NULL; setting = setting->next)
        if (strcmp(setting->row->name, name) == 0)
            found = setting;
    return found;
}
