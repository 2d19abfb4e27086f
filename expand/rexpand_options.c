/* What main options of a configuration do to expansions (Exim specification,
   chapter 14). */

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "config/config.h"
#include "facade.h"
#include "lang/env.h"
#include "lang/eval.h"

static enum outcome set_variable(struct rexpand_env *env, const char *name, const struct value *text,
                                 struct error *error)
{
    bool no_memory = false;

    if (text->length > 0)
        (void)env_set(env->env, name, strlen(name), text->bytes, text->length, true, &no_memory);
    return no_memory ? error_no_memory(error) : OUTCOME_DONE;
}

/* Those that are variables too. */
static enum outcome set_variables(struct rexpand_env *env, const struct config *config, struct error *error)
{
    static const char *const names[] = {
        "exim_path",         "primary_hostname",     "qualify_domain",
        "qualify_recipient", "smtp_active_hostname", "spool_directory",
    };
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < sizeof names / sizeof names[0]; i++) {
        struct config_option option;
        if (config_option(config, names[i], strlen(names[i]), &option))
            outcome = set_variable(env, names[i], &option.text, error);
    }
    return outcome;
}

/* $config_file and $config_dir. */
static enum outcome set_place(struct rexpand_env *env, const char *path, struct error *error)
{
    if (path == NULL)
        return OUTCOME_DONE;
    const char *slash = strrchr(path, '/');
    struct value file = value_of_string(path);
    struct value folder = slash == NULL ? VALUE_LITERAL(".") : value_clean(path, (size_t)(slash - path));
    enum outcome outcome = set_variable(env, "config_file", &file, error);

    return outcome == OUTCOME_DONE ? set_variable(env, "config_dir", &folder, error) : outcome;
}

/* ---- users ---- */

static bool read_id(const char *text, unsigned *id)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);

    *id = (unsigned)number;
    return byte_is_digit(text[0]) && *end == '\0' && number < (unsigned)-1;
}

static enum outcome set_id(struct rexpand_env *env, const char *name, unsigned id, struct error *error)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%u", id);
    struct value text = value_clean(digits, length < 0 ? 0 : (size_t)length);

    return set_variable(env, name, &text, error);
}

/* $exim_uid and $exim_gid. Names that this machine does not know leave them as
   they were. */
static enum outcome set_users(struct rexpand_env *env, const struct config *config, struct error *error)
{
    enum { STRINGS_AT_MOST = 4096 };
    struct value user = config_text(config, "exim_user");
    struct value group = config_text(config, "exim_group");
    char *user_name = arena_copy(&env->arena, user.bytes, user.length);
    char *group_name = arena_copy(&env->arena, group.bytes, group.length);
    char strings[STRINGS_AT_MOST];
    struct passwd user_entry;
    struct passwd *found_user = NULL;
    struct group group_entry;
    struct group *found_group = NULL;
    unsigned id;
    enum outcome outcome = OUTCOME_DONE;

    if (user_name == NULL || group_name == NULL)
        return error_no_memory(error);
    if (read_id(user_name, &id))
        outcome = set_id(env, "exim_uid", id, error);
    else if (user.length > 0)
        (void)getpwnam_r(user_name, &user_entry, strings, sizeof strings, &found_user);
    if (found_user != NULL)
        outcome = set_id(env, "exim_uid", found_user->pw_uid, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (read_id(group_name, &id))
        return set_id(env, "exim_gid", id, error);
    if (group.length > 0)
        (void)getgrnam_r(group_name, &group_entry, strings, sizeof strings, &found_group);
    return found_group == NULL ? OUTCOME_DONE : set_id(env, "exim_gid", found_group->gr_gid, error);
}

/* ---- texts that are expanded ---- */

/* An option's text, expanded; it lives as long as the environment. A mistake in
   it is no reason to refuse the whole configuration: the option is then as if not set. */
static enum outcome expand_option(struct rexpand_env *env, const struct config *config, const char *name,
                                  struct value *result, struct error *error)
{
    struct value text = config_text(config, name);
    struct value expanded = value_clean("", 0);
    struct error ignored;
    struct run run;

    *result = value_clean("", 0);
    if (text.length == 0)
        return OUTCOME_DONE;
    env_begin(env->env, &run, &ignored);
    if (evaluate_text(&run, &text, &expanded) != OUTCOME_DONE)
        return OUTCOME_DONE;
    char *copy = arena_copy(&env->arena, expanded.bytes, expanded.length);
    if (copy == NULL)
        return error_no_memory(error);
    *result = value_clean(copy, expanded.length);
    return OUTCOME_DONE;
}

/* The folder of the first file in log_file_path, which is a list with the word
   syslog perhaps among its items. */
static enum outcome set_log_folder(struct rexpand_env *env, const struct config *config, struct error *error)
{
    struct value path, item;
    struct list_reader reader;
    enum outcome outcome = expand_option(env, config, "log_file_path", &path, error);

    list_open(&reader, &env->arena, &path, ':');
    while (outcome == OUTCOME_DONE && list_next(&reader, &item)) {
        const char *slash = item.length == 0 ? NULL : memrchr(item.bytes, '/', item.length);
        if (slash == NULL || slash == item.bytes)
            continue;
        char *folder = arena_copy(&env->arena, item.bytes, (size_t)(slash - item.bytes));
        if (folder == NULL)
            return error_no_memory(error);
        env->env->options.log_folder = value_of_string(folder);
        break;
    }
    return outcome;
}

static enum outcome set_texts(struct rexpand_env *env, const struct config *config, struct error *error)
{
    struct env_options *options = &env->env->options;
    struct value number;
    enum outcome outcome = expand_option(env, config, "local_interfaces", &options->interfaces, error);

    if (outcome == OUTCOME_DONE)
        outcome = expand_option(env, config, "extra_local_interfaces", &options->more_interfaces, error);
    if (outcome == OUTCOME_DONE)
        outcome = expand_option(env, config, "localhost_number", &number, error);
    return outcome == OUTCOME_DONE ? set_variable(env, "localhost_number", &number, error) : outcome;
}

/* ---- the rest ---- */

/* How words in header fields are encoded. */
static enum outcome set_encoded_words(struct rexpand_env *env, const struct config *config,
                                      struct error *error)
{
    struct value charset = config_text(config, "headers_charset");
    char *name = arena_copy(&env->arena, charset.bytes, charset.length);

    env->env->encoded_words.takes_long_words = !config_bool(config, "check_rfc2047_length");
    if (name == NULL || (charset.length > 0 && !env_set_charset(env->env, name)))
        return error_no_memory(error);
    return OUTCOME_DONE;
}

/* Whether the last word about milliseconds, or about all, in log_selector is
   "+". */
static bool logs_milliseconds(const struct value *selector)
{
    bool is_on = false;

    for (size_t at = 0; at < selector->length;) {
        char sign = selector->bytes[at++];
        size_t from = at;
        while (at < selector->length && selector->bytes[at] != '+' && selector->bytes[at] != '-' &&
               !byte_is_space(selector->bytes[at]))
            at++;
        struct value word = value_clean(selector->bytes + from, at - from);
        if (value_equals_text(&word, "millisec") || value_equals_text(&word, "all"))
            is_on = sign == '+';
    }
    return is_on;
}

enum outcome facade_set_options(struct rexpand_env *env, const struct config *config, const char *path,
                                struct error *error)
{
    struct env_options *options = &env->env->options;
    struct value selector = config_text(config, "log_selector");

    options->prints_top_bits = config_bool(config, "print_topbitchars");
    options->logs_milliseconds = logs_milliseconds(&selector);
    options->addresses = (struct address_rules){
        .takes_more_angles = config_bool(config, "strip_excess_angle_brackets"),
        .drops_last_dot = config_bool(config, "strip_trailing_dot"),
        .takes_utf8 = config_bool(config, "allow_utf8_domains"),
    };
    enum outcome outcome = set_variables(env, config, error);
    if (outcome == OUTCOME_DONE)
        outcome = set_place(env, path, error);
    if (outcome == OUTCOME_DONE)
        outcome = set_users(env, config, error);
    if (outcome == OUTCOME_DONE)
        outcome = set_texts(env, config, error);
    if (outcome == OUTCOME_DONE)
        outcome = set_log_folder(env, config, error);
    return outcome == OUTCOME_DONE ? set_encoded_words(env, config, error) : outcome;
}
