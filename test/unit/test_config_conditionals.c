#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

struct conditional_case {
    const char *text;
    const char *shown; /* of qualify_domain, or the message */
};

static const struct conditional_case cases[] = {
    {"A = 1\n.ifdef A\nqualify_domain = a\n.else\nqualify_domain = b\n.endif\n", "qualify_domain = a\n"},
    {".ifdef A\nqualify_domain = a\n.else\nqualify_domain = b\n.endif\n", "qualify_domain = b\n"},
    {"A =\n.ifndef A\nqualify_domain = a\n.elifndef B\nqualify_domain = b\n.endif\n", "qualify_domain = b\n"},
    {"A = 1\n.ifdef B\n.elifdef A\nqualify_domain = a\n.elifdef A\nqualify_domain = b\n.else\n"
     "qualify_domain = c\n.endif\n",
     "qualify_domain = a\n"},
    {".ifdef B\n.ifdef C\n.else\nqualify_domain = b\n.endif\n.endif comment\nqualify_domain = c\n",
     "qualify_domain = c\n"},
    {".ifdef B\n.foo\n.include /none\nbegin foo\nX\n.endif\nqualify_domain = c\n", "qualify_domain = c\n"},
    {".ifndef B\nqualify_domain = a\n.else\nqualify_domain = b\n.else\nqualify_domain = c\n.endif\n",
     "qualify_domain = a\n"},
    {"qualify_domain = x\\\n.ifdef B\nu\\\n.else\nv\\\n.endif\nw\n", "qualify_domain = xvw\n"},
    {".ifdef\nqualify_domain = a\n.else\nqualify_domain = b\n.endif\n", "qualify_domain = b\n"},
    {"\n.endif\n", "t.conf:2: .endif without matching .ifdef"},
    {".else\n", "t.conf:1: .else without matching .ifdef"},
    {".elifdef A\n", "t.conf:1: .elifdef without matching .ifdef"},
    {".elifndef A\n", "t.conf:1: .elifndef without matching .ifdef"},
    {".ifdef A\n.ifdef B\n.endif\n\n",
     "t.conf:4: Unexpected end of configuration file: .endif missing for .ifdef at t.conf:1"},
    {".ifdefA\n", "t.conf:1: option setting expected: .ifdefA"},
    {".IFDEF A\n", "t.conf:1: option setting expected: .IFDEF A"},
};

static void test_conditionals_choose_lines_as_exim_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = config_text_show(cases[i].text, "qualify_domain");
        assert_string_equal(shown, cases[i].shown);
        free(shown);
    }
}

static void test_conditionals_nested_too_deep_are_an_error(void **state)
{
    (void)state;
    const size_t count = 100000;
    char *text = malloc(count * 10 + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * 10, ".ifndef A\n", 10);
    text[count * 10] = '\0';
    char *shown = config_text_show(text, NULL);
    assert_string_equal(shown, "t.conf:257: .ifdef nested more than 256 deep");
    free(shown);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditionals_choose_lines_as_exim_does),
        cmocka_unit_test(test_conditionals_nested_too_deep_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
