#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/call.h"
#include "lang/eval.h"
#include "test/support/speaker.h"

/* A node whose two arguments are "a" and "b", and what a row's function
   gets. */
struct stage {
    struct run run;
    struct node first, second, yes, no, node;
    struct node *children[2];
    struct item_row row;
    struct buffer out;
    struct call call;
};

static void set_stage(struct stage *stage, struct speaker *speaker)
{
    *stage = (struct stage){
        .first = {.kind = NODE_TEXT, .text = VALUE_LITERAL("a")},
        .second = {.kind = NODE_TEXT, .text = VALUE_LITERAL("b")},
        .yes = {.kind = NODE_TEXT, .text = VALUE_LITERAL("yes")},
        .no = {.kind = NODE_TEXT, .text = VALUE_LITERAL("no")},
        .row = {.name = "thing"},
    };
    env_begin(speaker->env, &stage->run, &speaker->error);
    buffer_init(&stage->out, stage->run.arena);
    stage->children[0] = &stage->first;
    stage->children[1] = &stage->second;
    stage->node = (struct node){.kind = NODE_ITEM,
                                .row.item = &stage->row,
                                .children = stage->children,
                                .child_count = 2,
                                .yes = &stage->yes,
                                .no = &stage->no};
    stage->call = (struct call){.run = &stage->run, .node = &stage->node, .out = &stage->out};
}

static void assert_out(struct stage *stage, const char *text)
{
    struct value value;

    assert_true(buffer_value(&stage->out, &value));
    assert_string_equal(value.bytes, text);
}

static void test_call_argument_is_empty_where_none_was_written(void **state)
{
    struct stage stage;
    struct value value;

    set_stage(&stage, *state);
    assert_int_equal(call_argument_count(&stage.call), 2);
    assert_int_equal(call_argument(&stage.call, 1, &value), OUTCOME_DONE);
    assert_true(value_equals_text(&value, "b"));
    assert_int_equal(call_argument(&stage.call, 2, &value), OUTCOME_DONE);
    assert_int_equal(value.length, 0);
}

static void test_call_branch_gives_the_value_where_no_yes_was_written(void **state)
{
    struct stage stage;
    struct value value = VALUE_LITERAL("value");

    set_stage(&stage, *state);
    assert_int_equal(call_branch(&stage.call, true, &value), OUTCOME_DONE);
    assert_out(&stage, "value");
    assert_int_equal(call_branch(&stage.call, false, &value), OUTCOME_DONE);
    assert_out(&stage, "value");
}

static void test_call_branch_evaluates_what_was_written(void **state)
{
    struct stage stage;
    struct value value = VALUE_LITERAL("value");

    set_stage(&stage, *state);
    stage.node.yes_branch = stage.node.no_branch = BRANCH_TEXT;
    assert_int_equal(call_branch(&stage.call, true, &value), OUTCOME_DONE);
    assert_int_equal(call_branch(&stage.call, false, NULL), OUTCOME_DONE);
    assert_out(&stage, "yesno");
    assert_null(stage.run.bindings.value.bytes);
}

static void test_call_branch_fails_by_force_with_the_constructs_name(void **state)
{
    struct speaker *speaker = *state;
    struct stage stage;

    set_stage(&stage, speaker);
    stage.node.no_branch = BRANCH_FAIL;
    assert_int_equal(call_branch(&stage.call, false, NULL), OUTCOME_FORCED_FAILURE);
    assert_string_equal(speaker->error.message, "\"thing\" failed and \"fail\" requested");
}

static void test_call_failed_puts_the_message_in_place(void **state)
{
    struct speaker *speaker = *state;
    struct stage stage;

    set_stage(&stage, speaker);
    assert_int_equal(call_failed(&stage.call, "no %s", "luck"), OUTCOME_FAILED);
    assert_string_equal(speaker->error.message, "no luck");
}

static void test_call_done_fails_when_the_output_has(void **state)
{
    struct stage stage;

    set_stage(&stage, *state);
    assert_int_equal(call_done(&stage.call), OUTCOME_DONE);
    stage.out.failed = true;
    assert_int_equal(call_done(&stage.call), OUTCOME_FAILED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_call_argument_is_empty_where_none_was_written),
        TEST(test_call_branch_gives_the_value_where_no_yes_was_written),
        TEST(test_call_branch_evaluates_what_was_written),
        TEST(test_call_branch_fails_by_force_with_the_constructs_name),
        TEST(test_call_failed_puts_the_message_in_place),
        TEST(test_call_done_fails_when_the_output_has),
    };

    return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
