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

#define TEXT(words)                                                                                          \
    {                                                                                                        \
        .type = REDIS_BULK, .as.text = { words, sizeof(words) - 1 }                                          \
    }

/* Keys that would be taken for something else are written so that none of them can be
   another one; values as Exim 4.96 has them from SQL. */
static void test_redis_reply_text_of_a_map_is_pairs(void **state)
{
    struct redis_reply elements[] = {
        TEXT("one"),      TEXT("1"),
        TEXT("two"),      TEXT(""),
        TEXT("a=b c\"%"), TEXT("q\"r"),
        TEXT(""),         TEXT("a b"),
        TEXT("nl\n"),     TEXT("new\nline"),
        TEXT("lead"),     TEXT("\"lead"),
        TEXT("back"),     TEXT("back\\s"),
        TEXT("tab"),      TEXT("t\t\"\\"),
        TEXT("nil"),      {.type = REDIS_NIL},
        TEXT("yes"),      {.type = REDIS_BOOLEAN, .as.integer = 1},
        TEXT("number"),   {.type = REDIS_INTEGER, .as.integer = -5},
    };
    struct redis_reply map = {.type = REDIS_ARRAY, .is_map = true, .as.array = {elements, 22}};
    const struct redis_reply empty = {.type = REDIS_ARRAY, .is_map = true};
    const struct redis_reply_form lines = {.maps_as_lines = true};

    (void)state;
    assert_text(&map, ours, true,
                "one=1 two=\"\" a%3Db%20c%22%25=q\"r %=\"a b\" nl%0A=\"new\nline\" lead=\"\\\"lead\" "
                "back=back\\s tab=\"t\t\\\"\\\\\" nil=\"\" yes=true number=-5 ");
    assert_text(&empty, ours, false, "");
    map.as.array.count = 4;
    assert_text(&map, lines, true, "one\n1\ntwo\n");
}

static void test_redis_reply_text_of_a_map_with_arrays_is_lines(void **state)
{
    struct redis_reply inner[] = {TEXT("a"), TEXT("b")};
    struct redis_reply elements[] = {TEXT("stream"), {.type = REDIS_ARRAY, .as.array = {inner, 2}}};
    struct redis_reply map = {.type = REDIS_ARRAY, .is_map = true, .as.array = {elements, 2}};
    struct redis_reply array = {.type = REDIS_ARRAY, .as.array = {&map, 1}};

    (void)state;
    assert_text(&map, ours, true, "stream\na\nb");
    map.as.array = array.as.array;
    map.as.array.elements = inner;
    map.as.array.count = 2;
    assert_text(&array, ours, true, "a\nb");
}

static void test_redis_reply_find_map_knows_the_commands_that_give_one(void **state)
{
    static const struct {
        const char *words[2];
        size_t elements;
        bool is_map;
    } rows[] = {
        {{"HGETALL", "k"}, 2, true},      {{"hgetall", "k"}, 2, true},   {{"HGETALL", "k"}, 1, false},
        {{"CONFIG", "get"}, 2, true},     {{"CONFIG", "SET"}, 2, false}, {{"HGETALLS", "k"}, 2, false},
        {{"HKEYS", "HGETALL"}, 2, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct redis_argument arguments[] = {{rows[i].words[0], strlen(rows[i].words[0])},
                                             {rows[i].words[1], strlen(rows[i].words[1])}};
        const struct redis_command command = {.arguments = arguments, .count = 2};
        struct redis_reply elements[] = {TEXT("a"), TEXT("b")};
        struct redis_reply reply = {.type = REDIS_ARRAY, .as.array = {elements, rows[i].elements}};
        redis_reply_find_map(&reply, &command);
        assert_int_equal(reply.is_map, rows[i].is_map);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_reply_text_of_nil_is_as_redis_nil_says),
        cmocka_unit_test(test_redis_reply_text_of_integers_is_as_redis_integer_says),
        cmocka_unit_test(test_redis_reply_text_of_an_empty_array_is_not_found),
        cmocka_unit_test(test_redis_reply_text_never_drops_an_element),
        cmocka_unit_test(test_redis_reply_text_of_a_map_is_pairs),
        cmocka_unit_test(test_redis_reply_text_of_a_map_with_arrays_is_lines),
        cmocka_unit_test(test_redis_reply_find_map_knows_the_commands_that_give_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
