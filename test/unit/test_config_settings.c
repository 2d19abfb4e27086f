#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

struct setting_case {
    const char *text;
    const char *word;
    const char *shown; /* by -bP word, or the message */
};

static const struct setting_case cases[] = {
    {"prdr_enable\n", "prdr_enable", "prdr_enable\n"},
    {"no_tcp_nodelay\n", "tcp_nodelay", "no_tcp_nodelay\n"},
    {"not_tcp_nodelay\n", "tcp_nodelay", "no_tcp_nodelay\n"},
    {"prdr_enable = YES\n", "prdr_enable", "prdr_enable\n"},
    {"tcp_nodelay = no\n", "tcp_nodelay", "no_tcp_nodelay\n"},
    {"prdr_enable =\n", "prdr_enable", "prdr_enable\n"},
    {"prdr_enable = maybe\n", "prdr_enable",
     "t.conf:1: \"maybe\" is not a valid value for the \"prdr_enable\" option"},
    {"prdr_enable = 1\n", "prdr_enable",
     "t.conf:1: \"\" is not a valid value for the \"prdr_enable\" option"},
    {"prdr_enable = no x\n", "prdr_enable",
     "t.conf:1: extra characters follow \"no\" for boolean option prdr_enable"},
    {"prdr_enable # x\n", "prdr_enable",
     "t.conf:1: extra characters follow boolean option prdr_enable (# is comment only at line start)"},
    {"no_prdr_enable = yes\n", "prdr_enable",
     "t.conf:1: extra characters follow boolean option no_prdr_enable"},
    {"no_qualify_domain\n", "qualify_domain", "t.conf:1: negation prefix applied to a non-boolean option"},
    {"prdr_enable\nno_prdr_enable\n", "prdr_enable",
     "t.conf:2: \"no_prdr_enable\" option set for the second time"},
    {"recipients_max = 5 x\n", "recipients_max",
     "t.conf:1: extra characters follow integer value for recipients_max"},
    {"recipients_max = x\n", "recipients_max", "t.conf:1: integer expected for recipients_max"},
    {"recipients_max = 2G\n", "recipients_max",
     "t.conf:1: absolute value of integer \"2G\" is too large (overflow)"},
    {"recipients_max = 0x10\n", "recipients_max", "recipients_max = 16\n"},
    {"auto_thaw = 90m\n", "auto_thaw", "auto_thaw = 1h30m\n"},
    {"auto_thaw = 5\n", "auto_thaw", "t.conf:1: invalid time value for auto_thaw"},
    {"delay_warning = 2h : 4h\n", "delay_warning", "delay_warning = 2h:4h\n"},
    {"delay_warning = 2h:1h\n", "delay_warning", "t.conf:1: time value out of order for delay_warning"},
    {"delay_warning = \n", "delay_warning", "delay_warning = \n"},
    {"queue_only_load = 1.5\n", "queue_only_load", "queue_only_load = 1.5\n"},
    {"queue_only_load = x\n", "queue_only_load", "t.conf:1: fixed-point number expected for queue_only_load"},
    {"hold_domains = \"a\\n\\x41\\101\\q\\\" \" \n", "hold_domains", "hold_domains = a\\nAAq\" \n"},
    {"hold_domains = a\\nb\n", "hold_domains", "hold_domains = a\\nb\n"},
    {"hold_domains = \"a\n", "hold_domains",
     "t.conf:1: missing quote at end of string value for hold_domains"},
    {"hold_domains = \"a\\\"\n", "hold_domains",
     "t.conf:1: missing quote at end of string value for hold_domains"},
    {"hold_domains = \"a\" b\n", "hold_domains",
     "t.conf:1: extra characters follow string value for hold_domains"},
    {"hold_domains = \"a\\0b\"\n", "hold_domains",
     "t.conf:1: NUL character in string value for hold_domains"},
    {"hold_domains = a\"b\"\n", "hold_domains", "hold_domains = a\"b\"\n"},
    {"hold_domains\n", "hold_domains", "t.conf:1: unexpected end of line (data missing) after hold_domains"},
    {"hold_domains x\n", "hold_domains", "t.conf:1: missing \"=\" after hold_domains"},
    {"hold_domains = a\nhold_domains = b\n", "hold_domains",
     "t.conf:2: \"hold_domains\" option set for the second time"},
    {"hide hold_domains = a\n", "hold_domains", "hold_domains = <value not displayable>\n"},
    {"hide\n", NULL, "t.conf:1: main option \"\" unknown"},
    {"hide hide hold_domains = a\n", NULL, "t.conf:1: main option \"hide\" unknown"},
    {"foo = bar\n", NULL, "t.conf:1: main option \"foo\" unknown"},
    {"no_foo\n", NULL, "t.conf:1: main option \"no_foo\" unknown"},
    {"3foo = bar\n", NULL, "t.conf:1: option setting expected: 3foo = bar"},
    {"_HAVE_NOTHING = 3\n", NULL, "t.conf:1: option setting expected: _HAVE_NOTHING = 3"},
    {"return_size_limit = 5\n", "bounce_return_size_limit", "bounce_return_size_limit = 5\n"},
    {"tpda_event_action = x\n", "event_action", "event_action = x\n"},
};

static void test_setting_read_takes_and_refuses_what_exim_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = config_text_show(cases[i].text, cases[i].word);
        assert_string_equal(shown, cases[i].shown);
        free(shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_setting_read_takes_and_refuses_what_exim_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
