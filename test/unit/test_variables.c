/* The table of variables against itself, its manual page, and Exim. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lang/env.h"
#include "lang/variable_values.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char page_path[] = "doc/rexpand-variables.7";
static const char oracle_path[] = "/usr/sbin/exim4";

/* Names that came after Exim 4.96. */
static const char *const later_names[] = {
    "atrn_host",
    "atrn_mode",
    "connection_id",
    "dkim_verify_signers",
    "dmarc_alignment_dkim",
    "dmarc_alignment_spf",
    "recipients_list",
    "regex_cachesize",
    "sender_helo_verified",
    "spf_used_domain",
};

/* Names of parts that Debian's Exim is built without. */
static const char *const optional_names[] = {
    "arc_domains",        "arc_oldest_pass",     "arc_state",
    "arc_state_reason",   "bmi_alt_location",    "bmi_base64_tracker_verdict",
    "bmi_base64_verdict", "bmi_deliver",         "dcc_header",
    "dcc_result",         "dmarc_domain_policy", "dmarc_status",
    "dmarc_status_text",  "dmarc_used_domain",
};

/* Names whose values are one moment's, this Exim installation's, or, for what
   Exim takes the caller to have sent, the caller's. */
static const char *const volatile_names[] = {
    "authenticated_id",
    "authenticated_sender",
    "compile_date",
    "compile_number",
    "config_dir",
    "config_file",
    "exim_version",
    "load_average",
    "log_inodes",
    "log_space",
    "pid",
    "primary_hostname",
    "qualify_domain",
    "qualify_recipient",
    "queue_size",
    "sender_address",
    "sender_address_domain",
    "sender_address_local_part",
    "sender_ident",
    "smtp_active_hostname",
    "spool_directory",
    "spool_inodes",
    "spool_space",
    "tod_bsdinbox",
    "tod_epoch",
    "tod_epoch_l",
    "tod_full",
    "tod_log",
    "tod_logfile",
    "tod_zone",
    "tod_zulu",
    "version_number",
};

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* ---- reading variables ---- */

static int make_env(void **state)
{
    struct env *env = env_new();

    *state = env;
    return env == NULL;
}

static int drop_env(void **state)
{
    env_free(*state);
    return 0;
}

static enum outcome read_any(struct env *env, const char *name, struct value *value, struct error *error)
{
    const struct variable_row *row = variable_row_find(name, strlen(name));
    const struct value written = value_of_string(name);
    struct run run;

    assert_non_null(row);
    env_begin(env, &run, error);
    return env_variable(&run, row, &written, value);
}

static struct value read_value(struct env *env, const char *name)
{
    struct value value;
    struct error error;

    if (read_any(env, name, &value, &error) != OUTCOME_DONE)
        fail_msg("$%s: %s", name, error.message);
    if (memchr(value.bytes, '\0', value.length) != NULL || value.bytes[value.length] != '\0')
        fail_msg("$%s has no NUL behind it, or one inside", name);
    return value;
}

static const char *read_text(struct env *env, const char *name)
{
    return read_value(env, name).bytes;
}

static void set(struct env *env, const char *name, const char *text, bool clean)
{
    bool no_memory = false;

    assert_true(env_set(env, name, strlen(name), text, strlen(text), clean, &no_memory));
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    int result = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (result != 0)
        fail_msg("\"%s\" does not match %s", text, pattern);
}

/* ---- the table ---- */

static void rows_are_sorted_and_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < variable_row_count; i++) {
        const struct variable_row *row = &variable_rows[i];
        if (i > 0 && strcmp(variable_rows[i - 1].name, row->name) >= 0)
            fail_msg("%s stands behind %s", row->name, variable_rows[i - 1].name);
        const char *help = row->help == NULL ? "" : row->help;
        size_t length = strlen(help);
        bool is_text =
            length > 0 && length <= 90 && strchr(".'", help[0]) == NULL && strchr(help, '\\') == NULL;
        if (!is_text || (help[length - 1] == '.' && strstr(help, "...") == NULL))
            fail_msg("%s: \"%s\" is no good help line", row->name, help);
    }
}

static void texts_name_other_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < variable_row_count; i++) {
        const struct variable_row *row = &variable_rows[i];
        bool names_other =
            row->get == value_of_other || row->get == value_domain_of || row->get == value_local_part_of;
        bool may_have_text = row->get == value_of_message; /* what there is without a message */
        bool needs_text = names_other || row->get == value_text || row->get == value_of_local_time ||
                          row->get == value_of_utc || row->text == header_raw ||
                          row->text == header_decoded || row->text == header_listed;
        if (needs_text != (row->text != NULL) && !may_have_text)
            fail_msg("%s: a text without use, or none where one is needed", row->name);
        if (names_other && row->text != NULL && variable_row_find(row->text, strlen(row->text)) == NULL)
            fail_msg("%s: there is no %s", row->name, row->text);
    }
}

static void rows_are_found(void **state)
{
    static const struct {
        const char *written;
        const char *row;
    } found[] = {
        {"acl_arg1", "acl_arg1"},
        {"acl_c0", "acl_c"},
        {"acl_c_colour", "acl_c"},
        {"acl_m_", "acl_m"},
        {"bh_to", "bh_"},
        {"bheader_to", "bheader_"},
        {"h_to", "h_"},
        {"header_to", "header_"},
        {"headers_added", "headers_added"},
        {"lh_to", "lh_"},
        {"lheader_to", "lheader_"},
        {"rh_to", "rh_"},
        {"rheader_to", "rheader_"},
        {"r_x", "r_"},
        {"runrc", "runrc"},
    };
    static const char *const missing[] = {"acl_arg0", "acl_arg", "auth",   "auth5", "regex10",
                                          "regex0",   "r",       "header", "tod"};

    (void)state;
    for (size_t i = 0; i < COUNT(found); i++) {
        const struct variable_row *row = variable_row_find(found[i].written, strlen(found[i].written));
        assert_non_null(row);
        assert_string_equal(row->name, found[i].row);
    }
    for (size_t i = 0; i < COUNT(missing); i++)
        assert_null(variable_row_find(missing[i], strlen(missing[i])));
}

/* ---- the values ---- */

static void times_have_their_forms(void **state)
{
    struct env *env = *state;
    const char *day = "(Sun|Mon|Tue|Wed|Thu|Fri|Sat)";
    const char *month = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    char pattern[256];

    snprintf(pattern, sizeof pattern, "^%s %s [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}$", day, month);
    assert_matches(read_text(env, "tod_bsdinbox"), pattern);
    snprintf(pattern, sizeof pattern, "^%s, [0-9]{2} %s [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}$",
             day, month);
    assert_matches(read_text(env, "tod_full"), pattern);
    assert_matches(read_text(env, "tod_log"), "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$");
    assert_matches(read_text(env, "tod_logfile"), "^[0-9]{8}$");
    assert_matches(read_text(env, "tod_zone"), "^[+-][0-9]{4}$");
    assert_matches(read_text(env, "tod_zulu"), "^[0-9]{14}Z$");
    assert_matches(read_text(env, "tod_epoch"), "^[0-9]{10,}$");
    assert_matches(read_text(env, "tod_epoch_l"), "^[0-9]{16,}$");
}

static void set_zone(const char *zone)
{
    if (zone == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", zone, 1);
    tzset();
}

static void times_follow_the_zone(void **state)
{
    static const char *const zones[][2] = {
        {"XXX-5:30", "+0530"}, {"XXX3:30", "-0330"}, {"XXX0:30", "-0030"}, {"UTC0", "+0000"}};
    struct env *env = *state;
    const char *here = getenv("TZ");
    char *kept = here == NULL ? NULL : strdup(here);

    for (size_t i = 0; i < COUNT(zones); i++) {
        set_zone(zones[i][0]);
        assert_string_equal(read_text(env, "tod_zone"), zones[i][1]);
        char pattern[64];
        snprintf(pattern, sizeof pattern, " [%c]%s$", zones[i][1][0], zones[i][1] + 1);
        assert_matches(read_text(env, "tod_full"), pattern);
    }
    set_zone(kept);
    free(kept);
}

/* Fields against strftime, which agrees in the C locale that tests run in. */
static void times_are_the_time(void **state)
{
    static const struct {
        const char *name;
        const char *form;
        bool is_utc;
    } forms[] = {
        {"tod_bsdinbox", "%a %b %d %H:%M:%S %Y", false},
        {"tod_full", "%a, %d %b %Y %H:%M:%S %z", false},
        {"tod_log", "%Y-%m-%d %H:%M:%S", false},
        {"tod_logfile", "%Y%m%d", false},
        {"tod_zone", "%z", false},
        {"tod_zulu", "%Y%m%d%H%M%SZ", true},
        {"tod_epoch", "%s", false},
    };
    struct env *env = *state;

    for (size_t i = 0; i < COUNT(forms); i++) {
        bool same = false;
        for (int attempt = 0; !same && attempt < 3; attempt++) { /* a second may end in between */
            time_t now = time(NULL);
            struct tm parts;
            char expected[64];
            forms[i].is_utc ? gmtime_r(&now, &parts) : localtime_r(&now, &parts);
            assert_true(strftime(expected, sizeof expected, forms[i].form, &parts) > 0);
            same = strcmp(read_text(env, forms[i].name), expected) == 0;
        }
        if (!same)
            fail_msg("$%s is not the time", forms[i].name);
    }
}

static void the_process_is_this_one(void **state)
{
    struct env *env = *state;
    char text[64];

    snprintf(text, sizeof text, "%ld", (long)getpid());
    assert_string_equal(read_text(env, "pid"), text);
    snprintf(text, sizeof text, "%lu", (unsigned long)getuid());
    assert_string_equal(read_text(env, "caller_uid"), text);
    assert_string_equal(read_text(env, "originator_uid"), text);
    snprintf(text, sizeof text, "%lu", (unsigned long)getgid());
    assert_string_equal(read_text(env, "caller_gid"), text);
    assert_string_equal(read_text(env, "originator_gid"), text);
    assert_matches(read_text(env, "primary_hostname"), "^[^ ]+$");
    assert_matches(read_text(env, "load_average"), "^-?[0-9]+$");
    assert_matches(read_text(env, "initial_cwd"), "^/");
    assert_string_equal(read_text(env, "version_number"), "4.96");
}

static void values_are_clean_unless_set(void **state)
{
    struct env *env = *state;

    for (size_t i = 0; i < variable_row_count; i++) {
        if (variable_rows[i].get == value_of_filter)
            continue;
        struct value value = read_value(env, variable_rows[i].name);
        assert_false(value_is_tainted(&value));
    }
}

static void set_values_win(void **state)
{
    struct env *env = *state;

    set(env, "tod_zone", "+1234", true);
    assert_string_equal(read_text(env, "tod_zone"), "+1234");
    set(env, "acl_m_x", "1", true);
    set(env, "acl_m_y", "2", true);
    assert_string_equal(read_text(env, "acl_m_x"), "1");
    assert_string_equal(read_text(env, "acl_m_z"), "");
}

static void old_names_follow_new_ones(void **state)
{
    struct env *env = *state;

    set(env, "tls_in_sni", "mx.example.org", false);
    struct value sni = read_value(env, "tls_sni");
    assert_string_equal(sni.bytes, "mx.example.org");
    assert_true(value_is_tainted(&sni));
    set(env, "primary_hostname", "mail.example.org", true);
    assert_string_equal(read_text(env, "qualify_recipient"), "mail.example.org");
    assert_string_equal(read_text(env, "smtp_active_hostname"), "mail.example.org");
    set(env, "qualify_domain", "example.org", true);
    assert_string_equal(read_text(env, "qualify_recipient"), "example.org");
    set(env, "version_number", "4.99", true);
    assert_string_equal(read_text(env, "exim_version"), "4.99");
}

static void addresses_have_two_parts(void **state)
{
    static const char *const addresses[][3] = {
        {"user@example.org", "user", "example.org"},
        {"\"a@b\"@example.org", "\"a@b\"", "example.org"},
        {"postmaster", "postmaster", ""},
        {"@example.org", "", "example.org"},
        {"user@", "user", ""},
        {"", "", ""},
    };
    struct env *env = *state;

    for (size_t i = 0; i < COUNT(addresses); i++)
        for (int clean = 0; clean <= 1; clean++) {
            set(env, "sender_address", addresses[i][0], clean);
            struct value part = read_value(env, "sender_address_local_part");
            assert_string_equal(part.bytes, addresses[i][1]);
            assert_int_equal(value_is_tainted(&part), !clean);
            part = read_value(env, "sender_address_domain");
            assert_string_equal(part.bytes, addresses[i][2]);
            assert_int_equal(value_is_tainted(&part), !clean);
        }
}

static void filter_variables_are_unknown_until_set(void **state)
{
    struct env *env = *state;
    struct value value;
    struct error error;

    assert_int_equal(read_any(env, "sn3", &value, &error), OUTCOME_FAILED);
    assert_string_equal(error.message, "unknown variable name \"sn3\"");
    set(env, "sn3", "7", true);
    assert_string_equal(read_text(env, "sn3"), "7");
}

static void no_room_is_said(void **state)
{
    struct env *env = *state;
    struct value value;
    struct error error;

    env->bytes_limit = 0;
    assert_int_equal(read_any(env, "pid", &value, &error), OUTCOME_FAILED);
    assert_int_equal(read_any(env, "tod_full", &value, &error), OUTCOME_FAILED);
    assert_int_equal(read_any(env, "primary_hostname", &value, &error), OUTCOME_FAILED);
    assert_int_equal(read_any(env, "acl_narg", &value, &error), OUTCOME_DONE);
}

/* ---- the manual page ---- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");

    if (file == NULL)
        fail_msg("cannot open %s (tests run in the top folder)", path);
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', file) < 0)
        fail_msg("cannot read %s", path);
    fclose(file);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void the_page_has_every_row(void **state)
{
    char *page = read_file(page_path);
    const char *place = page;

    (void)state;
    for (size_t i = 0; i < variable_row_count; i++) {
        const struct variable_row *row = &variable_rows[i];
        char entry[256];
        snprintf(entry, sizeof entry, row->is_family ? "\n.TP\n.BI $%s name\n%s\n" : "\n.TP\n.B $%s\n%s\n",
                 row->name, row->help);
        const char *found = strstr(place, entry);
        if (found == NULL)
            fail_msg("%s does not have, in its place:%s", page_path, entry);
        else
            place = found;
    }
    assert_int_equal(count_of(page, "\n.TP\n.B $") + count_of(page, "\n.TP\n.BI $"), variable_row_count);
    free(page);
}

/* ---- Exim ---- */

/* What Exim shows for the variables of the table that are not families, a line
   each, in one call. NULL: there is no Exim to ask. */
static FILE *ask_oracle(void)
{
    char *command = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&command, &size);

    if (access(oracle_path, X_OK) != 0) {
        fclose(text);
        free(command);
        return NULL;
    }
    fprintf(text, "%s -be", oracle_path);
    for (size_t i = 0; i < variable_row_count; i++)
        if (!variable_rows[i].is_family)
            fprintf(text, " '$%s'", variable_rows[i].name);
    fprintf(text, " 2>&1");
    assert_int_equal(fclose(text), 0);
    FILE *answers = popen(command, "r");
    assert_non_null(answers);
    free(command);
    return answers;
}

/* True if the oracle's build has the part that scans content, as Debian's
   exim4-daemon-heavy; others lack names of this and further parts. */
static bool oracle_is_complete(void)
{
    char command[64];
    char line[256] = "";

    snprintf(command, sizeof command, "%s -be '$spam_score'", oracle_path);
    FILE *answer = popen(command, "r");
    assert_non_null(answer);
    bool has_line = fgets(line, sizeof line, answer) != NULL;
    pclose(answer);
    return has_line && strcmp(line, "\n") == 0;
}

static void check_answer(struct env *env, const struct variable_row *row, const char *answer)
{
    bool is_unknown = strstr(answer, "unknown variable name") != NULL;

    if (row->get == value_of_filter) {
        assert_true(is_unknown);
        return;
    }
    if (is_unknown) {
        if (!is_one_of(row->name, later_names, COUNT(later_names)) &&
            !is_one_of(row->name, optional_names, COUNT(optional_names)))
            fail_msg("Exim does not know %s", row->name);
        return;
    }
    if (!is_one_of(row->name, volatile_names, COUNT(volatile_names)) &&
        strcmp(read_text(env, row->name), answer) != 0)
        fail_msg("$%s is \"%s\", with Exim \"%s\"", row->name, read_text(env, row->name), answer);
}

static void exim_agrees(void **state)
{
    FILE *answers = ask_oracle();
    char *line = NULL;
    size_t size = 0;

    if (answers == NULL || !oracle_is_complete()) {
        print_message("no %s with content scanning: not compared with Exim\n", oracle_path);
        if (answers != NULL)
            pclose(answers);
        skip();
    }
    for (size_t i = 0; i < variable_row_count; i++) {
        if (variable_rows[i].is_family)
            continue;
        ssize_t length = getline(&line, &size, answers);
        if (length <= 0)
            fail_msg("Exim says nothing for %s", variable_rows[i].name);
        line[length - 1] = '\0';
        check_answer(*state, &variable_rows[i], line);
    }
    assert_int_equal(getline(&line, &size, answers), -1);
    free(line);
    pclose(answers);
}

#define WITH_ENV(test) cmocka_unit_test_setup_teardown(test, make_env, drop_env)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_explained),
        cmocka_unit_test(texts_name_other_rows),
        cmocka_unit_test(rows_are_found),
        WITH_ENV(times_have_their_forms),
        WITH_ENV(times_follow_the_zone),
        WITH_ENV(times_are_the_time),
        WITH_ENV(the_process_is_this_one),
        WITH_ENV(values_are_clean_unless_set),
        WITH_ENV(set_values_win),
        WITH_ENV(old_names_follow_new_ones),
        WITH_ENV(addresses_have_two_parts),
        WITH_ENV(filter_variables_are_unknown_until_set),
        WITH_ENV(no_room_is_said),
        cmocka_unit_test(the_page_has_every_row),
        WITH_ENV(exim_agrees),
    };

    return cmocka_run_group_tests_name("variables", tests, NULL, NULL);
}
