#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void test_arena_alloc_gives_aligned_memory_behind_text(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    for (size_t i = 0; i < 100; i++) {
        assert_non_null(arena_alloc_text(&arena, i % 7));
        void *block = arena_alloc(&arena, i);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
        memset(block, 0xA5, i);
    }
    arena_free(&arena);
}

static void test_arena_alloc_of_nothing_is_a_pointer(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 16, SIZE_MAX);
    assert_non_null(arena_alloc(&arena, 0));
    assert_non_null(arena_alloc_text(&arena, 0));
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    arena_free(&arena);
}

static void test_arena_alloc_stops_at_the_limit_and_not_before(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 64, 1024);
    for (size_t i = 0; i < 1024; i++)
        assert_non_null(arena_alloc_text(&arena, 1));
    assert_null(arena_alloc_text(&arena, 1));
    assert_null(arena_alloc(&arena, 1));
    assert_null(arena_copy(&arena, "x", 1));
    assert_null(arena_format(&arena, "%d", 1));
    assert_int_equal(arena.reserved, 1024);
    arena_free(&arena);
}

static void test_arena_alloc_refuses_sizes_that_overflow(void **state)
{
    volatile size_t huge = SIZE_MAX; /* else the compiler refuses it first */
    struct arena arena;

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    assert_null(arena_alloc_text(&arena, huge));
    assert_null(arena_alloc_text(&arena, huge / 2 + 1));
    assert_null(arena_calloc(&arena, SIZE_MAX / 2, 4));
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    assert_non_null(arena_alloc(&arena, 8));
    arena_free(&arena);
}

static void test_arena_calloc_clears_memory_that_was_used_before(void **state)
{
    static const char zeroes[512];
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    memset(arena_alloc(&arena, 512), 0xFF, 512);
    arena_reset(&arena, SIZE_MAX);
    assert_memory_equal(arena_calloc(&arena, 64, 8), zeroes, 512);
    arena_free(&arena);
}

static void test_arena_reset_keeps_chunks_up_to_its_bound(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100, SIZE_MAX);
    assert_non_null(arena_alloc_text(&arena, 100));
    assert_non_null(arena_alloc_text(&arena, 5000));
    assert_non_null(arena_alloc_text(&arena, 200));
    arena_reset(&arena, 2000);
    assert_true(arena.reserved >= 100 && arena.reserved <= 2000);
    size_t kept = arena.reserved;
    assert_non_null(arena_alloc_text(&arena, 90));
    assert_int_equal(arena.reserved, kept);
    arena_reset(&arena, 0);
    assert_int_equal(arena.reserved, 0);
    assert_non_null(arena_alloc_text(&arena, 10));
    arena_free(&arena);
    arena_reset(&arena, 0);
    assert_int_equal(arena.reserved, 0);
}

static void test_arena_reset_lets_the_same_memory_serve_again(void **state)
{
    struct arena arena;
    size_t reserved = 0;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < 100; i++)
            assert_non_null(arena_alloc(&arena, 100));
        if (round == 5)
            reserved = arena.reserved;
        arena_reset(&arena, SIZE_MAX);
    }
    assert_int_equal(arena.reserved, reserved);
    arena_free(&arena);
}

static void test_arena_release_goes_back_over_chunks(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    struct arena_mark empty = arena_mark(&arena);
    char *first = arena_copy(&arena, "first", 5);
    struct arena_mark mark = arena_mark(&arena);
    char *second = arena_alloc_text(&arena, 10);
    for (size_t i = 0; i < 50; i++)
        assert_non_null(arena_alloc(&arena, 60));
    size_t reserved = arena.reserved;
    arena_release(&arena, mark);
    assert_ptr_equal(arena_alloc_text(&arena, 10), second);
    for (size_t i = 0; i < 50; i++)
        assert_non_null(arena_alloc(&arena, 60));
    assert_int_equal(arena.reserved, reserved);
    assert_string_equal(first, "first");
    arena_release(&arena, empty);
    assert_ptr_equal(arena_alloc_text(&arena, 6), first);
    arena_free(&arena);
}

static void test_arena_grow_text_grows_the_newest_block_in_place(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1000, SIZE_MAX);
    char *block = arena_alloc_text(&arena, 10);
    assert_ptr_equal(arena_grow_text(&arena, block, 10, 900), block);
    assert_ptr_equal(arena_grow_text(&arena, block, 900, 20), block);
    char *next = arena_alloc_text(&arena, 1);
    assert_ptr_equal(next, block + 20);
    arena_free(&arena);
}

static void test_arena_grow_text_copies_what_cannot_grow(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100, 1000);
    char *block = arena_copy(&arena, "abc", 3);
    char *other = arena_copy(&arena, "other", 5);
    assert_ptr_equal(arena_grow_text(&arena, block, 4, 2), block);
    char *moved = arena_grow_text(&arena, block, 4, 30);
    assert_ptr_not_equal(moved, block);
    assert_string_equal(moved, "abc");
    assert_string_equal(other, "other");
    assert_null(arena_grow_text(&arena, moved, 30, 2000));
    assert_string_equal(moved, "abc");
    assert_non_null(arena_grow_text(&arena, NULL, 0, 5));
    arena_free(&arena);
}

static void test_arena_format_writes_what_printf_would(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 16, SIZE_MAX);
    assert_string_equal(
        arena_format(&arena, "%s-%d-%080d", "a", 7, 1),
        "a-7-00000000000000000000000000000000000000000000000000000000000000000000000000000001");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_alloc_gives_aligned_memory_behind_text),
        cmocka_unit_test(test_arena_alloc_of_nothing_is_a_pointer),
        cmocka_unit_test(test_arena_alloc_stops_at_the_limit_and_not_before),
        cmocka_unit_test(test_arena_alloc_refuses_sizes_that_overflow),
        cmocka_unit_test(test_arena_calloc_clears_memory_that_was_used_before),
        cmocka_unit_test(test_arena_reset_keeps_chunks_up_to_its_bound),
        cmocka_unit_test(test_arena_reset_lets_the_same_memory_serve_again),
        cmocka_unit_test(test_arena_release_goes_back_over_chunks),
        cmocka_unit_test(test_arena_grow_text_grows_the_newest_block_in_place),
        cmocka_unit_test(test_arena_grow_text_copies_what_cannot_grow),
        cmocka_unit_test(test_arena_format_writes_what_printf_would),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
