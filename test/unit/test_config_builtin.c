#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/builtin.h"

struct seen {
    char names[600][128];
    size_t count;
};

static bool remember(void *context, const char *name, size_t length)
{
    struct seen *seen = context;
    assert_true(seen->count < 600 && length < 128);
    memcpy(seen->names[seen->count], name, length);
    seen->names[seen->count++][length] = '\0';
    return true;
}

static bool refuse(void *context, const char *name, size_t length)
{
    (void)name;
    (void)length;
    ++*(size_t *)context;
    return false;
}

static void test_builtin_each_gives_no_name_that_holds_an_earlier_one(void **state)
{
    (void)state;
    struct seen *seen = calloc(1, sizeof *seen);
    assert_true(builtin_each(remember, seen));
    assert_true(seen->count > 250);
    for (size_t i = 0; i < seen->count; i++) {
        assert_int_equal(seen->names[i][0], '_');
        for (size_t j = 0; j < i; j++)
            assert_null(strstr(seen->names[i], seen->names[j]));
    }
    free(seen);
}

static void test_builtin_each_stops_when_told(void **state)
{
    (void)state;
    size_t calls = 0;
    assert_false(builtin_each(refuse, &calls));
    assert_int_equal(calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_each_gives_no_name_that_holds_an_earlier_one),
        cmocka_unit_test(test_builtin_each_stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
