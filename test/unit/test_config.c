#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

static void test_config_read_without_a_file_gives_defaults(void **state)
{
    (void)state;
    static const char *const definitions[] = {"A=x"};
    struct config_input input = {.definitions = definitions, .definition_count = 1};
    struct config_text read;
    config_text_read_input(&read, &input);
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_null(config_path(read.config));
    assert_string_equal(config_text(read.config, "spool_directory").bytes, "/var/spool/exim4");
    const char *host = config_text(read.config, "primary_hostname").bytes;
    assert_true(host[0] != '\0');
    assert_string_equal(config_text(read.config, "qualify_recipient").bytes, host);
    assert_null(config_text(read.config, "add_environment").bytes);
    assert_string_equal(config_macros(read.config)->name, "A");
    config_text_free(&read);
}

static void test_config_getters_parse_by_type(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "no_tcp_nodelay\nrecipients_max = 2K\ncheck_spool_space = 3M\n"
                            "auto_thaw = 1h\nqueue_only_load = 2.5\nmessage_size_limit = 5M\n");
    assert_false(config_bool(read.config, "tcp_nodelay"));
    assert_true(config_bool(read.config, "write_rejectlog"));
    assert_int_equal(config_number(read.config, "recipients_max"), 2048);
    assert_int_equal(config_number(read.config, "check_spool_space"), 3072);
    assert_int_equal(config_number(read.config, "auto_thaw"), 3600);
    assert_int_equal(config_number(read.config, "queue_only_load"), 2500);
    assert_int_equal(config_number(read.config, "smtp_load_reserve"), 0);
    assert_int_equal(config_number(read.config, "qualify_domain"), 0);
    assert_null(config_text(read.config, "nonesuch").bytes);
    config_text_free(&read);
}

static void test_config_qualify_recipient_follows_qualify_domain(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "primary_hostname = p.example\n");
    assert_string_equal(config_text(read.config, "qualify_recipient").bytes, "p.example");
    config_text_free(&read);
    config_text_read(&read, "primary_hostname = p.example\nqualify_domain = q.example\n");
    assert_string_equal(config_text(read.config, "qualify_recipient").bytes, "q.example");
    assert_string_equal(config_text(read.config, "primary_hostname").bytes, "p.example");
    config_text_free(&read);
}

static void test_config_option_tells_place_and_use(void **state)
{
    (void)state;
    struct config_text read;
    struct config_option option;
    config_text_read(&read, "\nhide qualify_domain = x\nauto_thaw = 1s\n");
    assert_true(config_option(read.config, "qualify_domain", 14, &option));
    assert_true(option.is_set && option.is_hidden && option.is_used);
    assert_int_equal(option.place.line, 2);
    assert_true(config_option(read.config, "auto_thaw", 9, &option));
    assert_true(option.is_set && !option.is_hidden && !option.is_used);
    assert_true(config_option(read.config, "hold_domains", 12, &option));
    assert_false(option.is_set);
    assert_null(option.place.file);
    assert_false(config_option(read.config, "hold_domain", 11, &option));
    config_text_free(&read);
}

static void test_config_next_option_gives_each_name_once_in_order(void **state)
{
    (void)state;
    struct config_text read;
    struct config_option option;
    char last[64] = "";
    size_t count = 0;
    config_text_read(&read, "");
    for (const char *after = NULL; config_next_option(read.config, after, &option); after = option.name) {
        assert_true(strcmp(option.name, last) > 0);
        assert_true(snprintf(last, sizeof last, "%s", option.name) < (int)sizeof last);
        count++;
    }
    assert_true(count > 270);
    config_text_free(&read);
}

static void test_config_definitions_override_the_file(void **state)
{
    (void)state;
    static const char *const definitions[] = {"A = one ", "EMPTY"};
    static const char text[] = "A = two\nA == three\nqualify_domain = [A]EMPTY\n";
    struct config_input input = {
        .text = text, .text_length = sizeof text - 1, .definitions = definitions, .definition_count = 2};
    struct config_text read;
    config_text_read_input(&read, &input);
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_string_equal(config_text(read.config, "qualify_domain").bytes, "[one ]");
    config_text_free(&read);
    static const char *const bad[] = {"lower=x"};
    input = (struct config_input){.definitions = bad, .definition_count = 1};
    config_text_read_input(&read, &input);
    assert_int_equal(read.outcome, OUTCOME_FAILED);
    assert_string_equal(read.error.message, "macro name set by -D must start with an upper case letter");
    config_text_free(&read);
}

static void test_config_prompt_lines_replace_and_define_macros(void **state)
{
    (void)state;
    struct config_text read;
    struct value result;
    const char *name;
    config_text_read(&read, "AB = hello\n");
    struct value line = VALUE_LITERAL("CD = 3 AB");
    assert_int_equal(config_replace_macros(read.config, &read.arena, &line, &result, &read.error),
                     OUTCOME_DONE);
    assert_string_equal(result.bytes, "CD = 3 hello");
    assert_int_equal(config_define(read.config, &result, &name, &read.error), OUTCOME_DONE);
    assert_string_equal(name, "CD");
    line = VALUE_LITERAL("x CD");
    assert_int_equal(config_replace_macros(read.config, &read.arena, &line, &result, &read.error),
                     OUTCOME_DONE);
    assert_string_equal(result.bytes, "x 3 hello");
    line = VALUE_LITERAL("GH");
    assert_int_equal(config_define(read.config, &line, &name, &read.error), OUTCOME_FAILED);
    assert_string_equal(read.error.message, "malformed macro definition");
    config_text_free(&read);
}

static void test_config_set_lookups_without_settings_does_nothing(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "qualify_domain = x\n");
    struct lookups *lookups = lookups_new();
    assert_int_equal(config_set_lookups(read.config, lookups, &read.arena, &read.error), OUTCOME_DONE);
    lookups_free(lookups);
    config_text_free(&read);
}

/* The first setting of a driver that has one; NULL if this build has none. */
static const struct lookup_setting *any_setting(enum lookup_setting_type type)
{
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < drivers[i]->setting_count; j++)
            if (drivers[i]->settings[j].type == type)
                return &drivers[i]->settings[j];
    }
    return NULL;
}

static void test_config_driver_settings_are_options_too(void **state)
{
    (void)state;
    char text[256];
    char message[256];
    struct config_text read;
    struct config_option option;
    const struct lookup_setting *setting = any_setting(LOOKUP_SETTING_TIME);
    if (setting == NULL) {
        skip();
        return;
    }
    snprintf(text, sizeof text, "\n%s = soon\n", setting->name);
    config_text_read(&read, text);
    assert_int_equal(read.outcome, OUTCOME_DONE);
    assert_true(config_option(read.config, setting->name, strlen(setting->name), &option));
    assert_ptr_equal(option.setting, setting);
    assert_true(option.is_set && option.is_used);
    assert_string_equal(option.text.bytes, "soon");
    struct lookups *lookups = lookups_new();
    assert_int_equal(config_set_lookups(read.config, lookups, &read.arena, &read.error), OUTCOME_FAILED);
    snprintf(message, sizeof message, "t.conf:2: %s", "");
    assert_int_equal(strncmp(read.error.message, message, strlen(message)), 0);
    lookups_free(lookups);
    config_text_free(&read);
}

static void test_config_read_survives_an_arena_that_is_too_small(void **state)
{
    (void)state;
    static const char text[] =
        "A = x\ndomainlist d = a:b\nqualify_domain = A_HAVE_TLS\nbegin acl\nc:\n accept\n";
    struct config_input input = {.path = "t.conf", .text = text, .text_length = sizeof text - 1};
    for (size_t limit = 0; limit < 8192; limit += 64) {
        struct arena arena;
        struct config *config = NULL;
        struct error error;
        arena_init(&arena, 64, limit);
        if (config_read(&input, &arena, &config, &error) != OUTCOME_DONE) {
            assert_non_null(error.message);
            assert_null(config);
        }
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_read_without_a_file_gives_defaults),
        cmocka_unit_test(test_config_getters_parse_by_type),
        cmocka_unit_test(test_config_qualify_recipient_follows_qualify_domain),
        cmocka_unit_test(test_config_option_tells_place_and_use),
        cmocka_unit_test(test_config_next_option_gives_each_name_once_in_order),
        cmocka_unit_test(test_config_definitions_override_the_file),
        cmocka_unit_test(test_config_prompt_lines_replace_and_define_macros),
        cmocka_unit_test(test_config_set_lookups_without_settings_does_nothing),
        cmocka_unit_test(test_config_driver_settings_are_options_too),
        cmocka_unit_test(test_config_read_survives_an_arena_that_is_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
