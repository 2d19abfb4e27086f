#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/value.h"
#include "lookups/lookup.h"

static const struct lookup_driver driver = {.name = "driver"};

/* ab[cd]ef[driver|gh] */
static const struct taint_span mixed_spans[] = {{.begin = 2, .end = 4},
                                                {.begin = 6, .end = SIZE_MAX, .quoter = &driver}};
static const struct value mixed = {.bytes = "abcdefgh", .length = 8, .spans = mixed_spans, .span_count = 2};

static void assert_spans(const struct value *value, const struct taint_span *expected, size_t count)
{
    assert_int_equal(value->span_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(value->spans[i].begin, expected[i].begin);
        assert_int_equal(value->spans[i].end, expected[i].end);
        assert_ptr_equal(value->spans[i].quoter, expected[i].quoter);
    }
}

static void test_value_byte_is_tainted_inside_spans_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < mixed.length; i++)
        assert_int_equal(value_byte_is_tainted(&mixed, i), strchr("cdgh", mixed.bytes[i]) != NULL);
    struct value clean = VALUE_LITERAL("abc");
    assert_false(value_byte_is_tainted(&clean, 0));
}

static void test_value_slice_keeps_the_spans_it_covers(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    for (size_t from = 0; from <= mixed.length + 1; from++)
        for (size_t length = 0; length <= mixed.length + 1; length++) {
            struct value slice = value_slice(&arena, &mixed, from, length);
            size_t begin = from < mixed.length ? from : mixed.length;
            size_t wanted = length < mixed.length - begin ? length : mixed.length - begin;
            assert_int_equal(slice.length, wanted);
            assert_memory_equal(slice.bytes, mixed.bytes + begin, wanted);
            for (size_t i = 0; i < wanted; i++)
                assert_int_equal(value_byte_is_tainted(&slice, i), value_byte_is_tainted(&mixed, begin + i));
        }
    struct value slice = value_slice(&arena, &mixed, 3, SIZE_MAX);
    static const struct taint_span expected[] = {{0, 1, NULL}, {3, 5, &driver}};
    assert_spans(&slice, expected, 2);
    arena_free(&arena);
}

static void test_value_slice_of_clean_bytes_is_clean(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    struct value slice = value_slice(&arena, &mixed, 4, 2);
    assert_false(value_is_tainted(&slice));
    slice = value_slice(&arena, &mixed, 3, 0);
    assert_false(value_is_tainted(&slice));
    arena_free(&arena);
}

static void test_value_slice_taints_too_much_rather_than_too_little(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 8, 0);
    struct value slice = value_slice(&arena, &mixed, 1, 4);
    for (size_t i = 0; i < slice.length; i++)
        assert_true(value_byte_is_tainted(&slice, i));
    arena_free(&arena);
}

static void test_value_trim_takes_all_white_space_off_both_ends(void **state)
{
    struct arena arena;
    struct value text = value_tainted(" \t\r\n\v\f a b \n", 12);
    struct value blank = VALUE_LITERAL(" \n ");
    struct value nul = VALUE_LITERAL("\0 a");

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    text = value_trim(&arena, &text);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a b", 3);
    assert_true(value_is_tainted(&text));
    assert_int_equal(value_trim(&arena, &blank).length, 0);
    assert_int_equal(value_trim(&arena, &nul).length, 3);
    arena_free(&arena);
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void test_value_compare_goes_by_unsigned_bytes(void **state)
{
    const struct {
        struct value left, right;
        int order, caseless;
    } cases[] = {
        {VALUE_LITERAL(""), VALUE_LITERAL(""), 0, 0},
        {VALUE_LITERAL(""), VALUE_LITERAL("\0"), -1, -1},
        {VALUE_LITERAL("a"), VALUE_LITERAL("b"), -1, -1},
        {VALUE_LITERAL("B"), VALUE_LITERAL("a"), -1, 1},
        {VALUE_LITERAL("ab"), VALUE_LITERAL("a"), 1, 1},
        {VALUE_LITERAL("\xff"), VALUE_LITERAL("z"), 1, 1},
        {VALUE_LITERAL("Ab"), VALUE_LITERAL("aB"), -1, 0},
        {VALUE_LITERAL("a\0b"), VALUE_LITERAL("a\0c"), -1, -1},
        {VALUE_LITERAL("_"), VALUE_LITERAL("A"), 1, -1},
        {VALUE_LITERAL("\xc4"), VALUE_LITERAL("\xe4"), -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct value *left = &cases[i].left;
        const struct value *right = &cases[i].right;
        assert_int_equal(sign(value_compare(left, right)), cases[i].order);
        assert_int_equal(sign(value_compare(right, left)), -cases[i].order);
        assert_int_equal(sign(value_compare_caseless(left, right)), cases[i].caseless);
        assert_int_equal(sign(value_compare_caseless(right, left)), -cases[i].caseless);
        assert_int_equal(value_equal(left, right), cases[i].order == 0);
        assert_int_equal(value_equal_caseless(left, right), cases[i].caseless == 0);
    }
}

static void test_value_equal_takes_a_value_without_bytes(void **state)
{
    struct value nothing = {0};
    struct value empty = VALUE_LITERAL("");

    (void)state;
    assert_true(value_equal(&nothing, &empty));
    assert_true(value_equals_text(&nothing, ""));
    assert_int_equal(value_compare(&nothing, &empty), 0);
    assert_int_equal(value_compare_caseless(&empty, &nothing), 0);
}

static void test_value_order_caseless_takes_a_beginning_for_the_greater(void **state)
{
    struct value ab = VALUE_LITERAL("ab");
    struct value abc = VALUE_LITERAL("ABC");
    struct value b = VALUE_LITERAL("B");
    struct value empty = VALUE_LITERAL("");

    (void)state;
    assert_int_equal(value_order_caseless(&ab, &ab), 0);
    assert_true(value_order_caseless(&ab, &abc) > 0);
    assert_true(value_order_caseless(&abc, &ab) > 0);
    assert_true(value_order_caseless(&empty, &ab) > 0);
    assert_true(value_order_caseless(&ab, &b) < 0);
    assert_true(value_order_caseless(&b, &abc) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_byte_is_tainted_inside_spans_only),
        cmocka_unit_test(test_value_slice_keeps_the_spans_it_covers),
        cmocka_unit_test(test_value_slice_of_clean_bytes_is_clean),
        cmocka_unit_test(test_value_slice_taints_too_much_rather_than_too_little),
        cmocka_unit_test(test_value_trim_takes_all_white_space_off_both_ends),
        cmocka_unit_test(test_value_compare_goes_by_unsigned_bytes),
        cmocka_unit_test(test_value_order_caseless_takes_a_beginning_for_the_greater),
        cmocka_unit_test(test_value_equal_takes_a_value_without_bytes),
    };

    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
