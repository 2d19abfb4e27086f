#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/place.h"

static void test_place_error_puts_the_place_in_front(void **state)
{
    (void)state;
    struct arena arena;
    struct error error;
    arena_init(&arena, 1024, SIZE_MAX);
    struct config_place place = {.file = "a.conf", .line = 12};
    struct config_place nowhere = {0};
    assert_int_equal(place_error(&error, &arena, place, "bad %s", "thing"), OUTCOME_FAILED);
    assert_string_equal(error.message, "a.conf:12: bad thing");
    assert_int_equal(place_error(&error, &arena, nowhere, "bad %d%%", 5), OUTCOME_FAILED);
    assert_string_equal(error.message, "bad 5%");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place_error_puts_the_place_in_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
