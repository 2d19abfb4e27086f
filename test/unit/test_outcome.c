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

static void test_error_wrap_puts_words_around_a_message(void **state)
{
    struct arena arena;
    struct error error = {.message = "bad"};

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    error_wrap(&error, &arena, "it was %s inside %s", error.message, "here");
    assert_string_equal(error.message, "it was bad inside here");
    arena_free(&arena);
}

static void test_error_wrap_makes_no_message_longer_than_it_may_be(void **state)
{
    static const char end[] = "the end";
    char text[3 * ERROR_LONGEST];
    struct arena arena;
    struct error error = {.message = end};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    arena_init(&arena, 64, SIZE_MAX);
    error_wrap(&error, &arena, "expansion of %s: %s", text, error.message);
    assert_in_range(strlen(error.message), ERROR_LONGEST - 1, ERROR_LONGEST);
    assert_memory_equal(error.message, "expansion of xxx", 16);
    assert_non_null(strstr(error.message, "xxx [...] xxx"));
    assert_string_equal(error.message + strlen(error.message) - strlen(end), end);
    const char *long_one = error.message;
    error_wrap(&error, &arena, "expansion of %s: %s", text, error.message);
    assert_ptr_equal(error.message, long_one);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_set_gives_the_outcome_and_the_message),
        cmocka_unit_test(test_error_set_has_a_message_when_there_is_no_room_for_one),
        cmocka_unit_test(test_error_wrap_puts_words_around_a_message),
        cmocka_unit_test(test_error_wrap_makes_no_message_longer_than_it_may_be),
    };

    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
