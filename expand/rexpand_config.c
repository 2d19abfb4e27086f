/* The public interface to configurations, and what they do to environments. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "config/config.h"
#include "config/print.h"
#include "facade.h"
#include "lang/env.h"
#include "lang/named_list.h"
#include "lang/regex.h"
#include "rexpand.h"

struct rexpand_config {
    struct arena arena;
    struct config *config;
};

struct rexpand_config *facade_config_read(const struct config_input *input, char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct rexpand_config *made = calloc(1, sizeof *made);

    if (message != NULL)
        *message = NULL;
    if (made == NULL)
        return NULL;
    arena_init(&made->arena, 4096, SIZE_MAX);
    if (config_read(input, &made->arena, &made->config, &error) == OUTCOME_DONE)
        return made;
    facade_hand_over(message, &error);
    rexpand_config_free(made);
    return NULL;
}

struct rexpand_config *rexpand_config_read(const char *path, const char *const *definitions,
                                           size_t definition_count, char **message)
{
    struct config_input input = {
        .path = path,
        .definitions = definitions,
        .definition_count = definition_count,
    };

    return facade_config_read(&input, message);
}

const struct config *facade_config(const struct rexpand_config *config)
{
    return config->config;
}

void rexpand_config_free(struct rexpand_config *config)
{
    if (config == NULL)
        return;
    arena_free(&config->arena);
    free(config);
}

static char *copy_text(const struct value *value)
{
    char *copy = malloc(value->length + 1);

    if (copy == NULL)
        return NULL;
    if (value->length > 0)
        memcpy(copy, value->bytes, value->length);
    copy[value->length] = '\0';
    return copy;
}

bool rexpand_config_replace_macros(struct rexpand_config *config, char **line, size_t *length, char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct value text = value_clean(*line, *length);
    struct value result = text;
    struct arena arena;

    *message = NULL;
    arena_init(&arena, 1024, SIZE_MAX);
    bool done = config_replace_macros(config->config, &arena, &text, &result, &error) == OUTCOME_DONE;
    char *copy = done ? copy_text(&result) : NULL;
    if (!done)
        facade_hand_over(message, &error);
    arena_free(&arena);
    if (copy == NULL)
        return false;
    *line = copy;
    *length = result.length;
    return true;
}

const char *rexpand_config_define(struct rexpand_config *config, const char *line, size_t length,
                                  char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct value text = value_clean(line, length);
    const char *name = NULL;

    *message = NULL;
    if (config_define(config->config, &text, &name, &error) == OUTCOME_DONE)
        return name;
    facade_hand_over(message, &error);
    return NULL;
}

char *rexpand_config_print(struct rexpand_config *config, const char *const *words, size_t word_count,
                           bool values_only, char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct config_print_style style = {.values_only = values_only};
    struct arena arena;
    struct buffer out;
    struct value text;
    char *copy = NULL;

    *message = NULL;
    arena_init(&arena, 4096, SIZE_MAX);
    buffer_init(&out, &arena);
    if (config_print(config->config, words, word_count, &style, &out, &arena, &error) != OUTCOME_DONE)
        facade_hand_over(message, &error);
    else if (buffer_value(&out, &text))
        copy = copy_text(&text);
    arena_free(&arena);
    return copy;
}

/* ---- what a configuration does to an environment ---- */

/* Whether "name" matches one item of keep_environment: a name, "*" and the end
   of one, or "^" and a regular expression. */
static enum outcome matches_item(struct rexpand_env *env, const struct value *item, const struct value *name,
                                 bool *matches, struct error *error)
{
    struct regex_match match = {0};
    const struct regex *regex;

    *matches = value_equal(item, name);
    if (*matches || item->length == 0)
        return OUTCOME_DONE;
    if (item->bytes[0] == '*') {
        size_t rest = item->length - 1;
        *matches =
            name->length >= rest && memcmp(name->bytes + name->length - rest, item->bytes + 1, rest) == 0;
        return OUTCOME_DONE;
    }
    if (item->bytes[0] != '^')
        return OUTCOME_DONE;
    enum outcome outcome = regex_cache_get(env->env->regexes, &env->arena, item, &regex, error);
    if (outcome == OUTCOME_DONE)
        outcome = regex_match(regex, env->env->regex_scratch, &env->arena, name, &match, NULL, error);
    *matches = outcome == OUTCOME_DONE && match.found;
    return outcome;
}

/* Goes through keep_environment until an item decides. A list that ends with a
   negated item keeps what nothing matched. */
static enum outcome is_kept(struct rexpand_env *env, const struct value *list, const struct value *name,
                            bool *kept, struct error *error)
{
    struct list_reader reader;
    struct value item;

    *kept = false;
    list_open(&reader, &env->arena, list, ':');
    while (list_next(&reader, &item)) {
        bool matches = false;
        bool negated = item.length > 0 && item.bytes[0] == '!';
        if (negated)
            item = value_slice(&env->arena, &item, 1, item.length - 1);
        item = value_trim(&env->arena, &item);
        enum outcome outcome = matches_item(env, &item, name, &matches, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
        *kept = negated;
        if (!matches)
            continue;
        *kept = !negated;
        return OUTCOME_DONE;
    }
    return OUTCOME_DONE;
}

/* The entries of add_environment, and those of the process that
   keep_environment lets through, in that order: the first of a name counts (Exim
   specification, chapter 14). */
static enum outcome set_environment(struct rexpand_env *env, const struct config *config, struct error *error)
{
    struct value keep = config_text(config, "keep_environment");
    struct value add = config_text(config, "add_environment");
    size_t count = 1;
    size_t used = 0;

    for (char **entry = environ; *entry != NULL; entry++)
        count++;
    count += list_count(&env->arena, &add);
    const char **entries = arena_calloc(&env->arena, count, sizeof *entries);
    if (entries == NULL)
        return error_no_memory(error);
    struct list_reader reader;
    struct value item;
    list_open(&reader, &env->arena, &add, ':');
    while (list_next(&reader, &item)) {
        entries[used] = arena_copy(&env->arena, item.bytes, item.length);
        if (entries[used++] == NULL)
            return error_no_memory(error);
    }
    for (char **entry = environ; *entry != NULL; entry++) {
        struct value name = value_clean(*entry, strcspn(*entry, "="));
        bool kept;
        enum outcome outcome = is_kept(env, &keep, &name, &kept, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (kept)
            entries[used++] = *entry;
    }
    env_set_environment(env->env, entries);
    return OUTCOME_DONE;
}

static enum outcome set_lists(struct rexpand_env *env, const struct config *config, struct error *error)
{
    static const enum list_kind kinds[CONFIG_LIST_KINDS] = {
        [CONFIG_ADDRESS_LIST] = LIST_ADDRESS,
        [CONFIG_DOMAIN_LIST] = LIST_DOMAIN,
        [CONFIG_HOST_LIST] = LIST_HOST,
        [CONFIG_LOCAL_PART_LIST] = LIST_LOCAL_PART,
    };

    for (size_t i = 0; i < CONFIG_LIST_KINDS; i++) {
        const struct config_list *list = config_lists(config, (enum config_list_kind)i);
        for (; list != NULL; list = list->next)
            if (!named_lists_add(env->env->lists, kinds[i], list->name, strlen(list->name), &list->text,
                                 list->is_cached))
                return error_no_memory(error);
    }
    return OUTCOME_DONE;
}

enum outcome facade_configure(struct rexpand_env *env, const struct rexpand_config *config,
                              struct error *error)
{
    enum outcome outcome = config_set_lookups(config->config, env->env->lookups, &env->arena, error);

    if (outcome == OUTCOME_DONE)
        outcome = facade_set_options(env, config->config, config_path(config->config), error);
    if (outcome == OUTCOME_DONE)
        outcome = set_lists(env, config->config, error);
    /* A program that read no file asked for no cleaning of its environment. */
    if (outcome == OUTCOME_DONE && config_path(config->config) != NULL)
        outcome = set_environment(env, config->config, error);
    return outcome;
}
