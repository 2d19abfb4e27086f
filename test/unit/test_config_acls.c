#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/acls.h"
#include "test/support/config_text.h"

static void expect_condition(const struct acl_condition *condition, const char *name, bool is_negated,
                             const char *text, unsigned line, size_t offset)
{
    assert_non_null(condition);
    assert_string_equal(condition->row->name, name);
    assert_int_equal(condition->is_negated, is_negated);
    assert_true(text == NULL ? condition->text.bytes == NULL : value_equals_text(&condition->text, text));
    assert_string_equal(condition->line->place.file, "t.conf");
    assert_int_equal(condition->line->place.line, line);
    assert_int_equal(condition->offset, offset);
}

static void test_acls_are_kept_with_their_conditions_and_places(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "begin acl\n"
                            "first:\n"
                            "  warn  ! hosts = a : b\n"
                            "        set acl_m_x = \\\n"
                            "           y\n"
                            "  accept endpass\n"
                            "A = z\n"
                            "second:\n"
                            "  deny\n"
                            "    message=A\n"
                            "empty:\n");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    const struct acl *acl = config_acls(read.config);
    assert_string_equal(acl->name, "first");
    assert_int_equal(acl->place.line, 2);
    const struct acl_statement *statement = acl->statements;
    assert_int_equal(statement->verb, ACL_WARN);
    assert_int_equal(statement->place.line, 3);
    expect_condition(statement->conditions, "hosts", true, "a : b", 3, 16);
    expect_condition(statement->conditions->next, "set", false, "y", 4, 14);
    assert_true(value_equals_text(&statement->conditions->next->variable, "acl_m_x"));
    assert_null(statement->conditions->next->next);
    statement = statement->next;
    assert_int_equal(statement->verb, ACL_ACCEPT);
    expect_condition(statement->conditions, "endpass", false, NULL, 6, 0);
    assert_null(statement->next);
    acl = acl->next;
    assert_ptr_equal(acl, config_acl_find(read.config, "second", 6));
    assert_int_equal(acl->statements->verb, ACL_DENY);
    expect_condition(acl->statements->conditions, "message", false, "z", 10, 8);
    assert_string_equal(acl->next->name, "empty");
    assert_null(acl->next->statements);
    assert_null(acl->next->next);
    assert_null(config_acl_find(read.config, "third", 5));
    config_text_free(&read);
}

static void test_acl_rows_are_in_order_and_found(void **state)
{
    (void)state;
    size_t count;
    const struct acl_row *rows = acl_rows(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(acl_row_find(rows[i].name, strlen(rows[i].name)), &rows[i]);
        assert_true(i == 0 || strcmp(rows[i - 1].name, rows[i].name) < 0);
        assert_true(rows[i].help[0] != '\0');
        /* a message and its like are not conditions */
        assert_true(rows[i].is_modifier ||
                    (rows[i].text != ACL_TEXT_NONE && rows[i].text != ACL_TEXT_MESSAGE));
    }
    const struct acl_control_row *controls = acl_control_rows(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(acl_control_row_find(controls[i].name, strlen(controls[i].name)), &controls[i]);
        assert_true(i == 0 || strcmp(controls[i - 1].name, controls[i].name) < 0);
    }
    assert_null(acl_row_find("conditio", 8));
    assert_null(acl_control_row_find("freezer", 7));
    for (size_t i = 1; i < ACL_VERBS; i++)
        assert_true(strcmp(acl_verb_name((enum acl_verb)(i - 1)), acl_verb_name((enum acl_verb)i)) < 0);
}

static void test_acl_read_text_reads_what_stands_in_no_section(void **state)
{
    (void)state;
    static const char text[] =
        "# a comment\n\n warn set acl_c0 = \\\n # not part of it\n  a\n   deny condition=x\n"
        "next: accept\n nonsense\n";
    struct value value = value_clean(text, sizeof text - 1);
    struct error error;
    struct acl *acl;
    struct arena arena;
    arena_init(&arena, 1024, SIZE_MAX);
    assert_int_equal(acl_read_text(&value, "t.conf", &arena, &acl, &error), OUTCOME_DONE);
    assert_null(acl->name);
    assert_int_equal(acl->statements->verb, ACL_WARN);
    expect_condition(acl->statements->conditions, "set", false, "a", 3, 18);
    expect_condition(acl->statements->next->conditions, "condition", false, "x", 6, 15);
    assert_null(acl->statements->next->next);
    value = VALUE_LITERAL("warn\nfoo = 3");
    assert_int_equal(acl_read_text(&value, NULL, &arena, &acl, &error), OUTCOME_FAILED);
    assert_string_equal(error.message, "unknown ACL condition/modifier in \"foo = 3\"");
    value = VALUE_LITERAL("");
    assert_int_equal(acl_read_text(&value, NULL, &arena, &acl, &error), OUTCOME_DONE);
    assert_null(acl->statements);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acls_are_kept_with_their_conditions_and_places),
        cmocka_unit_test(test_acl_rows_are_in_order_and_found),
        cmocka_unit_test(test_acl_read_text_reads_what_stands_in_no_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
