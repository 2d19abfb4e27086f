/* What the sqlite lookup does with SQLite. */

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/module.h"
#include "lookups/sql.h"

extern const struct lookup_library rexpand_lookup_sqlite;

/* How many steps of the library's machine pass between two looks at the clock, and
   the largest result. */
enum { STEPS = 10000, LARGEST_RESULT = 16 * 1024 * 1024 };

struct sqlite_state {
    sqlite3 *database;
    nanoseconds lock_timeout;
    nanoseconds deadline;   /* of the query under way */
    nanoseconds wait_until; /* for a lock in it; 0: it did not have to wait yet */
    pid_t process;          /* another one must not use the connection, nor even close it */
    dev_t device;
    ino_t inode;
};

static void close_database(void *opened)
{
    struct sqlite_state *state = opened;

    if (state->process == getpid())
        (void)sqlite3_close_v2(state->database);
    free(state);
}

/* Not zero: stop. */
static int is_late(void *opened)
{
    const struct sqlite_state *state = opened;

    return clock_is_past(state->deadline);
}

/* Zero: do not wait any longer for a lock. */
static int wait_for_lock(void *opened, int attempt)
{
    enum { FIRST_MILLISECONDS = 1, MOST_MILLISECONDS = 50 };
    struct sqlite_state *state = opened;
    int pause = attempt < 6 ? FIRST_MILLISECONDS << attempt : MOST_MILLISECONDS;

    if (state->wait_until == 0)
        state->wait_until = clock_earlier(state->deadline, clock_deadline(state->lock_timeout));
    int left = clock_poll_timeout(state->wait_until);
    if (left == 0)
        return 0;
    if (left > 0 && pause > left)
        pause = left;
    (void)sqlite3_sleep(pause);
    return 1;
}

static enum outcome open_named(struct sqlite_state *state, const char *name,
                               const struct lookup_request *request)
{
    enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };
    struct stat stat_now;

    if (sqlite3_open_v2(name, &state->database, FLAGS, NULL) != SQLITE_OK)
        return error_set(request->error, request->arena, OUTCOME_FAILED, "%s",
                         state->database == NULL ? "out of memory" : sqlite3_errmsg(state->database));
    (void)sqlite3_busy_handler(state->database, wait_for_lock, state);
    sqlite3_progress_handler(state->database, STEPS, is_late, state);
    /* The file need not be there before something is written. */
    if (stat(name, &stat_now) == 0) {
        state->device = stat_now.st_dev;
        state->inode = stat_now.st_ino;
    }
    return OUTCOME_DONE;
}

static enum outcome open_database(const struct lookup_setting_reader *settings,
                                  const struct lookup_request *request, void **opened)
{
    struct sqlite_state *state = calloc(1, sizeof *state);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    if (state == NULL || name == NULL) {
        free(state);
        return error_no_memory(request->error);
    }
    state->process = getpid();
    state->lock_timeout = settings->time(settings->lookups, "sqlite_lock_timeout");
    enum outcome outcome = open_named(state, name, request);
    if (outcome == OUTCOME_DONE)
        *opened = state;
    else
        close_database(state);
    return outcome;
}

static bool check_database(void *opened, const struct lookup_request *request)
{
    const struct sqlite_state *state = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && state->process == getpid() && stat(name, &now) == 0 &&
           now.st_dev == state->device && now.st_ino == state->inode;
}

static struct value column_text(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return VALUE_LITERAL("<NULL>");
    const unsigned char *bytes = sqlite3_column_text(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return bytes == NULL ? value_clean("", 0) : value_clean((const char *)bytes, (size_t)length);
}

/* One field is given as it is, several each with its name. */
static void add_row(struct buffer *out, sqlite3_stmt *statement)
{
    int count = sqlite3_column_count(statement);

    if (count == 1) {
        struct value text = column_text(statement, 0);
        buffer_add(out, text.bytes, text.length);
        return;
    }
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(statement, i);
        struct value label = value_of_string(name == NULL ? "" : name);
        struct value text = column_text(statement, i);
        sql_add_field(out, &label, &text);
    }
}

/* What goes wrong is not "not found": the database may be locked, or changed. */
static enum outcome defer(const struct sqlite_state *state, const struct lookup_request *request)
{
    return error_set(request->error, request->arena, OUTCOME_DEFERRED, "sqlite: %s",
                     clock_is_past(state->deadline) ? "the query took longer than the time limit"
                                                    : sqlite3_errmsg(state->database));
}

static enum outcome run_statement(const struct sqlite_state *state, sqlite3_stmt *statement,
                                  const struct lookup_request *request, struct lookup_answer *answer,
                                  struct buffer *out)
{
    int step;

    if (!sqlite3_stmt_readonly(statement)) {
        answer->may_cache = false;
        answer->empties_cache = true;
    }
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (answer->found)
            buffer_add_byte(out, '\n');
        answer->found = true;
        add_row(out, statement);
        if (out->length > LARGEST_RESULT)
            return error_set(request->error, request->arena, OUTCOME_FAILED,
                             "the result of a sqlite query is larger than %d bytes", (int)LARGEST_RESULT);
    }
    return step == SQLITE_DONE ? OUTCOME_DONE : defer(state, request);
}

/* All statements of the query, one after the other. */
static enum outcome run_query(const struct sqlite_state *state, const struct lookup_request *request,
                              struct lookup_answer *answer, struct buffer *out)
{
    const char *rest = request->key.bytes;
    const char *end = rest + request->key.length;
    enum outcome outcome = OUTCOME_DONE;

    while (outcome == OUTCOME_DONE && rest < end) {
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(state->database, rest, (int)(end - rest), &statement, &rest) != SQLITE_OK)
            return defer(state, request);
        if (statement == NULL)
            continue; /* white space, a comment */
        outcome = run_statement(state, statement, request, answer, out);
        (void)sqlite3_finalize(statement);
    }
    return outcome;
}

static enum outcome ask_database(void *opened, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    struct sqlite_state *state = opened;
    struct buffer out;

    answer->found = false;
    if (request->key.length > INT_MAX ||
        (request->key.length > 0 && memchr(request->key.bytes, '\0', request->key.length) != NULL))
        return error_set(
            request->error, request->arena, OUTCOME_FAILED,
            "a sqlite query cannot hold a NUL byte: ${quote_sqlite:...} writes one in a literal");
    state->deadline = request->deadline;
    state->wait_until = 0;
    buffer_init(&out, request->arena);
    enum outcome outcome = run_query(state, request, answer, &out);
    if (outcome != OUTCOME_DONE || !answer->found)
        return outcome;
    return buffer_value(&out, &answer->value) ? OUTCOME_DONE : error_no_memory(request->error);
}

static void add_version(struct buffer *out)
{
    buffer_format(out, "Library version: SQLite %s", sqlite3_libversion());
}

MODULE_TABLE const struct lookup_library rexpand_lookup_sqlite = {
    .open = open_database,
    .check = check_database,
    .find = ask_database,
    .close = close_database,
    .version = add_version,
};
