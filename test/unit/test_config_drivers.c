/* Definitions of routers, transports and authenticators. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/drivers.h"
#include "test/support/config_text.h"

/* Reads the definitions of a class in a text; the message, or NULL. */
static const char *read_drivers(struct config_text *read, enum config_driver_class class, const char *text,
                                struct config_driver **drivers)
{
    config_text_read(read, text);
    assert_int_equal(read->outcome, OUTCOME_DONE);
    enum outcome outcome =
        config_drivers_read(read->config, class, &read->arena, NULL, drivers, &read->error);
    return outcome == OUTCOME_DONE ? NULL : read->error.message;
}

static void test_drivers_read_keeps_definitions_and_settings(void **state)
{
    (void)state;
    struct config_text read;
    struct config_driver *drivers;

    assert_null(read_drivers(&read, CONFIG_ROUTER,
                             "NAME = lists\nbegin routers\nNAME:\n  driver = redirect\n  data = \"a\\tb\"\n"
                             "  no_more\n  condition = x\n  condition = y\n"
                             "r2:\n  hide address_data = z\n  driver = accept\n  unseen = ${if eq{$x}{y}}\n",
                             &drivers));
    assert_string_equal(drivers->name, "lists");
    assert_string_equal(drivers->driver->name, "redirect");
    assert_string_equal(config_driver_setting(drivers, "data")->text.bytes, "a\tb");
    assert_string_equal(config_driver_setting(drivers, "more")->text.bytes, "false");
    assert_string_equal(config_driver_setting(drivers, "condition")->text.bytes, "y");
    assert_null(config_driver_setting(drivers, "file"));

    const struct config_driver *second = drivers->next;
    assert_ptr_equal(second, config_driver_find(drivers, "r2", 2));
    assert_true(config_driver_setting(second, "address_data")->is_hidden);
    assert_string_equal(config_driver_setting(second, "unseen")->text.bytes, "${if eq{$x}{y}}");
    assert_null(second->next);
    assert_null(config_driver_find(drivers, "r", 1));
    config_text_free(&read);
}

/* What exim4 says to the same lines. */
static const struct mistake_case {
    enum config_driver_class class;
    const char *text;
    const char *message;
} mistakes[] = {
    {CONFIG_ROUTER, "driver = accept\n", "t.conf:2: router name missing"},
    {CONFIG_ROUTER, "r1:\n  bogus = 1\n",
     "t.conf:3: option \"bogus\" unknown (\"driver\" must be specified before any private options)"},
    {CONFIG_ROUTER, "r1:\n driver = accept\n bogus = 1\n", "t.conf:4: option \"bogus\" unknown"},
    {CONFIG_ROUTER, "r1:\n driver = accept\n no_bogus\n", "t.conf:4: option \"no_bogus\" unknown"},
    {CONFIG_ROUTER, "r1:\n driver = accept\n data = x\n", "t.conf:4: option \"data\" unknown"},
    {CONFIG_ROUTER, "r1:\n driver = bogus\n", "t.conf:3: router r1: cannot find router driver \"bogus\""},
    {CONFIG_ROUTER, "r1:\n", "t.conf:2: no driver defined for router \"r1\""},
    {CONFIG_ROUTER, "r1:\nr2:\n driver=accept\n", "t.conf:2: no driver defined for router \"r1\""},
    {CONFIG_ROUTER, "r1: x\n", "t.conf:2: extra characters follow driver name r1"},
    {CONFIG_ROUTER, "r1:\n driver=accept\n verify_only\n verify_only\n",
     "t.conf:5: \"verify_only\" option set for the second time"},
    {CONFIG_ROUTER, "r1:\n driver=accept\n no_transport\n",
     "t.conf:4: negation prefix applied to a non-boolean option"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n data=x\nr1:\n driver=redirect\n",
     "t.conf:5: there are two routers called \"r1\""},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n modemask=9\n", "t.conf:4: octal integer expected for modemask"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n modemask=077x\n",
     "t.conf:4: extra characters follow octal integer value for modemask"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n more=bogus\n",
     "t.conf:4: \"bogus\" is not a valid value for the \"more\" option"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n verify_only=$x\n",
     "t.conf:4: \"\" is not a valid value for the \"verify_only\" option"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n data=\"x\n",
     "t.conf:4: missing quote at end of string value for data"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n = x\n", "t.conf:4: option setting expected: = x"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n data x\n", "t.conf:4: missing \"=\" after data"},
    {CONFIG_ROUTER, "r1:\n driver=redirect\n data\n",
     "t.conf:4: unexpected end of line (data missing) after data"},
    {CONFIG_ROUTER, "1r:\n driver=redirect\n", "t.conf:2: router name missing"},
    {CONFIG_ROUTER, "R1:\n driver=redirect\nFOO=bar\n data=x\n", "t.conf:5: router name missing"},
    {CONFIG_TRANSPORT, "t1:\n driver=smtp\n connect_timeout=5x\n",
     "t.conf:4: invalid time value for connect_timeout"},
    {CONFIG_TRANSPORT, "t1:\n driver=smtp\n hosts_max_try=5x\n",
     "t.conf:4: extra characters follow integer value for hosts_max_try"},
    {CONFIG_TRANSPORT, "bogus=1\n", "t.conf:2: transport name missing"},
    {CONFIG_AUTHENTICATOR, "a1:\n driver=plaintext\n bogus=1\n", "t.conf:4: option \"bogus\" unknown"},
    {CONFIG_AUTHENTICATOR, "a1:\n driver=smtp\n",
     "t.conf:3: authenticator a1: cannot find authenticator driver \"smtp\""},
};

static void test_drivers_read_says_what_exim_says_to_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const struct mistake_case *row = &mistakes[i];
        char text[512];
        struct config_text read;
        struct config_driver *drivers;
        (void)snprintf(text, sizeof text, "begin %ss\n%s", driver_class_word(row->class), row->text);
        const char *message = read_drivers(&read, row->class, text, &drivers);
        assert_non_null(message);
        assert_string_equal(message, row->message);
        config_text_free(&read);
    }
}

struct told {
    size_t count;
    unsigned lines[8];
    size_t places[8];
};

static void tell(void *context, const struct config_line *line, size_t at, const char *message)
{
    struct told *told = context;

    assert_non_null(message);
    assert_true(told->count < 8);
    told->lines[told->count] = line->place.line;
    told->places[told->count++] = at;
}

static void test_drivers_read_tells_all_mistakes_and_goes_on(void **state)
{
    (void)state;
    struct config_text read;
    struct config_driver *drivers;
    struct told told = {0};
    const struct driver_report report = {.mistake = tell, .context = &told};

    config_text_read(&read, "begin transports\nfirst\nt1:\n driver = smtp\n hide bogus = 1\n port = 25\n"
                            "t2:\n driver = nosuch\n anything = 1\nt3:\nt1: x\n driver = pipe\n");
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_int_equal(
        config_drivers_read(read.config, CONFIG_TRANSPORT, &read.arena, &report, &drivers, &read.error),
        OUTCOME_DONE);
    assert_int_equal(told.count, 6);
    const unsigned lines[] = {2, 5, 8, 10, 11, 11};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(told.lines[i], lines[i]);
    assert_int_equal(told.places[1], strlen("hide "));
    assert_int_equal(told.places[5], strlen("t1: "));
    assert_string_equal(config_driver_setting(drivers, "port")->text.bytes, "25");
    config_text_free(&read);
}

static void assert_sorted(const struct driver_option_row *rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(rows[i - 1].name, rows[i].name) < 0);
}

static void test_tables_are_in_order_and_say_what_bools_can_be(void **state)
{
    (void)state;
    size_t count;
    const struct driver_row *drivers = driver_rows(&count);

    for (size_t i = 0; i < count; i++) {
        assert_sorted(drivers[i].options, drivers[i].option_count);
        assert_ptr_equal(driver_row_find(drivers[i].class, drivers[i].name, strlen(drivers[i].name)),
                         &drivers[i]);
        for (size_t j = 0; j < drivers[i].option_count; j++) {
            const struct driver_option_row *row = &drivers[i].options[j];
            if (row->type == OPTION_BOOL)
                assert_true(row->content == CONTENT_BOOL || row->content == CONTENT_PLAIN);
            else
                assert_int_not_equal(row->content, CONTENT_BOOL);
        }
    }
    for (size_t class = 0; class < CONFIG_DRIVER_CLASSES; class ++) {
        size_t generic_count;
        const struct driver_option_row *generic =
            driver_generic_options((enum config_driver_class) class, &generic_count);
        assert_sorted(generic, generic_count);
        assert_non_null(driver_option_find((enum config_driver_class) class, NULL, "driver", 6));
    }
    assert_int_equal(count, 7 + 5 + 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drivers_read_keeps_definitions_and_settings),
        cmocka_unit_test(test_drivers_read_says_what_exim_says_to_mistakes),
        cmocka_unit_test(test_drivers_read_tells_all_mistakes_and_goes_on),
        cmocka_unit_test(test_tables_are_in_order_and_say_what_bools_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
