#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/ask.h"
#include "test/support/temp_folder.h"

/* A file, a key and what it gives: "(none)" for nothing. */
static const struct {
    const char *file;
    const char *key;
    const char *expected;
} cases[] = {
    {"a: 1\nb: 2\n", "b", "2"},
    {"a: 1\n", "c", "(none)"},
    {"a: 1\n", "", "(none)"},
    {"", "a", "(none)"},
    {"A b\n", "a", "b"},
    {"a: x", "A", "x"},
    {"a", "a", ""},
    {"a:\n", "a", ""},
    {"a : b", "a", "b"},
    {"a\tx", "a", "x"},
    {"a::x", "a", ":x"},
    {"a#b\n", "a", "(none)"},
    {"a: first\na: second\n", "a", "first"},
    {"#a: x\n", "#a", "(none)"},
    {" a: x\na:y\n", "a", "y"},
    {"a: 1\n two\n", "a", "1 two"},
    {"a: 1\n\ttwo \r\n x\n", "a", "1 two x"},
    {"a:\n  b\n", "a", " b"},
    {"a: 1\n#c\n two\n", "a", "1"},
    {"a: 1\n\n two\n", "a", "1"},
    {"a: 1\n   \n two\n", "a", "1"},
    {"a: 1 \r\nb: 2\r\n", "a", "1"},
    {"\"a\": x\n", "a", "x"},
    {"\"a b\" x\n", "a b", "x"},
    {"\"a\": : b", "a", ": b"},
    {"\"a:b\":c\n", "A:B", "c"},
    {"\"a", "a", ""},
    {"\"\\\"\\x41\\101\\t\":x\n", "\"AA\t", "x"},
    {"\"ab\"cd: x\n", "ab", "cd: x"},
    {"\"a\\\\\":x\n", "a\\", "x"},
    {"ab: 1\na: 2\n", "a", "2"},
    {"a: 1\nab: 2\n", "ab", "2"},
};

static void test_lsearch_gives_what_the_manual_says(void **state)
{
    struct temp_folder folder;
    struct asker asker;
    char path[128], name[16];

    (void)state;
    temp_folder_open(&folder);
    asker_open(&asker);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        temp_folder_path(&folder, name, path, sizeof path);
        temp_folder_write(&folder, name, cases[i].file, strlen(cases[i].file));
        assert_result(&asker, ask_file(&asker, "lsearch", cases[i].key, path), cases[i].expected);
    }
    asker_close(&asker);
    temp_folder_close(&folder);
}

/* Writes ${lookup{KEY}lsearch{FILE}{<$value>}{(none)}} with a key that survives it. */
static void write_expression(FILE *out, const char *key, const char *path)
{
    (void)fprintf(out, "${lookup{\\N%s\\N}lsearch{%s}{<$value>}{(none)}}\n", key, path);
}

static void test_lsearch_gives_what_exim_gives(void **state)
{
    struct temp_folder folder;
    char path[128], list[128], name[16], command[256], line[512], expected[512];

    (void)state;
    if (access("/usr/sbin/exim4", X_OK) != 0)
        skip();
    temp_folder_open(&folder);
    temp_folder_path(&folder, "expressions", list, sizeof list);
    FILE *expressions = fopen(list, "w");
    assert_non_null(expressions);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        temp_folder_path(&folder, name, path, sizeof path);
        temp_folder_write(&folder, name, cases[i].file, strlen(cases[i].file));
        write_expression(expressions, cases[i].key, path);
    }
    assert_int_equal(fclose(expressions), 0);
    (void)snprintf(command, sizeof command, "chmod -R a+rX %s; /usr/sbin/exim4 -be <%s", folder.path, list);
    FILE *answers = popen(command, "r");
    assert_non_null(answers);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_non_null(fgets(line, sizeof line, answers));
        line[strcspn(line, "\n")] = '\0';
        char *answer = strncmp(line, "> ", 2) == 0 ? line + 2 : line;
        bool is_none = strcmp(cases[i].expected, "(none)") == 0;
        (void)snprintf(expected, sizeof expected, is_none ? "%s" : "<%s>", cases[i].expected);
        if (strcmp(answer, expected) != 0)
            fail_msg("case %zu, key %s: exim gives %s, the table has %s", i, cases[i].key, answer, expected);
    }
    (void)pclose(answers);
    temp_folder_close(&folder);
}

static void test_lsearch_reads_lines_and_files_of_any_length(void **state)
{
    enum { LONG = 700000 };
    struct temp_folder folder;
    struct asker asker;
    char path[128];
    char *bytes = malloc(3 * LONG);
    size_t length = 0;

    (void)state;
    assert_non_null(bytes);
    temp_folder_open(&folder);
    asker_open(&asker);
    temp_folder_path(&folder, "large", path, sizeof path);
    for (int i = 0; i < 40000; i++)
        length += (size_t)sprintf(bytes + length, "key%d: value %d\n", i, i);
    length += (size_t)sprintf(bytes + length, "long: ");
    memset(bytes + length, 'x', LONG);
    length += LONG;
    length += (size_t)sprintf(bytes + length, "\n more\nlast: a%cb", '\0');
    temp_folder_write(&folder, "large", bytes, length);
    for (int round = 0; round < 2; round++) {
        assert_result(&asker, ask_file(&asker, "lsearch", "key39999", path), "value 39999");
        assert_int_equal(ask_file(&asker, "lsearch", "long", path), OUTCOME_DONE);
        assert_int_equal(asker.answer.value.length, LONG + 5);
        assert_int_equal(ask_file(&asker, "lsearch", "last", path), OUTCOME_DONE);
        assert_int_equal(asker.answer.value.length, 3);
        assert_result(&asker, ask_file(&asker, "lsearch", "key0", path), "value 0");
        lookups_tidy(asker.lookups);
    }
    asker_close(&asker);
    temp_folder_close(&folder);
    free(bytes);
}

static void test_lsearch_sees_a_changed_file(void **state)
{
    struct temp_folder folder;
    struct asker asker;
    char path[128];

    (void)state;
    temp_folder_open(&folder);
    asker_open(&asker);
    temp_folder_path(&folder, "f", path, sizeof path);
    temp_folder_write(&folder, "f", "a: 1\n", 5);
    assert_result(&asker, ask_file(&asker, "lsearch", "a", path), "1");
    temp_folder_write(&folder, "f", "a: 22\n", 6);
    assert_result(&asker, ask_file(&asker, "lsearch", "a", path), "1"); /* kept until the message's end */
    lookups_tidy(asker.lookups);
    assert_result(&asker, ask_file(&asker, "lsearch", "a", path), "22");
    (void)unlink(path);
    lookups_tidy(asker.lookups);
    assert_result(&asker, ask_file(&asker, "lsearch", "a", path), "failed: for linear search: No such file");
    asker_close(&asker);
    temp_folder_close(&folder);
}

static void test_lsearch_refuses_what_is_no_file(void **state)
{
    struct asker asker;

    (void)state;
    asker_open(&asker);
    assert_result(&asker, ask_file(&asker, "lsearch", "k", "/etc/nosuch"),
                  "failed: failed to open /etc/nosuch for linear search: No such file or directory");
    assert_result(&asker, ask_file(&asker, "lsearch", "k", "/tmp"),
                  "failed: /tmp is not a regular file (lsearch lookup)");
    assert_result(&asker, ask_file(&asker, "lsearch", "k", "etc/passwd"),
                  "failed: absolute file name expected for \"lsearch\" lookup");
    assert_result(&asker, ask_file(&asker, "lsearch", "k", ""),
                  "failed: absolute file name expected for \"lsearch\" lookup");
    struct lookup_request request = {
        .driver = lookup_driver_find("lsearch", 7),
        .key = VALUE_LITERAL("k"),
        .file = value_tainted("/etc/passwd", 11),
        .arena = &asker.arena,
        .error = &asker.error,
        .deadline = CLOCK_NEVER,
    };
    assert_result(&asker, lookup_find(asker.lookups, &request, &asker.answer),
                  "failed: Tainted filename for search: '/etc/passwd'");
    asker_close(&asker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lsearch_gives_what_the_manual_says),
        cmocka_unit_test(test_lsearch_gives_what_exim_gives),
        cmocka_unit_test(test_lsearch_reads_lines_and_files_of_any_length),
        cmocka_unit_test(test_lsearch_sees_a_changed_file),
        cmocka_unit_test(test_lsearch_refuses_what_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
