#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/config_text.h"

static void test_config_print_shows_what_is_unused_with_its_place(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "qualify_domain = a.example\nno_tcp_nodelay\n\nauto_thaw = 90m\n");
    assert_string_equal(config_text_print(&read, "unused"),
                        "t.conf:4: auto_thaw = 1h30m\nt.conf:2: no_tcp_nodelay\n");
    assert_string_equal(config_text_print(&read, "set"),
                        "auto_thaw = 1h30m\nqualify_domain = a.example\nno_tcp_nodelay\n");
    assert_string_equal(config_text_print(&read, "config_file"), "t.conf\n");
    assert_string_equal(config_text_print(&read, "nix"), "nix is not a known option");
    config_text_free(&read);
}

static void test_config_print_without_a_word_shows_every_option(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "qualify_domain = a.example\n");
    const char *all = config_text_print(&read, NULL);
    assert_non_null(strstr(all, "\nqualify_domain = a.example\nqualify_recipient = a.example\n"));
    assert_non_null(strstr(all, "\nnever_users =\n"));
    assert_non_null(strstr(all, "\nno_allow_mx_to_ip\n"));
    assert_non_null(strstr(all, "\nqueue_only_load =\n"));
    assert_null(strstr(all, "\nreturn_size_limit"));
    size_t lines = 0;
    for (const char *at = all; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_true(lines > 270);
    config_text_free(&read);
}

static void print_words(struct config_text *read, const char *const *words, size_t count,
                        const struct config_print_style *style, const char *expected)
{
    struct buffer out;
    struct value text;
    buffer_init(&out, &read->arena);
    assert_int_equal(config_print(read->config, words, count, style, &out, &read->arena, &read->error),
                     OUTCOME_DONE);
    assert_true(buffer_value(&out, &text));
    assert_string_equal(text.bytes, expected);
}

static void test_config_print_takes_several_words_and_styles(void **state)
{
    (void)state;
    static const char *const words[] = {"qualify_domain", "macro", "A", "+l", "auto_thaw"};
    static const struct config_print_style terse = {.values_only = true, .shows_hidden = true};
    static const struct config_print_style shy = {0};
    struct config_text read;
    config_text_read(&read, "A = x\nhide qualify_domain = Aa\nhide hostlist l = A:y\n");
    print_words(&read, words, 5, &terse, "xa\nx\nx:y\n0s\n");
    print_words(&read, words, 5, &shy,
                "qualify_domain = <value not displayable>\nA=x\nhostlist l = <value not displayable>\n"
                "auto_thaw = 0s\n");
    assert_string_equal(config_text_print(&read, "config"),
                        "# 1 \"t.conf\"\nA = x\nhide qualify_domain = <value not displayable>\n"
                        "hide hostlist l = <value not displayable>\n");
    assert_string_equal(config_text_print(&read, "macro"), "macro name missing");
    config_text_free(&read);
}

static void test_config_print_lists_macros_builtin_ones_first(void **state)
{
    (void)state;
    struct config_text read;
    config_text_read(&read, "A = x\nBC = y A\n");
    const char *macros = config_text_print(&read, "macros");
    assert_non_null(strstr(macros, "\n_HAVE_TLS=y\n"));
    assert_string_equal(macros + strlen(macros) - 11, "A=x\nBC=y x\n");
    const char *names = config_text_print(&read, "macro_list");
    assert_string_equal(names + strlen(names) - 6, "\nA\nBC\n");
    config_text_free(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_print_shows_what_is_unused_with_its_place),
        cmocka_unit_test(test_config_print_without_a_word_shows_every_option),
        cmocka_unit_test(test_config_print_takes_several_words_and_styles),
        cmocka_unit_test(test_config_print_lists_macros_builtin_ones_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
