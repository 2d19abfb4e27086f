/* The way through a configuration, section by section. */

#include "check/check.h"

#include <string.h>

#include "check/private.h"
#include "lang/env.h"

/* What one string may need beside its program, which has a bound of its own. */
static const size_t scratch_limit = (size_t)1024 * 1024 * 1024;
enum { SCRATCH_FIRST = 64 * 1024 };

/* ---- values ---- */

static void check_domains(struct check *check, const struct check_text *text)
{
    check_list(check, text, LIST_DOMAIN);
}

static void check_hosts(struct check *check, const struct check_text *text)
{
    check_list(check, text, LIST_HOST);
}

static void check_addresses(struct check *check, const struct check_text *text)
{
    check_list(check, text, LIST_ADDRESS);
}

static void check_local_parts(struct check *check, const struct check_text *text)
{
    check_list(check, text, LIST_LOCAL_PART);
}

static void check_whole_command(struct check *check, const struct check_text *text)
{
    check_command(check, text, true);
}

static void check_after_dollar(struct check *check, const struct check_text *text)
{
    if (text->text.length > 0 && text->text.bytes[0] == '$')
        check_string(check, text);
}

static void check_items(struct check *check, const struct check_text *text, char separator)
{
    struct check_text item;
    size_t at = 0;

    while (text_next_item(check, text, &at, &separator, &item))
        check_string(check, &item);
}

static void check_strings(struct check *check, const struct check_text *text)
{
    check_items(check, text, ':');
}

static void check_lines(struct check *check, const struct check_text *text)
{
    check_items(check, text, '\n');
}

/* r_name = string */
static void check_variables(struct check *check, const struct check_text *text)
{
    struct check_text item;
    char separator = ';';
    size_t at = 0;

    while (text_next_item(check, text, &at, &separator, &item)) {
        const char *equals = memchr(item.text.bytes, '=', item.text.length);
        if (item.text.length < 2 || memcmp(item.text.bytes, "r_", 2) != 0 || equals == NULL) {
            report(check, &item, 0, CHECK_SYNTAX, "\"set\" wants r_NAME = VALUE");
            continue;
        }
        size_t from = (size_t)(equals - item.text.bytes) + 1;
        while (from < item.text.length && byte_is_space(item.text.bytes[from]))
            from++;
        struct check_text value = text_part(&item, from, item.text.length - from);
        check_string(check, &value);
    }
}

static void (*const content_checks[])(struct check *check, const struct check_text *text) = {
    [CONTENT_PLAIN] = NULL,
    [CONTENT_STRING] = check_string,
    [CONTENT_STRINGS] = check_strings,
    [CONTENT_LINES] = check_lines,
    [CONTENT_BOOL] = check_string,
    [CONTENT_DOLLAR] = check_after_dollar,
    [CONTENT_FILE] = check_file_name,
    [CONTENT_COMMAND] = check_whole_command,
    [CONTENT_ACL] = check_acl,
    [CONTENT_REGEX] = check_pattern,
    [CONTENT_REWRITE] = check_rewrite_rules,
    [CONTENT_ROUTE_LIST] = check_route_list,
    [CONTENT_VARIABLES] = check_variables,
    [CONTENT_ADDRESSES] = check_addresses,
    [CONTENT_DOMAINS] = check_domains,
    [CONTENT_HOSTS] = check_hosts,
    [CONTENT_LOCAL_PARTS] = check_local_parts,
};

/* A value as it was written in a line. */
struct written_value {
    const struct config_line *line;
    const char *written;
    const struct value *value;
};

static void check_value(struct check *check, const struct written_value *value,
                        void (*function)(struct check *check, const struct check_text *text))
{
    struct arena_mark mark = arena_mark(&check->scratch);
    struct check_text text;

    if (function != NULL && text_of_option(check, value->line, value->written, value->value, &text))
        function(check, &text);
    arena_release(&check->scratch, mark);
}

/* ---- the main section ---- */

/* A setting of a lookup that this build has. */
static void check_lookup_setting(struct check *check, const struct config_option *option)
{
    struct error error = {.offset = ERROR_NO_OFFSET};

    if (lookups_set(check->env->lookups, option->name, option->text.bytes, check->arena, &error) !=
        OUTCOME_DONE)
        report_line(check, option->line, (size_t)(option->written - option->line->text.bytes), CHECK_SYNTAX,
                    error.message);
}

static void check_main_options(struct check *check)
{
    struct config_option option;

    for (const char *name = NULL; config_next_option(check->config, name, &option); name = option.name) {
        if (!option.is_set || option.line == NULL || (option.row != NULL && option.row->type == OPTION_BOOL))
            continue;
        if (option.setting != NULL) {
            check_lookup_setting(check, &option);
            continue;
        }
        struct written_value value = {option.line, option.written, &option.text};
        check_value(check, &value, content_checks[option_content(option.name)]);
    }
}

static void check_named_lists(struct check *check)
{
    static void (*const checks[CONFIG_LIST_KINDS])(struct check * check, const struct check_text *text) = {
        [CONFIG_ADDRESS_LIST] = check_addresses,
        [CONFIG_DOMAIN_LIST] = check_domains,
        [CONFIG_HOST_LIST] = check_hosts,
        [CONFIG_LOCAL_PART_LIST] = check_local_parts,
    };

    for (size_t i = 0; i < CONFIG_LIST_KINDS; i++) {
        const struct config_list *list = config_lists(check->config, (enum config_list_kind)i);
        for (; list != NULL; list = list->next) {
            struct written_value value = {list->line, list->written, &list->text};
            check_value(check, &value, checks[i]);
        }
    }
}

/* ---- routers, transports, authenticators ---- */

static void on_driver_mistake(void *context, const struct config_line *line, size_t at, const char *message)
{
    report_line(context, line, at, CHECK_SYNTAX, message);
}

static bool setting_is(const struct config_driver *driver, const char *name, const char *text)
{
    const struct driver_setting *setting = config_driver_setting(driver, name);

    return setting != NULL && value_equals_text(&setting->text, text);
}

/* Where appendfile is told which folder files must be in, it takes what comes
   from outside. */
static bool file_is_confined(const struct config_driver *driver)
{
    return config_driver_setting(driver, "create_file") != NULL &&
           !setting_is(driver, "create_file", "anywhere");
}

static void check_all_of_command(struct check *check, const struct check_text *text)
{
    check_command(check, text, false);
}

static void check_transport(struct check *check, const struct check_text *text)
{
    check_string(check, text);
    check_driver_name(check, text, CONFIG_TRANSPORT);
}

static void check_router(struct check *check, const struct check_text *text)
{
    check_driver_name(check, text, CONFIG_ROUTER);
}

/* Settings that are more than their content says. */
static const struct setting_check {
    enum config_driver_class class;
    const char *driver; /* NULL: any */
    const char *name;
    bool (*applies)(const struct config_driver *driver); /* NULL: always */
    void (*check)(struct check *check, const struct check_text *text);
} setting_checks[] = {
    {CONFIG_ROUTER, NULL, "transport", NULL, check_transport},
    {CONFIG_ROUTER, NULL, "pass_router", NULL, check_router},
    {CONFIG_ROUTER, NULL, "redirect_router", NULL, check_router},
    {CONFIG_ROUTER, "redirect", "directory_transport", NULL, check_transport},
    {CONFIG_ROUTER, "redirect", "file_transport", NULL, check_transport},
    {CONFIG_ROUTER, "redirect", "pipe_transport", NULL, check_transport},
    {CONFIG_ROUTER, "redirect", "reply_transport", NULL, check_transport},
    {CONFIG_TRANSPORT, "appendfile", "directory", file_is_confined, check_string},
    {CONFIG_TRANSPORT, "appendfile", "file", file_is_confined, check_string},
    {CONFIG_TRANSPORT, "pipe", "command", NULL, check_all_of_command},
};

static void check_setting(struct check *check, const struct config_driver *driver,
                          const struct driver_setting *setting)
{
    struct written_value value = {setting->line, setting->written, &setting->text};
    void (*function)(struct check * check, const struct check_text *text) =
        content_checks[setting->row->content];

    if (setting->row->type == OPTION_BOOL &&
        (value_equals_text(&setting->text, "true") || value_equals_text(&setting->text, "false")))
        return;
    for (size_t i = 0; i < sizeof setting_checks / sizeof setting_checks[0]; i++) {
        const struct setting_check *row = &setting_checks[i];
        if (row->class == driver->class && strcmp(row->name, setting->row->name) == 0 &&
            (row->driver == NULL ||
             (driver->driver != NULL && strcmp(row->driver, driver->driver->name) == 0)) &&
            (row->applies == NULL || row->applies(driver)))
            function = row->check;
    }
    check_value(check, &value, function);
}

/* All classes are read before any is gone through: routers name transports. */
static enum outcome read_drivers(struct check *check, struct error *error)
{
    const struct driver_report to = {.mistake = on_driver_mistake, .context = check};
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; i < CONFIG_DRIVER_CLASSES && outcome == OUTCOME_DONE; i++) {
        struct config_driver *drivers = NULL;
        outcome = config_drivers_read(check->config, (enum config_driver_class)i, check->arena, &to, &drivers,
                                      error);
        check->drivers[i] = drivers;
    }
    return outcome;
}

static void check_drivers(struct check *check)
{
    for (size_t i = 0; i < CONFIG_DRIVER_CLASSES; i++)
        for (const struct config_driver *driver = check->drivers[i]; driver != NULL; driver = driver->next)
            for (const struct driver_setting *setting = driver->settings; setting != NULL;
                 setting = setting->next)
                check_setting(check, driver, setting);
}

/* ---- rules ---- */

static void check_rules(struct check *check, enum config_section section,
                        void (*function)(struct check *check, const struct check_text *text))
{
    for (const struct config_line *line = config_lines(check->config, section); line != NULL;
         line = line->next) {
        struct arena_mark mark = arena_mark(&check->scratch);
        struct check_text text;
        if (text_of_line(check, line, 0, line->text.length, &text))
            function(check, &text);
        arena_release(&check->scratch, mark);
    }
}

/* ---- all of it ---- */

static enum outcome check_sections(struct check *check, struct error *error)
{
    enum outcome outcome = read_drivers(check, error);

    if (outcome != OUTCOME_DONE)
        return outcome;
    check_main_options(check);
    check_named_lists(check);
    check_acls(check);
    check_drivers(check);
    check_rules(check, CONFIG_REWRITE, check_rewrite_rule);
    check_rules(check, CONFIG_RETRY, check_retry_rule);
    sort_findings(check);
    return check->failed ? error_no_memory(error) : OUTCOME_DONE;
}

enum outcome check_config(const struct config *config, struct arena *arena,
                          const struct check_finding **findings, size_t *count, struct error *error)
{
    struct check check = {.config = config, .arena = arena, .env = env_new()};

    if (check.env == NULL)
        return error_no_memory(error);
    check.env->is_sealed = true;
    arena_init(&check.scratch, SCRATCH_FIRST, scratch_limit);
    enum outcome outcome = check_sections(&check, error);
    *findings = check.findings;
    *count = check.count;
    arena_free(&check.scratch);
    env_free(check.env);
    return outcome;
}
