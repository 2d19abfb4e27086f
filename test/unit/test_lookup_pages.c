/* Each lookup has a page of the manual, with each of its options and settings. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lookups/lookup.h"

static char *read_page(const char *name)
{
    char path[128];
    char *text = NULL;
    size_t capacity = 0;

    (void)snprintf(path, sizeof path, "doc/rexpand-%s.5", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("there is no %s", path);
    assert_true(getdelim(&text, &capacity, '\0', file) > 0);
    (void)fclose(file);
    return text;
}

static void expect(const char *page, const char *name, const char *format, const char *word)
{
    char wanted[128];

    (void)snprintf(wanted, sizeof wanted, format, word);
    if (strstr(page, wanted) == NULL)
        fail_msg("doc/rexpand-%s.5 does not have %s", name, wanted);
}

/* nwildlsearch is on the page of wildlsearch. */
static const char *page_of(const struct lookup_driver *driver)
{
    return strcmp(driver->name, "nwildlsearch") == 0 ? "wildlsearch" : driver->name;
}

static void test_each_lookup_has_a_page_with_its_options_and_settings(void **state)
{
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);
    char *common = read_page("lookup");

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *name = page_of(drivers[i]);
        char *page = read_page(name);
        expect(page, name, "%s", drivers[i]->name);
        expect(common, "lookup", ".Xr rexpand-%s 5", name);
        for (size_t j = 0; j < drivers[i]->option_count; j++)
            expect(page, name, "Cm %s", drivers[i]->options[j].name);
        for (size_t j = 0; j < drivers[i]->setting_count; j++)
            expect(page, name, "%s", drivers[i]->settings[j].name);
        free(page);
    }
    free(common);
}

static void test_the_common_settings_are_on_the_common_page(void **state)
{
    size_t count, driver;
    const struct lookup_setting *setting;
    char *common = read_page("lookup");

    (void)state;
    (void)lookup_drivers(&count);
    for (size_t i = 0; (setting = lookup_setting_at(i, &driver)) != NULL; i++)
        if (driver == count)
            expect(common, "lookup", ".It Va %s", setting->name);
    free(common);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_lookup_has_a_page_with_its_options_and_settings),
        cmocka_unit_test(test_the_common_settings_are_on_the_common_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
