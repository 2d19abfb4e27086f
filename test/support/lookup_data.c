#include "test/support/lookup_data.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef LOOKUP_CDB
#include <cdb.h>
#endif
#ifdef LOOKUP_LMDB
#include <lmdb.h>
#endif
#ifdef LOOKUP_SQLITE
#include <sqlite3.h>
#endif

enum { PATH_ROOM = 4096 };

static const struct {
    const char *name;
    const char *text;
} files[] = {
    {"domains", "a.example.com: full\n"
                "*.example.com: wild\n"
                "*.org: worg\n"
                "*: star\n"
                "*@ex.net: starat\n"
                "ann@x.org: ann\n"
                ".dot.com: dd\n"
                ".: dotalone\n"
                "b.c: bc\n"},
    {"plain", "a.example.com: full\n"
              "*.example.com: wild\n"
              "deep.example.com.: dot at the end\n"
              "*.: stardot\n"
              "a: single\n"},
    {"lines", "k1   :   data one  \n  cont   two\n"
              "k2\tx\r\n"
              "\"q k\"  :  y\n"
              "\"q2\":z\n"
              "k3\n"
              "k4 :\n"
              "# comment: no\n"
              "\n"
              "k5: five\n# not a part\n of it\n"
              "k6:six\n\tseven\n\n eight\n"
              "K7 : : colon\n"
              "k1: second\n"
              "\"\\x41\\102\\t\\\"c\" escapes\n"
              "\"open quote\n"
              "k\xc3\xa4: umlaut\n"
              "last: no newline"},
    {"networks", "\"1.2.3.4\": quoted four\n"
                 "1.2.3.0/24: net24\n"
                 "1.2.0.0/16 net16\n"
                 "1.2.3.128/25 later and narrower\n"
                 "\"abcd::/16\": v6\n"
                 "\"abcd:abce::1\" later\n"
                 "abcd:abce::1 unquoted\n"
                 "bad: bad\n"
                 "10.0.0.1\n 10.0.0.2 continued\n"
                 "10.0.0.0/8: ten\n"
                 "9.9.9.9/40: too many bits\n"
                 "8.8.8.0/08: eight\n"
                 "*: star\n"
                 "7.7.7.7/24x: x\n"
                 "6.6.6.6/-1: negative\n"
                 "\"2:3::/33x\": q\n"
                 "\"1:2::/200\" v6 too many bits\n"
                 "\"fe80::1%eth0\": scope\n"},
    {"everything", "5.5.5.5: five\n0.0.0.0/0: all of IPv4\n\"::/0\": all of IPv6\n6.6.6.6: never\n"},
    {"empty-bits", "1.2.3.4/: nothing behind the slash\n"},
    {"patterns", "*.example.com  ends\n"
                 "^\\d+x digits\n"
                 "^\\\\Nq\\\\d+ q\n"
                 "\"^a b\" space and quotes\n"
                 "*fish fish\n"
                 "plain plain\n"
                 "SomeCase case\n"
                 "@ at\n"
                 "+foo plus\n"
                 "\"a:b\" colon\n"
                 "^(?-i)ABC upper\n"
                 "!neg anything but neg\n"
                 "neg never\n"},
    {"expanded", "^\\N\\d+y\\N digits and y\n"
                 "^\\d+x without a backslash, d\n"
                 "${primary_hostname} name\n"
                 "\\Nlit\\N literal\n"
                 "\"^(\\\\\\\\d+)z\" digits and z\n"
                 "\"${lc:UPPER WORDS}\": braces\n"
                 "\"${if eq{a}{b}{x}fail}\" forced\n"
                 "* rest\n"},
    {"bad-expansion", "first found\n${bad bad\nother other\n"},
    {"bad-regex", "first found\n^[a bad\nother other\n"},
    {"document.json",
     "{\"name\": \"va\\\"l\\u00e9\", \"n\": 12, \"real\": 1.5, \"yes\": true, \"no\": false, \"nil\": null,\n"
     " \"list\": [1, \"two\", {\"three\": 3}, []], \"object\": {\"a b\": {\"c\": \"deep\"}, \"0\": "
     "\"zero\"}, "
     "\"empty\": \"\", \"nul\": \"a\\u0062\"}\n"},
    {"bad.json", "{\"a\": 1,\n \"b\" }\n"},
    {"bare.json", "\"text\"\n"},
    {"short.cdb", "no cdb\n"},
};

static void join(char *path, const char *folder, const char *name)
{
    (void)snprintf(path, PATH_ROOM, "%s/%s", folder, name);
}

static void write_file(const char *folder, const char *name, const char *bytes, size_t length)
{
    char path[PATH_ROOM];

    join(path, folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0644), 0);
}

static void make_folder(const char *folder, const char *name)
{
    char path[PATH_ROOM];

    join(path, folder, name);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
}

static void make_link(const char *folder, const char *name, const char *target)
{
    char path[PATH_ROOM];

    join(path, folder, name);
    assert_int_equal(symlink(target, path), 0);
}

static void make_folders(const char *folder)
{
    char path[PATH_ROOM];

    make_folder(folder, "dir");
    make_folder(folder, "dir/sub");
    make_folder(folder, "dir/..x");
    write_file(folder, "dir/f", "x\n", 2);
    write_file(folder, "dir/sub/leaf", "x\n", 2);
    make_link(folder, "dir/link", "f");
    make_link(folder, "dir/dangling", "nowhere");
    join(path, folder, "dir/fifo");
    assert_int_equal(mkfifo(path, 0644), 0);
}

/* What cdb and LMDB hold. */
static const struct {
    const char *key;
    const char *text;
} entries[] = {
    {"one", "Hello"}, {"k", "v1"}, {"empty", ""}, {"A.bC", "xyz"}, {"*", "star"}, {"*.b.c", "wild"},
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static void make_cdb(const char *folder)
{
#ifdef LOOKUP_CDB
    char path[PATH_ROOM];
    struct cdb_make cdb;

    join(path, folder, "good.cdb");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(cdb_make_start(&cdb, fd), 0);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(cdb_make_add(&cdb, entries[i].key, (unsigned)strlen(entries[i].key), entries[i].text,
                                      (unsigned)strlen(entries[i].text)),
                         0);
    assert_int_equal(cdb_make_add(&cdb, "k", 1, "v2", 2), 0);
    assert_int_equal(cdb_make_finish(&cdb), 0);
    assert_int_equal(fchmod(fd, 0644), 0);
    assert_int_equal(close(fd), 0);
    join(path, folder, "cut.cdb");
    FILE *cut = fopen(path, "w");
    assert_non_null(cut);
    for (int i = 0; i < 2048; i++)
        (void)fputc(i % 8 == 1 ? 0x10 : i % 8 == 4 ? 1 : 0, cut);
    assert_int_equal(fclose(cut), 0);
    assert_int_equal(chmod(path, 0644), 0);
#else
    (void)folder;
#endif
}

static void make_lmdb(const char *folder)
{
#ifdef LOOKUP_LMDB
    char path[PATH_ROOM];
    MDB_env *env;
    MDB_txn *writing;
    MDB_dbi database;

    join(path, folder, "good.lmdb");
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0644), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &writing), 0);
    assert_int_equal(mdb_dbi_open(writing, NULL, 0, &database), 0);
    for (size_t i = 0; i < ENTRIES; i++) {
        MDB_val key = {.mv_data = (void *)(uintptr_t)entries[i].key, .mv_size = strlen(entries[i].key)};
        MDB_val text = {.mv_data = (void *)(uintptr_t)entries[i].text, .mv_size = strlen(entries[i].text)};
        assert_int_equal(mdb_put(writing, database, &key, &text, 0), 0);
    }
    assert_int_equal(mdb_txn_commit(writing), 0);
    mdb_env_close(env);
#else
    (void)folder;
#endif
}

static void make_sqlite(const char *folder)
{
#ifdef LOOKUP_SQLITE
    static const char fill[] =
        "CREATE TABLE users(name TEXT, home TEXT, n INT, b BLOB, \"odd name\" TEXT);"
        "INSERT INTO users VALUES('ann', '/home/ann', 1, 'x', 'x'), ('bob', '/home/b b', 2, NULL, 'q\"u'),"
        "('nil', NULL, NULL, NULL, ''), ('o''brien', 'h\\i', 4, NULL, '\"');";
    char path[PATH_ROOM];
    sqlite3 *database;

    join(path, folder, "users.db");
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, fill, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
    assert_int_equal(chmod(path, 0644), 0);
#else
    (void)folder;
#endif
}

void lookup_data_make(const char *folder)
{
    assert_int_equal(chmod(folder, 0755), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        write_file(folder, files[i].name, files[i].text, strlen(files[i].text));
    make_folders(folder);
    make_cdb(folder);
    make_lmdb(folder);
    make_sqlite(folder);
}
