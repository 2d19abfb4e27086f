#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "lookups/lookup.h"

static const struct lookup_driver one = {.name = "one"};
static const struct lookup_driver two = {.name = "two"};

struct bench {
    struct arena arena;
    struct buffer out;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    if (bench == NULL)
        return -1;
    arena_init(&bench->arena, 64, SIZE_MAX);
    buffer_init(&bench->out, &bench->arena);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    arena_free(&bench->arena);
    free(bench);
    return 0;
}

/* The spans as "begin-end" and the quoter's name. */
static void assert_buffer(struct bench *bench, const char *text, const char *spans)
{
    struct value value;
    char shown[512] = "";

    assert_true(buffer_value(&bench->out, &value));
    assert_string_equal(value.bytes, text);
    assert_int_equal(value.length, strlen(text));
    for (size_t i = 0; i < value.span_count; i++) {
        const struct taint_span *span = &value.spans[i];
        size_t used = strlen(shown);
        (void)snprintf(shown + used, sizeof shown - used, "%s%zu-%zu%s", i > 0 ? " " : "", span->begin,
                       span->end, span->quoter == NULL ? "" : span->quoter->name);
    }
    assert_string_equal(shown, spans);
}

static void add_tainted(struct buffer *out, const char *text)
{
    struct value value = value_tainted(text, strlen(text));

    buffer_add_value(out, &value);
}

static void test_buffer_value_of_nothing_is_empty_text(void **state)
{
    assert_buffer(*state, "", "");
}

static void test_buffer_add_takes_bytes_strings_and_formats(void **state)
{
    struct bench *bench = *state;

    buffer_add(&bench->out, "abcd", 3);
    buffer_add_byte(&bench->out, '-');
    buffer_add_string(&bench->out, "def");
    buffer_format(&bench->out, "%05d%s", 42, "!");
    assert_buffer(bench, "abc-def00042!", "");
}

static void test_buffer_add_number_writes_the_smallest_and_the_largest(void **state)
{
    struct bench *bench = *state;

    buffer_add_number(&bench->out, 0);
    buffer_add_byte(&bench->out, ' ');
    buffer_add_number(&bench->out, -10);
    buffer_add_byte(&bench->out, ' ');
    buffer_add_number(&bench->out, LLONG_MIN);
    buffer_add_byte(&bench->out, ' ');
    buffer_add_number(&bench->out, LLONG_MAX);
    assert_buffer(bench, "0 -10 -9223372036854775808 9223372036854775807", "");
}

static void test_buffer_grows_over_any_size(void **state)
{
    struct bench *bench = *state;
    struct value value;

    for (size_t i = 0; i < 100000; i++) {
        buffer_add_byte(&bench->out, (char)('a' + i % 26));
        if (i % 1000 == 0)
            assert_non_null(arena_alloc(&bench->arena, 24)); /* so that it has to move */
    }
    assert_true(buffer_value(&bench->out, &value));
    assert_int_equal(value.length, 100000);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(value.bytes[i], 'a' + i % 26);
}

static void test_buffer_add_value_joins_spans_that_touch(void **state)
{
    struct bench *bench = *state;

    add_tainted(&bench->out, "ab");
    add_tainted(&bench->out, "cd");
    buffer_add_string(&bench->out, "-");
    add_tainted(&bench->out, "ef");
    assert_buffer(bench, "abcd-ef", "0-4 5-7");
}

static void test_buffer_add_value_keeps_quoters_apart(void **state)
{
    struct bench *bench = *state;
    struct value text = value_tainted("xy", 2);

    buffer_add_like(&bench->out, "ab", 2, &text, &one);
    buffer_add_like(&bench->out, "cd", 2, &text, &one);
    buffer_add_like(&bench->out, "ef", 2, &text, &two);
    buffer_add_like(&bench->out, "gh", 2, &text, NULL);
    assert_buffer(bench, "abcdefgh", "0-4one 4-6two 6-8");
}

static void test_buffer_add_value_keeps_a_mark_for_an_empty_text_from_outside(void **state)
{
    struct bench *bench = *state;

    buffer_add_string(&bench->out, "a ");
    add_tainted(&bench->out, "");
    buffer_add_string(&bench->out, " b");
    assert_buffer(bench, "a  b", "2-2");
}

static void test_buffer_add_value_lets_an_empty_mark_give_way(void **state)
{
    struct bench *bench = *state;
    struct value quoted = value_tainted("q", 1);

    add_tainted(&bench->out, "");
    buffer_add_like(&bench->out, "ab", 2, &quoted, &one);
    add_tainted(&bench->out, "");
    assert_buffer(bench, "ab", "0-2one");
}

static void test_buffer_add_like_is_clean_when_its_source_is(void **state)
{
    struct bench *bench = *state;
    struct value clean = VALUE_LITERAL("x");

    buffer_add_like(&bench->out, "ab", 2, &clean, &one);
    assert_buffer(bench, "ab", "");
}

static void test_buffer_add_value_takes_bytes_from_behind_the_buffer(void **state)
{
    struct bench *bench = *state;
    char expected[302];

    memset(expected, 'x', sizeof expected - 1);
    expected[sizeof expected - 1] = '\0';
    buffer_add_byte(&bench->out, 'x');
    struct value source = value_tainted(arena_copy(&bench->arena, expected, 300), 300);
    buffer_add_value(&bench->out, &source);
    assert_buffer(bench, expected, "1-301");
}

static void test_buffer_taint_covers_what_was_before(void **state)
{
    struct bench *bench = *state;

    add_tainted(&bench->out, "ab");
    buffer_add_string(&bench->out, "cd");
    add_tainted(&bench->out, "ef");
    buffer_taint(&bench->out, 1, &two);
    assert_buffer(bench, "abcdef", "0-1 1-6two");
}

static void test_buffer_truncate_cuts_spans_too(void **state)
{
    struct bench *bench = *state;

    add_tainted(&bench->out, "abc");
    buffer_add_string(&bench->out, "def");
    add_tainted(&bench->out, "ghi");
    buffer_truncate(&bench->out, 8);
    assert_buffer(bench, "abcdefgh", "0-3 6-8");
    buffer_truncate(&bench->out, 9);
    buffer_truncate(&bench->out, 2);
    assert_buffer(bench, "ab", "0-2");
    buffer_truncate(&bench->out, 0);
    assert_buffer(bench, "", "");
}

static void test_buffer_that_failed_stays_failed(void **state)
{
    struct arena arena;
    struct buffer out;
    struct value value;

    (void)state;
    arena_init(&arena, 64, 128);
    buffer_init(&out, &arena);
    buffer_add_string(&out, "kept");
    buffer_reserve(&out, 1000);
    assert_true(out.failed);
    buffer_add_string(&out, "x");
    buffer_add_byte(&out, 'x');
    buffer_format(&out, "x");
    add_tainted(&out, "x");
    assert_int_equal(out.length, 4);
    assert_int_equal(out.span_count, 0);
    assert_false(buffer_value(&out, &value));
    arena_free(&arena);
}

static void test_buffer_add_printing_shows_what_does_not_print(void **state)
{
    static const char bytes[] = "a\\\t\n\r\001\377";
    struct value text = value_clean(bytes, sizeof bytes - 1);
    struct value shown;
    struct arena arena;
    struct buffer out;

    (void)state;
    arena_init(&arena, 64, SIZE_MAX);
    buffer_init(&out, &arena);
    buffer_add_printing(&out, &text, false);
    buffer_add_byte(&out, '|');
    buffer_add_printing(&out, &text, true);
    assert_true(buffer_value(&out, &shown));
    assert_string_equal(shown.bytes, "a\\\t\\n\\r\\001\\377|a\\\\\\t\\n\\r\\001\\377");
    arena_free(&arena);
}

static void test_buffer_reaches_its_arenas_limit(void **state)
{
    struct arena arena;
    struct buffer out;

    (void)state;
    arena_init(&arena, 64, 10000);
    buffer_init(&out, &arena);
    while (!out.failed)
        buffer_add_byte(&out, 'x');
    assert_in_range(out.length, 2000, 10000); /* copies stand beside what they are copies of */
    buffer_init(&out, &arena);
    buffer_reserve(&out, SIZE_MAX - 10);
    assert_true(out.failed);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_buffer_value_of_nothing_is_empty_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_takes_bytes_strings_and_formats, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_number_writes_the_smallest_and_the_largest, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_buffer_grows_over_any_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_value_joins_spans_that_touch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_value_keeps_quoters_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_value_keeps_a_mark_for_an_empty_text_from_outside,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_value_lets_an_empty_mark_give_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_like_is_clean_when_its_source_is, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_add_value_takes_bytes_from_behind_the_buffer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_buffer_taint_covers_what_was_before, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer_truncate_cuts_spans_too, setup, teardown),
        cmocka_unit_test(test_buffer_that_failed_stays_failed),
        cmocka_unit_test(test_buffer_add_printing_shows_what_does_not_print),
        cmocka_unit_test(test_buffer_reaches_its_arenas_limit),
    };

    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
