/* doc/rexpand-check.1 has each kind of finding. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"

static char page[1 << 16];

static void read_page(void)
{
    FILE *file = fopen("doc/rexpand-check.1", "r");

    assert_non_null(file);
    size_t length = fread(page, 1, sizeof page - 1, file);
    assert_true(length > 0 && length < sizeof page - 1);
    page[length] = '\0';
    (void)fclose(file);
}

/* Whether the page has the item, and calls it a warning. */
static bool page_has(const char *word, bool *is_warning)
{
    static const char warning[] = "(a warning)";
    char item[64];

    (void)snprintf(item, sizeof item, "\n.It Sy %s\n", word);
    const char *at = strstr(page, item);
    *is_warning = at != NULL && strncmp(at + strlen(item), warning, strlen(warning)) == 0;
    return at != NULL;
}

static void test_the_page_has_every_kind_and_says_which_are_warnings(void **state)
{
    (void)state;
    read_page();
    for (size_t i = 0; i < CHECK_KINDS; i++) {
        enum check_kind kind = (enum check_kind)i;
        bool is_warning;
        if (!page_has(check_kind_word(kind), &is_warning))
            fail_msg("doc/rexpand-check.1 does not have \"%s\"", check_kind_word(kind));
        assert_int_equal(is_warning, check_kind_is_warning(kind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_kind_and_says_which_are_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
