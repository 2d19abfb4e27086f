/* The driver "lsearch": a text file with a key and its data a line. The first keys
   are looked for from the file's start; then there is an index, if the file is not too
   large to be held in memory. */

#include <stdlib.h>

#include "lookups/line_index.h"

extern const struct lookup_driver lookup_driver_lsearch;

struct lsearch_state {
    struct line_file file;
    struct line_index index;
    unsigned scans;
    bool has_no_index; /* it was tried */
};

static bool scan(struct line_file *file, const struct value *text, struct value *line, struct line_key *key)
{
    line_file_rewind(file);
    while (line_file_next(file, line))
        if (line_key_read(file, line, key) && value_equal_caseless(&key->text, text))
            return true;
    return false;
}

static bool has_index(struct lsearch_state *state)
{
    if (state->index.slots != NULL)
        return true;
    if (state->has_no_index)
        return false;
    if (state->scans < SCANS_BEFORE_INDEX) {
        state->scans++;
        return false;
    }
    state->has_no_index = !line_file_load(&state->file) || !line_index_build(&state->index, &state->file);
    return !state->has_no_index;
}

static enum outcome lsearch_find(void *opened, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    struct lsearch_state *state = opened;
    struct value line;
    struct line_key key;
    bool is_full;
    enum outcome outcome = line_read_ret(request, &is_full);

    if (outcome != OUTCOME_DONE)
        return outcome;
    bool is_indexed = has_index(state);
    answer->source = is_indexed ? "the file is in memory" : "the file was read";
    answer->found = is_indexed ? line_index_find(&state->index, &state->file, &request->key, &line, &key)
                               : scan(&state->file, &request->key, &line, &key);
    if (!answer->found)
        return line_file_outcome(&state->file, request);
    return line_answer(&state->file, &line, &key, is_full, request, answer);
}

static void lsearch_close(void *opened)
{
    struct lsearch_state *state = opened;

    line_index_free(&state->index);
    line_file_close(&state->file);
    free(state);
}

static enum outcome lsearch_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    struct lsearch_state *state = calloc(1, sizeof *state);

    (void)lookups;
    if (state == NULL)
        return error_no_memory(request->error);
    enum outcome outcome = line_file_open(&state->file, request);
    if (outcome != OUTCOME_DONE) {
        lsearch_close(state);
        return outcome;
    }
    *opened = state;
    return OUTCOME_DONE;
}

static bool lsearch_check(void *opened, const struct lookup_request *request)
{
    const struct lsearch_state *state = opened;

    return line_file_is_current(&state->file, request);
}

const struct lookup_driver lookup_driver_lsearch = {
    .name = "lsearch",
    .built_by = "LOOKUP_LSEARCH",
    .help = "a text file with a key and its data a line: ${lookup{key}lsearch{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .options = line_options,
    .option_count = LINE_OPTIONS,
    .open = lsearch_open,
    .check = lsearch_check,
    .find = lsearch_find,
    .close = lsearch_close,
    .quote = lookup_quote_nothing,
};
