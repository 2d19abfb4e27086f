#include "config/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "config/number.h"
#include "config/private.h"
#include "config/reader.h"

/* ---- reading ---- */

/* hide? (a named list | an option) */
static enum outcome read_main_line(struct config *config, struct statement *statement, struct error *error)
{
    bool is_list;
    if (strncmp(statement->text, "hide", strlen("hide")) == 0 &&
        (statement->text[4] == '\0' || byte_is_space(statement->text[4]))) {
        statement->is_hidden = true;
        statement->text = skip_space(statement->text + strlen("hide"));
    }
    enum outcome outcome = named_list_read(config, statement, &is_list, error);
    return outcome != OUTCOME_DONE || is_list ? outcome : setting_read(config, statement, error);
}

/* In the main section each line that begins with an upper case letter is for a
   macro; further down only one of the right form, since names may begin so. */
static bool is_macro_line(enum config_section section, const struct value *line)
{
    if (section == CONFIG_MAIN)
        return line->bytes[0] >= 'A' && line->bytes[0] <= 'Z';
    return section_has_macros(section) && macros_is_definition(line->bytes, line->length);
}

static enum outcome read_line(struct config *config, enum config_section *section, struct config_line *line,
                              struct error *error)
{
    struct statement statement = {.text = line->text.bytes, .place = line->place};
    if (section_is_begin(line->text.bytes))
        return section_begin(config, &statement, section, error);
    line->is_macro = is_macro_line(*section, &line->text);
    enum outcome outcome = section_add_line(config, *section, line, &statement.line, error);
    if (outcome == OUTCOME_DONE && *section == CONFIG_ACL)
        outcome = acls_read_line(config, statement.line, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    statement.text = statement.line->text.bytes;
    if (line->is_macro)
        return macros_define_line(&config->macros, line->text.bytes, line->text.length, line->place, NULL,
                                  error);
    return *section == CONFIG_MAIN ? read_main_line(config, &statement, error) : OUTCOME_DONE;
}

static enum outcome read_lines(struct config *config, struct reader *reader, struct error *error)
{
    enum config_section section = CONFIG_MAIN;
    for (;;) {
        struct config_line line = {.map = reader->keeps_places ? &reader->map : NULL};
        enum outcome outcome = reader_next(reader, &line.text, &line.place, error);
        if (outcome != OUTCOME_DONE || line.text.bytes == NULL)
            return outcome;
        outcome = read_line(config, &section, &line, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
}

static enum outcome open_input(struct config *config, const struct config_input *input, struct reader *reader,
                               struct error *error)
{
    if (input->text == NULL)
        return files_open(&reader->files, config->path, error);
    struct value text = value_clean(input->text, input->text_length);
    files_open_text(&reader->files, config->path, &text);
    return OUTCOME_DONE;
}

static enum outcome read_file(struct config *config, const struct config_input *input, struct error *error)
{
    struct reader *reader = malloc(sizeof *reader);
    if (reader == NULL)
        return error_no_memory(error);
    reader_init(reader, &config->macros, config->arena);
    reader->keeps_places = input->keeps_places;
    enum outcome outcome = open_input(config, input, reader, error);
    if (outcome == OUTCOME_DONE)
        outcome = read_lines(config, reader, error);
    reader_free(reader);
    free(reader);
    return outcome;
}

static enum outcome define_options(struct config *config, const struct config_input *input,
                                   struct error *error)
{
    enum outcome outcome = OUTCOME_DONE;
    for (size_t i = 0; i < input->definition_count && outcome == OUTCOME_DONE; i++)
        outcome = macros_define_option(&config->macros, input->definitions[i], error);
    return outcome;
}

static const char *find_host_name(struct arena *arena)
{
    struct utsname system;
    const char *name = uname(&system) == 0 && system.nodename[0] != '\0' ? system.nodename : "localhost";
    return arena_copy(arena, name, strlen(name));
}

enum outcome config_read(const struct config_input *input, struct arena *arena, struct config **config,
                         struct error *error)
{
    const char *path = input->path == NULL && input->text != NULL ? "configuration" : input->path;
    struct config *made = arena_calloc(arena, 1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->arena = arena;
    made->order[made->section_count++] = CONFIG_MAIN;
    macros_init(&made->macros, arena);
    made->host_name = find_host_name(arena);
    made->path = path == NULL ? NULL : arena_copy(arena, path, strlen(path));
    if (made->host_name == NULL || (path != NULL && made->path == NULL))
        return error_no_memory(error);
    enum outcome outcome = define_options(made, input, error);
    if (outcome == OUTCOME_DONE && path != NULL)
        outcome = read_file(made, input, error);
    if (outcome == OUTCOME_DONE)
        *config = made;
    return outcome;
}

const char *config_path(const struct config *config)
{
    return config->path;
}

/* ---- options ---- */

/* Defaults that are not constants: a name that follows from another option, or
   the host's own. */
static struct value computed_default(const struct config *config, const char *name)
{
    static const char *const chain[] = {"qualify_recipient", "qualify_domain", "primary_hostname"};
    const size_t length = sizeof chain / sizeof *chain;
    size_t i = 0;
    while (i < length && strcmp(name, chain[i]) != 0)
        i++;
    if (i == length)
        return (struct value){0};
    for (i++; i < length; i++) {
        const struct setting *setting = setting_find(config, chain[i]);
        if (setting != NULL)
            return setting->text;
    }
    return value_of_string(config->host_name);
}

static struct value default_value(const struct config *config, const char *name, const char *text)
{
    return text == NULL ? computed_default(config, name) : value_of_string(text);
}

static void describe_row(const struct config *config, const struct option_row *row,
                         struct config_option *option)
{
    *option = (struct config_option){.name = row->name, .help = row->help, .row = row};
    option->is_used = row->is_used;
    option->text = default_value(config, row->name, row->default_text);
}

static void describe_driver_setting(const struct lookup_setting *setting, struct config_option *option)
{
    *option = (struct config_option){.name = setting->name, .help = setting->help, .setting = setting};
    option->is_used = true;
    if (setting->default_value != NULL)
        option->text = value_of_string(setting->default_value);
}

static void add_setting(const struct config *config, struct config_option *option)
{
    const struct setting *setting = setting_find(config, option->name);
    if (setting == NULL)
        return;
    option->is_set = true;
    option->is_hidden = setting->is_hidden;
    option->text = setting->text;
    option->place = setting->place;
    option->line = setting->line;
    option->written = setting->written;
}

bool config_option(const struct config *config, const char *name, size_t length, struct config_option *option)
{
    const struct lookup_setting *setting = lookup_setting_find(name, length);
    const struct option_row *row = setting == NULL ? option_row_find(name, length) : NULL;
    if (setting == NULL && row == NULL)
        return false;
    if (setting != NULL)
        describe_driver_setting(setting, option);
    else
        describe_row(config, row, option);
    add_setting(config, option);
    return true;
}

/* Whether "name" comes after "after" and before "best": a better next one. */
static bool is_next(const char *name, const char *after, const char *best)
{
    return (after == NULL || strcmp(name, after) > 0) && (best == NULL || strcmp(name, best) < 0);
}

static const char *next_row_name(const char *after)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].synonym_of == NULL && is_next(rows[i].name, after, NULL))
            return rows[i].name;
    return NULL;
}

bool config_next_option(const struct config *config, const char *after, struct config_option *option)
{
    const char *best = next_row_name(after);
    const struct lookup_setting *setting;
    size_t driver;
    for (size_t i = 0; (setting = lookup_setting_at(i, &driver)) != NULL; i++)
        if (is_next(setting->name, after, best))
            best = setting->name;
    return best != NULL && config_option(config, best, strlen(best), option);
}

struct value config_text(const struct config *config, const char *name)
{
    struct config_option option;
    return config_option(config, name, strlen(name), &option) ? option.text : (struct value){0};
}

bool config_bool(const struct config *config, const char *name)
{
    struct value text = config_text(config, name);
    return text.bytes != NULL && value_equals_text(&text, "true");
}

/* The text has been read once when it was set: it is a number. */
int64_t config_number(const struct config *config, const char *name)
{
    struct config_option option;
    const char *rest;
    int64_t wide = 0;
    int32_t number = 0;
    if (!config_option(config, name, strlen(name), &option) || option.row == NULL ||
        option.text.bytes == NULL)
        return 0;
    switch (option.row->type) {
    case OPTION_INTEGER:
    case OPTION_SIZE:
        (void)number_read_integer(option.text.bytes, &number, &rest);
        return number;
    case OPTION_KILOBYTES:
        (void)number_read_kilobytes(option.text.bytes, &wide, &rest);
        return wide;
    case OPTION_FIXED:
        (void)number_read_fixed(option.text.bytes, &number, &rest);
        return number;
    case OPTION_TIME:
        return number_read_time(option.text.bytes, option.text.length, &number) ? number : 0;
    default:
        return 0;
    }
}

enum outcome config_set_lookups(const struct config *config, struct lookups *lookups, struct arena *arena,
                                struct error *error)
{
    for (const struct setting *setting = config->settings; setting != NULL; setting = setting->next) {
        struct error bare;
        if (setting->driver == NULL)
            continue;
        enum outcome outcome = lookups_set(lookups, setting->name, setting->text.bytes, arena, &bare);
        if (outcome != OUTCOME_DONE)
            return place_error(error, arena, setting->place, "%s", bare.message);
    }
    return OUTCOME_DONE;
}

/* ---- macros ---- */

const struct config_macro *config_macros(const struct config *config)
{
    return config->macros.first;
}

const struct config_macro *config_builtin_macros(struct config *config)
{
    return macros_builtin(&config->macros);
}

const struct config_macro *config_macro(struct config *config, const char *name)
{
    return macros_find(&config->macros, name, strlen(name));
}

enum outcome config_replace_macros(struct config *config, struct arena *arena, const struct value *line,
                                   struct value *result, struct error *error)
{
    config->macros.work = 0; /* the bound is for one file or one line */
    return macros_replace(&config->macros, arena, line, true, result, NULL, NULL, error);
}

enum outcome config_define(struct config *config, const struct value *line, const char **name,
                           struct error *error)
{
    struct config_place nowhere = {0};
    const struct config_macro *macro;
    enum outcome outcome =
        macros_define_line(&config->macros, line->bytes, line->length, nowhere, &macro, error);
    if (outcome == OUTCOME_DONE)
        *name = macro->name;
    return outcome;
}
