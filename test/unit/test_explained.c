/* The tree of an evaluation: what is kept of long lists, large values and deep
   strings. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/explained.h"

enum { ITEMS = 3 };

static enum rexpand_outcome explain(struct explaining *explaining, const char *text, size_t length)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;

    assert_non_null(env);
    explaining_begin(explaining, ITEMS);
    rexpand_env_trace(env, explaining_observe, explaining);
    enum rexpand_outcome outcome = rexpand_expand(env, text, length, &result);
    rexpand_env_free(env);
    assert_false(explaining->no_memory);
    assert_non_null(explaining->root);
    assert_null(explaining->current);
    return outcome;
}

static size_t count(const struct explained *part)
{
    size_t all = 1;

    for (const struct explained *inner = part->first; inner != NULL; inner = inner->next) {
        assert_ptr_equal(inner->outer, part);
        all += count(inner);
    }
    return all;
}

/* A list 1:2:…, with "before" and "after" around it. */
static char *with_list(const char *before, size_t items, const char *after)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    assert_non_null(out);
    (void)fputs(before, out);
    for (size_t i = 1; i <= items; i++)
        (void)fprintf(out, "%s%zu", i == 1 ? "" : ":", i);
    (void)fputs(after, out);
    (void)fclose(out);
    return text;
}

static void test_of_a_list_the_first_items_and_the_last(void **state)
{
    struct explaining explaining;
    char *text = with_list("${map{", 1000, "}{<$item>}}");
    const size_t numbers[] = {1, 2, 3, 1000};
    size_t seen = 0;

    (void)state;
    assert_int_equal(explain(&explaining, text, strlen(text)), REXPAND_DONE);
    const struct explained *map = explaining.root->first;
    assert_int_equal(map->part, REXPAND_PART_ITEM);
    for (const struct explained *part = map->first; part != NULL; part = part->next) {
        if (part->role != REXPAND_ROLE_EACH)
            continue;
        assert_int_equal(part->number, numbers[seen]);
        assert_int_equal(part->dropped, seen == 3 ? 996 : 0);
        seen++;
    }
    assert_int_equal(seen, 4);
    assert_int_equal(count(explaining.root), explaining.kept);
    explaining_end(&explaining);
    assert_int_equal(explaining.kept, 0);
    free(text);
}

static void test_none_is_left_out_of_a_list_that_fits(void **state)
{
    struct explaining explaining;

    (void)state;
    assert_int_equal(explain(&explaining, "${map{1:2:3:4}{<$item>}}", 24), REXPAND_DONE);
    size_t seen = 0;
    for (const struct explained *part = explaining.root->first->first; part != NULL; part = part->next) {
        assert_int_equal(part->dropped, 0);
        seen += part->role == REXPAND_ROLE_EACH;
    }
    assert_int_equal(seen, 4);
    explaining_end(&explaining);
}

/* It is the one that is looked for. */
static void test_the_item_that_fails_is_kept(void **state)
{
    struct explaining explaining;
    char *text = with_list("${map{", 500, ":x:y}{${if >{$item}{3}{a}}}}");

    (void)state;
    assert_int_equal(explain(&explaining, text, strlen(text)), REXPAND_FAILED);
    const struct explained *last = explaining.root->first->last;
    assert_int_equal(last->number, 501);
    assert_int_equal(last->outcome, REXPAND_FAILED);
    assert_false(last->is_origin);
    assert_true(last->first->is_origin);
    assert_false(explaining.root->is_origin);
    explaining_end(&explaining);
    free(text);
}

static void test_the_item_that_decides_is_kept(void **state)
{
    struct explaining explaining;
    char *text = with_list("${if forany{", 500, "}{eq{$item}{77}}}");

    (void)state;
    assert_int_equal(explain(&explaining, text, strlen(text)), REXPAND_DONE);
    const struct explained *last = explaining.root->first->first->last;
    assert_int_equal(last->number, 77);
    assert_true(last->truth);
    explaining_end(&explaining);
    free(text);
}

static void test_lists_in_lists_stay_small(void **state)
{
    static const char text[] = "${map{1:2:3:4:5:6:7:8}{${map{1:2:3:4:5:6:7:8}{${map{1:2:3:4:5:6:7:8}"
                               "{${map{1:2:3:4:5:6:7:8}{${map{1:2:3:4:5:6:7:8}{<$item>}}}}}}}}}}";
    struct explaining explaining;

    (void)state;
    assert_int_equal(explain(&explaining, text, sizeof text - 1), REXPAND_DONE);
    assert_true(explaining.kept < 6000);
    assert_int_equal(count(explaining.root), explaining.kept);
    explaining_end(&explaining);
}

static void test_a_string_of_many_parts(void **state)
{
    enum { PARTS = 20000 };
    struct explaining explaining;
    char *text = malloc((size_t)8 * PARTS + 1);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < PARTS; i++)
        memcpy(text + 8 * i, "$value- ", 8);
    assert_int_equal(explain(&explaining, text, (size_t)8 * PARTS), REXPAND_DONE);
    assert_true(explaining.kept < 300);
    assert_int_equal(explaining.root->last->number, 2 * PARTS);
    assert_int_equal(explaining.root->source.length, 8 * PARTS);
    explaining_end(&explaining);
    free(text);
}

static void test_a_deep_string(void **state)
{
    enum { DEPTH = 900 };
    struct explaining explaining;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    assert_non_null(out);
    for (size_t i = 0; i < DEPTH; i++)
        (void)fputs("${uc:", out);
    (void)fputs("$value", out);
    for (size_t i = 0; i < DEPTH; i++)
        (void)fputc('}', out);
    (void)fclose(out);
    assert_int_equal(explain(&explaining, text, length), REXPAND_DONE);
    assert_int_equal(explaining.kept, DEPTH + 2);
    explaining_end(&explaining);
    free(text);
}

static void test_of_a_large_value_the_beginning(void **state)
{
    struct explaining explaining;
    char *text = with_list("a${map{", 5000, "}{<$item>}}");

    (void)state;
    assert_int_equal(explain(&explaining, text, strlen(text)), REXPAND_DONE);
    const struct explained *map = explaining.root->last;
    assert_true(map->value.length < 10000);
    assert_true(map->value.whole > 30000);
    assert_int_equal(explaining.root->value.length, map->value.whole + 1);
    explaining_end(&explaining);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_a_list_the_first_items_and_the_last),
        cmocka_unit_test(test_none_is_left_out_of_a_list_that_fits),
        cmocka_unit_test(test_the_item_that_fails_is_kept),
        cmocka_unit_test(test_the_item_that_decides_is_kept),
        cmocka_unit_test(test_lists_in_lists_stay_small),
        cmocka_unit_test(test_a_string_of_many_parts),
        cmocka_unit_test(test_a_deep_string),
        cmocka_unit_test(test_of_a_large_value_the_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
