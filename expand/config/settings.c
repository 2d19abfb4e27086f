#include <string.h>

#include "config/option_value.h"
#include "config/private.h"

/* One option line while it is read. */
struct reading {
    struct config *config;
    const struct statement *statement;
    struct setting setting;
    struct option_reading option;
};

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

enum outcome setting_read_string(struct config *config, const struct statement *statement, const char *name,
                                 const char *text, struct value *value, struct error *error)
{
    struct error bare = {.offset = ERROR_NO_OFFSET};
    struct option_reading reading = {.arena = config->arena, .word = name, .rest = text, .error = &bare};
    if (option_string_read(&reading) != OUTCOME_DONE)
        return place_error(error, config->arena, statement->place, "%s", bare.message);
    *value = reading.text;
    return OUTCOME_DONE;
}

/* Finds the option that the word names, by itself or behind no_ or not_. */
static enum outcome find_named(struct reading *reading, size_t length)
{
    static const char *const negations[] = {"no_", "not_"};
    struct option_reading *option = &reading->option;
    const char *word = option->word;
    if (find_option(&reading->setting, word, length))
        return OUTCOME_DONE;
    for (size_t i = 0; i < 2 && !option->is_negated; i++) {
        size_t skipped = strlen(negations[i]);
        if (strncmp(word, negations[i], skipped) == 0 &&
            find_option(&reading->setting, word + skipped, length - skipped))
            option->is_negated = true;
    }
    if (!option->is_negated)
        return error_set(option->error, option->arena, OUTCOME_FAILED, "main option \"%s\" unknown", word);
    if (reading->setting.row == NULL || reading->setting.row->type != OPTION_BOOL) {
        return error_set(option->error, option->arena, OUTCOME_FAILED,
                         "negation prefix applied to a non-boolean option");
    }
    return OUTCOME_DONE;
}

static enum outcome keep(struct reading *reading)
{
    struct setting *kept = arena_alloc(reading->config->arena, sizeof *kept);
    if (kept == NULL)
        return error_no_memory(reading->option.error);
    *kept = reading->setting;
    kept->text = reading->option.text;
    kept->place = reading->statement->place;
    kept->line = reading->statement->line;
    kept->written = reading->option.rest;
    kept->is_hidden = reading->statement->is_hidden;
    kept->next = reading->config->settings;
    reading->config->settings = kept;
    return OUTCOME_DONE;
}

static enum outcome read_statement(struct reading *reading)
{
    struct option_reading *option = &reading->option;
    const char *text = reading->statement->text;
    if (*text != '\0' && !byte_is_letter(*text))
        return error_set(option->error, option->arena, OUTCOME_FAILED, "option setting expected: %s", text);
    size_t length = word_length(text);
    option->word = arena_copy(option->arena, text, length);
    if (option->word == NULL)
        return error_no_memory(option->error);
    option->rest = skip_space(text + length);
    enum outcome outcome = find_named(reading, length);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (setting_find(reading->config, reading->setting.name) != NULL) {
        return error_set(option->error, option->arena, OUTCOME_FAILED,
                         "\"%s\" option set for the second time", option->word);
    }
    enum option_type type = reading->setting.row == NULL ? OPTION_TEXT : reading->setting.row->type;
    outcome = option_value_read(option, type);
    return outcome == OUTCOME_DONE ? keep(reading) : outcome;
}

enum outcome setting_read(struct config *config, const struct statement *statement, struct error *error)
{
    struct error bare = {.offset = ERROR_NO_OFFSET};
    struct reading reading = {.config = config, .statement = statement};
    reading.option = (struct option_reading){.arena = config->arena, .error = &bare};
    if (read_statement(&reading) == OUTCOME_DONE)
        return OUTCOME_DONE;
    return place_error(error, config->arena, statement->place, "%s", bare.message);
}
