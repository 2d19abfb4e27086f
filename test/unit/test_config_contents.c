#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/contents.h"
#include "config/options.h"

static void test_contents_are_of_options_and_in_order(void **state)
{
    (void)state;
    const char *previous = "";
    const char *name;
    enum content content;
    size_t count = 0;

    for (; option_content_at(count, &name, &content); count++) {
        const struct option_row *row = option_row_find(name, strlen(name));
        assert_non_null(row);
        assert_true(row->type == OPTION_TEXT || row->type == OPTION_NAMES || row->type == OPTION_TIME);
        assert_int_not_equal(content, CONTENT_PLAIN);
        assert_true(strcmp(previous, name) < 0);
        assert_int_equal(option_content(name), content);
        previous = name;
    }
    assert_true(count > 100);
    assert_int_equal(option_content("qualify_domain"), CONTENT_PLAIN);
}

/* Names say what some are. */
static void test_acl_options_are_acls_and_host_options_hosts(void **state)
{
    (void)state;
    size_t count;
    const struct option_row *rows = option_rows(&count);

    for (size_t i = 0; i < count; i++) {
        const char *name = rows[i].name;
        size_t length = strlen(name);
        if (strncmp(name, "acl_", 4) == 0)
            assert_int_equal(option_content(name), CONTENT_ACL);
        if (length > 6 && strcmp(name + length - 6, "_hosts") == 0)
            assert_int_equal(option_content(name), CONTENT_HOSTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents_are_of_options_and_in_order),
        cmocka_unit_test(test_acl_options_are_acls_and_host_options_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
