#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/list.h"

/* What list_next gives, each item in parentheses, with a ! where it is
   tainted. */
static const char *items_of(struct arena *arena, const struct value *list, char separator)
{
    struct list_reader reader;
    struct buffer out;
    struct value item, text;

    buffer_init(&out, arena);
    list_open(&reader, arena, list, separator);
    while (list_next(&reader, &item)) {
        buffer_add_byte(&out, '(');
        buffer_add(&out, item.bytes, item.length);
        buffer_add_string(&out, value_is_tainted(&item) ? "!)" : ")");
    }
    assert_true(buffer_value(&out, &text));
    return text.bytes;
}

static void test_list_next_follows_exims_rules(void **state)
{
    static const struct {
        const char *list;
        const char *items;
    } cases[] = {
        {"", ""},
        {" ", ""},
        {"a", "(a)"},
        {"a:b:c", "(a)(b)(c)"},
        {" a : b ", "(a)(b)"},
        {"a:", "(a)"},
        {"a: ", "(a)"},
        {"a: :", "(a)()"},
        {":a", "()(a)"},
        {" : a", "()(a)"},
        {":", "()"},
        {": :", "()()"},
        {"a::b", "(a:b)"},
        {"a:::b", "(a:)(b)"},
        {"a::::b", "(a::b)"},
        {"::", "(:)"},
        {":::", "(:)"},
        {"a::", "(a:)"},
        {"a: :b", "(a)()(b)"},
        {"<;a;b:c", "(a)(b:c)"},
        {"<; a ; b", "(a)(b)"},
        {" <;a;b", "(a)(b)"},
        {"<;a;;b", "(a;b)"},
        {"<;", ""},
        {"<;;", "()"},
        {"<;;;", "(;)"},
        {"<", ""},
        {"<a:b", "(<a)(b)"},
        {"< a:b", "(< a)(b)"},
        {"<\na\nb\n\nc", "(a)(b)()(c)"},
        {"<\ta\tb\t\tc", "(a)(b)()(c)"},
        {"<\x7f"
         "a\x7f"
         "b",
         "(a)(b)"},
        {"<<a<b", "(a)(b)"},
        {"<:a:b", "(a)(b)"},
        {"a:<;b", "(a)(<;b)"},
        {"\ta\t:\nb\v", "(a)(b)"},
        {"<1a1b", "(<1a1b)"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value list = value_of_string(cases[i].list);
        if (strcmp(items_of(&arena, &list, ':'), cases[i].items) != 0)
            fail_msg("\"%s\" gives %s, not %s", cases[i].list, items_of(&arena, &list, ':'), cases[i].items);
        size_t items = 0;
        for (const char *at = cases[i].items; *at != '\0'; at++)
            items += *at == '(';
        assert_int_equal(list_count(&arena, &list), items);
    }
    arena_free(&arena);
}

static void test_list_open_starts_with_another_separator_if_asked(void **state)
{
    struct arena arena;
    struct value list = value_of_string("a,b:c");
    struct value changed = value_of_string("<;a;b,c");

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    assert_string_equal(items_of(&arena, &list, ','), "(a)(b:c)");
    assert_string_equal(items_of(&arena, &changed, ','), "(a)(b,c)");
    arena_free(&arena);
}

static void test_list_open_takes_no_separator_from_outside(void **state)
{
    static const struct taint_span first[] = {{.begin = 0, .end = 1}};
    static const struct taint_span second[] = {{.begin = 1, .end = 2}};
    static const struct taint_span third[] = {{.begin = 2, .end = 9}};
    struct arena arena;
    struct value list = value_of_string("<;a;b:c");

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    list.span_count = 1;
    list.spans = taint_whole;
    assert_string_equal(items_of(&arena, &list, ':'), "(<;a;b!)(c!)");
    list.spans = first;
    assert_string_equal(items_of(&arena, &list, ':'), "(<;a;b!)(c)");
    list.spans = second;
    assert_string_equal(items_of(&arena, &list, ':'), "(<;a;b!)(c)");
    list.spans = third;
    assert_string_equal(items_of(&arena, &list, ':'), "(a!)(b:c!)");
    arena_free(&arena);
}

static void test_list_next_keeps_taint_through_undoubling(void **state)
{
    static const struct taint_span spans[] = {{.begin = 3, .end = 4}};
    struct arena arena;
    struct list_reader reader;
    struct value list = {.bytes = "a::bc:d", .length = 7, .spans = spans, .span_count = 1};
    struct value item;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    list_open(&reader, &arena, &list, ':');
    assert_true(list_next(&reader, &item));
    assert_true(value_equals_text(&item, "a:bc"));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(value_byte_is_tainted(&item, i), i == 2);
    assert_true(list_next(&reader, &item));
    assert_false(value_is_tainted(&item));
    assert_false(list_next(&reader, &item));
    assert_false(list_next(&reader, &item));
    arena_free(&arena);
}

static void test_list_next_ends_when_memory_runs_out(void **state)
{
    struct arena arena;
    struct list_reader reader;
    struct value list = value_of_string("a::b:c::d");
    struct value item;
    size_t count = 0;

    (void)state;
    arena_init(&arena, 16, 0);
    list_open(&reader, &arena, &list, ':');
    while (list_next(&reader, &item))
        count++;
    assert_int_equal(count, 2);
    arena_free(&arena);
}

/* An item that a list can hold: no white space at its ends. With a control
   character as separator, none of that in it. */
static struct value random_item(struct arena *arena, char separator)
{
    static const char bytes[] = {'a', 'b', ':', ';', ' ', '<', '\n', '\\', '}', '\xff', '\0'};
    size_t length = (size_t)rand() % 6;
    char *text = arena_alloc_text(arena, length + 1);

    for (size_t i = 0; i < length; i++) {
        do
            text[i] = bytes[(size_t)rand() % sizeof bytes];
        while ((byte_is_control(separator) && text[i] == separator) ||
               ((i == 0 || i + 1 == length) && byte_is_space(text[i])));
    }
    struct value item = value_clean(text, length);
    if (rand() % 2 == 0) {
        item.spans = taint_whole;
        item.span_count = 1;
    }
    return item;
}

static bool can_start(const struct value *item, char separator)
{
    /* Exim writes no change of separator in front, so an item at the start that looks
       like one is taken for it unless it came from outside; and an item that begins with the
       separator merges with what is in front of it. */
    return !(item->length > 0 && (item->bytes[0] == '<' || item->bytes[0] == separator));
}

static void test_list_add_writes_what_list_next_reads(void **state)
{
    static const char separators[] = {':', ';', '\n', ','};
    struct arena arena;

    (void)state;
    srand(4711);
    arena_init(&arena, 4096, SIZE_MAX);
    for (int round = 0; round < 5000; round++) {
        char separator = separators[round % 4];
        struct value items[5];
        size_t count = 1 + (size_t)rand() % 5;
        struct buffer out;
        struct value list, item;
        struct list_reader reader;

        arena_reset(&arena, SIZE_MAX);
        buffer_init(&out, &arena);
        for (size_t i = 0; i < count; i++) {
            do
                items[i] = random_item(&arena, separator);
            while (!can_start(&items[i], separator) || (i == 0 && items[i].length == 0) ||
                   (i + 1 == count && items[i].length == 0));
            list_add(&out, 0, i == 0, separator, &items[i]);
        }
        assert_true(buffer_value(&out, &list));
        list_open(&reader, &arena, &list, separator);
        for (size_t i = 0; i < count; i++) {
            assert_true(list_next(&reader, &item));
            assert_int_equal(item.length, items[i].length);
            assert_memory_equal(item.bytes, items[i].bytes, item.length);
            for (size_t j = 0; j < item.length; j++)
                if (item.bytes[j] != separator)
                    assert_int_equal(value_byte_is_tainted(&item, j), value_is_tainted(&items[i]));
        }
        assert_false(list_next(&reader, &item));
    }
    arena_free(&arena);
}

static void test_list_add_puts_a_space_for_an_empty_item_inside(void **state)
{
    struct arena arena;
    struct buffer out;
    struct value list, empty = VALUE_LITERAL(""), a = VALUE_LITERAL("a");

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&out, &arena);
    buffer_add_string(&out, "before:");
    list_add(&out, out.length, true, ':', &a);
    list_add(&out, 7, false, ':', &empty);
    list_add(&out, 7, false, ':', &a);
    assert_true(buffer_value(&out, &list));
    assert_string_equal(list.bytes, "before:a: :a");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_next_follows_exims_rules),
        cmocka_unit_test(test_list_open_starts_with_another_separator_if_asked),
        cmocka_unit_test(test_list_open_takes_no_separator_from_outside),
        cmocka_unit_test(test_list_next_keeps_taint_through_undoubling),
        cmocka_unit_test(test_list_next_ends_when_memory_runs_out),
        cmocka_unit_test(test_list_add_writes_what_list_next_reads),
        cmocka_unit_test(test_list_add_puts_a_space_for_an_empty_item_inside),
    };

    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
