#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/cache.h"
#include "lang/node.h"

static int setup(void **state)
{
    *state = program_cache_new();
    return *state == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    program_cache_free(*state);
    return 0;
}

static struct program_use acquire(struct program_cache *cache, const char *text)
{
    struct program_use use;

    assert_true(program_cache_acquire(cache, text, strlen(text), &use));
    assert_true(value_equals_text(&use.program->source, text));
    return use;
}

static void test_program_cache_acquire_compiles_a_text_once(void **state)
{
    struct program_use first = acquire(*state, "a$domain");
    struct program_use second = acquire(*state, "a$domain");
    struct program_use other = acquire(*state, "b$domain");

    assert_ptr_equal(first.program, second.program);
    assert_ptr_not_equal(first.program, other.program);
    program_cache_release(&first);
    program_cache_release(&second);
    program_cache_release(&other);
    assert_null(other.program);
    program_cache_release(&other);
}

static void test_program_cache_acquire_does_not_keep_long_texts(void **state)
{
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH + 1);

    assert_non_null(text);
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    struct program_use use = acquire(*state, text);
    assert_ptr_equal(use.own, use.program);
    program_cache_release(&use);
    free(text);
}

static void test_program_cache_keeps_what_is_in_use_whatever_else_comes(void **state)
{
    struct program_use held[2000];
    char text[64];

    for (int i = 0; i < 2000; i++) {
        (void)snprintf(text, sizeof text, "${lc:A%d}$domain", i);
        held[i] = acquire(*state, text);
    }
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(text, sizeof text, "${lc:A%d}$domain", i);
        assert_true(value_equals_text(&held[i].program->source, text));
        program_cache_release(&held[i]);
    }
}

static void test_program_cache_lets_the_one_not_used_for_longest_go(void **state)
{
    char text[64];
    struct program_use use = acquire(*state, "kept$domain");
    const struct program *kept = use.program;

    program_cache_release(&use);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(text, sizeof text, "x%d$domain", i);
        use = acquire(*state, text);
        program_cache_release(&use);
        use = acquire(*state, "kept$domain");
        assert_ptr_equal(use.program, kept);
        program_cache_release(&use);
    }
}

static void test_program_cache_keeps_mistakes_as_they_are(void **state)
{
    for (int i = 0; i < 4; i++) {
        struct program_use use = acquire(*state, "${lc:");
        assert_non_null(use.program->mistake.message);
        program_cache_release(&use);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_program_cache_acquire_compiles_a_text_once),
        TEST(test_program_cache_acquire_does_not_keep_long_texts),
        TEST(test_program_cache_keeps_what_is_in_use_whatever_else_comes),
        TEST(test_program_cache_lets_the_one_not_used_for_longest_go),
        TEST(test_program_cache_keeps_mistakes_as_they_are),
    };

    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
