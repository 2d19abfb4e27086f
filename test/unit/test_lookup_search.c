/* The search in front of the drivers of files: open files and what becomes of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef LOOKUP_CDB
#include <cdb.h>
#include <fcntl.h>
#endif
#ifdef LOOKUP_LMDB
#include <lmdb.h>
#endif

#include "rexpand.h"
#include "test/support/temp_folder.h"

enum { TEXT_ROOM = 4096 };

struct world {
    struct temp_folder folder;
    struct rexpand_env *env;
};

static void open_world(struct world *world)
{
    temp_folder_open(&world->folder);
    world->env = rexpand_env_new(NULL, NULL);
    assert_non_null(world->env);
}

static void close_world(struct world *world)
{
    rexpand_env_free(world->env);
    temp_folder_close(&world->folder);
}

static void write_text(struct world *world, const char *name, const char *text)
{
    temp_folder_write(&world->folder, name, text, strlen(text));
}

/* Expands a string in which "@" is the folder; the text, or the message. */
static const char *ask(struct world *world, const char *string)
{
    static _Thread_local char result_text[TEXT_ROOM];
    struct rexpand_result result;
    char text[TEXT_ROOM];
    size_t length = 0;

    for (; *string != '\0'; string++)
        length +=
            (size_t)(*string == '@' ? snprintf(text + length, sizeof text - length, "%s", world->folder.path)
                                    : snprintf(text + length, sizeof text - length, "%c", *string));
    enum rexpand_outcome outcome = rexpand_expand(world->env, text, length, &result);
    (void)snprintf(result_text, sizeof result_text, "%s",
                   outcome == REXPAND_DONE ? result.bytes : result.message);
    return result_text;
}

#ifdef LOOKUP_WILDLSEARCH
/* A key of the file that looks into the file itself: each reading has its own place in it. */
static void test_wildlsearch_may_ask_its_own_file(void **state)
{
    struct world world;
    char text[TEXT_ROOM];

    (void)state;
    open_world(&world);
    (void)snprintf(text, sizeof text,
                   "\"${if eq{1}{1}{${lookup{second}nwildlsearch{%s/f}{$value}{none}}}}\" first\n"
                   "second two\nouter three\n",
                   world.folder.path);
    write_text(&world, "f", text);
    assert_string_equal(ask(&world, "${lookup{outer}wildlsearch{@/f}{$value}{none}}"), "three");
    assert_string_equal(ask(&world, "${lookup{two}wildlsearch{@/f}{$value}{none}}"), "first");
    close_world(&world);
}

/* A file that asks for itself without end ends with a message. */
static void test_wildlsearch_that_never_ends_is_stopped(void **state)
{
    struct world world;
    char text[TEXT_ROOM];

    (void)state;
    open_world(&world);
    (void)snprintf(text, sizeof text, "\"${lookup{x$value}wildlsearch,cache=no{%s/f}}\" first\n",
                   world.folder.path);
    write_text(&world, "f", text);
    assert_non_null(strstr(ask(&world, "${lookup{outer}wildlsearch{@/f}{$value}{none}}"), "DEFER"));
    close_world(&world);
}
#endif

static void test_more_files_than_are_kept_open_are_all_asked(void **state)
{
    enum { FILES = 60 };
    struct world world;
    char name[16], string[64], text[32];

    (void)state;
    open_world(&world);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < FILES; i++) {
            (void)snprintf(name, sizeof name, "f%d", i);
            (void)snprintf(text, sizeof text, "k: %d\n", i);
            if (round == 0)
                write_text(&world, name, text);
            (void)snprintf(string, sizeof string, "${lookup{k}lsearch,cache=no{@/f%d}}", i);
            text[strlen(text) - 1] = '\0';
            assert_string_equal(ask(&world, string), text + 3);
        }
    close_world(&world);
}

static void test_a_file_is_looked_at_again_in_each_evaluation(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    write_text(&world, "f", "a: 1\nb: 2\n");
    assert_string_equal(ask(&world, "${lookup{a}lsearch{@/f}}${lookup{b}lsearch{@/f}}"), "12");
    write_text(&world, "f", "a: 3\nb: 4\nc: 5\n");
    assert_string_equal(ask(&world, "${lookup{c}lsearch{@/f}}${lookup{b}lsearch,cache=no_rd{@/f}}"), "54");
    close_world(&world);
}

#ifdef LOOKUP_CDB
static void make_cdb(struct world *world, const char *name, const char *text)
{
    char path[128];
    struct cdb_make cdb;

    temp_folder_path(&world->folder, name, path, sizeof path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(cdb_make_start(&cdb, fd), 0);
    assert_int_equal(cdb_make_add(&cdb, "k", 1, text, (unsigned)strlen(text)), 0);
    assert_int_equal(cdb_make_finish(&cdb), 0);
    assert_int_equal(close(fd), 0);
}

static void test_cdb_sees_the_file_that_replaces_another(void **state)
{
    struct world world;
    char from[128], to[128];

    (void)state;
    open_world(&world);
    temp_folder_path(&world.folder, "new", from, sizeof from);
    temp_folder_path(&world.folder, "f.cdb", to, sizeof to);
    make_cdb(&world, "f.cdb", "one");
    assert_string_equal(ask(&world, "${lookup{k}cdb{@/f.cdb}}"), "one");
    make_cdb(&world, "new", "two");
    assert_int_equal(rename(from, to), 0);
    assert_string_equal(ask(&world, "${lookup{k}cdb,cache=no_rd{@/f.cdb}}"), "two");
    assert_int_equal(unlink(to), 0);
    assert_non_null(strstr(ask(&world, "${lookup{k}cdb,cache=no_rd{@/f.cdb}}"), "No such file"));
    close_world(&world);
}
#endif

#ifdef LOOKUP_LMDB
static void put_lmdb(struct world *world, const char *text)
{
    char path[128];
    MDB_env *env;
    MDB_txn *writing;
    MDB_dbi database;
    char name[] = "k";
    MDB_val key = {.mv_data = name, .mv_size = 1};
    MDB_val data = {.mv_data = (void *)(uintptr_t)text, .mv_size = strlen(text)};

    temp_folder_path(&world->folder, "f.lmdb", path, sizeof path);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0644), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &writing), 0);
    assert_int_equal(mdb_dbi_open(writing, NULL, 0, &database), 0);
    assert_int_equal(mdb_put(writing, database, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(writing), 0);
    mdb_env_close(env);
}

/* Written by another process, as one environment is opened once in each. */
static void put_lmdb_elsewhere(struct world *world, const char *text)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        put_lmdb(world, text);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_lmdb_sees_what_is_written_and_is_not_shared_with_a_child(void **state)
{
    struct world world;
    int status;

    (void)state;
    open_world(&world);
    put_lmdb_elsewhere(&world, "one");
    assert_string_equal(ask(&world, "${lookup{k}lmdb{@/f.lmdb}}"), "one");
    put_lmdb_elsewhere(&world, "two");
    assert_string_equal(ask(&world, "${lookup{k}lmdb,cache=no_rd{@/f.lmdb}}"), "two");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(strcmp(ask(&world, "${lookup{k}lmdb,cache=no_rd{@/f.lmdb}}"), "two") == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    put_lmdb_elsewhere(&world, "three");
    assert_string_equal(ask(&world, "${lookup{k}lmdb,cache=no_rd{@/f.lmdb}}"), "three");
    close_world(&world);
}
#endif

static void test_rexpand_quote_gives_what_the_operator_gives(void **state)
{
    static const char hostile[] = "it's \"a\" \\ line\n";
    size_t length = 0;
    char *quoted = rexpand_quote("lsearch", hostile, sizeof hostile - 1, &length);

    (void)state;
    assert_string_equal(quoted, hostile);
    assert_int_equal(length, sizeof hostile - 1);
    free(quoted);
    assert_null(rexpand_quote("nosuch", "x", 1, &length));
#ifdef LOOKUP_SQLITE
    quoted = rexpand_quote("sqlite", "it's a\0b", 8, &length);
    assert_int_equal(length, strlen("it''s a'||char(0)||'b"));
    assert_string_equal(quoted, "it''s a'||char(0)||'b");
    free(quoted);
    quoted = rexpand_quote("sqlite", "", 0, NULL);
    assert_string_equal(quoted, "");
    free(quoted);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef LOOKUP_WILDLSEARCH
        cmocka_unit_test(test_wildlsearch_may_ask_its_own_file),
        cmocka_unit_test(test_wildlsearch_that_never_ends_is_stopped),
#endif
        cmocka_unit_test(test_more_files_than_are_kept_open_are_all_asked),
        cmocka_unit_test(test_a_file_is_looked_at_again_in_each_evaluation),
#ifdef LOOKUP_CDB
        cmocka_unit_test(test_cdb_sees_the_file_that_replaces_another),
#endif
#ifdef LOOKUP_LMDB
        cmocka_unit_test(test_lmdb_sees_what_is_written_and_is_not_shared_with_a_child),
#endif
        cmocka_unit_test(test_rexpand_quote_gives_what_the_operator_gives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
