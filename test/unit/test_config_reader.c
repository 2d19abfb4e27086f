#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

struct line_case {
    const char *text;
    const char *shown; /* of hold_domains, or the message */
};

static const struct line_case cases[] = {
    {"hold_domains = a", "hold_domains = a\n"},
    {"  hold_domains=a  \r\n", "hold_domains = a\n"},
    {"# c\n\n   # d\nhold_domains = a # b\n", "hold_domains = a # b\n"},
    {"hold_domains = x\\\n   yz  \\  \n   w\n", "hold_domains = xyz  w\n"},
    {"hold_domains = x\\\r\n y\r\n", "hold_domains = xy\n"},
    {"hold_domains = x\\\n  # c\n  w\n", "hold_domains = xw\n"},
    {"hold_domains = x\\", "hold_domains = x\n"},
    {"hold_domains = x  \\\n\n", "hold_domains = x\n"},
    {"hold_domains = x\\\n\nw\n", "t.conf:3: main option \"w\" unknown"},
    {"A =\nhold_domains = x\\\nA\nw\n", "t.conf:4: main option \"w\" unknown"},
    {"A =\nhold_domains = x\\\nA \\\nw\n", "hold_domains = xw\n"},
    {"hold_domains = a\\\\\nb = c\n", "hold_domains = a\\b = c\n"},
    {"hold_\\\ndomains = \\\n a\n", "hold_domains = a\n"},
    {"hold_domains = x\\\nA = 3\n", "hold_domains = xA = 3\n"},
    {"A = #x\nA qualify_domain = x\nhold_domains = a\n", "hold_domains = a\n"},
    {"A = \nA\nhold_domains=Ab\n", "hold_domains = b\n"},
    {"FOO = a\\\nb\nhold_domains = FOO\n", "hold_domains = ab\n"},
    {"hold_domains = \xff\xc3\n", "hold_domains = \\377\\303\n"},
    {".include x\n", "t.conf:1: .include is not allowed here"},
    {"A = .include\nA x\n", "t.conf:2: .include is not allowed here"},
    {".include_if_exists x\n", "t.conf:1: .include specifies a non-absolute path \"x\""},
    {".include_if_exists\n", "t.conf:1: .include specifies a non-absolute path \"\""},
    {".include\n", "t.conf:1: file name missing after .include"},
    {".includes x\n", "t.conf:1: option setting expected: .includes x"},
    {"\\\n\\\n", "hold_domains = \n"},
    {"", "hold_domains = \n"},
};

static void test_reader_next_joins_lines_as_exim_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = config_text_show(cases[i].text, "hold_domains");
        assert_string_equal(shown, cases[i].shown);
        free(shown);
    }
}

static void test_reader_next_refuses_a_nul_byte(void **state)
{
    (void)state;
    static const char text[] = "\nhold_domains = a\0b\n";
    struct config_input input = {.path = "t.conf", .text = text, .text_length = sizeof text - 1};
    struct config_text read;
    config_text_read_input(&read, &input);
    assert_int_equal(read.outcome, OUTCOME_FAILED);
    assert_string_equal(read.error.message, "t.conf:2: NUL byte in line");
    config_text_free(&read);
}

static void test_reader_next_takes_a_line_of_a_megabyte(void **state)
{
    (void)state;
    const size_t size = (size_t)1 << 20;
    char *text = malloc(size + 32);
    memcpy(text, "hold_domains = ", 15);
    memset(text + 15, 'x', size);
    text[15 + size] = '\0';
    char *shown = config_text_show(text, "hold_domains");
    assert_int_equal(strlen(shown), 15 + size + 1);
    free(shown);
    free(text);
}

static void test_reader_next_bounds_what_continuation_adds_up_to(void **state)
{
    (void)state;
    const size_t piece = 4096;
    const size_t count = 5000;
    char *text = malloc(piece * count + 1);
    memset(text, 'x', piece * count);
    for (size_t i = 1; i <= count; i++)
        memcpy(text + i * piece - 2, "\\\n", 2);
    memcpy(text, "hold_domains = ", 15);
    text[piece * count] = '\0';
    char *shown = config_text_show(text, "hold_domains");
    assert_string_equal(shown, "t.conf:1: line longer than 16 MB");
    free(shown);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_next_joins_lines_as_exim_does),
        cmocka_unit_test(test_reader_next_refuses_a_nul_byte),
        cmocka_unit_test(test_reader_next_takes_a_line_of_a_megabyte),
        cmocka_unit_test(test_reader_next_bounds_what_continuation_adds_up_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
