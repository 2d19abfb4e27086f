/* What the search for mistakes takes for tainted, held against what evaluation
   gives. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/private.h"
#include "items/items.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/row.h"
#include "lookups/types.h"
#include "test/support/speaker.h"

/* Inputs of which each operator takes one at least. */
static const char *const inputs[] = {
    "12",    "a b",  "Ann <ann@b.example>", "10.0.0.1/8", "10.0.0.1", "1d", "YQ==", "6162", "xn--a",
    "a+2Bb", "/etc",
};

/* What stands behind an operator's name. */
static const char *const suffixes[] = {"", "_1", "_256", "_d"};

enum verdict { NO_RESULT, CLEAN, TAINTED };

static enum verdict judge(struct speaker *speaker, const char *name)
{
    enum verdict verdict = NO_RESULT;

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        speaker_set(speaker, "acl_m_t", inputs[i], false);
        for (size_t j = 0; j < sizeof suffixes / sizeof suffixes[0]; j++) {
            char text[128];
            (void)snprintf(text, sizeof text, "${%s%s:$acl_m_t}", name, suffixes[j]);
            if (speak(speaker, text) != OUTCOME_DONE || speaker->value.length == 0)
                continue;
            if (value_is_tainted(&speaker->value))
                verdict = TAINTED;
            else if (verdict == NO_RESULT)
                verdict = CLEAN;
        }
    }
    return verdict;
}

static void test_operators_clean_what_the_table_says(void **state)
{
    struct speaker *speaker = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < operator_row_count; i++) {
        const char *name = operator_rows[i].name;
        enum verdict verdict = judge(speaker, name);
        if (verdict == NO_RESULT || taint_operator_cleans(name) == (verdict == CLEAN))
            continue;
        print_error("${%s:…} gives %s text\n", name, verdict == CLEAN ? "clean" : "tainted");
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_tainted_variables_are_variables_in_order(void **state)
{
    (void)state;
    const char *previous = "";
    const char *name;

    for (size_t i = 0; (name = taint_variable_at(i)) != NULL; i++) {
        const struct variable_row *row = variable_row_find(name, strlen(name));
        assert_non_null(row);
        assert_string_equal(row->name, name);
        assert_true(strcmp(previous, name) < 0);
        previous = name;
    }
}

static void test_lookup_types_are_in_order_and_have_this_builds_drivers(void **state)
{
    (void)state;
    size_t count;
    size_t driver_count;
    const struct lookup_type *types = lookup_types(&count);
    const struct lookup_driver *const *drivers = lookup_drivers(&driver_count);

    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(types[i - 1].name, types[i].name) < 0);
    for (size_t i = 0; i < driver_count; i++) {
        const struct lookup_type *type = lookup_type_find(drivers[i]->name, strlen(drivers[i]->name));
        assert_non_null(type);
        assert_int_equal(type->style, drivers[i]->style);
    }
}

static void test_a_foreign_program_knows_other_builds_lookups_and_cannot_ask_them(void **state)
{
    struct speaker *speaker = *state;
    static const char text[] = "${lookup{a}partial1(.)dbm*@,ret=key{/x}}";
    struct program *program = program_compile_foreign(text, strlen(text));
    struct program *native = program_compile(text, strlen(text));
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct value value;
    struct run run;

    assert_null(program->mistake.message);
    assert_non_null(native->mistake.message);
    assert_string_equal(item_lookup_type(program->root)->name, "dbm");
    env_begin(speaker->env, &run, &error);
    assert_int_equal(evaluate_program(&run, program, &value), OUTCOME_FAILED);
    assert_string_equal(error.message, "lookup type \"dbm\" is not in this build");
    program_free(program);
    program_free(native);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_operators_clean_what_the_table_says, speaker_setup,
                                        speaker_teardown),
        cmocka_unit_test(test_tainted_variables_are_variables_in_order),
        cmocka_unit_test(test_lookup_types_are_in_order_and_have_this_builds_drivers),
        cmocka_unit_test_setup_teardown(test_a_foreign_program_knows_other_builds_lookups_and_cannot_ask_them,
                                        speaker_setup, speaker_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
