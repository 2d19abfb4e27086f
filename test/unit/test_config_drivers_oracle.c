/* The tables of drivers' options, held against exim4: it knows all that stand in
   them, and they have all that it prints. Skipped where exim4 is not installed or may not be
   given a file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/drivers.h"
#include "test/support/temp_folder.h"

#define EXIM "/usr/sbin/exim4"

static bool has_exim(void)
{
    if (access(EXIM, X_OK) == 0 && geteuid() == 0)
        return true;
    print_message("exim4 is not installed or this is not root: not compared\n");
    return false;
}

/* What exim4 -bP WHAT says to the configuration. */
static void ask_exim(const char *text, const char *what, char *answer, size_t size)
{
    struct temp_folder folder;
    char path[128];
    char command[256];

    temp_folder_open(&folder);
    temp_folder_write(&folder, "t.conf", text, strlen(text));
    temp_folder_path(&folder, "t.conf", path, sizeof path);
    (void)snprintf(command, sizeof command, EXIM " -C %s -bP %s 2>&1 </dev/null", path, what);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(answer, 1, size - 1, pipe);
    answer[length] = '\0';
    (void)pclose(pipe);
    temp_folder_close(&folder);
}

/* A line that sets the option to something of its type. */
static void add_setting(FILE *out, const struct driver_option_row *row)
{
    static const char *const values[] = {
        [OPTION_INTEGER] = "1", [OPTION_OCTAL] = "07",   [OPTION_TIME] = "1s",
        [OPTION_TEXT] = "x y",  [OPTION_NAMES] = "root",
    };

    if (strcmp(row->name, "driver") == 0)
        return;
    if (row->type == OPTION_BOOL)
        (void)fprintf(out, "  no_%s\n", row->name);
    else
        (void)fprintf(out, "  %s = %s\n", row->name, values[row->type]);
    if (row->may_repeat)
        (void)fprintf(out, "  %s = y\n", row->name);
}

/* Options that Exim has in other builds than Debian's. */
static bool is_of_other_builds(const char *name)
{
    static const char *const names[] = {"arc_sign", "gnutls_compat_mode", "use_classresources"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void add_options(FILE *out, const struct driver_option_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_of_other_builds(rows[i].name))
            add_setting(out, &rows[i]);
}

/* A definition of the driver, with all its options or with an unknown one. */
static char *make_config(const struct driver_row *driver, bool has_options, const char *last)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    size_t count;
    const struct driver_option_row *generic = driver_generic_options(driver->class, &count);

    assert_non_null(out);
    (void)fprintf(out, "keep_environment =\nbegin %ss\none:\n  driver = %s\n",
                  driver_class_word(driver->class), driver->name);
    if (has_options) {
        add_options(out, generic, count);
        add_options(out, driver->options, driver->option_count);
    }
    (void)fputs(last, out);
    (void)fclose(out);
    return text;
}

static void test_exim_knows_every_option_of_the_tables(void **state)
{
    (void)state;
    size_t count;
    size_t asked = 0;
    size_t wrong = 0;
    const struct driver_row *drivers = driver_rows(&count);

    if (!has_exim())
        skip();
    for (size_t i = 0; i < count; i++) {
        char answer[4096];
        char *text = make_config(&drivers[i], true, "");
        ask_exim(text, "primary_hostname", answer, sizeof answer);
        free(text);
        if (strstr(answer, "cannot find") != NULL)
            continue; /* a driver that this build lacks */
        asked++;
        if (strstr(answer, "in line") == NULL)
            continue;
        print_error("%s: %s\n", drivers[i].name, answer);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_true(asked > 15);
}

static void test_exim_refuses_an_unknown_option_of_every_driver(void **state)
{
    (void)state;
    size_t count;
    const struct driver_row *drivers = driver_rows(&count);

    if (!has_exim())
        skip();
    for (size_t i = 0; i < count; i++) {
        char answer[4096];
        char *text = make_config(&drivers[i], false, "  nonesuch = 1\n");
        ask_exim(text, "primary_hostname", answer, sizeof answer);
        free(text);
        assert_true(strstr(answer, "option \"nonesuch\" unknown") != NULL ||
                    strstr(answer, "cannot find") != NULL);
    }
}

/* Each driver with what it cannot be without. */
static const char all_drivers[] =
    "keep_environment =\n"
    "begin routers\n"
    "accept:\n driver = accept\n transport = lmtp\n"
    "dnslookup:\n driver = dnslookup\n transport = lmtp\n"
    "ipliteral:\n driver = ipliteral\n transport = lmtp\n"
    "iplookup:\n driver = iplookup\n hosts = 192.0.2.1\n port = 7\n"
    "manualroute:\n driver = manualroute\n route_data = x\n transport = lmtp\n"
    "queryprogram:\n driver = queryprogram\n command = /bin/true\n command_user = root\n transport = lmtp\n"
    "redirect:\n driver = redirect\n data = x\n"
    "begin transports\n"
    "appendfile:\n driver = appendfile\n file = /x\n"
    "autoreply:\n driver = autoreply\n"
    "lmtp:\n driver = lmtp\n socket = /x\n"
    "pipe:\n driver = pipe\n command = /bin/true\n"
    "smtp:\n driver = smtp\n"
    "begin authenticators\n"
    "plaintext:\n driver = plaintext\n public_name = A\n server_prompts = x\n server_condition = x\n"
    "cram_md5:\n driver = cram_md5\n public_name = B\n server_secret = x\n"
    "dovecot:\n driver = dovecot\n public_name = D\n server_socket = /x\n"
    "external:\n driver = external\n public_name = E\n server_param2 = x\n server_condition = x\n"
    "spa:\n driver = spa\n public_name = F\n server_password = x\n"
    "tls:\n driver = tls\n public_name = G\n server_param1 = x\n";

/* A line as exim4 -bP prints it: "name = value", "name", "no_name". */
static bool is_known(const struct driver_row *driver, const char *line)
{
    size_t length = strcspn(line, " =");

    if (driver_option_find(driver->class, driver, line, length) != NULL)
        return true;
    return strncmp(line, "no_", 3) == 0 &&
           driver_option_find(driver->class, driver, line + 3, length - 3) != NULL;
}

static size_t check_printed(enum config_driver_class class)
{
    static char answer[1 << 16];
    char what[32];
    const struct driver_row *driver = NULL;
    size_t lines = 0;

    (void)snprintf(what, sizeof what, "%ss", driver_class_word(class));
    ask_exim(all_drivers, what, answer, sizeof answer);
    for (char *line = strtok(answer, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t length = strlen(line);
        if (length > 0 && line[length - 1] == ':') {
            driver = driver_row_find(class, line, strcspn(line, " "));
            assert_non_null(driver);
        } else if (driver != NULL && *line != '*') { /* with a star: Exim's own */
            if (!is_known(driver, line))
                print_error("%s: %s\n", driver->name, line);
            assert_true(is_known(driver, line));
            lines++;
        }
    }
    return lines;
}

static void test_the_tables_have_every_option_that_exim_prints(void **state)
{
    (void)state;
    if (!has_exim())
        skip();
    assert_true(check_printed(CONFIG_ROUTER) > 300);
    assert_true(check_printed(CONFIG_TRANSPORT) > 250);
    assert_true(check_printed(CONFIG_AUTHENTICATOR) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exim_knows_every_option_of_the_tables),
        cmocka_unit_test(test_exim_refuses_an_unknown_option_of_every_driver),
        cmocka_unit_test(test_the_tables_have_every_option_that_exim_prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
