/* Hostile values in SQL: written with ${quote_sqlite:}, stored, read back equal, and
   never anything but text. */

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
#include <sqlite3.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

enum { TEXT_ROOM = 4096 };

struct world {
    struct temp_folder folder;
    struct rexpand_env *env;
    char path[128];
};

static void open_world(struct world *world)
{
    char *message = NULL;

    temp_folder_open(&world->folder);
    temp_folder_path(&world->folder, "t.db", world->path, sizeof world->path);
    world->env = rexpand_env_new(NULL, &message);
    assert_non_null(world->env);
    assert_true(rexpand_env_set_option(world->env, "sqlite_dbfile", world->path, &message));
    assert_true(rexpand_env_set_option(world->env, "sqlite_lock_timeout", "100ms", &message));
}

static void close_world(struct world *world)
{
    rexpand_env_free(world->env);
    temp_folder_close(&world->folder);
}

static enum rexpand_outcome expand(struct world *world, const char *text, struct rexpand_result *result)
{
    return rexpand_expand(world->env, text, strlen(text), result);
}

static void expect(struct world *world, const char *text, const char *expected)
{
    struct rexpand_result result;

    if (expand(world, text, &result) != REXPAND_DONE)
        fail_msg("%s: %s", text, result.message);
    assert_string_equal(result.bytes, expected);
}

/* "part" of the message that the string ends with. */
static void expect_failure(struct world *world, const char *text, enum rexpand_outcome outcome,
                           const char *part)
{
    struct rexpand_result result;

    assert_int_equal(expand(world, text, &result), outcome);
    if (strstr(result.message, part) == NULL)
        fail_msg("%s: %s", text, result.message);
}

static void set_hostile(struct world *world, const char *bytes, size_t length)
{
    assert_true(rexpand_env_set(world->env, "local_part", bytes, length, false));
}

/* Stores one value, reads it back and counts the rows: nothing else has run. */
static void check_value(struct world *world, const char *bytes, size_t length)
{
    struct rexpand_result result;

    set_hostile(world, bytes, length);
    expect(world,
           "${lookup sqlite{DELETE FROM t WHERE id = 2; INSERT INTO t VALUES(2, "
           "'${quote_sqlite:$local_part}')}}",
           "");
    assert_int_equal(expand(world, "${lookup sqlite,cache=no_rd{SELECT v FROM t WHERE id = 2}}", &result),
                     REXPAND_DONE);
    assert_int_equal(result.length, length);
    assert_memory_equal(result.bytes, bytes, length);
    expect(world, "${lookup sqlite{SELECT id FROM t WHERE v = '${quote_sqlite:$local_part}' AND id = 2}}",
           "2");
    expect(world, "${lookup sqlite,cache=no_rd{SELECT count(*) FROM t}}", "2");
    expect(world, "${lookup sqlite,cache=no_rd{SELECT v FROM t WHERE id = 1}}", "kept");
}

static void make_table(struct world *world)
{
    expect(world, "${lookup sqlite{CREATE TABLE t(id INT, v TEXT); INSERT INTO t VALUES(1, 'kept')}}", "");
}

static void test_sqlite_takes_hostile_values_as_text(void **state)
{
    static const char *const parts[] = {
        "'",
        "''",
        "\"",
        "\\",
        "\\'",
        "--",
        "/*",
        "*/",
        ";",
        "' OR 1=1 --",
        "'; DROP TABLE t; --",
        "$$",
        "$a$",
        "#",
        "`",
        "[",
        "]",
        "x",
        "||char(0)||",
        "'||char(0)||'",
        "\n",
        "\r\n",
        "\t",
        "%",
        "_",
        "\xbf'",
        "\x95'",
        "\x81\\'",
        "\xe3\x80\x8c",
        "\xc0\xa7",
        "\xff\xfe",
        "\xf0\x9f\x98\x80",
        "0x27",
        "&#39;",
        "%27",
        "' UNION SELECT 1 --",
        "1; ATTACH 'x' AS y",
        "\x1a",
        "\x01",
        "' || (SELECT 1) || '",
    };
    enum { PARTS = sizeof parts / sizeof parts[0] };
    struct world world;
    size_t count = 0;
    char text[TEXT_ROOM];

    (void)state;
    open_world(&world);
    make_table(&world);
    for (size_t i = 0; i < PARTS; i++)
        for (size_t j = 0; j < 6; j++, count++) {
            int length =
                snprintf(text, sizeof text, "%s%s", parts[i], j == 0 ? "" : parts[(i + j * 7) % PARTS]);
            check_value(&world, text, (size_t)length);
        }
    assert_true(count >= 200);
    close_world(&world);
}

static void test_sqlite_takes_nul_bytes_in_literals(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } values[] = {{"\0", 1}, {"a\0b", 3}, {"\0\0'", 3}, {"'\0", 2}, {"a'\0';--", 7}};
    struct world world;

    (void)state;
    open_world(&world);
    make_table(&world);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        check_value(&world, values[i].bytes, values[i].length);
    close_world(&world);
}

static void test_sqlite_refuses_what_could_be_more_than_text(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    set_hostile(&world, "o'b", 3);
    expect_failure(&world, "${lookup sqlite{SELECT '$local_part'}}", REXPAND_FAILED,
                   "tainted text in a sqlite query is not quoted: \"o'b\" from $local_part: write "
                   "'${quote_sqlite:$local_part}' with the single quotes around it");
    expect_failure(&world, "${lookup sqlite{SELECT '${quote:$local_part}'}}", REXPAND_FAILED,
                   "is not quoted");
    expect_failure(&world, "${lookup sqlite{SELECT '${quote_lsearch:$local_part}'}}", REXPAND_FAILED,
                   "is not quoted");
    expect_failure(&world, "${lookup sqlite{SELECT ${quote_sqlite:$local_part}}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT \"${quote_sqlite:$local_part}\"}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT [${quote_sqlite:$local_part}]}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT 1 -- '${quote_sqlite:$local_part}'}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT 1 /* '${quote_sqlite:$local_part}' */}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT 'a'${quote_sqlite:$local_part}'b'}}", REXPAND_FAILED,
                   "is not inside a literal");
    expect_failure(&world, "${lookup sqlite{SELECT '${substr_0_2:${quote_sqlite:$local_part}}'}}",
                   REXPAND_FAILED, "is not");
    expect_failure(&world, "${lookup sqlite{SELECT '${length_2:${quote_sqlite:$local_part}}' || ''}}",
                   REXPAND_FAILED, "is not");
    expect(&world,
           "${lookup sqlite{SELECT 'a${quote_sqlite:$local_part}b' || '${quote_sqlite:$local_part}'}}",
           "ao'bbo'b");
    expect(&world, "${lookup sqlite{SELECT \"x'\" IS NULL /* ' */, '${quote_sqlite:$local_part}' AS v}}",
           "\"x'\" IS NULL /* ' */=0 v=o'b ");
    set_hostile(&world, "/etc/passwd", 11);
    expect_failure(&world, "${lookup sqlite{$local_part SELECT 1}}", REXPAND_FAILED, "Tainted filename");
    close_world(&world);
}

static void count_warning(void *context, const char *message)
{
    assert_non_null(strstr(message, "is not quoted"));
    ++*(int *)context;
}

static void test_taint_unquoted_can_be_a_warning(void **state)
{
    struct world world;
    char *message = NULL;
    int warnings = 0;

    (void)state;
    open_world(&world);
    set_hostile(&world, "ann", 3);
    rexpand_env_on_warning(world.env, count_warning, &warnings);
    assert_true(rexpand_env_set_option(world.env, "taint_unquoted", "warn", &message));
    expect(&world, "${lookup sqlite{SELECT '$local_part'}}", "ann");
    assert_int_equal(warnings, 1);
    assert_true(rexpand_env_set_option(world.env, "taint_unquoted", "refuse", &message));
    expect_failure(&world, "${lookup sqlite{SELECT '$local_part'}}", REXPAND_FAILED, "is not quoted");
    assert_false(rexpand_env_set_option(world.env, "taint_unquoted", "maybe", &message));
    free(message);
    close_world(&world);
}

/* A database that another connection has locked: deferred, and right again when it is
   free, in the same environment. */
static void test_sqlite_defers_while_the_database_is_locked(void **state)
{
    struct world world;
    sqlite3 *other;

    (void)state;
    open_world(&world);
    make_table(&world);
    assert_int_equal(sqlite3_open(world.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    expect_failure(&world, "${lookup sqlite{SELECT v FROM t}{$value}{none}}", REXPAND_DEFERRED,
                   "gave DEFER: sqlite: database is locked");
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    expect(&world, "${lookup sqlite{SELECT v FROM t}{$value}{none}}", "kept");
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    close_world(&world);
}

static void test_sqlite_sees_another_file_and_ends_with_the_time_limit(void **state)
{
    struct world world;
    char other[128];

    (void)state;
    open_world(&world);
    make_table(&world);
    expect(&world, "${lookup sqlite{SELECT v FROM t}}", "kept");
    temp_folder_path(&world.folder, "old.db", other, sizeof other);
    assert_int_equal(rename(world.path, other), 0);
    expect_failure(&world, "${lookup sqlite,cache=no_rd{SELECT v FROM t}}", REXPAND_DEFERRED,
                   "no such table: t");
    assert_int_equal(rename(other, world.path), 0);
    expect(&world, "${lookup sqlite,cache=no_rd{SELECT v FROM t}}", "kept");
    rexpand_env_limit(world.env, 1 << 24, 0.05);
    expect_failure(
        &world,
        "${lookup sqlite{WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) "
        "FROM n}}",
        REXPAND_DEFERRED, "the query took longer than the time limit");
    close_world(&world);
}

/* A child gets a connection of its own, and the parent's goes on working. */
static void test_sqlite_connections_are_not_shared_with_a_child(void **state)
{
    struct world world;
    struct rexpand_result result;
    int status;

    (void)state;
    open_world(&world);
    make_table(&world);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(expand(&world, "${lookup sqlite{SELECT v FROM t}}", &result) == REXPAND_DONE &&
                      strcmp(result.bytes, "kept") == 0
                  ? 0
                  : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect(&world, "${lookup sqlite{SELECT v FROM t}}", "kept");
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite_takes_hostile_values_as_text),
        cmocka_unit_test(test_sqlite_takes_nul_bytes_in_literals),
        cmocka_unit_test(test_sqlite_refuses_what_could_be_more_than_text),
        cmocka_unit_test(test_taint_unquoted_can_be_a_warning),
        cmocka_unit_test(test_sqlite_defers_while_the_database_is_locked),
        cmocka_unit_test(test_sqlite_sees_another_file_and_ends_with_the_time_limit),
        cmocka_unit_test(test_sqlite_connections_are_not_shared_with_a_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
