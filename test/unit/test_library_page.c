/* The manual's page of the library has every public function. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(getdelim(&text, &capacity, '\0', file) > 0);
    (void)fclose(file);
    return text;
}

static void test_the_page_has_every_function(void **state)
{
    static const char mark[] = "\nREXPAND_PUBLIC ";
    char *header = read_file("expand/rexpand.h");
    char *page = read_file("doc/librexpand.3");
    size_t count = 0;

    (void)state;
    for (const char *at = strstr(header, mark); at != NULL; at = strstr(at + 1, mark)) {
        const char *open = strchr(at, '(');
        const char *name = open;
        char call[128];
        while (name[-1] != ' ' && name[-1] != '*')
            name--;
        (void)snprintf(call, sizeof call, "%.*s", (int)(open - name) + 1, name);
        if (strstr(page, call) == NULL)
            fail_msg("doc/librexpand.3 does not have %s)", call);
        count++;
    }
    assert_true(count > 15);
    free(header);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_every_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
