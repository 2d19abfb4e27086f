/* The public interface over the rooms behind it. */

#include "rexpand.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"
#include "base/digest.h"
#include "base/outcome.h"
#include "facade.h"
#include "lang/cache.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/node.h"
#include "lang/regex.h"
#include "lang/row.h"
#include "lookups/lookup.h"

static_assert((int)REXPAND_DONE == (int)OUTCOME_DONE, "the outcomes are the same");
static_assert((int)REXPAND_FORCED_FAILURE == (int)OUTCOME_FORCED_FAILURE, "the outcomes are the same");
static_assert((int)REXPAND_FAILED == (int)OUTCOME_FAILED, "the outcomes are the same");
static_assert((int)REXPAND_ANSWER_FOUND == (int)LOOKUP_FIXED_FOUND, "the answers are the same");
static_assert((int)REXPAND_ANSWER_NOT_FOUND == (int)LOOKUP_FIXED_NOT_FOUND, "the answers are the same");
static_assert((int)REXPAND_ANSWER_DEFERRED == (int)LOOKUP_FIXED_DEFERRED, "the answers are the same");
static_assert((int)REXPAND_DEFERRED == (int)OUTCOME_DEFERRED, "the outcomes are the same");

struct rexpand_program {
    struct program *program;
};

/* ---- programs ---- */

struct rexpand_program *rexpand_compile(const char *text, size_t length, struct rexpand_mistake *mistake)
{
    struct rexpand_program *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->program = program_compile(text, length);
    if (made->program == NULL) {
        free(made);
        return NULL;
    }
    program_prepare_for_many_runs(made->program);
    const struct error *first =
        made->program->doubt.message != NULL ? &made->program->doubt : &made->program->mistake;
    if (mistake != NULL)
        *mistake = (struct rexpand_mistake){.message = first->message, .offset = first->offset};
    return made;
}

void rexpand_program_free(struct rexpand_program *program)
{
    if (program == NULL)
        return;
    program_free(program->program);
    free(program);
}

bool rexpand_program_reads(const struct rexpand_program *program, const char *variable)
{
    return program_reads(program->program, variable, strlen(variable));
}

bool rexpand_program_is_constant(const struct rexpand_program *program)
{
    return program_is_constant(program->program);
}

/* ---- environments ---- */

/* An environment that knows a configuration's ACLs and nothing else of it;
   NULL when memory runs out. */
static struct rexpand_env *plain_env(const struct rexpand_config *config)
{
    struct rexpand_env *made = calloc(1, sizeof *made);
    struct env *env = env_new();
    struct acls *acls = acls_new(config == NULL ? NULL : facade_config(config));

    if (made == NULL || env == NULL || acls == NULL) {
        free(made);
        env_free(env);
        acls_free(acls);
        return NULL;
    }
    made->env = env;
    made->acls = acls;
    made->config = config == NULL ? NULL : facade_config(config);
    env->acls = acls;
    env->check_acl = acls_check;
    arena_init(&made->arena, 1024, SIZE_MAX);
    arena_init(&made->trace.arena, 1024, SIZE_MAX);
    return made;
}

struct rexpand_env *rexpand_env_new(const struct rexpand_config *config, char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct rexpand_env *made = plain_env(config);

    if (message != NULL)
        *message = NULL;
    if (made == NULL || config == NULL || facade_configure(made, config, &error) == OUTCOME_DONE)
        return made;
    facade_hand_over(message, &error);
    rexpand_env_free(made);
    return NULL;
}

void rexpand_env_free(struct rexpand_env *env)
{
    if (env == NULL)
        return;
    program_cache_release(&env->last);
    env_free(env->env);
    acls_free(env->acls);
    arena_free(&env->arena);
    arena_free(&env->trace.arena);
    free(env);
}

bool rexpand_env_set(struct rexpand_env *env, const char *variable, const char *bytes, size_t length,
                     bool clean)
{
    bool no_memory;

    return env_set(env->env, variable, strlen(variable), bytes, length, clean, &no_memory);
}

void facade_hand_over(char **message, const struct error *error)
{
    if (message != NULL)
        *message = error->message == NULL ? NULL : strdup(error->message);
}

bool rexpand_env_set_option(struct rexpand_env *env, const char *name, const char *value, char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct arena arena;

    arena_init(&arena, 256, SIZE_MAX);
    bool done = lookups_set(env->env->lookups, name, value, &arena, &error) == OUTCOME_DONE;
    if (!done)
        facade_hand_over(message, &error);
    arena_free(&arena);
    return done;
}

/* A text for free() in *message; always false. */
__attribute__((format(printf, 2, 3))) static bool refuse(char **message, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (message != NULL && vasprintf(message, format, arguments) < 0)
        *message = NULL;
    va_end(arguments);
    return false;
}

bool rexpand_env_answer(struct rexpand_env *env, const char *driver, const char *file, const char *query,
                        size_t query_length, enum rexpand_answer answer, const char *bytes, size_t length,
                        char **message)
{
    const struct lookup_driver *row = lookup_driver_find(driver, strlen(driver));
    bool is_absent = row == NULL;
    struct value key = value_clean(query, query_length);
    struct value value = value_clean(bytes, length);
    struct value name = value_of_string(file == NULL ? "" : file);

    if (message != NULL)
        *message = NULL;
    if (is_absent)
        row = lookup_driver_absent(driver, strlen(driver));
    if (row == NULL)
        return refuse(message, "there is no lookup \"%s\"", driver);
    if (row->style == LOOKUP_SINGLE_KEY && file == NULL)
        return refuse(message, "%s looks up a key in a file: %s,/path/of/file:%.*s", driver, driver,
                      (int)key.length, key.bytes);
    if (row->style == LOOKUP_QUERY && file != NULL)
        return refuse(message, "%s has queries and no file: %s:%.*s", driver, driver, (int)key.length,
                      key.bytes);
    if (is_absent) {
        program_cache_release(&env->last);
        program_cache_take_absent_lookups(env->env->programs);
    }
    return lookups_fix(env->env->lookups, row, &name, &key, (enum lookup_fixed)answer, &value);
}

void rexpand_env_answers_only(struct rexpand_env *env, bool only)
{
    lookups_fixed_only(env->env->lookups, only);
}

void rexpand_env_on_warning(struct rexpand_env *env, void (*warn)(void *context, const char *message),
                            void *context)
{
    lookups_on_warning(env->env->lookups, warn, context);
}

void rexpand_env_limit(struct rexpand_env *env, size_t bytes, double seconds)
{
    env->env->bytes_limit = bytes;
    env->env->time_limit =
        seconds <= 0 || seconds > 1e9 ? CLOCK_NEVER : (nanoseconds)(seconds * (double)NANOSECONDS_PER_SECOND);
}

void rexpand_env_seal(struct rexpand_env *env)
{
    env->env->is_sealed = true;
}

void rexpand_env_tidy(struct rexpand_env *env)
{
    env_tidy(env->env);
    acls_forget(env->acls);
}

/* ---- evaluation ---- */

static enum rexpand_outcome evaluate(const struct program_use *use, struct env *env,
                                     struct rexpand_result *result)
{
    struct run run;
    struct error error;
    struct value value = {0};

    env_begin(env, &run, &error);
    enum outcome outcome = evaluate_use(&run, use, &value);
    bool done = outcome == OUTCOME_DONE;
    *result = (struct rexpand_result){
        .outcome = (enum rexpand_outcome)outcome,
        .bytes = done && value.bytes != NULL ? value.bytes : "",
        .length = done ? value.length : 0,
        .is_tainted = done && value_is_tainted(&value),
        .message = done ? NULL : error.message,
        .offset = done ? REXPAND_NO_OFFSET : error.offset,
    };
    return result->outcome;
}

enum rexpand_outcome rexpand_evaluate(const struct rexpand_program *program, struct rexpand_env *env,
                                      struct rexpand_result *result)
{
    const struct program_use use = {.program = program->program};

    return evaluate(&use, env->env, result);
}

static enum rexpand_outcome no_memory(struct rexpand_result *result)
{
    struct error error;

    (void)error_no_memory(&error);
    *result = (struct rexpand_result){
        .outcome = REXPAND_FAILED, .bytes = "", .message = error.message, .offset = REXPAND_NO_OFFSET};
    return REXPAND_FAILED;
}

enum rexpand_outcome rexpand_expand(struct rexpand_env *env, const char *text, size_t length,
                                    struct rexpand_result *result)
{
    struct program_use use;

    if (!program_cache_acquire(env->env->programs, text, length, &use))
        return no_memory(result);
    program_cache_release(&env->last);
    env->last = use;
    return evaluate(&use, env->env, result);
}

/* ---- what this build knows ---- */

#define DESCRIBE(table, count)                                                                               \
    do {                                                                                                     \
        if (index >= (count))                                                                                \
            return false;                                                                                    \
        *name = (table)[index].name;                                                                         \
        *help = (table)[index].help;                                                                         \
        return true;                                                                                         \
    } while (0)

bool rexpand_describe(enum rexpand_kind kind, size_t index, const char **name, const char **help)
{
    size_t driver_count;
    const struct lookup_driver *const *drivers = lookup_drivers(&driver_count);

    switch (kind) {
    case REXPAND_ITEM:
        DESCRIBE(item_rows, item_row_count);
    case REXPAND_OPERATOR:
        DESCRIBE(operator_rows, operator_row_count);
    case REXPAND_CONDITION:
        DESCRIBE(condition_rows, condition_row_count);
    case REXPAND_VARIABLE:
        DESCRIBE(variable_rows, variable_row_count);
    case REXPAND_LOOKUP:
        break;
    }
    if (index >= driver_count)
        return false;
    *name = drivers[index]->name;
    *help = drivers[index]->help;
    return true;
}

char *rexpand_about(void)
{
    struct arena arena;
    struct buffer out;
    struct value text;
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);

    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&out, &arena);
    buffer_format(&out, "rexpand version %s\nLookups (built-in):", REXPAND_VERSION);
    for (size_t i = 0; i < count; i++)
        buffer_format(&out, " %s", drivers[i]->name);
    buffer_add_byte(&out, '\n');
    regex_version(&out);
    buffer_add_byte(&out, '\n');
    digest_version(&out);
    buffer_add_byte(&out, '\n');
    for (size_t i = 0; i < count; i++) {
        if (drivers[i]->version == NULL)
            continue;
        drivers[i]->version(&out);
        buffer_add_byte(&out, '\n');
    }
    char *about = buffer_value(&out, &text) ? strdup(text.bytes) : NULL;
    arena_free(&arena);
    return about;
}

char *rexpand_quote(const char *lookup, const char *bytes, size_t length, size_t *quoted_length)
{
    const struct lookup_driver *driver = lookup_driver_find(lookup, strlen(lookup));
    struct value text = value_tainted(bytes, length);
    struct value none = value_clean("", 0);
    struct value quoted;
    struct arena arena;
    struct buffer out;

    if (driver == NULL)
        return NULL;
    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&out, &arena);
    if (driver->quote == NULL)
        buffer_add(&out, bytes, length);
    bool is_done = driver->quote == NULL || driver->quote(&out, &text, &none);
    char *copy = is_done && buffer_value(&out, &quoted) ? malloc(quoted.length + 1) : NULL;
    if (copy != NULL)
        memcpy(copy, quoted.bytes, quoted.length + 1);
    if (copy != NULL && quoted_length != NULL)
        *quoted_length = quoted.length;
    arena_free(&arena);
    return copy;
}

const char *rexpand_version(void)
{
    return REXPAND_VERSION;
}
