/* What main options do to expansions, compared with an installed Exim. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/cases.h"
#include "test/support/temp_folder.h"

static const struct {
    const char *options;
    const char *text;
    const char *expected; /* NULL: not known here, but the same as Exim's */
} cases[] = {
    {"", "${escape:a\\xff\\x80}", "a\\377\\200"},
    {"print_topbitchars", "${escape:a\\xff\\x80\\x7f\\x01}", "a\xff\x80\\177\\001"},
    {"print_topbitchars", "${escape8bit:a\\xff}", "a\\377"},
    {"", "<${address:<<a@b>>}>", "<>"},
    {"strip_excess_angle_brackets", "${address:x <<<a@b>>> (c)}", "a@b"},
    {"strip_excess_angle_brackets", "${addresses:<<a@b>>, <<@r:c@d>>}", "a@b:c@d"},
    {"strip_excess_angle_brackets", "<${address:<<a@b>}${address:< <a@b>>}>", "<>"},
    {"", "<${address:a@b.}>", "<>"},
    {"strip_trailing_dot", "${address:<a@b.c.>} ${domain:a@b . } ${local_part:a.@b.}", "a@b.c b a."},
    {"strip_trailing_dot", "<${address:a@.}${address:a@b..}${address:a@[1.2.3.4].}>", "<>"},
    {"", "<${address:a@\\xc3\\xa9.b}>", "<>"},
    {"allow_utf8_domains", "${address:a@\\xc3\\xa9.b} ${domain:a@x\\xe2\\x82\\xacy}",
     "a@\xc3\xa9.b x\xe2\x82\xacy"},
    {"allow_utf8_domains", "<${address:a@\\xc3}${address:a@\\x80}${address:a@b\\xe2\\x82.c}>", "<>"},
    {"localhost_number = ${eval:1+2}", "$localhost_number", "3"},
    {"exim_user = 8\nexim_group = 9", "$exim_uid $exim_gid", "8 9"},
    {"exim_user = root", "$exim_uid", "0"},
    {"exim_user = root\nexim_group = mail", "$exim_uid $exim_gid", NULL},
    {"", "$config_file $config_dir", NULL},
    {"log_file_path = /tmp/%slog\nspool_directory = /tmp",
     "${if >{$log_space}{-1}{y}} ${if >{$spool_space}{-1}{y}}", "y y"},
    {"local_interfaces = <; 192.0.2.1 ; [192.0.2.2]:25 ; 192.0.2.3.587",
     "${map{192.0.2.1:192.0.2.2:192.0.2.3:192.0.2.4:127.0.0.1}{${if match_ip{$item}{@[]}{y}{n}}}}",
     "y:y:y:n:n"},
    {"local_interfaces = 192.0.2.1", "${if match_domain{[192.0.2.1]}{@[]}{y}{n}}", "y"},
    {"extra_local_interfaces = <; 2001:db8::1", "${if match_ip{2001:db8::1}{@[]}{y}{n}}", "y"},
    {"local_interfaces = 0.0.0.0.25", "${if match_ip{127.0.0.1}{@[]}{y}{n}}${if match_ip{::1}{@[]}{y}{n}}",
     "yn"},
    {"", "${strlen:$tod_log}", "19"},
    {"log_selector = +millisec", "${strlen:$tod_log}", "23"},
    {"log_selector = +all -millisec", "${strlen:$tod_log}", "19"},
    {"headers_charset = ISO-8859-1", "${rfc2047d:=?utf-8?Q?=C3=A9?=}", "\xe9"},
};
enum { CASES = sizeof cases / sizeof cases[0] };

/* What "command" prints, without its line end. */
static void read_answer(const char *command, char *answer, size_t size)
{
    FILE *output = popen(command, "r");

    assert_non_null(output);
    size_t length = fread(answer, 1, size - 1, output);
    (void)pclose(output);
    answer[length > 0 && answer[length - 1] == '\n' ? length - 1 : length] = '\0';
}

static void ask_exim(const char *path, const char *text, char *answer, size_t size)
{
    char command[1024];

    (void)snprintf(command, sizeof command, "exim4 -C %s -be '%s' 2>&1", path, text);
    read_answer(command, answer, size);
}

static void ask_rexpand(const char *path, const char *text, char *answer, size_t size)
{
    struct rexpand_result result;
    char *message = NULL;
    struct rexpand_config *config = rexpand_config_read(path, NULL, 0, &message);

    if (config == NULL)
        fail_msg("%s", message);
    struct rexpand_env *env = rexpand_env_new(config, NULL);
    assert_non_null(env);
    bool done = rexpand_expand(env, text, strlen(text), &result) == REXPAND_DONE;
    (void)snprintf(answer, size, "%s", done ? result.bytes : result.message);
    rexpand_env_free(env);
    rexpand_config_free(config);
}

static void test_options_do_what_they_do_in_exim(void **state)
{
    struct temp_folder folder;
    char path[128];
    size_t wrong = 0;
    /* Without root's rights Exim reads no configuration of others. */
    bool has_exim = exim_is_here() && geteuid() == 0;

    (void)state;
    temp_folder_open(&folder);
    temp_folder_path(&folder, "exim.conf", path, sizeof path);
    for (size_t i = 0; i < CASES; i++) {
        char ours[256];
        char exims[256];
        char text[512];
        int length = snprintf(text, sizeof text, "%s\n", cases[i].options);
        temp_folder_write(&folder, "exim.conf", text, (size_t)length);
        ask_rexpand(path, cases[i].text, ours, sizeof ours);
        (void)snprintf(exims, sizeof exims, "%s", ours);
        if (has_exim)
            ask_exim(path, cases[i].text, exims, sizeof exims);
        if (strcmp(ours, exims) == 0 && (cases[i].expected == NULL || strcmp(ours, cases[i].expected) == 0))
            continue;
        print_error("%s: %s\n  rexpand: %s\n  exim: %s\n", cases[i].options, cases[i].text, ours, exims);
        wrong++;
    }
    temp_folder_close(&folder);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_do_what_they_do_in_exim),
    };

    return cmocka_run_group_tests_name("options of expansions", tests, NULL, NULL);
}
