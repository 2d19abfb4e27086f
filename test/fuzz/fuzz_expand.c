/* Any bytes as a string to expand, in small limits: nothing may crash, hang, leak or
   read what is not there. The first byte chooses what is tainted, and whether somebody
   watches, which may change nothing. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/explained.h"
#include "rexpand.h"
#include "test/support/watcher.h"

enum { BYTES = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The environment is not this program's to show. */
static bool looks_outside(const char *text, size_t length)
{
    return memmem(text, length, "env", 3) != NULL;
}

static void check(const struct rexpand_result *result)
{
    volatile unsigned char last = 0;

    for (size_t i = 0; i < result->length; i++)
        last = (unsigned char)result->bytes[i]; /* for the sanitizer to see */
    (void)last;
    if ((result->message == NULL) != (result->outcome == REXPAND_DONE))
        abort();
    if (result->message != NULL && strlen(result->message) == 0)
        abort();
}

/* Two observers in one: what each event holds, and the tree of all. */
struct watching {
    struct watcher watcher;
    struct explaining explaining;
};

static void watch(void *context, const struct rexpand_event *event)
{
    struct watching *watching = context;

    watcher_observe(&watching->watcher, event);
    explaining_observe(&watching->explaining, event);
}

static void expand_watched(struct rexpand_env *env, const char *text, size_t length)
{
    struct rexpand_result result;
    struct watching watching = {.watcher = {.depth = 0}};

    explaining_begin(&watching.explaining, 3);
    rexpand_env_trace(env, watch, &watching);
    (void)rexpand_expand(env, text, length, &result);
    rexpand_env_trace(env, NULL, NULL);
    check(&result);
    if (watching.watcher.problem != NULL || watching.watcher.depth != 0)
        abort();
    if (!watching.explaining.no_memory && watching.explaining.kept > 20000)
        abort();
    explaining_end(&watching.explaining);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rexpand_result result;
    struct rexpand_mistake mistake;

    if (size == 0 || looks_outside((const char *)data, size))
        return 0;
    bool clean = data[0] % 2 == 0;
    const char *text = (const char *)data + 1;
    size_t length = size - 1;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    if (env == NULL)
        return 0;
    rexpand_env_limit(env, BYTES, 0.5);
    rexpand_env_seal(env); /* a string made up at random runs no command */
    (void)rexpand_env_set(env, "local_part", "a:b::c $1", 9, clean);
    (void)rexpand_env_set(env, "domain", text, length, clean);
    (void)rexpand_env_set(env, "acl_m_list", "<;x;y", 5, !clean);
    struct rexpand_program *program = rexpand_compile(text, length, &mistake);
    if (program != NULL) {
        (void)rexpand_evaluate(program, env, &result);
        check(&result);
        if (mistake.message != NULL && (result.outcome == REXPAND_DONE || mistake.offset > length))
            abort();
        rexpand_program_free(program);
    }
    (void)rexpand_expand(env, text, length, &result);
    check(&result);
    if (data[0] % 4 < 2)
        expand_watched(env, text, length);
    rexpand_env_free(env);
    return 0;
}
