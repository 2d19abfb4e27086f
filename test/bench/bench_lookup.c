/* What a lookup costs inside a program, through the public header, with a key that is
   another one each time; and the same on a bare library.

   bench_lookup make FOLDER      makes FOLDER's lines, networks, keys, addresses and databases
   bench_lookup ask STRING KEYS  lookups a second of CPU time: STRING is evaluated with 100 lines of
                                 the file KEYS at a time as a list for $local_part
   bench_lookup bare FILE KEYS   the same for the query to the SQLite database FILE by the library alone */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef LOOKUP_CDB
#include <cdb.h>
#endif
#ifdef LOOKUP_SQLITE
#include <sqlite3.h>
#endif

#include "rexpand.h"

enum { LINES = 100000, NETWORKS = 10000, KEYS = 50000, PATH_ROOM = 4096, MEASUREMENTS = 5 };

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench_lookup: %s\n", what);
    exit(1);
}

static double cpu_seconds(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- files ---- */

static FILE *create(const char *folder, const char *name)
{
    char path[PATH_ROOM];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail(path);
    return file;
}

/* The same numbers in each run. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static void print_key(FILE *out, uint32_t number, const char *end)
{
    (void)fprintf(out, "user%06u@example%03u.com%s", number, number % 1000, end);
}

static void make_lines(const char *folder)
{
    uint64_t state = 1;
    FILE *lines = create(folder, "lines");
    FILE *keys = create(folder, "keys");

    for (uint32_t i = 0; i < LINES; i++) {
        print_key(lines, i, "");
        (void)fprintf(lines, ": /var/mail/%u some more data\n", i);
    }
    for (uint32_t i = 0; i < KEYS; i++)
        print_key(keys, next_random(&state) % LINES, "\n");
    (void)fclose(lines);
    (void)fclose(keys);
}

static void make_networks(const char *folder)
{
    uint64_t state = 2;
    uint32_t *networks = malloc(NETWORKS * sizeof *networks);
    FILE *lines = create(folder, "networks");
    FILE *keys = create(folder, "addresses");

    if (networks == NULL)
        fail("no memory");
    for (uint32_t i = 0; i < NETWORKS; i++) {
        networks[i] = next_random(&state) << 8;
        (void)fprintf(lines, "%u.%u.%u.0/24: network %u\n", networks[i] >> 24, networks[i] >> 16 & 255,
                      networks[i] >> 8 & 255, i);
    }
    for (uint32_t i = 0; i < KEYS; i++) {
        uint32_t network = networks[next_random(&state) % NETWORKS];
        (void)fprintf(keys, "%u.%u.%u.%u\n", network >> 24, network >> 16 & 255, network >> 8 & 255,
                      next_random(&state) & 255);
    }
    free(networks);
    (void)fclose(lines);
    (void)fclose(keys);
}

static void make_cdb(const char *folder)
{
#ifdef LOOKUP_CDB
    char path[PATH_ROOM], key[64], text[64];
    struct cdb_make cdb;

    (void)snprintf(path, sizeof path, "%s/lines.cdb", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || cdb_make_start(&cdb, fd) != 0)
        fail(path);
    for (uint32_t i = 0; i < LINES; i++) {
        int key_length = snprintf(key, sizeof key, "user%06u@example%03u.com", i, i % 1000);
        int length = snprintf(text, sizeof text, "/var/mail/%u some more data", i);
        if (cdb_make_add(&cdb, key, (unsigned)key_length, text, (unsigned)length) != 0)
            fail(path);
    }
    if (cdb_make_finish(&cdb) != 0)
        fail(path);
    (void)close(fd);
#else
    (void)folder;
#endif
}

static void make_sqlite(const char *folder)
{
#ifdef LOOKUP_SQLITE
    static const char fill[] =
        "CREATE TABLE users(id TEXT PRIMARY KEY, mailbox TEXT) WITHOUT ROWID;"
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) INSERT INTO users "
        "SELECT printf('user%06d@example%03d.com', i, i % 1000), printf('/var/mail/%d', i) FROM n;";
    char path[PATH_ROOM];
    sqlite3 *database;

    (void)snprintf(path, sizeof path, "%s/users.db", folder);
    if (sqlite3_open(path, &database) != SQLITE_OK ||
        sqlite3_exec(database, fill, NULL, NULL, NULL) != SQLITE_OK)
        fail(path);
    (void)sqlite3_close(database);
#else
    (void)folder;
#endif
}

/* ---- keys ---- */

struct keys {
    char *lines[KEYS];
    size_t count;
};

static void read_keys(struct keys *keys, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t capacity = 0;

    keys->count = 0;
    if (file == NULL)
        fail(path);
    while (keys->count < KEYS) {
        char *line = NULL;
        ssize_t length = getline(&line, &capacity, file);
        capacity = 0;
        if (length <= 0) {
            free(line);
            break;
        }
        line[strcspn(line, "\n")] = '\0';
        keys->lines[keys->count++] = line;
    }
    (void)fclose(file);
}

static void free_keys(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        free(keys->lines[i]);
    free(keys);
}

/* ---- asking ---- */

/* As many keys as one evaluation gets. */
enum { TOGETHER = 100, LIST_ROOM = TOGETHER * 64 };

static void ask_once(struct rexpand_env *env, const struct rexpand_program *program, char *const *keys,
                     size_t count)
{
    struct rexpand_result result;
    char list[LIST_ROOM];
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s\n", keys[i]);
    if (!rexpand_env_set(env, "local_part", list, length, false))
        fail("no memory");
    if (rexpand_evaluate(program, env, &result) != REXPAND_DONE)
        fail(result.message);
    if (result.length < count * 2)
        fail("not all keys were found");
}

static void ask(const char *string, const struct keys *keys)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_program *program = rexpand_compile(string, strlen(string), NULL);
    double best = 0;

    if (env == NULL || program == NULL)
        fail("no memory");
    for (int round = 0; round < MEASUREMENTS; round++) {
        rexpand_env_tidy(env);
        double begin = cpu_seconds();
        for (size_t i = 0; i + TOGETHER <= keys->count; i += TOGETHER)
            ask_once(env, program, keys->lines + i, TOGETHER);
        double speed = (double)(keys->count - keys->count % TOGETHER) / (cpu_seconds() - begin);
        best = speed > best ? speed : best;
    }
    (void)printf("%.0f\n", best);
    rexpand_program_free(program);
    rexpand_env_free(env);
}

#ifdef LOOKUP_SQLITE
static void ask_bare_once(sqlite3 *database, const char *key)
{
    char query[256];
    sqlite3_stmt *statement;
    char *copy = NULL;

    int length = snprintf(query, sizeof query, "SELECT mailbox FROM users WHERE id = '%s'", key);
    if (sqlite3_prepare_v2(database, query, length, &statement, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(database));
    while (sqlite3_step(statement) == SQLITE_ROW)
        copy = strdup((const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    if (copy == NULL)
        fail(key);
    free(copy);
}
#endif

static void ask_bare(const char *path, const struct keys *keys)
{
#ifdef LOOKUP_SQLITE
    sqlite3 *database;
    double best = 0;

    if (sqlite3_open(path, &database) != SQLITE_OK)
        fail(path);
    for (int round = 0; round < MEASUREMENTS; round++) {
        double begin = cpu_seconds();
        for (size_t i = 0; i < keys->count; i++)
            ask_bare_once(database, keys->lines[i]);
        double speed = (double)keys->count / (cpu_seconds() - begin);
        best = speed > best ? speed : best;
    }
    (void)printf("%.0f\n", best);
    (void)sqlite3_close(database);
#else
    (void)path;
    (void)keys;
    (void)printf("0\n");
#endif
}

int main(int argc, char **argv)
{
    struct keys *keys = malloc(sizeof *keys);

    if (keys == NULL || argc < 3)
        fail("usage: bench_lookup make FOLDER | ask STRING KEYS | bare FILE KEYS");
    keys->count = 0;
    if (argc > 3)
        read_keys(keys, argv[3]);
    if (strcmp(argv[1], "make") == 0) {
        make_lines(argv[2]);
        make_networks(argv[2]);
        make_cdb(argv[2]);
        make_sqlite(argv[2]);
    } else if (strcmp(argv[1], "ask") == 0) {
        ask(argv[2], keys);
    } else {
        ask_bare(argv[2], keys);
    }
    free_keys(keys);
    return 0;
}
