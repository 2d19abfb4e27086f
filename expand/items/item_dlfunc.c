/* ${dlfunc{file}{function}{argument}…}: Exim's interface to functions in C. */

#include <dlfcn.h>
#include <string.h>

#include "items/items.h"
#include "lang/env.h"
#include "lang/modules.h"

enum { DLFUNC_ARGUMENTS = 8 };

/* What such a function returns (Exim's macros.h; part of the interface). */
enum { DLFUNC_OK = 0, DLFUNC_DEFER = 1, DLFUNC_FAIL = 2, DLFUNC_ERROR = 3, DLFUNC_FAIL_FORCED = 4 };

typedef int dlfunc_function(unsigned char **yield, int argument_count, unsigned char *arguments[]);

/* Its arguments are all strings behind the function's name, each with a NUL
   behind it, in memory that it may write to. */
static enum outcome read_arguments(struct call *call, char *texts[DLFUNC_ARGUMENTS + 3], bool *has_taint)
{
    size_t count = call_argument_count(call);

    for (size_t i = 0; i < count; i++) {
        struct value value;
        enum outcome outcome = call_argument(call, i, &value);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (i == 0 && value_is_tainted(&value))
            return call_failed(call, "Tainted filename '%.*s'", CALL_TEXT(&value));
        *has_taint = *has_taint || value_is_tainted(&value);
        texts[i] = arena_copy(call->run->arena, value.bytes, value.length);
        if (texts[i] == NULL)
            return call_no_memory(call);
    }
    texts[count] = NULL;
    return OUTCOME_DONE;
}

static enum outcome find_function(struct call *call, const char *path, const char *name,
                                  dlfunc_function **function)
{
    const char *problem = NULL;
    void *handle = modules_load(call->run->env->modules, path, &problem);

    if (handle == NULL || name == NULL)
        return call_failed(call, "dlopen \"%s\" failed: %s", path, problem);
    (void)dlerror();
    void *symbol = dlsym(handle, name);
    if (symbol == NULL) {
        problem = dlerror();
        return call_failed(call, "dlsym \"%s\" in \"%s\" failed: %s", name, path,
                           problem == NULL ? "it is a null pointer" : problem);
    }
    /* POSIX has it that one holds the other; ISO C has no cast for it. */
    memcpy(function, &symbol, sizeof symbol);
    return OUTCOME_DONE;
}

static enum outcome end(struct call *call, int code, const char *yield, bool has_taint)
{
    size_t from = call->out->length;

    if (code == DLFUNC_OK) {
        if (yield != NULL)
            buffer_add_string(call->out, yield);
        if (has_taint)
            buffer_taint(call->out, from, NULL);
        return call_done(call);
    }
    enum outcome failed = call_failed(call, "%s", yield == NULL ? "(no message)" : yield);
    if (failed != OUTCOME_FAILED)
        return failed;
    return code == DLFUNC_FAIL_FORCED ? OUTCOME_FORCED_FAILURE
           : code == DLFUNC_DEFER     ? OUTCOME_DEFERRED
                                      : OUTCOME_FAILED;
}

enum outcome item_dlfunc(struct call *call)
{
    char *texts[DLFUNC_ARGUMENTS + 3] = {NULL};
    dlfunc_function *function = NULL;
    bool has_taint = false;
    enum outcome outcome = call_outside(call, "dynamically-loaded functions");

    if (outcome == OUTCOME_DONE)
        outcome = read_arguments(call, texts, &has_taint);
    if (outcome == OUTCOME_DONE)
        outcome = find_function(call, texts[0], texts[1], &function);
    if (outcome != OUTCOME_DONE || function == NULL)
        return outcome;
    unsigned char *yield = NULL;
    int count = (int)call_argument_count(call) - 2;
    int code = function(&yield, count, (unsigned char **)(void *)(texts + 2));
    return end(call, code, (const char *)yield, has_taint);
}
