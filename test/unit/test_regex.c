#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/call.h"
#include "lang/regex.h"

struct matcher {
    struct arena arena;
    struct error error;
    struct regex_scratch *scratch;
    struct regex_cache *cache;
    struct regex_match match;
    struct captures captures;
};

static int setup(void **state)
{
    struct matcher *matcher = calloc(1, sizeof *matcher);

    if (matcher == NULL)
        return -1;
    arena_init(&matcher->arena, 1024, SIZE_MAX);
    matcher->scratch = regex_scratch_new();
    matcher->cache = regex_cache_new();
    *state = matcher;
    return 0;
}

static int teardown(void **state)
{
    struct matcher *matcher = *state;

    regex_scratch_free(matcher->scratch);
    regex_cache_free(matcher->cache);
    arena_free(&matcher->arena);
    free(matcher);
    return 0;
}

static enum outcome match(struct matcher *matcher, const char *pattern, const struct value *subject,
                          bool fast)
{
    struct regex *regex;
    struct value text = value_of_string(pattern);

    if (regex_new(&matcher->arena, &text, &regex, &matcher->error) != OUTCOME_DONE)
        fail_msg("%s", matcher->error.message);
    if (fast)
        regex_make_fast(regex);
    enum outcome outcome = regex_match(regex, matcher->scratch, &matcher->arena, subject, &matcher->match,
                                       &matcher->captures, &matcher->error);
    regex_free(regex);
    return outcome;
}

static void assert_capture(struct matcher *matcher, size_t number, const char *text)
{
    assert_true(number < matcher->captures.count);
    if (!value_equals_text(&matcher->captures.texts[number], text))
        fail_msg("$%zu is not \"%s\"", number, text);
}

static void test_regex_match_fills_captures(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("say ab-de");

    for (int fast = 0; fast < 2; fast++) {
        matcher->match = (struct regex_match){0};
        assert_int_equal(match(matcher, "([ab]+)(x)?(-)(.*)", &subject, fast), OUTCOME_DONE);
        assert_true(matcher->match.found);
        assert_int_equal(matcher->match.begin, 4);
        assert_int_equal(matcher->match.end, 9);
        assert_int_equal(matcher->captures.count, 5);
        assert_capture(matcher, 0, "ab-de");
        assert_capture(matcher, 1, "ab");
        assert_capture(matcher, 2, "");
        assert_capture(matcher, 3, "-");
        assert_capture(matcher, 4, "de");
    }
}

static void test_regex_match_keeps_the_subjects_taint_in_captures(void **state)
{
    static const struct taint_span spans[] = {{.begin = 2, .end = 4}};
    struct matcher *matcher = *state;
    struct value subject = {.bytes = "abCDef", .length = 6, .spans = spans, .span_count = 1};

    assert_int_equal(match(matcher, "(..)(..)(.)", &subject, false), OUTCOME_DONE);
    assert_false(value_is_tainted(&matcher->captures.texts[1]));
    assert_true(value_is_tainted(&matcher->captures.texts[2]));
    assert_false(value_is_tainted(&matcher->captures.texts[3]));
}

static void test_regex_match_says_when_nothing_matches(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("abc");
    struct value nothing = {0};

    assert_int_equal(match(matcher, "x", &subject, false), OUTCOME_DONE);
    assert_false(matcher->match.found);
    assert_int_equal(match(matcher, "^$", &nothing, false), OUTCOME_DONE);
    assert_true(matcher->match.found);
}

static void test_regex_match_begins_where_it_is_told(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("abab");

    matcher->match = (struct regex_match){.from = 1};
    assert_int_equal(match(matcher, "a", &subject, false), OUTCOME_DONE);
    assert_int_equal(matcher->match.begin, 2);
    matcher->match = (struct regex_match){.from = 1, .not_empty_here = true};
    assert_int_equal(match(matcher, "a*", &subject, false), OUTCOME_DONE);
    assert_false(matcher->match.found);
    matcher->match = (struct regex_match){.from = 2, .not_empty_here = true};
    assert_int_equal(match(matcher, "a*", &subject, false), OUTCOME_DONE);
    assert_true(matcher->match.found);
    assert_int_equal(matcher->match.end, 3);
}

static void test_regex_match_survives_k_in_a_look_ahead(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("abc");

    enum outcome outcome = match(matcher, "a\\Kb", &subject, false);
    assert_int_equal(outcome, OUTCOME_DONE);
    assert_int_equal(matcher->match.begin, 1);
    assert_capture(matcher, 0, "b");
}

static void test_regex_match_keeps_as_many_captures_as_exim(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("abcdefghijklmnopqrstuvwxyz");

    assert_int_equal(match(matcher,
                           "(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)",
                           &subject, false),
                     OUTCOME_DONE);
    assert_int_equal(matcher->captures.count, CAPTURES);
    assert_capture(matcher, CAPTURES - 1, "t");
}

static void test_regex_match_ends_what_would_backtrack_for_ever(void **state)
{
    struct matcher *matcher = *state;
    struct value subject = value_of_string("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX");

    for (int fast = 0; fast < 2; fast++) {
        matcher->match = (struct regex_match){0};
        assert_int_equal(match(matcher, "^(a+)+$", &subject, fast), OUTCOME_FAILED);
        assert_non_null(strstr(matcher->error.message, "match limit"));
    }
}

static void test_regex_match_gives_the_same_answer_when_made_fast(void **state)
{
    struct matcher *matcher = *state;

    for (size_t length = 100; length <= 50000; length *= 5) {
        char *text = malloc(length);
        assert_non_null(text);
        memset(text, 'a', length);
        struct value subject = value_clean(text, length);
        matcher->match = (struct regex_match){0};
        assert_int_equal(match(matcher, "^(?:a|b)*$", &subject, false), OUTCOME_DONE);
        assert_true(matcher->match.found);
        matcher->match = (struct regex_match){0};
        if (match(matcher, "^(?:a|b)*$", &subject, true) != OUTCOME_DONE)
            fail_msg("%zu bytes: %s", length, matcher->error.message);
        assert_true(matcher->match.found);
        free(text);
    }
}

static void test_regex_new_says_where_a_pattern_is_wrong(void **state)
{
    struct matcher *matcher = *state;
    struct regex *regex;
    struct value pattern = value_of_string("a(b");

    assert_int_equal(regex_new(&matcher->arena, &pattern, &regex, &matcher->error), OUTCOME_FAILED);
    assert_string_equal(matcher->error.message,
                        "regular expression error in \"a(b\": missing closing parenthesis at offset 3");
}

static void test_regex_cache_get_compiles_a_pattern_once(void **state)
{
    struct matcher *matcher = *state;
    const struct regex *first, *second;
    struct value pattern = value_of_string("ab");
    struct value longer = value_of_string("abc");
    struct value nothing = {0};

    assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &pattern, &first, &matcher->error),
                     OUTCOME_DONE);
    assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &longer, &second, &matcher->error),
                     OUTCOME_DONE);
    assert_ptr_not_equal(first, second);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &pattern, &second, &matcher->error),
                         OUTCOME_DONE);
        assert_ptr_equal(first, second);
    }
    assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &nothing, &second, &matcher->error),
                     OUTCOME_DONE);
}

static void test_regex_cache_get_serves_more_patterns_than_it_keeps(void **state)
{
    struct matcher *matcher = *state;
    const struct regex *regex;

    for (int i = 0; i < 300; i++) {
        struct value pattern = value_of_string(arena_format(&matcher->arena, "^x%d$", i % 100));
        struct value subject = value_of_string(arena_format(&matcher->arena, "x%d", i % 100));
        matcher->match = (struct regex_match){0};
        assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &pattern, &regex, &matcher->error),
                         OUTCOME_DONE);
        assert_int_equal(regex_match(regex, matcher->scratch, &matcher->arena, &subject, &matcher->match,
                                     NULL, &matcher->error),
                         OUTCOME_DONE);
        assert_true(matcher->match.found);
    }
}

static void test_regex_cache_get_does_not_keep_what_is_wrong(void **state)
{
    struct matcher *matcher = *state;
    const struct regex *regex;
    struct value pattern = value_of_string("(");

    for (int i = 0; i < 3; i++)
        assert_int_equal(regex_cache_get(matcher->cache, &matcher->arena, &pattern, &regex, &matcher->error),
                         OUTCOME_FAILED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_regex_match_fills_captures),
        TEST(test_regex_match_keeps_the_subjects_taint_in_captures),
        TEST(test_regex_match_says_when_nothing_matches),
        TEST(test_regex_match_begins_where_it_is_told),
        TEST(test_regex_match_survives_k_in_a_look_ahead),
        TEST(test_regex_match_keeps_as_many_captures_as_exim),
        TEST(test_regex_match_ends_what_would_backtrack_for_ever),
        TEST(test_regex_match_gives_the_same_answer_when_made_fast),
        TEST(test_regex_new_says_where_a_pattern_is_wrong),
        TEST(test_regex_cache_get_compiles_a_pattern_once),
        TEST(test_regex_cache_get_serves_more_patterns_than_it_keeps),
        TEST(test_regex_cache_get_does_not_keep_what_is_wrong),
    };

    return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
