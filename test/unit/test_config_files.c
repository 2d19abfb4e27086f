#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/config_text.h"

/* A folder for one test, entered, with the files it makes. */
struct folder {
    char path[64];
    char back[4096];
};

static int enter_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/rexpand-test-XXXXXX");
    if (getcwd(folder->back, sizeof folder->back) == NULL || mkdtemp(folder->path) == NULL ||
        chdir(folder->path) != 0) {
        free(folder);
        return -1;
    }
    *state = folder;
    return mkdir("sub", 0700);
}

static int leave_folder(void **state)
{
    static const char *const names[] = {"main", "sub/a", "sub/b", "sub", "loop", "pipe"};
    struct folder *folder = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)remove(names[i]);
    int result = chdir(folder->back);
    (void)remove(folder->path);
    free(folder);
    return result;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void read_file(struct config_text *read, const char *path)
{
    struct config_input input = {.path = path};
    config_text_read_input(read, &input);
}

static void expect_message(const char *path, const char *message)
{
    struct config_text read;
    read_file(&read, path);
    assert_int_equal(read.outcome, OUTCOME_FAILED);
    assert_string_equal(read.error.message, message);
    config_text_free(&read);
}

static void test_files_include_is_relative_to_the_including_file(void **state)
{
    (void)state;
    struct config_text read;
    write_file("main", ".include sub/a\nqualify_recipient = a:\\\n  .include \"sub/b\"\n  c\n");
    write_file("sub/a", ".ifndef X\n.include b\n");
    write_file("sub/b", "b:\\\n");
    expect_message("main", "sub/b:1: main option \"b\" unknown");
    write_file("sub/a", "qualify_domain = x\n");
    read_file(&read, "main");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_string_equal(config_text(read.config, "qualify_domain").bytes, "x");
    assert_string_equal(config_text(read.config, "qualify_recipient").bytes, "a:b:c");
    struct config_option option;
    assert_true(config_option(read.config, "qualify_domain", 14, &option));
    assert_string_equal(option.place.file, "sub/a");
    assert_int_equal(option.place.line, 1);
    config_text_free(&read);
}

static void test_files_include_names_the_file_and_line_of_a_mistake(void **state)
{
    (void)state;
    write_file("main", "\n.include sub/a\n");
    write_file("sub/a", "\n\nfoo = bar\n");
    expect_message("main", "sub/a:3: main option \"foo\" unknown");
    write_file("sub/a", "\n.include nonesuch\n");
    expect_message("main", "sub/a:2: failed to open included configuration file sub/nonesuch: "
                           "No such file or directory");
    write_file("main", "\n.include sub\n");
    expect_message("main", "main:2: failed to open included configuration file sub: Is a directory");
    write_file("main", ".include_if_exists /nonesuch/file\nfoo\n");
    expect_message("main", "main:2: main option \"foo\" unknown");
}

static void test_files_include_of_itself_is_an_error(void **state)
{
    (void)state;
    write_file("loop", "# first\n.include loop\n");
    expect_message("loop", "loop:2: more than 64 files include each other: does loop include itself?");
}

static void test_files_include_does_not_wait_for_a_pipe(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    write_file("main", ".include pipe\n");
    expect_message("main", "main:1: failed to open included configuration file pipe: not a regular file");
    write_file("main", ".include /dev/zero\n");
    expect_message("main",
                   "main:1: failed to open included configuration file /dev/zero: not a regular file");
}

static void test_files_that_include_much_are_bounded(void **state)
{
    (void)state;
    char line[16];
    char text[32 * 1024] = "";
    write_file("sub/a", "");
    snprintf(line, sizeof line, ".include sub/a\n");
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + i * strlen(line), line, strlen(line) + 1);
    write_file("sub/b", "");
    write_file("main", text);
    struct config_text read;
    read_file(&read, "main");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    config_text_free(&read);
    write_file("loop", ".include main\n.include main\n.include main\n.include main\n.include main\n"
                       ".include main\n.include main\n.include main\n.include main\n.include main\n");
    expect_message("loop", "main:990: more than 10000 files are included");
}

static void test_files_open_tells_why_a_file_cannot_be_read(void **state)
{
    (void)state;
    expect_message("nonesuch", "failed to open configuration file nonesuch: No such file or directory");
    expect_message("sub", "failed to open configuration file sub: Is a directory");
    expect_message("/dev/zero", "configuration file /dev/zero: too large");
    if (geteuid() != 0) { /* root may read anything */
        write_file("main", "");
        assert_int_equal(chmod("main", 0), 0);
        expect_message("main", "failed to open configuration file main: Permission denied");
    }
}

static void test_files_conditions_may_span_files(void **state)
{
    (void)state;
    struct config_text read;
    write_file("main", ".include sub/a\nqualify_domain = a\n.endif\nqualify_recipient = b\n");
    write_file("sub/a", ".ifdef NONE\n");
    read_file(&read, "main");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_string_equal(config_text(read.config, "qualify_recipient").bytes, "b");
    config_text_free(&read);
    write_file("main", ".include sub/a\n");
    expect_message("main", "main:1: Unexpected end of configuration file: .endif missing for .ifdef at "
                           "sub/a:1");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_files_include_is_relative_to_the_including_file),
        IN_FOLDER(test_files_include_names_the_file_and_line_of_a_mistake),
        IN_FOLDER(test_files_include_of_itself_is_an_error),
        IN_FOLDER(test_files_include_does_not_wait_for_a_pipe),
        IN_FOLDER(test_files_that_include_much_are_bounded),
        IN_FOLDER(test_files_open_tells_why_a_file_cannot_be_read),
        IN_FOLDER(test_files_conditions_may_span_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
