#include <string.h>
#include <strings.h>

#include "config/private.h"

/* Where rules are whole lines, one that looks like a macro's definition is a
   rule. */
static const struct section_row {
    const char *name;
    bool has_macros;
} section_rows[CONFIG_SECTIONS] = {
    [CONFIG_MAIN] = {"main", true},
    [CONFIG_ACL] = {"acl", true},
    [CONFIG_AUTHENTICATORS] = {"authenticators", true},
    [CONFIG_LOCAL_SCAN] = {"local_scan", false},
    [CONFIG_RETRY] = {"retry", false},
    [CONFIG_REWRITE] = {"rewrite", false},
    [CONFIG_ROUTERS] = {"routers", true},
    [CONFIG_TRANSPORTS] = {"transports", true},
};

const char *config_section_name(enum config_section section)
{
    return section_rows[section].name;
}

const struct config_line *config_lines(const struct config *config, enum config_section section)
{
    return config->lines[section].first;
}

bool config_section_at(const struct config *config, size_t index, enum config_section *section)
{
    if (index >= config->section_count)
        return false;
    *section = config->order[index];
    return true;
}

bool section_has_macros(enum config_section section)
{
    return section_rows[section].has_macros;
}

bool section_is_begin(const char *text)
{
    return strncmp(text, "begin ", strlen("begin ")) == 0;
}

static bool has_begun(const struct config *config, enum config_section section)
{
    for (size_t i = 0; i < config->section_count; i++)
        if (config->order[i] == section)
            return true;
    return false;
}

enum outcome section_begin(struct config *config, const struct statement *statement,
                           enum config_section *section, struct error *error)
{
    const char *name = skip_space(statement->text + strlen("begin "));
    size_t i = CONFIG_MAIN + 1;
    while (i < CONFIG_SECTIONS && strcasecmp(name, section_rows[i].name) != 0)
        i++;
    if (i == CONFIG_SECTIONS) {
        return place_error(error, config->arena, statement->place,
                           "\"%s\" is not a known configuration section name", name);
    }
    if (has_begun(config, (enum config_section)i)) {
        return place_error(error, config->arena, statement->place,
                           "\"%s\" section is repeated in the configuration file", section_rows[i].name);
    }
    *section = (enum config_section)i;
    config->order[config->section_count++] = *section;
    return OUTCOME_DONE;
}

enum outcome section_add_line(struct config *config, enum config_section section,
                              const struct config_line *line, const struct config_line **kept,
                              struct error *error)
{
    struct line_list *lines = &config->lines[section];
    struct config_line *copy = arena_calloc(config->arena, 1, sizeof *copy);
    char *text = arena_copy(config->arena, line->text.bytes, line->text.length);
    if (copy == NULL || text == NULL)
        return error_no_memory(error);
    *copy = *line;
    copy->next = NULL;
    copy->text = value_clean(text, line->text.length);
    if (line->map != NULL) {
        copy->map = text_map_copy(line->map, config->arena);
        if (copy->map == NULL)
            return error_no_memory(error);
    }
    *(lines->last == NULL ? &lines->first : &lines->last->next) = copy;
    lines->last = copy;
    *kept = copy;
    return OUTCOME_DONE;
}

struct text_spot config_spot(const struct config_line *line, size_t offset)
{
    struct text_spot spot = {.place = line->place};

    return line->map == NULL || line->map->count == 0 ? spot : text_map_find(line->map, offset);
}

bool config_has_macro(const struct config_line *line, size_t begin, size_t end)
{
    return line->map != NULL && text_map_has_macro(line->map, begin, end);
}
