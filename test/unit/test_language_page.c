/* The manual's page of the language: it has every row of the tables, in their
   order, and its examples are true. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/cases.h"
#include "test/support/temp_folder.h"

static const char page_path[] = "doc/rexpand-language.7";

static char *read_page(void)
{
    char *page = NULL;
    size_t capacity = 0;
    FILE *file = fopen(page_path, "r");

    assert_non_null(file);
    assert_true(getdelim(&page, &capacity, '\0', file) > 0);
    (void)fclose(file);
    return page;
}

/* Each row of a table behind the one before, below the table's heading. */
static void assert_rows(const char *page, const char *heading, enum rexpand_kind kind, const char *before,
                        const char *ends)
{
    const char *place = strstr(page, heading);
    const char *name;
    const char *help;

    for (size_t i = 0; rexpand_describe(kind, i, &name, &help); i++) {
        char entry[128];
        size_t length = (size_t)snprintf(entry, sizeof entry, "\n.B %s%s", before, name);
        do {
            assert_non_null(place);
            place = strstr(place + 1, entry);
            if (place == NULL) {
                fail_msg("%s does not have, in its place:%s", page_path, entry);
                return;
            }
        } while (strchr(ends, place[length]) == NULL);
    }
}

static void test_the_page_has_every_row(void **state)
{
    char *page = read_page();

    (void)state;
    assert_rows(page, "\n.SH ITEMS", REXPAND_ITEM, "${", "{ ");
    assert_rows(page, "\n.SH OPERATORS", REXPAND_OPERATOR, "${", ":_");
    assert_rows(page, "\n.SH CONDITIONS", REXPAND_CONDITION, "", " :\n");
    free(page);
}

/* A line of roff as a reader sees it. */
static void print_plain(FILE *out, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\' && i + 1 < length) {
            i++;
            (void)fputc(line[i] == 'e' ? '\\' : line[i], out);
        } else {
            (void)fputc(line[i], out);
        }
    }
    (void)fputc('\n', out);
}

/* The page's examples as a file of cases; gives how many there are. */
static size_t write_examples(const char *page, const char *path)
{
    size_t count = 0;
    bool is_example = false;
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    for (const char *line = page; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");
        if (line[0] == '.') {
            is_example = strncmp(line, ".EX", 3) == 0;
        } else if (is_example) {
            print_plain(out, line, length);
            count++;
        }
    }
    assert_int_equal(fclose(out), 0);
    return count;
}

static void test_the_examples_are_true(void **state)
{
    struct temp_folder folder;
    struct language_cases cases;
    char path[256];
    char *page = read_page();

    (void)state;
    temp_folder_open(&folder);
    temp_folder_path(&folder, "page.cases", path, sizeof path);
    assert_true(write_examples(page, path) > 40);
    language_cases_read(&cases, path);
    size_t wrong = language_cases_run(&cases, NULL);
    if (exim_is_here())
        wrong += language_cases_ask_exim(&cases);
    language_cases_free(&cases);
    temp_folder_close(&folder);
    free(page);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_row),
        cmocka_unit_test(test_the_examples_are_true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
