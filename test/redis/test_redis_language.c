/* Redis lookups as a configuration writes them, against a real server. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/cases.h"
#include "test/support/redis_server.h"

/* The table with this server's place in it. */
static void write_cases(const struct redis_test_server *server, char *path, size_t size)
{
    char *table = NULL;
    size_t capacity = 0;
    FILE *in = fopen("test/redis/redis.cases", "r");

    assert_non_null(in);
    assert_true(getdelim(&table, &capacity, '\0', in) > 0);
    (void)fclose(in);
    temp_folder_path(&server->folder, "redis.cases", path, size);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (const char *at = table; *at != '\0';) {
        if (strncmp(at, "@SERVERS@", 9) == 0) {
            (void)fprintf(out, "<;%s", server->place);
            at += 9;
        } else if (strncmp(at, "@SERVER@", 8) == 0) {
            (void)fputs(server->place, out);
            at += 8;
        } else {
            (void)fputc(*at++, out);
        }
    }
    assert_int_equal(fclose(out), 0);
    free(table);
}

static void load(struct rexpand_env *env)
{
    static const char *const strings[] = {
        "${lookup redis{SET user:ann /var/mail/ann}}",
        "${lookup redis{SET user:bob /var/mail/bob}}",
        "${lookup redis{SADD networks 10.0.0.0/8}}",
        "${lookup redis{RPUSH list a b\\\\ c \"\" d}}",
        "${lookup redis{HSET hash one 1 two 2}}",
        "${lookup redis{SET empty \"\"}}",
        "${lookup redis{SET expandable \\Nlooked\\ up\\ and\\ expanded:\\ ${eval:1+1}\\N}}",
    };
    struct rexpand_result result;

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        if (rexpand_expand(env, strings[i], strlen(strings[i]), &result) != REXPAND_DONE)
            fail_msg("%s: %s", strings[i], result.message);
}

static void test_lookups_give_what_the_table_says(void **state)
{
    struct redis_test_server server;
    struct language_cases cases;
    char path[256];
    char servers[64];
    char *message = NULL;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    assert_non_null(env);
    redis_test_server_start(&server, NULL);
    (void)snprintf(servers, sizeof servers, "<;%s", server.place);
    assert_true(rexpand_env_set_option(env, "redis_servers", servers, &message));
    load(env);
    write_cases(&server, path, sizeof path);
    language_cases_read(&cases, path);
    struct assignment setting = {.name = "redis_servers", .value = servers, .kind = ASSIGN_OPTION};
    const struct options options = {.assignments = &setting, .assignment_count = 1};
    size_t wrong = language_cases_run(&cases, &options);
    language_cases_free(&cases);
    rexpand_env_free(env);
    redis_test_server_stop(&server);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups_give_what_the_table_says),
    };

    if (!redis_test_server_exists()) {
        print_error("no redis-server here: make deps installs it\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
