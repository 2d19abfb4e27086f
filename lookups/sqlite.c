/* The driver "sqlite": an SQL query to a database in a file. */

#include <string.h>

#include "lookups/sql.h"

extern const struct lookup_driver lookup_driver_sqlite;

#ifdef LOOKUP_SQLITE_MODULE
#define LINKED NULL
#else
extern const struct lookup_library rexpand_lookup_sqlite;
#define LINKED (&rexpand_lookup_sqlite)
#endif

static const char joint[] = "||char(0)||";

static const struct sql_dialect dialect = {.has_backquotes = true, .has_brackets = true, .joint = joint};

/* SQLite ends a query's text at a NUL: such a byte is put in between by a function. */
static bool sqlite_quote(struct buffer *out, const struct value *text, const struct value *option)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (byte == '\0') {
            buffer_format(out, "'%s'", joint);
            continue;
        }
        if (byte == '\'')
            buffer_add_byte(out, '\'');
        buffer_add_byte(out, byte);
    }
    return option->length == 0;
}

static enum outcome sqlite_check_taint(const struct lookup_request *request)
{
    return sql_check(request, &dialect);
}

static void sqlite_version(struct buffer *out)
{
    lookup_library_version(&lookup_driver_sqlite, out);
}

static enum outcome check_file(const char *text, struct arena *arena, struct error *error)
{
    if (text[0] == '\0' || text[0] == '/')
        return OUTCOME_DONE;
    return error_set(error, arena, OUTCOME_FAILED,
                     "absolute file name expected for \"sqlite_dbfile\", not \"%s\"", text);
}

static const struct lookup_setting settings[] = {
    {
        .name = "sqlite_dbfile",
        .type = LOOKUP_SETTING_TEXT,
        .default_value = "",
        .help = "the database of lookups that name none",
        .check = check_file,
    },
    {
        .name = "sqlite_lock_timeout",
        .type = LOOKUP_SETTING_TIME,
        .default_value = "5s",
        .help = "how long to wait for a database that is locked",
    },
};

static const struct lookup_option options[] = {
    {"file", "the database in place of sqlite_dbfile", false},
};

const struct lookup_driver lookup_driver_sqlite = {
    .name = "sqlite",
    .built_by = "LOOKUP_SQLITE",
    .help = "a query to an SQLite database: ${lookup sqlite,file=/file{SELECT ...}}",
    .style = LOOKUP_QUERY,
    .wants_absolute_file = true,
    .file_setting = "sqlite_dbfile",
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .linked = LINKED,
    .module = "rexpand_sqlite.so",
    .table = "rexpand_lookup_sqlite",
    LOOKUP_LIBRARY,
    .check_taint = sqlite_check_taint,
    .quote = sqlite_quote,
    .version = sqlite_version,
};
