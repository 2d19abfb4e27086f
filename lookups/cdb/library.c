/* What the cdb lookup does with tinycdb. */

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/module.h"
#include "lookups/file_stat.h"
#include "lookups/lookup.h"

extern const struct lookup_library rexpand_lookup_cdb;

struct cdb_state {
    int fd;
    bool is_mapped;
    struct stat stat;
    struct cdb cdb;
};

static void close_file(void *opened)
{
    struct cdb_state *state = opened;

    if (state->is_mapped)
        cdb_free(&state->cdb);
    if (state->fd >= 0)
        (void)close(state->fd);
    free(state);
}

static enum outcome cannot_open(const struct lookup_request *request, const char *name, const char *why)
{
    return error_set(request->error, request->arena, OUTCOME_FAILED, "failed to open %s for cdb lookup: %s",
                     name, why);
}

static enum outcome map_file(struct cdb_state *state, const char *name, const struct lookup_request *request)
{
    /* A FIFO must not make it wait. */
    state->fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (state->fd < 0 || fstat(state->fd, &state->stat) != 0)
        return cannot_open(request, name, strerror(errno));
    if (!S_ISREG(state->stat.st_mode))
        return cannot_open(request, name, "not a regular file");
    if (cdb_init(&state->cdb, state->fd) != 0)
        return cannot_open(request, name, errno == EPROTO ? "not a cdb file: too short" : strerror(errno));
    state->is_mapped = true;
    return OUTCOME_DONE;
}

static enum outcome open_file(const struct lookup_setting_reader *settings,
                              const struct lookup_request *request, void **opened)
{
    struct cdb_state *state = calloc(1, sizeof *state);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    (void)settings;
    if (state == NULL || name == NULL) {
        free(state);
        return error_no_memory(request->error);
    }
    state->fd = -1;
    enum outcome outcome = map_file(state, name, request);
    if (outcome == OUTCOME_DONE)
        *opened = state;
    else
        close_file(state);
    return outcome;
}

static bool check_file(void *opened, const struct lookup_request *request)
{
    const struct cdb_state *state = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && stat(name, &now) == 0 && file_is_same(&state->stat, &now);
}

static enum outcome corrupt(const struct lookup_request *request)
{
    return error_set(request->error, request->arena, OUTCOME_DEFERRED, "cdb: corrupt cdb file %.*s",
                     (int)request->file.length, request->file.bytes);
}

static enum outcome find_key(void *opened, const struct lookup_request *request, struct lookup_answer *answer)
{
    struct cdb_state *state = opened;

    answer->found = false;
    if (request->key.length > UINT_MAX)
        return OUTCOME_DONE;
    int found = cdb_find(&state->cdb, request->key.bytes, (unsigned)request->key.length);
    if (found < 0)
        return corrupt(request);
    if (found == 0)
        return OUTCOME_DONE;
    size_t length = cdb_datalen(&state->cdb);
    const void *bytes = cdb_getdata(&state->cdb);
    if (bytes == NULL)
        return corrupt(request);
    const char *copy = arena_copy(request->arena, bytes, length);
    if (copy == NULL)
        return error_no_memory(request->error);
    answer->found = true;
    answer->value = value_clean(copy, length);
    return OUTCOME_DONE;
}

static void add_version(struct buffer *out)
{
    buffer_format(out, "Library version: tinycdb %.2f", TINYCDB_VERSION);
}

MODULE_TABLE const struct lookup_library rexpand_lookup_cdb = {
    .open = open_file,
    .check = check_file,
    .find = find_key,
    .close = close_file,
    .version = add_version,
};
