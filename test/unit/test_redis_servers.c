#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "lookups/redis/servers.h"

/* What a list gives: items as label user/password database, or a message. */
static const struct {
    const char *list;
    const char *known; /* NULL: redis_servers_parse */
    const char *expected;
} lists[] = {
    {"localhost", NULL, "localhost:6379 -/- 0;"},
    {"", NULL, ""},
    {"a::7000 : b", NULL, "a:7000 -/- 0;b:6379 -/- 0;"},
    {"<;a:7000/2/pw ; b:1/0/x/y/z;", NULL, "a:7000 -/pw 2;b:1 -/x/y/z 0;"},
    {"a//pw", NULL, "a:6379 -/pw 0;"},
    {"a/3", NULL, "a:6379 -/- 3;"},
    {"a/3/", NULL, "a:6379 -/- 3;"},
    {"(/run/redis.sock)", NULL, "/run/redis.sock -/- 0;"},
    {"localhost(/run/redis.sock)/1/p", NULL, "/run/redis.sock -/p 1;"},
    {"<;[::1]:7000/1/p", NULL, "[::1]:7000 -/p 1;"},
    {"<;[fe80::1]", NULL, "[fe80::1]:6379 -/- 0;"},
    {"<;::1/2", NULL, "[::1]:6379 -/- 2;"},
    {"<;redis://u:p%40%2f@h:7/4", NULL, "h:7 u/p@/ 4;"},
    {"<;redis://:p@h", NULL, "h:6379 -/p 0;"},
    {"<;redis://h", NULL, "h:6379 -/- 0;"},
    {"<;redis://u:p@x@h/1", NULL, "h:6379 u/p@x 1;"},
    {"<;redis://u:p@[::1]:7", NULL, "[::1]:7 u/p 0;"},
    {"redis:://h::7", NULL, "h:7 -/- 0;"},
    {"<;unix:/run/r.sock", NULL, "/run/r.sock -/- 0;"},
    {"<;unix://u:p@/run/r.sock?db=5", NULL, "/run/r.sock u/p 5;"},
    {"<;rediss://u:p@h/3", NULL, "h:6379 u/p 3 tls;"},
    {"<;redis://u:p@a,b:7,[::1]:8/3", NULL, "a:6379 u/p 3;b:7 u/p 3;[::1]:8 u/p 3;"},
    {"<;redis+cluster://:p@a:7,b;redis+cluster://c", NULL, "a:7 -/p 0;b:6379 -/p 0;c:6379 -/- 0;cluster"},
    {"<;rediss+cluster://a", NULL, "a:6379 -/- 0 tls;cluster"},
    {"<;redis+sentinel://u:p@a,b:7/my%2fmaster/4", NULL, "a:26379 u/p 4;b:7 u/p 4;sentinel my/master"},
    {"<;rediss+sentinel://a/m;rediss+sentinel://b/m", NULL, "a:26379 -/- 0 tls;b:26379 -/- 0 tls;sentinel m"},
    {"<;redis+sentinel://u:secret@a", NULL,
     "redis_servers: the name of the master must stand behind a slash in the item for \"a\""},
    {"<;redis+sentinel://a/m;redis+sentinel://b/n", NULL,
     "redis_servers: the master has another name than in the items before in the item for \"b\""},
    {"<;redis+sentinel://a/%0", NULL,
     "redis_servers: a % must have two hexadecimal digits behind it, and not 00, in the item for \"a\""},
    {"<;redis+cluster://a;b", NULL,
     "redis_servers: servers of a list, a cluster and Sentinels do not go together"},
    {"<;redis://u:secret@a/x", NULL, "redis_servers: the database must be a number in the item for \"a\""},
    {"<;redis://u:secret@a,,b", NULL, "redis_servers: there is no host in the item for \"\""},
    {"<;a:0", NULL, "redis_servers: the port must be a number from 1 to 65535 in the item for \"a\""},
    {"<;a:65536/0/secret", NULL,
     "redis_servers: the port must be a number from 1 to 65535 in the item for \"a\""},
    {"a/x/secret", NULL, "redis_servers: the database must be a number in the item for \"a\""},
    {"(/x", NULL, "redis_servers: ) is missing in the item for \"/x\""},
    {"(x)", NULL, "redis_servers: a socket needs an absolute path in the item for \"x\""},
    {"(/x)y", NULL, "redis_servers: only /database/password may stand behind ) in the item for \"/x\""},
    {"<;[::1", NULL, "redis_servers: ] is missing in the item for \"[::1\""},
    {"host:6379", NULL,
     "redis_servers: a host is expected, not a number (in a list a colon is doubled: host::6379) in the item "
     "for "
     "\"6379\""},
    {"/1/p", NULL, "redis_servers: there is no host in the item for \"\""},
    {"<;redis://u:%zz@h", NULL,
     "redis_servers: a % must have two hexadecimal digits behind it, and not 00, in the item for \"h\""},
    {"<;redis://u@h", NULL, "redis_servers: a user name needs :password behind it in the item for \"h\""},
    {"<;unix:x", NULL, "redis_servers: a socket needs an absolute path in the item for \"x\""},
    {"b", "a/1/p : b/2/q", "b:6379 -/q 2;"},
    {"<;b:7", "<;a/1/p;b:7/2/q", "b:7 -/q 2;"},
    {"c/5/r", "a/1/p", "c:6379 -/r 5;"},
    {"h", "<;a/1/p;rediss://u:p@h:7/4", "h:7 u/p 4 tls;"},
    {"<;h:7", "<;a/1/p;rediss://u:p@h:7/4", "h:7 u/p 4 tls;"},
    {"a : b", "<;redis://u:p@a,b/4", "a:6379 u/p 4;b:6379 u/p 4;"},
    {"c", "a/1/p", "Redis server \"c\" not found in redis_servers"},
};

static void show(const struct redis_servers *servers, struct buffer *out)
{
    for (size_t i = 0; i < servers->count; i++) {
        const struct redis_server *server = &servers->all[i];
        buffer_format(out, "%s %s/%s %u%s;", server->label, server->user == NULL ? "-" : server->user,
                      server->password == NULL ? "-" : server->password, server->database,
                      server->uses_tls ? " tls" : "");
    }
    if (servers->kind != REDIS_SERVERS_LIST)
        buffer_add_string(out, servers->kind == REDIS_SERVERS_CLUSTER ? "cluster" : "sentinel ");
    if (servers->master_name != NULL)
        buffer_add_string(out, servers->master_name);
}

static enum outcome parse(size_t row, struct redis_servers *servers, struct arena *arena, struct error *error)
{
    struct value list = value_of_string(lists[row].list);
    struct value known = value_of_string(lists[row].known == NULL ? "" : lists[row].known);

    return lists[row].known == NULL ? redis_servers_parse(servers, &list, arena, error)
                                    : redis_servers_choose(servers, &list, &known, arena, error);
}

static void test_redis_servers_parse_reads_each_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct arena arena;
        struct buffer out;
        struct value text;
        struct error error;
        struct redis_servers servers;
        arena_init(&arena, 256, SIZE_MAX);
        buffer_init(&out, &arena);
        if (parse(i, &servers, &arena, &error) == OUTCOME_DONE)
            show(&servers, &out);
        else
            buffer_add_string(&out, error.message);
        assert_true(buffer_value(&out, &text));
        if (strcmp(text.bytes, lists[i].expected) != 0)
            fail_msg("%s: %s instead of %s", lists[i].list, text.bytes, lists[i].expected);
        assert_null(strstr(text.bytes, "secret"));
        arena_free(&arena);
    }
}

static void test_redis_servers_parse_survives_refused_memory(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 1500; limit += 11) {
        struct arena arena;
        struct error error;
        struct redis_servers servers;
        arena_init(&arena, 16, limit);
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
            (void)!parse(i, &servers, &arena, &error);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_servers_parse_reads_each_form),
        cmocka_unit_test(test_redis_servers_parse_survives_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
