#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lookups/redis/reply.h"

static void assert_text(const struct redis_reply *reply, struct redis_reply_form form, bool expect_found,
                        const char *expected)
{
    struct arena arena;
    struct value text;
    bool found;

    arena_init(&arena, 256, SIZE_MAX);
    assert_true(redis_reply_text(reply, &form, &arena, &found, &text));
    assert_int_equal(found, expect_found);
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.length);
    arena_free(&arena);
}

static const struct redis_reply_form exims = {.nil_is_empty = true, .integers_as_bool = true};
static const struct redis_reply_form ours = {.nil_is_empty = false};

static void test_redis_reply_text_of_nil_is_as_redis_nil_says(void **state)
{
    const struct redis_reply nil = {.type = REDIS_NIL};

    (void)state;
    assert_text(&nil, ours, false, "");
    assert_text(&nil, exims, true, "");
}

static void test_redis_reply_text_of_integers_is_as_redis_integer_says(void **state)
{
    struct redis_reply number = {.type = REDIS_INTEGER, .as.integer = 7};
    const struct redis_reply array = {.type = REDIS_ARRAY, .as.array = {&number, 1}};

    (void)state;
    assert_text(&number, ours, true, "7");
    assert_text(&number, exims, true, "true");
    assert_text(&array, exims, true, "7");
    number.as.integer = 0;
    assert_text(&number, exims, true, "false");
}

static void test_redis_reply_text_of_an_empty_array_is_not_found(void **state)
{
    const struct redis_reply array = {.type = REDIS_ARRAY};

    (void)state;
    assert_text(&array, ours, false, "");
    assert_text(&array, exims, false, "");
}

static void test_redis_reply_text_never_drops_an_element(void **state)
{
    struct redis_reply inner[] = {{.type = REDIS_STATUS, .as.text = {"b", 1}}, {.type = REDIS_NIL}};
    struct redis_reply elements[] = {
        {.type = REDIS_NIL},
        {.type = REDIS_BULK, .as.text = {"a", 1}},
        {.type = REDIS_ARRAY, .as.array = {inner, 2}},
        {.type = REDIS_ARRAY},
        {.type = REDIS_ERROR, .as.text = {"ERR x", 5}},
    };
    const struct redis_reply array = {.type = REDIS_ARRAY, .as.array = {elements, 5}};

    (void)state;
    assert_text(&array, ours, true, "\na\nb\n\n\nERR x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_reply_text_of_nil_is_as_redis_nil_says),
        cmocka_unit_test(test_redis_reply_text_of_integers_is_as_redis_integer_says),
        cmocka_unit_test(test_redis_reply_text_of_an_empty_array_is_not_found),
        cmocka_unit_test(test_redis_reply_text_never_drops_an_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
