#include "lang/named_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static struct named_list *add(struct named_lists *lists, enum list_kind kind, const char *name,
                              const char *text, bool is_constant)
{
    struct value value = value_of_string(text);

    assert_true(named_lists_add(lists, kind, name, strlen(name), &value, is_constant));
    return named_lists_find(lists, kind, name, strlen(name));
}

static void test_named_lists_are_found_by_kind_and_name(void **state)
{
    struct named_lists *lists = named_lists_new();
    const struct named_list *domains = add(lists, LIST_DOMAIN, "here", "a.b : *.c", false);
    const struct named_list *hosts = add(lists, LIST_HOST, "here", "1.2.3.4", false);

    (void)state;
    assert_string_equal(domains->text.bytes, "a.b : *.c");
    assert_string_equal(hosts->text.bytes, "1.2.3.4");
    assert_null(named_lists_find(lists, LIST_ADDRESS, "here", 4));
    assert_null(named_lists_find(lists, LIST_DOMAIN, "here", 3));
    assert_null(named_lists_find(lists, LIST_DOMAIN, "there", 5));
    named_lists_free(lists);
}

static void test_a_list_with_a_dollar_is_constant_only_on_demand(void **state)
{
    struct named_lists *lists = named_lists_new();

    (void)state;
    assert_true(add(lists, LIST_DOMAIN, "plain", "a.b", false)->is_constant);
    assert_false(add(lists, LIST_DOMAIN, "changing", "$domain", false)->is_constant);
    assert_true(add(lists, LIST_DOMAIN, "kept", "$domain", true)->is_constant);
    named_lists_free(lists);
}

/* What is noted about a subject comes back for the same bytes and case. */
static void test_named_list_recall_gives_what_was_noted(void **state)
{
    struct named_lists *lists = named_lists_new();
    struct named_list *list = add(lists, LIST_DOMAIN, "here", "*.c", false);
    struct value subject = VALUE_LITERAL("ab.c");
    struct value again = VALUE_LITERAL("ab.c");
    struct list_answer answer = {.matches = true, .has_value = true, .value = VALUE_LITERAL("*.c")};
    struct list_answer recalled = {0};
    struct arena arena;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    answer.captures.texts[answer.captures.count++] = subject;
    answer.captures.texts[answer.captures.count++] = value_slice(&arena, &subject, 0, 2);
    named_list_note(list, &subject, false, &answer);
    assert_false(named_list_recall(list, &again, true, &arena, &recalled));
    assert_true(named_list_recall(list, &again, false, &arena, &recalled));
    assert_true(recalled.matches);
    assert_string_equal(recalled.value.bytes, "*.c");
    assert_int_equal(recalled.captures.count, 2);
    assert_ptr_equal(recalled.captures.texts[1].bytes, again.bytes);
    assert_int_equal(recalled.captures.texts[1].length, 2);
    named_lists_forget(lists);
    assert_false(named_list_recall(list, &again, false, &arena, &recalled));
    arena_free(&arena);
    named_lists_free(lists);
}

static void test_named_list_note_keeps_no_tainted_and_no_foreign_text(void **state)
{
    struct named_lists *lists = named_lists_new();
    struct named_list *list = add(lists, LIST_DOMAIN, "here", "x", false);
    struct value subject = VALUE_LITERAL("ab.c");
    struct list_answer tainted = {.matches = true, .has_value = true, .value = value_tainted("x", 1)};
    struct list_answer foreign = {.matches = true, .value = VALUE_LITERAL("")};
    struct list_answer recalled;
    struct arena arena;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    named_list_note(list, &subject, false, &tainted);
    foreign.captures.count = 1;
    foreign.captures.texts[0] = VALUE_LITERAL("elsewhere");
    named_list_note(list, &subject, false, &foreign);
    assert_false(named_list_recall(list, &subject, false, &arena, &recalled));
    arena_free(&arena);
    named_lists_free(lists);
}

static void test_named_list_note_is_bounded(void **state)
{
    struct named_lists *lists = named_lists_new();
    struct named_list *list = add(lists, LIST_DOMAIN, "here", "x", false);
    struct list_answer answer = {.matches = true, .value = VALUE_LITERAL("")};
    struct list_answer recalled;
    struct arena arena;
    char text[16];
    size_t kept = 0;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "d%d", i);
        struct value subject = value_of_string(text);
        named_list_note(list, &subject, false, &answer);
        kept += named_list_recall(list, &subject, false, &arena, &recalled);
    }
    assert_in_range(kept, 1, 999);
    arena_free(&arena);
    named_lists_free(lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_lists_are_found_by_kind_and_name),
        cmocka_unit_test(test_a_list_with_a_dollar_is_constant_only_on_demand),
        cmocka_unit_test(test_named_list_recall_gives_what_was_noted),
        cmocka_unit_test(test_named_list_note_keeps_no_tainted_and_no_foreign_text),
        cmocka_unit_test(test_named_list_note_is_bounded),
    };

    return cmocka_run_group_tests_name("named_list", tests, NULL, NULL);
}
