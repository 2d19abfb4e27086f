/* ACLs and the log as an embedder meets them. */

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

static const char configuration[] = "begin acl\n"
                                    "rcpt:\n"
                                    "  deny condition = ${if eq{$acl_arg1}{bob}}\n"
                                    "       message = no $acl_arg1\n"
                                    "       log_message = refused ($acl_narg)\n"
                                    "  drop condition = ${if eq{$acl_arg1}{eve}}\n"
                                    "  defer condition = ${if eq{$acl_arg1}{ann}}\n"
                                    "  discard condition = ${if eq{$acl_arg1}{joe}}\n"
                                    "  warn log_message = seen $acl_arg1\n"
                                    "  warn set acl_m_who = $acl_arg1\n"
                                    "       logwrite = :main,reject: $acl_arg1\n"
                                    "  accept\n"
                                    "wrong:\n"
                                    "  accept condition = ${bad\n"
                                    "later:\n"
                                    "  accept hosts = 10.0.0.1\n"
                                    "long:\n"
                                    "  accept condition = ${if >={$acl_arg1}{18}}\n"
                                    "  warn acl = long ${eval:$acl_arg1+1}\n"
                                    "  warn acl = long ${eval:$acl_arg1+1}\n"
                                    "  warn acl = long ${eval:$acl_arg1+1}\n"
                                    "  accept\n";

struct fixture {
    struct temp_folder folder;
    struct rexpand_config *config;
    struct rexpand_env *env;
    char log[1024];
};

static void write_log(void *context, const char *logs, const char *line, size_t length)
{
    char *log = context;
    size_t used = strlen(log);

    (void)snprintf(log + used, 1024 - used, "[%s] %.*s\n", logs, (int)length, line);
}

static void fixture_open(struct fixture *fixture)
{
    char path[128];

    memset(fixture, 0, sizeof *fixture);
    temp_folder_open(&fixture->folder);
    temp_folder_write(&fixture->folder, "c", configuration, sizeof configuration - 1);
    temp_folder_path(&fixture->folder, "c", path, sizeof path);
    fixture->config = rexpand_config_read(path, NULL, 0, NULL);
    assert_non_null(fixture->config);
    fixture->env = rexpand_env_new(fixture->config, NULL);
    assert_non_null(fixture->env);
    rexpand_env_log(fixture->env, write_log, fixture->log);
}

static void fixture_close(struct fixture *fixture)
{
    rexpand_env_free(fixture->env);
    rexpand_config_free(fixture->config);
    temp_folder_close(&fixture->folder);
}

static enum rexpand_verdict check(struct fixture *fixture, const char *acl, const char *argument,
                                  struct rexpand_acl_result *result)
{
    const char *const arguments[] = {argument};

    return rexpand_acl_check(fixture->env, acl, arguments, argument != NULL, result);
}

static void test_rexpand_acl_check_gives_the_verdict_with_its_messages(void **state)
{
    struct fixture fixture;
    struct rexpand_acl_result result;

    (void)state;
    fixture_open(&fixture);
    assert_int_equal(check(&fixture, "rcpt", "bob", &result), REXPAND_DENY);
    assert_int_equal(result.verdict, REXPAND_DENY);
    assert_string_equal(result.message, "no bob");
    assert_int_equal(result.message_length, 6);
    assert_string_equal(result.log_message, "refused (1)");
    assert_int_equal(check(&fixture, "rcpt", "eve", &result), REXPAND_DROP);
    assert_null(result.message);
    assert_null(result.log_message);
    assert_int_equal(check(&fixture, "rcpt", "ann", &result), REXPAND_DEFER);
    assert_int_equal(check(&fixture, "rcpt", "joe", &result), REXPAND_DISCARD);
    assert_string_equal(fixture.log, "");
    assert_int_equal(check(&fixture, "rcpt", "kim", &result), REXPAND_ACCEPT);
    assert_int_equal(check(&fixture, "rcpt", "kim", &result), REXPAND_ACCEPT);
    /* a warning is logged once a message */
    assert_string_equal(fixture.log, "[main] Warning: seen kim\n[main,reject] kim\n[main,reject] kim\n");
    fixture.log[0] = '\0';
    rexpand_env_tidy(fixture.env);
    assert_int_equal(check(&fixture, "${lc:RCPT}", "k\nim\xff", &result), REXPAND_ACCEPT);
    assert_string_equal(fixture.log, "[main] Warning: seen k\\nim\\377\n[main,reject] k\\nim\\377\n");
    assert_int_equal(check(&fixture, "${if eq{a}{b}{x}fail}", NULL, &result), REXPAND_ACCEPT);
    assert_int_equal(check(&fixture, "deny message = in place", NULL, &result), REXPAND_DENY);
    assert_string_equal(result.message, "in place");
    fixture_close(&fixture);
}

static void test_rexpand_acl_check_says_what_is_wrong(void **state)
{
    static const char *const ten[10] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    struct fixture fixture;
    struct rexpand_acl_result result;

    (void)state;
    fixture_open(&fixture);
    assert_int_equal(check(&fixture, "wrong", NULL, &result), REXPAND_ERROR);
    assert_non_null(strstr(result.log_message, "failed to expand ACL string \"${bad\": "));
    assert_null(result.message);
    assert_int_equal(check(&fixture, "nosuch", NULL, &result), REXPAND_ERROR);
    assert_string_equal(result.log_message, "unknown ACL verb \"nosuch\" in \"nosuch\"");
    assert_int_equal(check(&fixture, "later", NULL, &result), REXPAND_ERROR);
    assert_non_null(strstr(result.log_message, "/c:16: the ACL condition \"hosts\" is not evaluated"));
    assert_int_equal(check(&fixture, "/nonesuch/acl", NULL, &result), REXPAND_ERROR);
    assert_string_equal(result.log_message,
                        "failed to open ACL file \"/nonesuch/acl\": No such file or directory");
    assert_int_equal(rexpand_acl_check(fixture.env, "rcpt", ten, 10, &result), REXPAND_ERROR);
    assert_string_equal(result.log_message, "an ACL takes at most 9 arguments");
    fixture_close(&fixture);
}

/* 3^18 calls are more than anybody waits for. */
static void test_rexpand_acl_check_ends_with_its_time_limit(void **state)
{
    struct fixture fixture;
    struct rexpand_acl_result result;

    (void)state;
    fixture_open(&fixture);
    rexpand_env_limit(fixture.env, (size_t)1 << 30, 0.05);
    assert_int_equal(check(&fixture, "long", "0", &result), REXPAND_ERROR);
    assert_non_null(strstr(result.log_message, "time limit"));
    fixture_close(&fixture);
}

static void test_a_sealed_environment_has_only_the_configurations_acls(void **state)
{
    struct fixture fixture;
    struct rexpand_acl_result result;

    (void)state;
    fixture_open(&fixture);
    rexpand_env_seal(fixture.env);
    assert_int_equal(check(&fixture, "rcpt", "bob", &result), REXPAND_DENY);
    assert_int_equal(check(&fixture, "deny message = x", NULL, &result), REXPAND_ERROR);
    assert_int_equal(check(&fixture, "/etc/passwd", NULL, &result), REXPAND_ERROR);
    assert_string_equal(result.log_message, "ACLs that the configuration does not name are not permitted");
    fixture_close(&fixture);
}

/* What a set changes may be in use: the value stays until the string is done. */
static void test_a_set_does_not_free_what_a_string_holds(void **state)
{
    static const char text[] = "${if eq{$acl_m_who}{${acl{rcpt}{kim}}${acl{rcpt}{lee}}}{same}{$acl_m_who}}";
    struct fixture fixture;
    struct rexpand_result result;

    (void)state;
    fixture_open(&fixture);
    assert_true(rexpand_env_set(fixture.env, "acl_m_who", "first", 5, true));
    assert_int_equal(rexpand_expand(fixture.env, text, sizeof text - 1, &result), REXPAND_DONE);
    assert_string_equal(result.bytes, "lee");
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rexpand_acl_check_gives_the_verdict_with_its_messages),
        cmocka_unit_test(test_rexpand_acl_check_says_what_is_wrong),
        cmocka_unit_test(test_rexpand_acl_check_ends_with_its_time_limit),
        cmocka_unit_test(test_a_sealed_environment_has_only_the_configurations_acls),
        cmocka_unit_test(test_a_set_does_not_free_what_a_string_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
