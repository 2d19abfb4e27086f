#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/node.h"

static struct program *compile(const char *text)
{
    struct program *program = program_compile(text, strlen(text));

    assert_non_null(program);
    return program;
}

static bool reads(const char *text, const char *variable)
{
    struct program *program = compile(text);
    bool result = program_reads(program, variable, strlen(variable));

    program_free(program);
    return result;
}

static void test_program_reads_tells_of_variables_anywhere(void **state)
{
    (void)state;
    assert_true(reads("a$local_part", "local_part"));
    assert_true(reads("${domain}", "domain"));
    assert_true(reads("${if def:tls_out_tlsa_usage{y}}", "tls_out_tlsa_usage"));
    assert_true(reads("${if eq{a}{b}{${lc:$domain}}}", "domain"));
    assert_true(reads("${if or{{eq{a}{b}}{eq{$domain}{c}}}{y}}", "domain"));
    assert_true(reads("${map{a:b}{$item}}", "item"));
    assert_true(reads("${lookup{$domain}lsearch{/x}}", "domain"));
    assert_false(reads("a$local_part", "domain"));
    assert_false(reads("\\N$domain\\N", "domain"));
    assert_false(reads("$domain", "nosuch"));
}

static void test_program_text_places_sees_to_escapes(void **state)
{
    (void)state;
    struct program *program = compile("a\\tb\\x41\\N$x\\N\\$c$local_part");
    const struct node *text = program->root->children[0];
    static const size_t expected[] = {0, 1, 3, 4, 10, 11, 14, 16, 17};
    size_t places[16];

    assert_int_equal(text->text.length, 8);
    program_text_places(program, text, places);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(places[i], expected[i]);
    program_free(program);
}

static void test_program_reads_takes_a_family_as_one(void **state)
{
    (void)state;
    assert_true(reads("$acl_m_x", "acl_m_x"));
    assert_true(reads("$acl_m_x", "acl_m_y"));
    assert_false(reads("$acl_m_x", "acl_c_x"));
}

static void test_program_reads_remembers_many_variables(void **state)
{
    static const char text[] = "$acl_m0$acl_c0$local_part$domain$pid$tod_full$sender_address$recipients$item"
                               "$value$local_part$domain";
    struct program *program = compile(text);

    (void)state;
    assert_int_equal(program->read_count, 10);
    assert_true(program_reads(program, "value", 5));
    program_free(program);
}

static bool is_constant(const char *text)
{
    struct program *program = compile(text);
    bool result = program_is_constant(program);

    program_free(program);
    return result;
}

static void test_program_is_constant_when_nothing_can_change_it(void **state)
{
    (void)state;
    assert_true(is_constant(""));
    assert_true(is_constant("abc\\n"));
    assert_true(is_constant("${lc:A${uc:b}${sha256:c}}"));
    assert_true(is_constant("${eval:1+2}${strlen:abc}${substr_1_2:abcd}"));
    assert_false(is_constant("$domain"));
    assert_false(is_constant("${lc:$domain}"));
    assert_false(is_constant("${expand:abc}"));
    assert_false(is_constant("${eval:1/0}"));
    assert_false(is_constant("$nosuch"));
}

static void test_program_compile_copies_its_text(void **state)
{
    char text[] = "abc";
    struct program *program = compile(text);

    (void)state;
    memset(text, 'x', 3);
    assert_true(value_equals_text(&program->source, "abc"));
    assert_true(value_equals_text(&program->root->text, "abc"));
    program_free(program);
    program_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program_reads_tells_of_variables_anywhere),
        cmocka_unit_test(test_program_text_places_sees_to_escapes),
        cmocka_unit_test(test_program_reads_takes_a_family_as_one),
        cmocka_unit_test(test_program_reads_remembers_many_variables),
        cmocka_unit_test(test_program_is_constant_when_nothing_can_change_it),
        cmocka_unit_test(test_program_compile_copies_its_text),
    };

    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
