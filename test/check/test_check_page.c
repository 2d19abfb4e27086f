/* doc/rexpand-check.1 has each kind of finding. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"

static char *read_page(void)
{
    char *text = NULL;
    size_t capacity = 0;
    FILE *file = fopen("doc/rexpand-check.1", "r");

    assert_non_null(file);
    assert_true(getdelim(&text, &capacity, '\0', file) > 0);
    (void)fclose(file);
    return text;
}

static void test_the_page_has_every_kind_and_says_which_are_warnings(void **state)
{
    (void)state;
    char *page = read_page();

    for (size_t i = 0; i < CHECK_KINDS; i++) {
        char item[64];
        (void)snprintf(item, sizeof item, "\n.It Sy %s\n", check_kind_word((enum check_kind)i));
        const char *at = strstr(page, item);
        if (at == NULL)
            fail_msg("doc/rexpand-check.1 does not have \"%s\"", check_kind_word((enum check_kind)i));
        bool says_warning = strncmp(at + strlen(item), "(a warning)", strlen("(a warning)")) == 0;
        assert_int_equal(says_warning, check_kind_is_warning((enum check_kind)i));
    }
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_kind_and_says_which_are_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
