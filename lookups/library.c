/* Drivers whose library is loaded at their first use: a state of theirs is that of
   the library with the library's functions beside it. */

#include <stdlib.h>

#include "base/module.h"
#include "lookups/lookup.h"

struct library_state {
    const struct lookup_library *library;
    void *state;
};

static const struct lookup_library *find_library(const struct lookup_driver *driver, const char **problem)
{
    return driver->linked != NULL ? driver->linked : module_find(driver->module, driver->table, problem);
}

enum outcome lookup_library_open(struct lookups *lookups, const struct lookup_request *request, void **state)
{
    const struct lookup_driver *driver = request->driver;
    const char *problem = NULL;
    const struct lookup_setting_reader settings = {
        .lookups = lookups,
        .text = lookups_text,
        .time = lookups_time,
        .number = lookups_number,
        .word = lookups_word,
    };
    struct library_state *opened = calloc(1, sizeof *opened);

    if (opened == NULL)
        return error_no_memory(request->error);
    opened->library = find_library(driver, &problem);
    enum outcome outcome = opened->library == NULL
                               ? error_set(request->error, request->arena, OUTCOME_DEFERRED,
                                           "the %s lookup cannot be loaded: %s", driver->name, problem)
                               : opened->library->open(&settings, request, &opened->state);
    if (outcome == OUTCOME_DONE)
        *state = opened;
    else
        free(opened);
    return outcome;
}

bool lookup_library_check(void *state, const struct lookup_request *request)
{
    const struct library_state *opened = state;

    return opened->library->check == NULL || opened->library->check(opened->state, request);
}

enum outcome lookup_library_find(void *state, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    const struct library_state *opened = state;

    return opened->library->find(opened->state, request, answer);
}

void lookup_library_tidy(void *state)
{
    const struct library_state *opened = state;

    if (opened->library->tidy != NULL)
        opened->library->tidy(opened->state);
}

void lookup_library_close(void *state)
{
    struct library_state *opened = state;

    opened->library->close(opened->state);
    free(opened);
}

void lookup_library_version(const struct lookup_driver *driver, struct buffer *out)
{
    const char *problem = NULL;
    const struct lookup_library *library = find_library(driver, &problem);

    if (library == NULL)
        buffer_format(out, "%s: cannot be loaded: %s", driver->name, problem);
    else if (library->version != NULL)
        library->version(out);
}
