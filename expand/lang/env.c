#include "lang/env.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "lang/answers.h"
#include "lang/cache.h"
#include "lang/message.h"
#include "lang/modules.h"
#include "lang/named_list.h"
#include "lang/row.h"

enum { FIRST_ARENA_CHUNK = 16 * 1024 };
/* What an evaluation may take and how much of it is kept for the next. */
static const size_t default_bytes_limit = (size_t)256 * 1024 * 1024;
static const size_t kept_bytes = (size_t)1024 * 1024;
static const nanoseconds default_time_limit = 60 * NANOSECONDS_PER_SECOND;

/* A name of a family (acl_m_…) that has been given a value. */
struct named_value {
    struct named_value *next;
    char *name;
    size_t name_length;
    bool is_header; /* then the name is the field's, in any case */
    struct value value;
};

struct env_variables {
    struct value *values; /* by row; bytes NULL where none was set */
    struct named_value *named;
};

struct env *env_new(void)
{
    struct env *env = calloc(1, sizeof *env);

    if (env == NULL)
        return NULL;
    env->bytes_limit = default_bytes_limit;
    env->time_limit = default_time_limit;
    env->encoded_words.charset = RFC2047_CHARSET;
    arena_init(&env->arena, FIRST_ARENA_CHUNK, env->bytes_limit);
    env->lookups = lookups_new();
    env->regexes = regex_cache_new();
    env->regex_scratch = regex_scratch_new();
    env->programs = program_cache_new();
    env->modules = modules_new();
    env->answers = answers_new();
    env->lists = named_lists_new();
    env->variables = calloc(1, sizeof *env->variables);
    if (env->variables != NULL)
        env->variables->values = calloc(variable_row_count, sizeof *env->variables->values);
    if (env->lookups == NULL || env->regexes == NULL || env->regex_scratch == NULL || env->programs == NULL ||
        env->modules == NULL || env->answers == NULL || env->lists == NULL || env->variables == NULL ||
        env->variables->values == NULL) {
        env_free(env);
        return NULL;
    }
    return env;
}

static void free_variables(struct env_variables *variables)
{
    if (variables == NULL)
        return;
    for (size_t i = 0; variables->values != NULL && i < variable_row_count; i++)
        kept_value_free(&variables->values[i]);
    free(variables->values);
    while (variables->named != NULL) {
        struct named_value *next = variables->named->next;
        free(variables->named->name);
        kept_value_free(&variables->named->value);
        free(variables->named);
        variables->named = next;
    }
    free(variables);
}

void env_free(struct env *env)
{
    if (env == NULL)
        return;
    lookups_free(env->lookups);
    regex_cache_free(env->regexes);
    regex_scratch_free(env->regex_scratch);
    program_cache_free(env->programs);
    modules_free(env->modules);
    answers_free(env->answers);
    named_lists_free(env->lists);
    free_variables(env->variables);
    kept_blocks_free(&env->retired);
    message_free(env->message);
    free(env->run_output);
    free((char *)(uintptr_t)env->srs_recipient.bytes);
    arena_free(&env->arena);
    free(env->charset);
    free(env);
}

const char header_raw[] = "raw";
const char header_decoded[] = "decoded";
const char header_listed[] = "listed";

bool variable_row_is_header(const struct variable_row *row)
{
    return row->text == header_raw || row->text == header_decoded || row->text == header_listed;
}

/* What of a name counts: of a header field's not the prefix. */
static struct value key_of(const struct variable_row *row, const char *name, size_t length)
{
    size_t prefix = variable_row_is_header(row) ? strlen(row->name) : 0;

    return value_clean(name + prefix, length - prefix);
}

static bool has_key(const struct named_value *named, bool header, const struct value *key)
{
    struct value name = value_clean(named->name, named->name_length);

    return named->is_header == header &&
           (header ? value_equal_caseless(&name, key) : value_equal(&name, key));
}

static struct named_value *find_named(const struct env *env, const struct variable_row *row, const char *name,
                                      size_t length)
{
    struct named_value *named = env->variables->named;
    struct value key = key_of(row, name, length);

    while (named != NULL && !has_key(named, variable_row_is_header(row), &key))
        named = named->next;
    return named;
}

static struct named_value *add_named(struct env *env, const struct variable_row *row, const char *name,
                                     size_t length)
{
    struct named_value *named = calloc(1, sizeof *named);
    struct value key = key_of(row, name, length);
    char *copy = malloc(key.length + 1);

    if (named == NULL || copy == NULL) {
        free(named);
        free(copy);
        return NULL;
    }
    memcpy(copy, key.bytes, key.length);
    *named = (struct named_value){.next = env->variables->named,
                                  .name = copy,
                                  .name_length = key.length,
                                  .is_header = variable_row_is_header(row)};
    env->variables->named = named;
    return named;
}

/* The place where a name's value is kept; NULL when memory runs out. */
static struct value *value_place(struct env *env, const struct variable_row *row, const char *name,
                                 size_t length)
{
    if (!row->is_family)
        return &env->variables->values[row - variable_rows];
    struct named_value *named = find_named(env, row, name, length);
    if (named == NULL)
        named = add_named(env, row, name, length);
    return named == NULL ? NULL : &named->value;
}

static bool set_value(struct env *env, const char *name, size_t name_length, const struct value *value,
                      struct kept_block **retired, bool *no_memory)
{
    const struct variable_row *row = variable_row_find(name, name_length);

    *no_memory = false;
    if (row == NULL)
        return false;
    struct value *place = value_place(env, row, name, name_length);
    *no_memory = place == NULL || !kept_value_set(place, value, retired);
    return !*no_memory;
}

bool env_set(struct env *env, const char *name, size_t name_length, const char *bytes, size_t length,
             bool clean, bool *no_memory)
{
    const struct value value = clean ? value_clean(bytes, length) : value_tainted(bytes, length);

    return set_value(env, name, name_length, &value, NULL, no_memory);
}

bool env_set_value(struct env *env, const char *name, size_t name_length, const struct value *value,
                   bool *no_memory)
{
    return set_value(env, name, name_length, value, &env->retired, no_memory);
}

/* A header field's content as the prefix wants it. */
static enum outcome header_form(struct run *run, const struct variable_row *row, struct value *value)
{
    struct buffer list;
    struct value content = *value;

    if (row->text == header_decoded)
        *value = value_trim(run->arena, &content);
    if (row->text != header_listed)
        return OUTCOME_DONE;
    buffer_init(&list, run->arena);
    list_add(&list, 0, true, ':', &content);
    return buffer_value(&list, value) ? OUTCOME_DONE : error_no_memory(run->error);
}

static enum header_form form_of(const struct variable_row *row)
{
    if (row->text == header_raw)
        return HEADER_RAW;
    if (row->text == header_listed)
        return HEADER_LISTED;
    return row->name[0] == 'b' ? HEADER_DECODED : HEADER_CONVERTED;
}

void env_set_message(struct env *env, struct message *message)
{
    message_free(env->message);
    env->message = message;
}

bool env_has_header(const struct env *env, const struct variable_row *row, const struct value *name)
{
    struct value key = key_of(row, name->bytes, name->length);
    const struct named_value *named = find_named(env, row, name->bytes, name->length);

    return named != NULL || (env->message != NULL && message_find(env->message, &key, false) != NULL);
}

enum outcome env_variable(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value)
{
    const struct value *given = NULL;

    if (row->bound != NULL && row->bound(run, row, value))
        return OUTCOME_DONE;
    if (row->bound_at != 0) {
        memcpy(value, (const char *)run + row->bound_at, sizeof *value);
        if (value->bytes != NULL)
            return OUTCOME_DONE;
    }
    if (!row->is_family) {
        given = &run->env->variables->values[row - variable_rows];
    } else {
        const struct named_value *named = find_named(run->env, row, name->bytes, name->length);
        given = named == NULL ? NULL : &named->value;
    }
    if (given != NULL && given->bytes != NULL) {
        *value = *given;
        return variable_row_is_header(row) ? header_form(run, row, value) : OUTCOME_DONE;
    }
    *value = value_clean("", 0);
    if (run->env->message != NULL && variable_row_is_header(row)) {
        struct value key = key_of(row, name->bytes, name->length);
        return message_header(run, run->env->message, &key, form_of(row), value);
    }
    return row->get == NULL ? OUTCOME_DONE : row->get(run, row, name, value);
}

bool env_keep_output(struct env *env, const struct value *output)
{
    char *copy = malloc(output->length + 1);

    if (copy == NULL)
        return false;
    memcpy(copy, output->bytes, output->length);
    copy[output->length] = '\0';
    free(env->run_output);
    env->run_output = copy;
    env->run_output_length = output->length;
    return true;
}

bool env_keep_srs_recipient(struct env *env, const struct value *recipient)
{
    char *copy = malloc(recipient->length + 1);

    if (copy == NULL)
        return false;
    memcpy(copy, recipient->bytes, recipient->length);
    copy[recipient->length] = '\0';
    free((char *)(uintptr_t)env->srs_recipient.bytes);
    env->srs_recipient = value_is_tainted(recipient) ? value_tainted(copy, recipient->length)
                                                     : value_clean(copy, recipient->length);
    return true;
}

bool env_environment(const struct env *env, const struct value *name, struct value *found)
{
    const char *const *entries = env->environment != NULL ? env->environment : (const char *const *)environ;

    *found = value_clean("", 0);
    if (name->length == 0 || memchr(name->bytes, '=', name->length) != NULL)
        return false;
    for (; *entries != NULL; entries++) {
        const char *entry = *entries;
        if (strncmp(entry, name->bytes, name->length) != 0 || entry[name->length] != '=')
            continue;
        const char *text = entry + name->length + 1;
        *found = value_tainted(text, strlen(text));
        return true;
    }
    return false;
}

void env_set_environment(struct env *env, const char *const *entries)
{
    env->environment = entries;
}

bool env_set_charset(struct env *env, const char *charset)
{
    char *copy = strdup(charset);

    if (copy == NULL)
        return false;
    free(env->charset);
    env->charset = copy;
    env->encoded_words.charset = copy;
    return true;
}

static nanoseconds deadline_of(nanoseconds limit)
{
    if (limit == CLOCK_NEVER)
        return CLOCK_NEVER;
    return limit < NANOSECONDS_PER_SECOND ? clock_deadline(limit) : clock_rough_deadline(limit);
}

void env_begin(struct env *env, struct run *run, struct error *error)
{
    kept_blocks_free(&env->retired);
    arena_reset(&env->arena, env->bytes_limit < kept_bytes ? env->bytes_limit : kept_bytes);
    env->arena.limit = env->bytes_limit;
    *error = (struct error){.offset = ERROR_NO_OFFSET};
    *run = (struct run){
        .env = env,
        .arena = &env->arena,
        .error = error,
        .deadline = deadline_of(env->time_limit),
        .evaluation = ++env->evaluations,
        .ticks = 1024,
        .trace = env->trace,
    };
}

void env_tidy(struct env *env)
{
    lookups_tidy(env->lookups);
    answers_forget_all(env->answers);
    named_lists_forget(env->lists);
}
