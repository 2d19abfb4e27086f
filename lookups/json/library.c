/* What the json lookup does with Jansson. */

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "base/module.h"
#include "lookups/file_stat.h"
#include "lookups/lookup.h"

extern const struct lookup_library rexpand_lookup_json;

/* In memory a file takes many times its size. */
enum { LARGEST_FILE = 64 * 1024 * 1024 };

struct json_state {
    struct stat stat;
    bool is_fresh;
    json_t *root;
};

static void close_file(void *opened)
{
    struct json_state *state = opened;

    json_decref(state->root);
    free(state);
}

static enum outcome cannot_open(const struct lookup_request *request, const char *name, const char *why)
{
    return error_set(request->error, request->arena, OUTCOME_FAILED, "failed to open %s for json search: %s",
                     name, why);
}

/* What is no JSON now may be halfway written: to be asked again. */
static enum outcome read_file(struct json_state *state, int fd, const char *name,
                              const struct lookup_request *request)
{
    json_error_t error;

    if (fstat(fd, &state->stat) != 0)
        return cannot_open(request, name, strerror(errno));
    if (!S_ISREG(state->stat.st_mode))
        return cannot_open(request, name, "not a regular file");
    if (state->stat.st_size > LARGEST_FILE)
        return cannot_open(request, name, "larger than 64 MiB");
    state->is_fresh = file_was_just_changed(&state->stat);
    state->root = json_loadfd(fd, 0, &error);
    if (state->root != NULL)
        return OUTCOME_DONE;
    return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                     "%s is not JSON: line %d, column %d: %s", name, error.line, error.column, error.text);
}

static enum outcome open_file(const struct lookup_setting_reader *settings,
                              const struct lookup_request *request, void **opened)
{
    struct json_state *state = calloc(1, sizeof *state);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    (void)settings;
    if (state == NULL || name == NULL) {
        free(state);
        return error_no_memory(request->error);
    }
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum outcome outcome =
        fd < 0 ? cannot_open(request, name, strerror(errno)) : read_file(state, fd, name, request);
    if (fd >= 0)
        (void)close(fd);
    if (outcome == OUTCOME_DONE)
        *opened = state;
    else
        close_file(state);
    return outcome;
}

static bool check_file(void *opened, const struct lookup_request *request)
{
    const struct json_state *state = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && !state->is_fresh && stat(name, &now) == 0 && file_is_same(&state->stat, &now);
}

/* An element of an array by its number, of an object by its name; NULL when there
   is none. */
static json_t *select_element(json_t *from, const struct value *selector, struct arena *arena)
{
    const char *name = arena_copy(arena, selector->bytes, selector->length);

    if (name == NULL || strlen(name) != selector->length)
        return NULL;
    if (name[strspn(name, "0123456789")] == '\0')
        return json_array_get(from, strtoul(name, NULL, 10));
    return json_object_get(from, name);
}

static enum outcome give_text(const struct lookup_request *request, const char *bytes, size_t length,
                              struct lookup_answer *answer)
{
    const char *copy = bytes == NULL ? NULL : arena_copy(request->arena, bytes, length);

    if (copy == NULL)
        return error_no_memory(request->error);
    answer->found = true;
    answer->value = value_clean(copy, length);
    return OUTCOME_DONE;
}

static enum outcome give_structure(const struct lookup_request *request, const json_t *element,
                                   struct lookup_answer *answer)
{
    char *text = json_dumps(element, 0);
    enum outcome outcome = give_text(request, text, text == NULL ? 0 : strlen(text), answer);

    free(text);
    return outcome;
}

/* null is as good as nothing. */
static enum outcome give(const struct lookup_request *request, const json_t *element,
                         struct lookup_answer *answer)
{
    const char *text = NULL;

    switch (json_typeof(element)) {
    case JSON_NULL:
        return OUTCOME_DONE;
    case JSON_STRING:
        return give_text(request, json_string_value(element), json_string_length(element), answer);
    case JSON_TRUE:
        text = "true";
        break;
    case JSON_FALSE:
        text = "false";
        break;
    case JSON_INTEGER:
        text = arena_format(request->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(element));
        break;
    case JSON_REAL:
        text = arena_format(request->arena, "%f", json_real_value(element));
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return give_structure(request, element, answer);
    }
    return give_text(request, text, text == NULL ? 0 : strlen(text), answer);
}

static enum outcome find_element(void *opened, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    const struct json_state *state = opened;
    json_t *element = state->root;
    struct list_reader reader;
    struct value selector;

    answer->found = false;
    list_open(&reader, request->arena, &request->key, ':');
    while (element != NULL && list_next(&reader, &selector))
        element = select_element(element, &selector, request->arena);
    return element == NULL ? OUTCOME_DONE : give(request, element, answer);
}

static void add_version(struct buffer *out)
{
    buffer_format(out, "Library version: Jansson %s", jansson_version_str());
}

MODULE_TABLE const struct lookup_library rexpand_lookup_json = {
    .open = open_file,
    .check = check_file,
    .find = find_element,
    .close = close_file,
    .version = add_version,
};
