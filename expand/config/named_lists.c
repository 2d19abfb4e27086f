#include <string.h>

#include "config/private.h"

static const struct list_row {
    const char *word;
    const char *noun; /* as Exim's messages call it */
} list_rows[CONFIG_LIST_KINDS] = {
    [CONFIG_ADDRESS_LIST] = {"addresslist", "address list"},
    [CONFIG_DOMAIN_LIST] = {"domainlist", "domain list"},
    [CONFIG_HOST_LIST] = {"hostlist", "host list"},
    [CONFIG_LOCAL_PART_LIST] = {"localpartlist", "local part list"},
};

const char *config_list_word(enum config_list_kind kind)
{
    return list_rows[kind].word;
}

const struct config_list *config_lists(const struct config *config, enum config_list_kind kind)
{
    return config->lists[kind].first;
}

const struct config_list *config_list_find(const struct config *config, enum config_list_kind kind,
                                           const char *name, size_t length)
{
    const struct config_list *list = config->lists[kind].first;
    while (list != NULL && (strlen(list->name) != length || memcmp(list->name, name, length) != 0))
        list = list->next;
    return list;
}

/* The kind whose word begins the line; CONFIG_LIST_KINDS: none. */
static enum config_list_kind find_kind(const char *text)
{
    for (size_t kind = 0; kind < CONFIG_LIST_KINDS; kind++)
        if (strncmp(text, list_rows[kind].word, strlen(list_rows[kind].word)) == 0)
            return (enum config_list_kind)kind;
    return CONFIG_LIST_KINDS;
}

static void append(struct config *config, struct config_list *list)
{
    struct list_list *lists = &config->lists[list->kind];
    *(lists->last == NULL ? &lists->first : &lists->last->next) = list;
    lists->last = list;
    lists->count++;
}

/* NAME = text, behind the list's word. */
static enum outcome read_definition(struct config *config, const struct statement *statement,
                                    struct config_list *list, const char *text, struct error *error)
{
    size_t length = word_length(text);
    const char *rest = skip_space(text + length);
    if (*rest != '=' || length == 0) {
        return place_error(error, config->arena, statement->place, "missing '=' after \"%.*s\"", (int)length,
                           text);
    }
    if (config_list_find(config, list->kind, text, length) != NULL) {
        return place_error(error, config->arena, statement->place, "duplicate name \"%.*s\" for a named %s",
                           (int)length, text, list_rows[list->kind].noun);
    }
    if (config->lists[list->kind].count >= LISTS_COUNT_LIMIT) {
        return place_error(error, config->arena, statement->place, "too many named %ss (max is %d)",
                           list_rows[list->kind].noun, LISTS_COUNT_LIMIT);
    }
    list->name = arena_copy(config->arena, text, length);
    if (list->name == NULL)
        return error_no_memory(error);
    list->written = skip_space(rest + 1);
    return setting_read_string(config, statement, list->name, list->written, &list->text, error);
}

enum outcome named_list_read(struct config *config, const struct statement *statement, bool *is_list,
                             struct error *error)
{
    enum config_list_kind kind = find_kind(statement->text);
    *is_list = kind != CONFIG_LIST_KINDS;
    if (!*is_list)
        return OUTCOME_DONE;
    const char *rest = statement->text + strlen(list_rows[kind].word);
    bool is_cached = strncmp(rest, "_cache", strlen("_cache")) == 0;
    if (is_cached)
        rest += strlen("_cache");
    if (!byte_is_space(*rest))
        return place_error(error, config->arena, statement->place, "unrecognized configuration line");
    struct config_list *list = arena_calloc(config->arena, 1, sizeof *list);
    if (list == NULL)
        return error_no_memory(error);
    list->kind = kind;
    list->is_cached = is_cached;
    list->is_hidden = statement->is_hidden;
    list->place = statement->place;
    list->line = statement->line;
    enum outcome outcome = read_definition(config, statement, list, skip_space(rest), error);
    if (outcome == OUTCOME_DONE)
        append(config, list);
    return outcome;
}
