/* The driver "dsearch": whether a folder has an entry of that name. The answer, the
   name itself, is a way to clean it. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_dsearch;

enum option { OPTION_FILTER, OPTION_KEY, OPTION_RET };

static const struct lookup_option options[] = {
    [OPTION_FILTER] = {"filter",
                       "file, dir or subdir: only entries of that kind; subdir: a folder but not . and ..",
                       false},
    [OPTION_KEY] = {"key", "path: the key may have slashes, but no . and .. between them", false},
    [OPTION_RET] = {"ret", "key, full or dir: give the key, the whole path or the folder", false},
};

/* The open folder; what is not opened cannot be renamed away between two looks. */
struct dsearch_state {
    int fd;
    struct stat stat;
};

static enum outcome wrong_option(const struct lookup_request *request, enum option option, const char *words)
{
    const struct value *text = &request->chosen[option];

    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "%s= of a dsearch lookup wants %s, not \"%.*s\"", options[option].name, words,
                     (int)text->length, text->bytes);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Whether an entry is of the kind that "filter" names. */
static enum outcome passes(const struct lookup_request *request, const char *name, const struct stat *stat,
                           bool *answer)
{
    const struct value *filter = &request->chosen[OPTION_FILTER];

    if (filter->bytes == NULL)
        *answer = true;
    else if (value_equals_text(filter, "file"))
        *answer = S_ISREG(stat->st_mode);
    else if (value_equals_text(filter, "dir"))
        *answer = S_ISDIR(stat->st_mode);
    else if (value_equals_text(filter, "subdir"))
        *answer = S_ISDIR(stat->st_mode) && !is_dots(name);
    else
        return wrong_option(request, OPTION_FILTER, "file, dir or subdir");
    return OUTCOME_DONE;
}

/* Whether a path goes nowhere but down. */
static bool goes_down(const struct value *path)
{
    size_t from = 0;

    for (size_t at = 0; at <= path->length; at++) {
        if (at < path->length && path->bytes[at] != '/')
            continue;
        size_t length = at - from;
        const char *name = path->bytes + from;
        if (length == 0 || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'))))
            return false;
        from = at + 1;
    }
    return true;
}

static enum outcome check_key(const struct lookup_request *request)
{
    const struct value *key = &request->key;
    const struct value *kind = &request->chosen[OPTION_KEY];
    bool is_path = kind->bytes != NULL;

    if (is_path && !value_equals_text(kind, "path"))
        return wrong_option(request, OPTION_KEY, "path");
    if (memchr(key->bytes, '/', key->length) == NULL)
        return OUTCOME_DONE;
    if (!is_path)
        return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                         "key for dsearch lookup contains a slash: %.*s", (int)key->length, key->bytes);
    if (!goes_down(key))
        return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                         "key for dsearch lookup has an empty part, \".\" or \"..\": %.*s", (int)key->length,
                         key->bytes);
    return OUTCOME_DONE;
}

static enum outcome give(const struct lookup_request *request, struct lookup_answer *answer)
{
    const struct value *ret = &request->chosen[OPTION_RET];
    bool is_full = ret->bytes != NULL && value_equals_text(ret, "full");
    bool is_folder = ret->bytes != NULL && value_equals_text(ret, "dir");
    struct buffer text;

    if (ret->bytes != NULL && !is_full && !is_folder)
        return wrong_option(request, OPTION_RET, "key, full or dir");
    buffer_init(&text, request->arena);
    if (is_full || is_folder)
        buffer_add(&text, request->file.bytes, request->file.length);
    if (is_full)
        buffer_add_byte(&text, '/');
    if (!is_folder)
        buffer_add(&text, request->key.bytes, request->key.length);
    answer->found = true;
    return buffer_value(&text, &answer->value) ? OUTCOME_DONE : error_no_memory(request->error);
}

static enum outcome dsearch_find(void *opened, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    const struct dsearch_state *state = opened;
    struct stat stat;
    bool is_wanted = false;
    const char *name = arena_copy(request->arena, request->key.bytes, request->key.length);
    enum outcome outcome = check_key(request);

    answer->found = false;
    if (name == NULL)
        return error_no_memory(request->error);
    if (outcome != OUTCOME_DONE || memchr(name, '\0', request->key.length) != NULL)
        return outcome;
    if (fstatat(state->fd, name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        /* No folder has a name that is too long, or one below a file. */
        if (errno == ENOENT || errno == ENAMETOOLONG || errno == ENOTDIR)
            return OUTCOME_DONE;
        return error_set(request->error, request->arena, OUTCOME_DEFERRED, "%.*s/%s: lstat: %s",
                         (int)request->file.length, request->file.bytes, name, strerror(errno));
    }
    outcome = passes(request, name, &stat, &is_wanted);
    return outcome == OUTCOME_DONE && is_wanted ? give(request, answer) : outcome;
}

static void dsearch_close(void *opened)
{
    struct dsearch_state *state = opened;

    if (state->fd >= 0)
        (void)close(state->fd);
    free(state);
}

static enum outcome dsearch_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    struct dsearch_state *state = calloc(1, sizeof *state);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    (void)lookups;
    if (state == NULL || name == NULL) {
        free(state);
        return error_no_memory(request->error);
    }
    state->fd = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (state->fd >= 0 && fstat(state->fd, &state->stat) == 0) {
        *opened = state;
        return OUTCOME_DONE;
    }
    int error = errno;
    dsearch_close(state);
    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "failed to open %s for directory search: %s", name, strerror(error));
}

/* The folder may have been replaced by another one of its name. */
static bool dsearch_check(void *opened, const struct lookup_request *request)
{
    const struct dsearch_state *state = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && stat(name, &now) == 0 && now.st_ino == state->stat.st_ino &&
           now.st_dev == state->stat.st_dev;
}

const struct lookup_driver lookup_driver_dsearch = {
    .name = "dsearch",
    .built_by = "LOOKUP_DSEARCH",
    .help = "whether a folder has an entry: ${lookup{name}dsearch{/folder}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .open = dsearch_open,
    .check = dsearch_check,
    .find = dsearch_find,
    .close = dsearch_close,
    .quote = lookup_quote_nothing,
};
