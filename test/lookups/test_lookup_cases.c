/* The tables of the file-based lookups, put to rexpand and to Exim. Each file
   *.cases in this folder is one test of each; "@DATA@" in it is a folder made for the test
   (test/support/lookup_data.c). A file's name is that of the driver it is about. */

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lookups/lookup.h"
#include "rexpand.h"
#include "test/support/cases.h"
#include "test/support/lookup_data.h"
#include "test/support/temp_folder.h"

/* A table, copied to where its data are. */
struct table {
    struct temp_folder folder;
    struct language_cases cases;
};

static void copy_table(const struct temp_folder *folder, const char *from)
{
    FILE *in = fopen(from, "r");
    char *bytes = NULL;
    size_t length = 0;
    int byte;

    assert_non_null(in);
    FILE *out = open_memstream(&bytes, &length);
    assert_non_null(out);
    while ((byte = fgetc(in)) != EOF)
        (void)fputc(byte, out);
    (void)fclose(in);
    (void)fclose(out);
    temp_folder_write(folder, "table.cases", bytes, length);
    free(bytes);
}

static void open_table(struct table *table, const char *path)
{
    char name[256];

    temp_folder_open(&table->folder);
    assert_int_equal(chmod(table->folder.path, 0755), 0);
    temp_folder_path(&table->folder, "data", name, sizeof name);
    assert_int_equal(mkdir(name, 0755), 0);
    lookup_data_make(name);
    copy_table(&table->folder, path);
    temp_folder_path(&table->folder, "table.cases", name, sizeof name);
    language_cases_read(&table->cases, name);
}

static void close_table(struct table *table)
{
    language_cases_free(&table->cases);
    temp_folder_close(&table->folder);
}

/* The driver that a file is about: test/lookups/NAME.cases or NAME_more.cases. */
static void name_driver(const char *path, char *name, size_t size)
{
    const char *base = strrchr(path, '/') + 1;

    (void)snprintf(name, size, "%.*s", (int)strcspn(base, "._"), base);
}

static void test_cases_give_what_the_table_says(void **state)
{
    struct table table;
    char driver[64];

    name_driver(*state, driver, sizeof driver);
    if (lookup_driver_find(driver, strlen(driver)) == NULL) {
        print_message("this build has no %s lookup\n", driver);
        skip();
    }
    open_table(&table, *state);
    size_t wrong = language_cases_run(&table.cases, NULL);
    close_table(&table);
    assert_int_equal(wrong, 0);
}

/* Whether the Exim here lists the driver. */
static bool exim_has(const char *driver)
{
    FILE *about = popen("PATH=$PATH:/usr/sbin exim4 -bV 2>/dev/null", "r");
    char line[1024], word[80];
    bool found = false;

    (void)snprintf(word, sizeof word, " %s ", driver);
    while (about != NULL && fgets(line, sizeof line, about) != NULL) {
        if (strncmp(line, "Lookups", 7) != 0)
            continue;
        line[strcspn(line, "\n")] = ' ';
        found = found || strstr(line, word) != NULL;
    }
    if (about != NULL)
        (void)pclose(about);
    return found;
}

static void test_exim_agrees_with_the_table(void **state)
{
    struct table table;
    char driver[64];

    name_driver(*state, driver, sizeof driver);
    if (!exim_is_here() || !exim_has(driver) || lookup_driver_find(driver, strlen(driver)) == NULL) {
        print_message("no exim4 with a %s lookup to compare with\n", driver);
        skip();
    }
    open_table(&table, *state);
    size_t wrong = language_cases_ask_exim(&table.cases);
    close_table(&table);
    assert_int_equal(wrong, 0);
}

static struct CMUnitTest make_test(const char *what, char *path, CMUnitTestFunction function)
{
    struct CMUnitTest test = {.test_func = function, .initial_state = path};
    char *name = NULL;

    if (asprintf(&name, "%s: %s", strrchr(path, '/') + 1, what) < 0)
        abort();
    test.name = name;
    return test;
}

int main(void)
{
    glob_t files;

    if (glob("test/lookups/*.cases", 0, NULL, &files) != 0) {
        print_error("no files test/lookups/*.cases: run this from the top folder\n");
        return 1;
    }
    struct CMUnitTest *tests = calloc(2 * files.gl_pathc, sizeof *tests);
    if (tests == NULL)
        return 1;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        tests[2 * i] = make_test("rexpand", files.gl_pathv[i], test_cases_give_what_the_table_says);
        tests[2 * i + 1] = make_test("exim", files.gl_pathv[i], test_exim_agrees_with_the_table);
    }
    int failed = _cmocka_run_group_tests("lookups", tests, 2 * files.gl_pathc, NULL, NULL);
    for (size_t i = 0; i < 2 * files.gl_pathc; i++)
        free((void *)(uintptr_t)tests[i].name);
    free(tests);
    globfree(&files);
    return failed;
}
