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

/* A statement that is kept for the next query that differs in quoted values only. */
struct kept_statement {
    char *text; /* NULL: free */
    size_t length;
    sqlite3_stmt *statement;
};

enum { MOST_KEPT = 8, MOST_VALUES = 16, LONGEST_KEPT = 16 * 1024 };

struct sqlite_state {
    sqlite3 *database;
    struct kept_statement kept[MOST_KEPT];
    size_t next_kept;  /* the one to give up */
    bool takes_values; /* what is quoted has been looked at: it can be handed over as a value */
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

    for (size_t i = 0; i < MOST_KEPT; i++) {
        if (state->process == getpid())
            (void)sqlite3_finalize(state->kept[i].statement);
        free(state->kept[i].text);
    }
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
    state->takes_values = settings->word(settings->lookups, "taint_unquoted") == 0;
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

/* ---- statements that are kept ---- */

/* A query with a "?" for each literal that is one quoted value, and the values. */
struct template
{
    struct value text;
    struct value values[MOST_VALUES];
    size_t count;
};

/* Whether the span is all of a literal. It is known to stand inside one. */
static bool is_whole_literal(const struct value *query, size_t begin, size_t end)
{
    const char *bytes = query->bytes;

    return begin > 0 && bytes[begin - 1] == '\'' && (begin < 2 || bytes[begin - 2] != '\'') &&
           end < query->length && bytes[end] == '\'' && (end + 1 == query->length || bytes[end + 1] != '\'');
}

/* What the operator has made of a value, undone. */
static bool add_unquoted(struct template *template, const char *bytes, size_t length, struct arena *arena)
{
    static const char nul[] = "'||char(0)||'";
    struct buffer out;

    buffer_init(&out, arena);
    buffer_reserve(&out, length + 1);
    for (size_t i = 0; i < length; i++) {
        bool is_nul = length - i >= sizeof nul - 1 && memcmp(bytes + i, nul, sizeof nul - 1) == 0;
        if (is_nul)
            i += sizeof nul - 2;
        else if (bytes[i] == '\'')
            i++;
        buffer_add_byte(&out, is_nul ? '\0' : bytes[i]);
    }
    return buffer_value(&out, &template->values[template->count++]);
}

/* False: it cannot be made. */
static bool make_template(const struct lookup_request *request, struct template *template)
{
    const struct value *query = &request->key;
    struct buffer text;
    size_t from = 0;

    template->count = 0;
    buffer_init(&text, request->arena);
    for (size_t i = 0; i < query->span_count; i++) {
        size_t begin = query->spans[i].begin;
        size_t end = query->spans[i].end < query->length ? query->spans[i].end : query->length;
        if (!is_whole_literal(query, begin, end))
            continue;
        if (template->count == MOST_VALUES ||
            !add_unquoted(template, query->bytes + begin, end - begin, request->arena))
            return false;
        buffer_add(&text, query->bytes + from, begin - 1 - from);
        buffer_add_string(&text, "? "); /* what follows is no number of a parameter */
        from = end + 1;
    }
    buffer_add(&text, query->bytes + from, query->length - from);
    return buffer_value(&text, &template->text) && template->text.length <= LONGEST_KEPT;
}

/* Of several columns the names are seen: none may show that a value was taken out. */
static bool hides_values(sqlite3_stmt *statement)
{
    int count = sqlite3_column_count(statement);

    for (int i = 0; count > 1 && i < count; i++) {
        const char *name = sqlite3_column_name(statement, i);
        if (name == NULL || strchr(name, '?') != NULL)
            return false;
    }
    return true;
}

/* One statement that only reads, with as many values as the template has. */
static sqlite3_stmt *prepare_template(sqlite3 *database, const struct template *template)
{
    const char *rest = NULL;
    const char *end = template->text.bytes + template->text.length;
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(database, template->text.bytes, (int)template->text.length,
                           SQLITE_PREPARE_PERSISTENT, &statement, &rest) == SQLITE_OK &&
        statement != NULL && rest == end && sqlite3_stmt_readonly(statement) && hides_values(statement) &&
        sqlite3_bind_parameter_count(statement) == (int)template->count)
        return statement;
    (void)sqlite3_finalize(statement);
    return NULL;
}

static sqlite3_stmt *keep_statement(struct sqlite_state *state, const struct template *template)
{
    struct kept_statement *kept = &state->kept[state->next_kept];
    char *text = malloc(template->text.length + 1);
    sqlite3_stmt *statement = text == NULL ? NULL : prepare_template(state->database, template);

    if (statement == NULL) {
        free(text);
        return NULL;
    }
    memcpy(text, template->text.bytes, template->text.length);
    (void)sqlite3_finalize(kept->statement);
    free(kept->text);
    *kept = (struct kept_statement){.text = text, .length = template->text.length, .statement = statement};
    state->next_kept = (state->next_kept + 1) % MOST_KEPT;
    return statement;
}

static sqlite3_stmt *find_kept(const struct sqlite_state *state, const struct value *text)
{
    for (size_t i = 0; i < MOST_KEPT; i++)
        if (state->kept[i].text != NULL && state->kept[i].length == text->length &&
            memcmp(state->kept[i].text, text->bytes, text->length) == 0)
            return state->kept[i].statement;
    return NULL;
}

/* The statement for the query, its values in place; NULL when there is none to keep. */
static sqlite3_stmt *bind_kept(struct sqlite_state *state, const struct lookup_request *request)
{
    struct template template;

    if (!state->takes_values || !make_template(request, &template))
        return NULL;
    sqlite3_stmt *statement = find_kept(state, &template.text);
    if (statement == NULL)
        statement = keep_statement(state, &template);
    for (size_t i = 0; statement != NULL && i < template.count; i++)
        if (sqlite3_bind_text64(statement, (int)i + 1, template.values[i].bytes, template.values[i].length,
                                SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
            return NULL;
    return statement;
}

/* A query whose statement is kept runs without being read again. */
static enum outcome run(struct sqlite_state *state, const struct lookup_request *request,
                        struct lookup_answer *answer, struct buffer *out)
{
    sqlite3_stmt *statement = bind_kept(state, request);

    if (statement == NULL)
        return run_query(state, request, answer, out);
    enum outcome outcome = run_statement(state, statement, request, answer, out);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
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
    enum outcome outcome = run(state, request, answer, &out);
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
