#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

static void expect_line(const struct config_line *line, const char *text, unsigned number, bool is_macro)
{
    assert_non_null(line);
    assert_string_equal(line->text.bytes, text);
    assert_int_equal(line->place.line, number);
    assert_string_equal(line->place.file, "t.conf");
    assert_int_equal(line->is_macro, is_macro);
}

static void test_section_lines_are_kept_with_their_places(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(
        &read,
        "HOSTS = x\nhold_domains = HOSTS\nbegin retry\n* * F,2h,\\\n  1m\n"
        "R = not a macro\nbegin  ACL\ncheck:\n  accept hosts = HOSTS\nB = y\nlast:\n  deny hosts = B\n");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    const struct config_line *line = config_lines(read.config, CONFIG_RETRY);
    expect_line(line, "* * F,2h,1m", 4, false);
    expect_line(line->next, "R = not a macro", 6, false);
    assert_null(line->next->next);
    line = config_lines(read.config, CONFIG_ACL);
    expect_line(line, "check:", 8, false);
    expect_line(line->next, "accept hosts = x", 9, false);
    expect_line(line->next->next, "B = y", 10, true);
    expect_line(line->next->next->next, "last:", 11, false);
    expect_line(line->next->next->next->next, "deny hosts = y", 12, false);
    assert_null(config_lines(read.config, CONFIG_ROUTERS));
    enum config_section section;
    assert_true(config_section_at(read.config, 1, &section));
    assert_int_equal(section, CONFIG_RETRY);
    assert_true(config_section_at(read.config, 2, &section));
    assert_string_equal(config_section_name(section), "acl");
    assert_false(config_section_at(read.config, 3, &section));
    assert_string_equal(config_text_print(&read, "config"),
                        "# 1 \"t.conf\"\nHOSTS = x\nhold_domains = x\nbegin retry\n  * * F,2h,1m\n"
                        "  R = not a macro\nbegin acl\n  check:\n  accept hosts = x\n  B = y\n"
                        "  last:\n  deny hosts = y\n");
    config_text_free(&read);
}

static void test_section_begin_gives_exims_messages(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"begin foo\n", "t.conf:1: \"foo\" is not a known configuration section name"},
        {"begin main\n", "t.conf:1: \"main\" is not a known configuration section name"},
        {"begin acl x\n", "t.conf:1: \"acl x\" is not a known configuration section name"},
        {"begin\n", "t.conf:1: main option \"begin\" unknown"},
        {"begin\tacl\n", "t.conf:1: main option \"begin\" unknown"},
        {"begin acl\nbegin retry\nbegin acl\n",
         "t.conf:3: \"acl\" section is repeated in the configuration file"},
        {"begin acl\nA = x\nA = y\n",
         "t.conf:3: macro \"A\" is already defined (use \"==\" if you want to redefine it)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = config_text_show(cases[i][0], NULL);
        assert_string_equal(shown, cases[i][1]);
        free(shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section_lines_are_kept_with_their_places),
        cmocka_unit_test(test_section_begin_gives_exims_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
