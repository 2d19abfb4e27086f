#include "lookups/lookup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "lookups/private.h"
#include "lookups/settings.h"

struct lookups *lookups_new(void)
{
    struct lookups *lookups = calloc(1, sizeof *lookups);

    if (lookups == NULL)
        return NULL;
    lookups->settings = calloc(lookup_settings_count() + 1, sizeof *lookups->settings);
    if (lookups->settings == NULL) {
        free(lookups);
        return NULL;
    }
    lookup_cache_open(&lookups->cache);
    return lookups;
}

static void close_state(struct state *state)
{
    if (state->driver == NULL)
        return;
    if (state->driver->close != NULL)
        state->driver->close(state->state);
    free(state->name);
    *state = (struct state){.driver = NULL};
}

void lookups_free(struct lookups *lookups)
{
    if (lookups == NULL)
        return;
    for (size_t i = 0; i < MOST_STATES; i++)
        close_state(&lookups->states[i]);
    for (size_t i = 0; i < lookup_settings_count(); i++)
        free(lookups->settings[i].text);
    free(lookups->settings);
    lookup_cache_close(&lookups->cache);
    fixed_answers_free(&lookups->fixed);
    free(lookups);
}

bool lookups_fix(struct lookups *lookups, const struct lookup_driver *driver, const struct value *file,
                 const struct value *query, enum lookup_fixed kind, const struct value *value)
{
    return fixed_answers_add(&lookups->fixed, driver, file, query, kind, value);
}

bool lookups_take_absent(const struct lookups *lookups)
{
    return lookups->fixed.knows_absent;
}

void lookups_fixed_only(struct lookups *lookups, bool only)
{
    lookups->fixed.only = only;
}

void lookups_tidy(struct lookups *lookups)
{
    lookup_cache_empty(&lookups->cache);
    for (size_t i = 0; i < MOST_STATES; i++) {
        const struct state *state = &lookups->states[i];
        if (state->driver != NULL && state->driver->tidy != NULL)
            state->driver->tidy(state->state);
    }
}

static void close_driver(struct lookups *lookups, const struct lookup_driver *driver)
{
    for (size_t i = 0; i < MOST_STATES; i++)
        if (lookups->states[i].driver == driver)
            close_state(&lookups->states[i]);
}

enum outcome lookups_set(struct lookups *lookups, const char *name, const char *text, struct arena *arena,
                         struct error *error)
{
    struct lookup_setting_place place;
    struct lookup_setting_value value = {.text = NULL};
    size_t drivers;

    if (!lookup_settings_find(name, strlen(name), &place))
        return error_set(error, arena, OUTCOME_FAILED, "no lookup of this build has a setting %s", name);
    enum outcome outcome = lookup_settings_read(place.setting, text, &value, arena, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    value.text = strdup(text);
    if (value.text == NULL)
        return error_no_memory(error);
    free(lookups->settings[place.value].text);
    lookups->settings[place.value] = value;
    const struct lookup_driver *const *all = lookup_drivers(&drivers);
    if (place.driver == drivers) {
        for (size_t i = 0; i < MOST_STATES; i++)
            close_state(&lookups->states[i]);
        lookup_cache_empty(&lookups->cache);
        return OUTCOME_DONE;
    }
    close_driver(lookups, all[place.driver]);
    lookup_cache_forget(&lookups->cache, place.driver);
    return OUTCOME_DONE;
}

/* The value of a setting, the default's if none was set. A default is known to
   be readable: a test reads them all. */
static struct lookup_setting_value get_setting(const struct lookups *lookups, const char *name)
{
    struct lookup_setting_place place;
    struct lookup_setting_value value = {.text = NULL};
    struct arena arena;
    struct error error;

    if (!lookup_settings_find(name, strlen(name), &place))
        return value;
    value = lookups->settings[place.value];
    if (value.text != NULL || place.setting->type == LOOKUP_SETTING_TEXT)
        return value;
    arena_init(&arena, 256, SIZE_MAX);
    if (lookup_settings_read(place.setting, place.setting->default_value, &value, &arena, &error) !=
        OUTCOME_DONE)
        value = (struct lookup_setting_value){.text = NULL};
    arena_free(&arena);
    return value;
}

const char *lookups_text(const struct lookups *lookups, const char *name)
{
    const struct lookup_setting *setting = lookup_setting_find(name, strlen(name));
    const char *text = get_setting(lookups, name).text;

    if (text != NULL)
        return text;
    return setting == NULL || setting->default_value == NULL ? "" : setting->default_value;
}

nanoseconds lookups_time(const struct lookups *lookups, const char *name)
{
    return get_setting(lookups, name).as.time;
}

long long lookups_number(const struct lookups *lookups, const char *name)
{
    return get_setting(lookups, name).as.number;
}

size_t lookups_word(const struct lookups *lookups, const char *name)
{
    return get_setting(lookups, name).as.word;
}

static bool choose_cache(struct lookup_search *search, const struct value *text)
{
    static const struct {
        const char *word;
        bool reads, writes;
    } words[] = {{"no_rd", false, true}, {"no_wr", true, false}, {"no", false, false}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!value_equals_text(text, words[i].word))
            continue;
        search->reads_cache = words[i].reads;
        search->writes_cache = words[i].writes;
        return true;
    }
    return false;
}

static enum outcome wrong_option(const struct lookup_request *request, const struct value *name)
{
    const struct lookup_driver *driver = request->driver;
    struct buffer known;
    struct value text;

    buffer_init(&known, request->arena);
    buffer_add_string(&known, "cache, ret");
    for (size_t i = 0; i < driver->option_count; i++)
        if (strcmp(driver->options[i].name, "ret") != 0)
            buffer_format(&known, ", %s", driver->options[i].name);
    if (!buffer_value(&known, &text))
        return error_no_memory(request->error);
    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "unknown option \"%.*s\" for %s lookup (it has %s)", (int)name->length, name->bytes,
                     driver->name, text.bytes);
}

static enum outcome read_option(struct lookup_search *search, const struct value *item)
{
    const struct lookup_request *request = &search->request;
    const struct lookup_driver *driver = request->driver;
    const char *equals = memchr(item->bytes, '=', item->length);
    size_t length = equals == NULL ? item->length : (size_t)(equals - item->bytes);
    struct value name = value_slice(request->arena, item, 0, length);
    struct value text = value_slice(request->arena, item, length + 1, item->length);

    if (value_equals_text(&name, "cache")) {
        if (choose_cache(search, &text))
            return OUTCOME_DONE;
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "cache= of a lookup wants no_rd, no_wr or no, not \"%.*s\"", (int)text.length,
                         text.bytes);
    }
    if (value_equals_text(item, "ret=key")) {
        search->gives_key = true;
        return OUTCOME_DONE;
    }
    for (size_t i = 0; i < driver->option_count && i < LOOKUP_MOST_OPTIONS; i++) {
        if (!value_equals_text(&name, driver->options[i].name))
            continue;
        search->chosen[i] = text;
        if (driver->options[i].selects_state)
            search->selector = &search->chosen[i];
        return OUTCOME_DONE;
    }
    if (value_equals_text(&name, "ret"))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "ret= of a %s lookup wants key, not \"%.*s\"", driver->name, (int)text.length,
                         text.bytes);
    return wrong_option(request, &name);
}

static enum outcome read_options(struct lookup_search *search)
{
    const struct lookup_request *request = &search->request;
    struct list_reader reader;
    struct value item;

    if (request->options.length == 0)
        return OUTCOME_DONE;
    if (value_is_tainted(&request->options))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "the options of a %s lookup are tainted: \"%.*s\"", request->driver->name,
                         (int)request->options.length, request->options.bytes);
    list_open(&reader, request->arena, &request->options, ',');
    while (list_next(&reader, &item)) {
        enum outcome outcome = item.length == 0 ? OUTCOME_DONE : read_option(search, &item);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

/* The file of a query: from its option, its first word, or the setting. */
static void choose_file(const struct lookups *lookups, struct lookup_search *search)
{
    struct lookup_request *request = &search->request;
    const struct lookup_driver *driver = request->driver;
    struct value *key = &request->key;
    size_t end = 0;

    for (size_t i = 0; i < driver->option_count && i < LOOKUP_MOST_OPTIONS; i++)
        if (search->chosen[i].bytes != NULL && strcmp(driver->options[i].name, "file") == 0) {
            request->file = search->chosen[i];
            return;
        }
    if (key->length == 0 || key->bytes[0] != '/') {
        request->file = value_of_string(lookups_text(lookups, driver->file_setting));
        return;
    }
    while (end < key->length && !byte_is_space(key->bytes[end]))
        end++;
    request->file = value_slice(request->arena, key, 0, end);
    while (end < key->length && byte_is_space(key->bytes[end]))
        end++;
    *key = value_slice(request->arena, key, end, key->length);
}

/* White space in front of a query is not part of it. */
static void trim_query(struct lookup_request *request)
{
    struct value *key = &request->key;
    size_t from = 0;

    while (from < key->length && byte_is_space(key->bytes[from]))
        from++;
    if (from > 0)
        *key = value_slice(request->arena, key, from, key->length);
}

static enum outcome check_file(const struct lookup_request *request)
{
    const struct value *file = &request->file;

    if (value_is_tainted(file))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "Tainted filename for search: '%.*s'", (int)file->length, file->bytes);
    if (request->driver->wants_absolute_file && (file->length == 0 || file->bytes[0] != '/'))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "absolute file name expected for \"%s\" lookup", request->driver->name);
    return OUTCOME_DONE;
}

static bool is_state_for(const struct state *state, const struct lookup_search *search)
{
    const struct value *file = &search->request.file;
    size_t selector = search->selector == NULL ? 0 : search->selector->length;

    return state->driver == search->request.driver && state->file_length == file->length &&
           state->name_length == file->length + selector &&
           (file->length == 0 || memcmp(state->name, file->bytes, file->length) == 0) &&
           (selector == 0 || memcmp(state->name + file->length, search->selector->bytes, selector) == 0);
}

/* A free place for a state: the one that was not used for longest is closed if
   there is none. NULL: all are busy. */
static struct state *free_place(struct lookups *lookups)
{
    struct state *oldest = NULL;

    for (size_t i = 0; i < MOST_STATES; i++) {
        struct state *state = &lookups->states[i];
        if (state->driver == NULL)
            return state;
        if (!state->is_busy && (oldest == NULL || state->last_used < oldest->last_used))
            oldest = state;
    }
    if (oldest != NULL)
        close_state(oldest);
    return oldest;
}

static enum outcome open_state(struct lookups *lookups, const struct lookup_search *search,
                               struct state **opened)
{
    const struct value *file = &search->request.file;
    size_t selector = search->selector == NULL ? 0 : search->selector->length;
    struct state *place = free_place(lookups);
    struct state made = {
        .driver = search->request.driver,
        .file_length = file->length,
        .name_length = file->length + selector,
        .checked_in = search->request.evaluation,
    };

    if (place == NULL)
        return error_set(search->request.error, search->request.arena, OUTCOME_FAILED,
                         "lookups that ask for other lookups nest more than %d deep", MOST_STATES);
    made.name = malloc(made.name_length + 1);
    if (made.name == NULL)
        return error_no_memory(search->request.error);
    if (file->length > 0)
        memcpy(made.name, file->bytes, file->length);
    if (selector > 0)
        memcpy(made.name + file->length, search->selector->bytes, selector);
    enum outcome outcome = made.driver->open(lookups, &search->request, &made.state);
    if (outcome != OUTCOME_DONE) {
        free(made.name);
        return outcome;
    }
    *place = made;
    *opened = place;
    return OUTCOME_DONE;
}

/* Whether an open state is good. One evaluation sees one state of a file, so that it
   is looked at once for all the lookups in it. */
static bool is_good(struct state *state, const struct lookup_search *search)
{
    const struct lookup_request *request = &search->request;

    if (request->driver->check == NULL ||
        (request->evaluation != 0 && state->checked_in == request->evaluation))
        return true;
    state->checked_in = request->evaluation;
    return request->driver->check(state->state, request);
}

/* The open state that the search wants, NULL when there is none that is good. */
static struct state *find_state(struct lookups *lookups, const struct lookup_search *search)
{
    for (size_t i = 0; i < MOST_STATES; i++) {
        struct state *state = &lookups->states[i];
        if (state->is_busy || !is_state_for(state, search))
            continue;
        if (is_good(state, search))
            return state;
        close_state(state);
        return NULL;
    }
    return NULL;
}

struct state *lookup_search_state(struct lookups *lookups, const struct lookup_search *search,
                                  enum outcome *outcome)
{
    struct state *state = find_state(lookups, search);

    *outcome = OUTCOME_DONE;
    if (state == NULL)
        *outcome = open_state(lookups, search, &state);
    if (state != NULL)
        state->last_used = ++lookups->uses;
    return state;
}

static enum outcome defer(const struct lookup_search *search)
{
    enum { MOST_SHOWN = 1024 };
    const struct lookup_request *request = &search->request;
    struct buffer message;
    struct value text;
    struct value shown = search->asked;

    if (shown.length > MOST_SHOWN)
        shown.length = MOST_SHOWN;
    buffer_init(&message, request->arena);
    buffer_add_string(&message, "lookup of \"");
    buffer_add_printing(&message, &shown, true);
    buffer_format(&message, "%s\" gave DEFER: %s", shown.length < search->asked.length ? "..." : "",
                  request->error->message);
    if (!buffer_value(&message, &text))
        return error_no_memory(request->error);
    request->error->message = text.bytes;
    return OUTCOME_DEFERRED;
}

static size_t driver_number(const struct lookup_driver *driver)
{
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);
    size_t number = 0;

    while (number < count && drivers[number] != driver)
        number++;
    return number;
}

enum outcome lookup_search_open(struct lookups *lookups, const struct lookup_request *request,
                                struct lookup_answer *answer, struct lookup_search *search)
{
    *search = (struct lookup_search){
        .request = *request, .asked = request->key, .reads_cache = true, .writes_cache = true};
    search->request.chosen = search->chosen;
    request->error->offset = ERROR_NO_OFFSET;
    *answer = LOOKUP_ANSWER_FOUND;
    enum outcome outcome = read_options(search);
    if (outcome == OUTCOME_DONE && request->driver->style == LOOKUP_QUERY)
        trim_query(&search->request);
    if (outcome == OUTCOME_DONE && request->driver->file_setting != NULL)
        choose_file(lookups, search);
    if (outcome == OUTCOME_DONE)
        outcome = check_file(&search->request);
    if (outcome == OUTCOME_DONE)
        lookup_cache_key(&lookups->cache, &search->key, &search->request, driver_number(request->driver));
    return outcome;
}

void lookups_on_warning(struct lookups *lookups, lookup_warning *warn, void *context)
{
    lookups->warn = warn;
    lookups->warn_context = context;
}

/* The driver's word on text from outside, which may have to be a warning only. */
static enum outcome check_taint(const struct lookups *lookups, const struct lookup_request *request)
{
    enum { REFUSE };

    if (request->driver->check_taint == NULL || !value_is_tainted(&request->key))
        return OUTCOME_DONE;
    enum outcome outcome = request->driver->check_taint(request);
    if (outcome != OUTCOME_FAILED || lookups_word(lookups, "taint_unquoted") == REFUSE)
        return outcome;
    if (lookups->warn != NULL)
        lookups->warn(lookups->warn_context, request->error->message);
    return OUTCOME_DONE;
}

bool lookup_search_is_kept(struct lookups *lookups, const struct lookup_search *search,
                           struct lookup_answer *answer)
{
    answer->is_from_cache = search->reads_cache && lookup_cache_get(&lookups->cache, &search->key, answer);
    return answer->is_from_cache;
}

enum outcome lookup_search_keep(struct lookups *lookups, const struct lookup_search *search,
                                enum outcome outcome, const struct lookup_answer *answer)
{
    if (answer->empties_cache)
        lookup_cache_forget(&lookups->cache, search->key.number);
    if (outcome == OUTCOME_DEFERRED)
        return defer(search);
    if (outcome == OUTCOME_DONE && answer->may_cache && search->writes_cache)
        lookup_cache_put(&lookups->cache, &search->key, answer);
    return outcome;
}

static enum outcome ask_driver(struct lookups *lookups, const struct lookup_search *search,
                               struct lookup_answer *answer)
{
    enum outcome outcome = OUTCOME_DONE;
    struct state *state = lookup_search_state(lookups, search, &outcome);

    if (state == NULL)
        return outcome;
    state->is_busy = true;
    outcome = search->request.driver->find(state->state, &search->request, answer);
    state->is_busy = false;
    return outcome;
}

enum outcome lookup_search_ask(struct lookups *lookups, struct lookup_search *search,
                               struct lookup_answer *answer)
{
    enum outcome outcome = OUTCOME_DONE;

    *answer = LOOKUP_ANSWER_FOUND;
    /* No file has an empty key, whatever is in it; but it has to be there. */
    if (search->request.driver->style == LOOKUP_SINGLE_KEY && search->request.key.length == 0 &&
        !fixed_answers_exist(&lookups->fixed)) {
        answer->found = false;
        (void)lookup_search_state(lookups, search, &outcome);
        return outcome == OUTCOME_DEFERRED ? defer(search) : outcome;
    }
    if (fixed_answers_find(&lookups->fixed, &search->request, answer, &outcome))
        return outcome == OUTCOME_DEFERRED ? defer(search) : outcome;
    if (lookup_search_is_kept(lookups, search, answer)) {
        search->is_kept = true;
        return OUTCOME_DONE;
    }
    search->is_new = true;
    if (!lookup_batch_take(lookups, search, answer, &outcome))
        outcome = ask_driver(lookups, search, answer);
    return lookup_search_keep(lookups, search, outcome, answer);
}

bool lookup_search_has_other_keys(const struct lookup_request *request)
{
    const struct lookup_words *words = request->words;

    return words != NULL && (words->partial != LOOKUP_NOT_PARTIAL || words->otherwise != LOOKUP_NO_DEFAULT);
}

void lookup_search_close(const struct lookup_search *search, enum outcome outcome,
                         struct lookup_answer *answer)
{
    answer->found = answer->found && outcome == OUTCOME_DONE;
    answer->is_from_cache = search->is_kept && !search->is_new;
    if (!answer->found)
        answer->value = VALUE_LITERAL("");
    else if (search->gives_key)
        answer->value = value_clean(search->asked.bytes, search->asked.length);
    else if (search->request.driver->results_are_tainted)
        answer->value = value_tainted(answer->value.bytes, answer->value.length);
}

enum outcome lookup_find(struct lookups *lookups, const struct lookup_request *request,
                         struct lookup_answer *answer)
{
    struct lookup_search search;
    enum outcome outcome = lookup_search_open(lookups, request, answer, &search);

    if (outcome == OUTCOME_DONE)
        outcome = check_taint(lookups, &search.request);
    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = lookup_search_ask(lookups, &search, answer);
    if (outcome == OUTCOME_DONE && lookup_search_has_other_keys(request)) {
        if (answer->found)
            lookup_search_split_whole(&search, answer);
        else
            outcome = lookup_search_other_keys(lookups, &search, answer);
    }
    lookup_search_close(&search, outcome, answer);
    return outcome;
}

bool lookup_quote_nothing(struct buffer *out, const struct value *text, const struct value *option)
{
    buffer_add(out, text->bytes, text->length);
    return option->length == 0;
}
