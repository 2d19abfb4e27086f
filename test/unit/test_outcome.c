#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/outcome.h"

static void test_error_set_gives_the_outcome_and_the_message(void **state)
{
    struct arena arena;
    struct error error = {.offset = 5};

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    assert_int_equal(error_set(&error, &arena, OUTCOME_DEFERRED, "%s %d", "wait", 3), OUTCOME_DEFERRED);
    assert_string_equal(error.message, "wait 3");
    assert_int_equal(error.offset, 5);
    arena_free(&arena);
}

static void test_error_set_has_a_message_when_there_is_no_room_for_one(void **state)
{
    struct arena arena;
    struct error error = {0};

    (void)state;
    arena_init(&arena, 4, 4);
    assert_int_equal(error_set(&error, &arena, OUTCOME_DEFERRED, "%s", "too long"), OUTCOME_FAILED);
    assert_non_null(strstr(error.message, "out of memory"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_set_gives_the_outcome_and_the_message),
        cmocka_unit_test(test_error_set_has_a_message_when_there_is_no_room_for_one),
    };

    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
