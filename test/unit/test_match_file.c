#include "match/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lang/env.h"
#include "test/support/temp_folder.h"

struct reading {
    struct temp_folder folder;
    struct arena arena;
    struct error error;
    struct run run;
    char path[256];
    struct list_file file;
};

static int set_up(void **state)
{
    static struct reading reading;

    reading = (struct reading){.error = {.offset = ERROR_NO_OFFSET}};
    temp_folder_open(&reading.folder);
    arena_init(&reading.arena, 256, SIZE_MAX);
    reading.run = (struct run){.arena = &reading.arena, .error = &reading.error};
    temp_folder_path(&reading.folder, "list", reading.path, sizeof reading.path);
    *state = &reading;
    return 0;
}

static int tear_down(void **state)
{
    struct reading *reading = *state;

    arena_free(&reading->arena);
    temp_folder_close(&reading->folder);
    return 0;
}

/* The file's items with "|" behind each. */
static void assert_items(struct reading *reading, const char *text, bool anywhere, const char *expected)
{
    struct value path = value_of_string(reading->path);
    struct value line;
    char shown[256] = "";

    temp_folder_write(&reading->folder, "list", text, strlen(text));
    assert_int_equal(list_file_open(&reading->file, &reading->run, &path, anywhere), OUTCOME_DONE);
    while (list_file_next(&reading->file, &line))
        (void)snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%.*s|", (int)line.length,
                       line.bytes);
    assert_string_equal(shown, expected);
}

static void test_list_file_next_gives_lines_without_comments(void **state)
{
    assert_items(*state, "a\n\n  b \n# c\nd # e\nf#g\n \t\n", true, "a|b|d|f|");
    assert_items(*state, "a\n#b\nf#g\nh #i", false, "a|f#g|h|");
    assert_items(*state, "a\r\nb", true, "a|b|");
    assert_items(*state, "", true, "");
    assert_items(*state, "\n\n", true, "");
}

static void assert_refused(struct reading *reading, const struct value *path, const char *message)
{
    assert_int_equal(list_file_open(&reading->file, &reading->run, path, true), OUTCOME_FAILED);
    assert_non_null(strstr(reading->error.message, message));
}

static void test_list_file_open_refuses_what_is_no_file(void **state)
{
    struct reading *reading = *state;
    struct value path = value_of_string(reading->path);
    struct value folder = value_of_string(reading->folder.path);
    struct value nul = VALUE_LITERAL("/dev/null\0x");
    struct value tainted = value_tainted("/etc/passwd", 11);

    assert_refused(reading, &path, "No such file or directory");
    assert_refused(reading, &folder, "it is not a regular file");
    assert_refused(reading, &nul, "No such file or directory");
    assert_refused(reading, &tainted, "Tainted filename '/etc/passwd'");
    assert_int_equal(mkfifo(reading->path, 0600), 0);
    assert_refused(reading, &path, "it is not a regular file"); /* and does not wait for a writer */
    (void)remove(reading->path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_list_file_next_gives_lines_without_comments),
        TEST(test_list_file_open_refuses_what_is_no_file),
    };

    return cmocka_run_group_tests_name("match_file", tests, NULL, NULL);
}
