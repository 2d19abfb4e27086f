/* The manual's page of the configuration has every row of the ACLs, and says
   of each whether it is evaluated. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "acl/acl.h"

static void test_the_page_has_every_condition_of_acls(void **state)
{
    static const char path[] = "doc/rexpand-configuration.5";
    char *page = NULL;
    size_t capacity = 0;
    size_t count;
    FILE *file = fopen(path, "r");

    (void)state;
    assert_non_null(file);
    assert_true(getdelim(&page, &capacity, '\0', file) > 0);
    (void)fclose(file);
    const struct acl_row *rows = acl_rows(&count);
    const char *place = strstr(page, ".Ss Conditions and modifiers");
    for (size_t i = 0; i < count; i++) {
        char entry[128];
        (void)snprintf(entry, sizeof entry, "\n.It Ic %s%s\n", rows[i].name,
                       acl_row_is_evaluated(&rows[i]) ? "" : " No (read only)");
        place = place == NULL ? NULL : strstr(place, entry);
        if (place == NULL)
            fail_msg("%s does not have, in its place:%s", path, entry);
    }
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_condition_of_acls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
