/* What the lmdb lookup does with liblmdb. */

#include <errno.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/module.h"
#include "lookups/lookup.h"

extern const struct lookup_library rexpand_lookup_lmdb;

/* An open database and a transaction for reading, which holds nothing between two
   lookups. None of it may be used in another process than the one that opened it. */
struct lmdb_state {
    MDB_env *env;
    MDB_txn *reading; /* NULL before the first lookup */
    MDB_dbi database;
    pid_t process;
    dev_t device;
    ino_t inode;
};

static void close_file(void *opened)
{
    struct lmdb_state *state = opened;

    if (state->reading != NULL && state->process == getpid())
        mdb_txn_abort(state->reading);
    if (state->env != NULL)
        mdb_env_close(state->env);
    free(state);
}

static enum outcome failed(const struct lookup_request *request, enum outcome outcome, const char *what,
                           int error)
{
    return error_set(request->error, request->arena, outcome, "lmdb: failed to %s %.*s: %s", what,
                     (int)request->file.length, request->file.bytes, mdb_strerror(error));
}

/* Opens the database for good with the first transaction. */
static int open_database(struct lmdb_state *state, const char *name)
{
    int error = mdb_env_create(&state->env);

    if (error == 0)
        error = mdb_env_open(state->env, name, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOTLS, 0);
    if (error == 0)
        error = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &state->reading);
    if (error == 0)
        error = mdb_dbi_open(state->reading, NULL, 0, &state->database);
    if (error == 0)
        mdb_txn_reset(state->reading);
    return error;
}

static enum outcome open_file(const struct lookup_setting_reader *settings,
                              const struct lookup_request *request, void **opened)
{
    struct lmdb_state *state = calloc(1, sizeof *state);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);
    struct stat stat_now;

    (void)settings;
    if (state == NULL || name == NULL) {
        free(state);
        return error_no_memory(request->error);
    }
    state->process = getpid();
    int error = stat(name, &stat_now) != 0 ? errno : open_database(state, name);
    if (error != 0) {
        close_file(state);
        return failed(request, OUTCOME_FAILED, "open", error);
    }
    state->device = stat_now.st_dev;
    state->inode = stat_now.st_ino;
    *opened = state;
    return OUTCOME_DONE;
}

/* The library sees changes by itself, but not that there is another file now. */
static bool check_file(void *opened, const struct lookup_request *request)
{
    const struct lmdb_state *state = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && state->process == getpid() && stat(name, &now) == 0 &&
           now.st_dev == state->device && now.st_ino == state->inode;
}

static enum outcome find_key(void *opened, const struct lookup_request *request, struct lookup_answer *answer)
{
    struct lmdb_state *state = opened;
    MDB_val key = {.mv_data = (void *)(uintptr_t)request->key.bytes, .mv_size = request->key.length};
    MDB_val data = {.mv_size = 0};
    const char *copy = NULL;
    int error = mdb_txn_renew(state->reading);

    answer->found = false;
    if (error != 0)
        return failed(request, OUTCOME_DEFERRED, "read", error);
    error = mdb_get(state->reading, state->database, &key, &data);
    if (error == 0)
        copy = arena_copy(request->arena, data.mv_size == 0 ? "" : data.mv_data, data.mv_size);
    mdb_txn_reset(state->reading);
    /* A key that is too long for any database is in none. */
    if (error == MDB_NOTFOUND || error == MDB_BAD_VALSIZE)
        return OUTCOME_DONE;
    if (error != 0)
        return failed(request, OUTCOME_DEFERRED, "read", error);
    if (copy == NULL)
        return error_no_memory(request->error);
    answer->found = true;
    answer->value = value_clean(copy, data.mv_size);
    return OUTCOME_DONE;
}

static void add_version(struct buffer *out)
{
    buffer_format(out, "Library version: %s", mdb_version(NULL, NULL, NULL));
}

MODULE_TABLE const struct lookup_library rexpand_lookup_lmdb = {
    .open = open_file,
    .check = check_file,
    .find = find_key,
    .close = close_file,
    .version = add_version,
};
