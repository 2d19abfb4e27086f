/* Messages as an embedder gives them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

static void assert_gives(struct rexpand_env *env, const char *text, const char *expected)
{
    struct rexpand_result result;

    assert_int_equal(rexpand_expand(env, text, strlen(text), &result), REXPAND_DONE);
    assert_string_equal(result.bytes, expected);
}

static void give(struct rexpand_env *env, const char *text, const struct rexpand_message_options *options)
{
    char *message = NULL;

    if (!rexpand_env_message(env, text, strlen(text), options, &message))
        fail_msg("%s", message);
    assert_null(message);
}

static void test_rexpand_env_message_gives_strings_what_it_holds(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;

    (void)state;
    assert_gives(env, "[$h_subject:$message_body$message_size]", "[0]");
    give(env, "Subject: one\n\nbody\n.\n\nend\n", NULL);
    assert_gives(env, "$h_subject: $body_linecount $message_body", "one 4 body .  end ");
    assert_gives(env, "[$h_from:$h_date:$sender_address$message_exim_id]", "[]");
    assert_int_equal(rexpand_expand(env, "x$h_subject:", 12, &result), REXPAND_DONE);
    assert_true(result.is_tainted);
    /* the next one takes its place, and none leaves nothing */
    give(env, "From joe@x.org Fri Jan  5 12:35 GMT 1996\nTo: a\n\n", NULL);
    assert_gives(env, "[$h_subject:]$h_to: $sender_address $sender_address_domain", "[]a joe@x.org x.org");
    assert_true(rexpand_env_message(env, NULL, 0, NULL, NULL));
    assert_gives(env, "[$h_to:$sender_address]${if def:h_to:{y}{n}}", "[]n");
    rexpand_env_free(env);
}

static void test_variables_that_were_set_go_before_the_message(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    give(env, "Subject: one\nTo: a\n\nbody", NULL);
    assert_true(rexpand_env_set(env, "h_subject", "set", 3, true));
    assert_true(rexpand_env_set(env, "message_body", "text", 4, true));
    assert_gives(env, "$h_subject: $h_to: $message_body", "set a text");
    rexpand_env_free(env);
}

static void test_a_local_message_gets_the_fields_it_lacks(void **state)
{
    static const struct rexpand_message_options local = {.is_local = true, .sender = "Joe <joe@x.org>"};
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    assert_true(rexpand_env_set(env, "primary_hostname", "h.example", 9, true));
    give(env, "Subject: one\n\n", &local);
    assert_gives(env, "$h_from: $sender_address", "joe@x.org joe@x.org");
    assert_gives(
        env,
        "${if match{$message_exim_id}{\\N^\\w{6}-\\w{6}-\\w\\w$\\N}{y}{n}}"
        "${if eq{$h_message-id:}{<E$message_exim_id@h.example>}{y}{n}}"
        "${if match{$h_date:}{\\N^\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}$\\N}{y}{n}}",
        "yyy");
    give(env, "from : a\nMESSAGE-ID: b\nDate: c\n\n", &local);
    assert_gives(env, "$message_headers_raw", "from : a\nMESSAGE-ID: b\nDate: c\n");
    rexpand_env_free(env);
}

static void test_rexpand_env_message_refuses_what_exim_refuses(void **state)
{
    static const struct rexpand_message_options wrong = {.sender = "a@@b"};
    static const char settings[] =
        "header_maxsize = 50\nheader_line_maxsize = 20\nmessage_body_visible = 4\nmessage_body_newlines\n"
        "return_path_remove = no\n";
    struct temp_folder folder;
    char path[128];
    char header[100];
    char *message = NULL;

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "c", settings, sizeof settings - 1);
    temp_folder_path(&folder, "c", path, sizeof path);
    struct rexpand_config *config = rexpand_config_read(path, NULL, 0, NULL);
    struct rexpand_env *env = rexpand_env_new(config, NULL);
    assert_non_null(env);
    give(env, "A: b\nReturn-path: <x>\n\na\nbc\nd\n", NULL);
    assert_gives(env, "$h_a: $h_return-path: [$message_body][$message_body_end]", "b <x> [a\nbc][c\nd\n]");
    (void)snprintf(header, sizeof header, "A: %060d\n\n", 0);
    assert_false(rexpand_env_message(env, header, strlen(header), NULL, &message));
    assert_string_equal(message, "message header longer than 50 characters received: message not accepted");
    free(message);
    assert_gives(env, "[$h_a:]", "[]");
    /* a line end counts for the field, not for the end of the header */
    (void)snprintf(header, sizeof header, "A: %016d\nB: %017d\nC: %06d\n\n", 0, 0, 0);
    assert_false(rexpand_env_message(env, header, strlen(header), NULL, &message));
    assert_string_equal(message,
                        "message header line longer than 20 characters received: message not accepted");
    free(message);
    (void)snprintf(header, sizeof header, "A: %016d\nB: %016d\nC: %06d\n\n", 0, 0, 1);
    give(env, header, NULL);
    assert_gives(env, "$h_c: $message_size", "000001 51");
    assert_false(rexpand_env_message(env, "A: b\n\n", 6, &wrong, &message));
    assert_string_equal(message, "bad -f address \"a@@b\": domain missing or malformed");
    free(message);
    rexpand_env_free(env);
    rexpand_config_free(config);
    temp_folder_close(&folder);
}

static void test_a_long_header_and_body_are_cut_as_in_exim(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    char *text = malloc(300000);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 300000);
    memcpy(text, "A: ", 3);
    memcpy(text + 100000, "\nB: y\n\n", 7);
    assert_true(rexpand_env_message(env, text, 300000, NULL, NULL));
    assert_gives(env,
                 "${strlen:$h_a:} ${strlen:$rh_a:} ${strlen:$message_headers} $h_b:", "65536 65536 65536 y");
    assert_gives(env,
                 "${strlen:$message_body} ${strlen:$message_body_end} $message_body_size $body_linecount",
                 "500 500 199993 1");
    free(text);
    rexpand_env_free(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rexpand_env_message_gives_strings_what_it_holds),
        cmocka_unit_test(test_variables_that_were_set_go_before_the_message),
        cmocka_unit_test(test_a_local_message_gets_the_fields_it_lacks),
        cmocka_unit_test(test_rexpand_env_message_refuses_what_exim_refuses),
        cmocka_unit_test(test_a_long_header_and_body_are_cut_as_in_exim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
