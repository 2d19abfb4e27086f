/* The drivers "wildlsearch" and "nwildlsearch": a text file as for lsearch whose keys
   are patterns: items of a list. Of wildlsearch they are strings to expand first. The first
   line that fits counts, so that all in front of it are tried. */

#include <stdlib.h>

#include "lookups/lines.h"

extern const struct lookup_driver lookup_driver_wildlsearch;
extern const struct lookup_driver lookup_driver_nwildlsearch;

/* Whether a key of the file fits. One whose expansion fails by force fits nothing. */
static enum outcome fits(const struct lookup_request *request, const struct value *written, bool *answer)
{
    const struct lookup_language *language = request->language;
    struct value pattern = *written;
    enum outcome outcome = OUTCOME_DONE;

    *answer = false;
    if (request->driver == &lookup_driver_wildlsearch)
        outcome = language->expand(request->context, written, &pattern);
    if (outcome == OUTCOME_FORCED_FAILURE)
        return OUTCOME_DONE;
    if (outcome == OUTCOME_DONE)
        outcome = language->match(request->context, &request->key, &pattern, answer);
    /* A mistake in a file's line is no mistake of who asks: it may be mended. */
    return outcome == OUTCOME_FAILED ? OUTCOME_DEFERRED : outcome;
}

/* A line of the window does not outlive what the pattern may bring about. */
static enum outcome line_fits(const struct lookup_request *request, const struct line_key *key, bool *answer)
{
    char *copy = arena_copy(request->arena, key->text.bytes, key->text.length);

    if (copy == NULL)
        return error_no_memory(request->error);
    struct value pattern = value_clean(copy, key->text.length);
    return fits(request, &pattern, answer);
}

static enum outcome wildlsearch_find(void *opened, const struct lookup_request *request,
                                     struct lookup_answer *answer)
{
    struct line_file *file = opened;
    struct value line;
    struct line_key key;
    bool is_full;
    bool is_it = false;
    enum outcome outcome = line_read_ret(request, &is_full);

    answer->found = false;
    if (request->language == NULL)
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "a %s lookup is possible only where strings are expanded", request->driver->name);
    line_file_rewind(file);
    while (outcome == OUTCOME_DONE && line_file_next(file, &line)) {
        struct arena_mark mark = arena_mark(request->arena);
        if (!line_key_read(file, &line, &key))
            continue;
        if (clock_is_past(request->deadline))
            return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                             "the file takes longer than the time limit");
        outcome = line_fits(request, &key, &is_it);
        if (outcome == OUTCOME_DONE && is_it)
            return line_answer(file, &line, &key, is_full, request, answer);
        if (outcome == OUTCOME_DONE)
            arena_release(request->arena, mark);
    }
    return outcome == OUTCOME_DONE ? line_file_outcome(file, request) : outcome;
}

static void wildlsearch_close(void *opened)
{
    line_file_close(opened);
    free(opened);
}

static enum outcome wildlsearch_open(struct lookups *lookups, const struct lookup_request *request,
                                     void **opened)
{
    struct line_file *file = calloc(1, sizeof *file);

    (void)lookups;
    if (file == NULL)
        return error_no_memory(request->error);
    enum outcome outcome = line_file_open(file, request);
    if (outcome == OUTCOME_DONE)
        *opened = file;
    else
        wildlsearch_close(file);
    return outcome;
}

static bool wildlsearch_check(void *opened, const struct lookup_request *request)
{
    return line_file_is_current(opened, request);
}

const struct lookup_driver lookup_driver_wildlsearch = {
    .name = "wildlsearch",
    .built_by = "LOOKUP_WILDLSEARCH",
    .help = "as lsearch, with patterns to expand for keys: ${lookup{key}wildlsearch{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .forgets_captures = true,
    .options = line_options,
    .option_count = LINE_OPTIONS,
    .open = wildlsearch_open,
    .check = wildlsearch_check,
    .find = wildlsearch_find,
    .close = wildlsearch_close,
    .quote = lookup_quote_nothing,
};

const struct lookup_driver lookup_driver_nwildlsearch = {
    .name = "nwildlsearch",
    .built_by = "LOOKUP_WILDLSEARCH",
    .help = "as wildlsearch, with keys that are not expanded: ${lookup{key}nwildlsearch{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .forgets_captures = true,
    .options = line_options,
    .option_count = LINE_OPTIONS,
    .open = wildlsearch_open,
    .check = wildlsearch_check,
    .find = wildlsearch_find,
    .close = wildlsearch_close,
    .quote = lookup_quote_nothing,
};
