#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/text_map.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 256, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A map of a line that stands as it is in column 5 of line 7. */
static struct text_map plain(void)
{
    struct text_map map;
    struct text_piece piece = {.place = {.file = "f", .line = 7}, .column = 5};

    text_map_init(&map, &arena);
    text_map_add(&map, &piece);
    return map;
}

static void assert_at(const struct text_map *map, size_t offset, unsigned column, const char *macro)
{
    struct text_spot spot = text_map_find(map, offset);

    assert_int_equal(spot.column, column);
    assert_int_equal(spot.place.line, 7);
    if (macro == NULL)
        assert_null(spot.macro);
    else
        assert_string_equal(spot.macro, macro);
}

static void test_text_map_counts_columns_where_the_text_is_as_written(void **state)
{
    (void)state;
    struct text_map map = plain();

    assert_at(&map, 0, 5, NULL);
    assert_at(&map, 9, 14, NULL);
}

/* "ab MAC cd", and MAC is "12345". */
static struct text_map with_macro(void)
{
    struct text_map before = plain();
    struct text_map map;

    text_map_init(&map, &arena);
    text_map_take(&map, 0, &before, 0, 3);
    text_map_take_macro(&map, 3, &before, 3, "MAC");
    text_map_take(&map, 8, &before, 6, 9);
    return map;
}

static void test_text_map_gives_a_macro_the_place_of_its_name(void **state)
{
    (void)state;
    struct text_map map = with_macro();

    assert_at(&map, 2, 7, NULL);
    assert_at(&map, 3, 8, "MAC");
    assert_at(&map, 7, 8, "MAC");
    assert_at(&map, 8, 11, NULL);
    assert_at(&map, 10, 13, NULL);
}

static void test_text_map_keeps_the_outer_macro_of_two(void **state)
{
    (void)state;
    struct text_map before = with_macro();
    struct text_map map;

    text_map_init(&map, &arena);
    text_map_take(&map, 0, &before, 0, 4);
    text_map_take_macro(&map, 4, &before, 4, "INNER");
    text_map_take(&map, 5, &before, 6, 11);
    assert_at(&map, 4, 8, "MAC");
    assert_at(&map, 5, 8, "MAC");
    assert_at(&map, 7, 11, NULL);
}

static void test_text_map_has_macro_knows_those_with_nothing_in_them(void **state)
{
    (void)state;
    struct text_map before = plain();
    struct text_map map;

    text_map_init(&map, &arena);
    text_map_take(&map, 0, &before, 0, 3);
    text_map_take_macro(&map, 3, &before, 3, "NONE");
    text_map_take(&map, 3, &before, 7, 20);
    assert_at(&map, 3, 12, NULL);
    assert_false(text_map_has_macro(&map, 0, 2));
    assert_true(text_map_has_macro(&map, 0, 3));
    assert_true(text_map_has_macro(&map, 3, 9));
    assert_false(text_map_has_macro(&map, 4, 9));

    struct text_map again;
    text_map_init(&again, &arena);
    text_map_take(&again, 10, &map, 1, 9);
    assert_true(text_map_has_macro(&again, 10, 12));
    assert_false(text_map_has_macro(&again, 13, 18));
}

static void test_text_map_copy_is_as_good(void **state)
{
    (void)state;
    struct text_map map = with_macro();
    const struct text_map *copy = text_map_copy(&map, &arena);

    assert_non_null(copy);
    assert_int_equal(copy->count, map.count);
    assert_at(copy, 7, 8, "MAC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text_map_counts_columns_where_the_text_is_as_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_text_map_gives_a_macro_the_place_of_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_map_keeps_the_outer_macro_of_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_map_has_macro_knows_those_with_nothing_in_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_text_map_copy_is_as_good, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
