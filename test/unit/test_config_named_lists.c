#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

static void test_named_list_read_keeps_lists_in_order_by_kind(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "domainlist a = x:y\nhostlist a = z\ndomainlist_cache b = \"q\\n\"\n"
                            "hide addresslist c_3 = s@t\nlocalpartlist d=\n");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    const struct config_list *list = config_lists(read.config, CONFIG_DOMAIN_LIST);
    assert_string_equal(list->name, "a");
    assert_string_equal(list->text.bytes, "x:y");
    assert_false(list->is_cached);
    assert_int_equal(list->place.line, 1);
    list = list->next;
    assert_string_equal(list->name, "b");
    assert_string_equal(list->text.bytes, "q\n");
    assert_true(list->is_cached);
    assert_null(list->next);
    assert_true(config_list_find(read.config, CONFIG_ADDRESS_LIST, "c_3", 3)->is_hidden);
    assert_int_equal(config_list_find(read.config, CONFIG_LOCAL_PART_LIST, "d", 1)->text.length, 0);
    assert_null(config_list_find(read.config, CONFIG_HOST_LIST, "b", 1));
    assert_string_equal(config_text_print(&read, "+a"), "domainlist a = x:y\nhostlist a = z\n");
    assert_string_equal(config_text_print(&read, "+c_3"), "addresslist c_3 = <value not displayable>\n");
    assert_string_equal(config_text_print(&read, "+none"),
                        "no address, domain, host, or local part list called \"none\" exists");
    config_text_free(&read);
}

static void test_named_list_read_gives_exims_messages(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"domainlist a = x\ndomainlist a = y\n", "t.conf:2: duplicate name \"a\" for a named domain list"},
        {"localpartlist a = x\nlocalpartlist a = y\n",
         "t.conf:2: duplicate name \"a\" for a named local part list"},
        {"domainlist a x\n", "t.conf:1: missing '=' after \"a\""},
        {"domainlist a-b = x\n", "t.conf:1: missing '=' after \"a\""},
        {"domainlist = x\n", "t.conf:1: missing '=' after \"\""},
        {"domainlist\n", "t.conf:1: unrecognized configuration line"},
        {"domainlists a = b\n", "t.conf:1: unrecognized configuration line"},
        {"domainlist a = \"x\n", "t.conf:1: missing quote at end of string value for a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = config_text_show(cases[i][0], NULL);
        assert_string_equal(shown, cases[i][1]);
        free(shown);
    }
}

static void test_named_list_read_bounds_their_number(void **state)
{
    (void)state;
    const size_t count = 10001;
    char *text = malloc(count * 24 + 1);
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, 24, "hostlist l%zu = x\n", i);
    char *shown = config_text_show(text, NULL);
    assert_string_equal(shown, "t.conf:10001: too many named host lists (max is 10000)");
    free(shown);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_list_read_keeps_lists_in_order_by_kind),
        cmocka_unit_test(test_named_list_read_gives_exims_messages),
        cmocka_unit_test(test_named_list_read_bounds_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
