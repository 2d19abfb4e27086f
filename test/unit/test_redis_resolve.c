#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "lookups/redis/pipeline.h"
#include "lookups/redis/resolve.h"

/* Addresses as "a b", "-" for none. */
static const char *show(const struct redis_addresses *addresses, char *text, size_t room)
{
    char one[NI_MAXHOST];

    text[0] = '\0';
    if (addresses == NULL)
        (void)snprintf(text, room, "-");
    for (size_t i = 0; addresses != NULL && i < addresses->count; i++) {
        assert_int_equal(getnameinfo((const struct sockaddr *)&addresses->all[i].address,
                                     addresses->all[i].length, one, sizeof one, NULL, 0, NI_NUMERICHOST),
                         0);
        (void)snprintf(text + strlen(text), room - strlen(text), "%s%s", i == 0 ? "" : " ", one);
    }
    return text;
}

static const char hosts[] = "# a comment\n"
                            "127.0.0.1\tlocalhost\n"
                            "192.0.2.1   a.example A2 # a.comment\n"
                            "  192.0.2.2 other a.example\r\n"
                            "2001:db8::1 a.example#x.example\n"
                            "192.0.2.300 broken.example\n"
                            "192.0.2.4\n"
                            "\n"
                            "192.0.2.5 last.example";

static void test_redis_resolve_in_hosts_finds_names(void **state)
{
    static const char *const rows[][2] = {
        {"a.example", "192.0.2.1 192.0.2.2 2001:db8::1"},
        {"A.EXAMPLE", "192.0.2.1 192.0.2.2 2001:db8::1"},
        {"a2", "192.0.2.1"},
        {"a.comment", "-"},
        {"x.example", "-"},
        {"comment", "-"},
        {"other", "192.0.2.2"},
        {"last.example", "192.0.2.5"},
        {"broken.example", "-"},
        {"192.0.2.4", "-"},
        {"a", "-"},
        {"", "-"},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct redis_addresses *found = redis_resolve_in_hosts(hosts, sizeof hosts - 1, rows[i][0], "6379");
        assert_string_equal(show(found, text, sizeof text), rows[i][1]);
        free(found);
    }
}

static void test_redis_resolve_in_hosts_takes_no_more_than_there_is_room_for(void **state)
{
    char text[REDIS_MOST_ADDRESSES * 64];
    size_t length = 0;

    (void)state;
    for (int i = 0; i < 2 * REDIS_MOST_ADDRESSES; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "192.0.2.%d many\n", i);
    struct redis_addresses *found = redis_resolve_in_hosts(text, length, "many", "1");
    assert_int_equal(found->count, REDIS_MOST_ADDRESSES);
    free(found);
}

static void test_redis_resolve_at_once_knows_numbers_and_localhost(void **state)
{
    char text[512];

    (void)state;
    struct redis_addresses *found = redis_resolve_at_once("192.0.2.7", "6379");
    assert_string_equal(show(found, text, sizeof text), "192.0.2.7");
    assert_int_equal(ntohs(((const struct sockaddr_in *)&found->all[0].address)->sin_port), 6379);
    free(found);
    found = redis_resolve_at_once("::1", "6379");
    assert_string_equal(show(found, text, sizeof text), "::1");
    free(found);
    found = redis_resolve_at_once("LocalHost", "6379");
    assert_non_null(strstr(show(found, text, sizeof text), "127.0.0.1"));
    free(found);
    assert_null(redis_resolve_at_once("no.such.host.example", "6379"));
}

static int quick(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
    struct addrinfo numeric = *hints;

    if (strcmp(host, "fails.example") == 0)
        return EAI_AGAIN;
    numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    return getaddrinfo("127.0.0.1", port, &numeric, found);
}

static int slow(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
    (void)usleep(300000);
    return quick(host, port, hints, found);
}

static void wait_for(const struct redis_resolving *resolving)
{
    struct pollfd bell = {.fd = redis_resolving_socket(resolving), .events = POLLIN};

    assert_int_equal(poll(&bell, 1, 20000), 1);
}

static void test_redis_resolving_gives_addresses_or_the_problem(void **state)
{
    struct redis_addresses *found;
    const char *problem;
    char text[64];

    (void)state;
    struct redis_resolving *resolving = redis_resolving_begin("slow.example", "6379", slow);
    assert_false(redis_resolving_has_ended(resolving, &found, &problem));
    wait_for(resolving);
    assert_true(redis_resolving_has_ended(resolving, &found, &problem));
    assert_string_equal(show(found, text, sizeof text), "127.0.0.1");
    free(found);
    redis_resolving_end(resolving);
    resolving = redis_resolving_begin("fails.example", "6379", quick);
    wait_for(resolving);
    assert_true(redis_resolving_has_ended(resolving, &found, &problem));
    assert_null(found);
    assert_string_equal(problem, gai_strerror(EAI_AGAIN));
    redis_resolving_end(resolving);
}

static void test_redis_resolving_can_be_given_up_at_any_time(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct redis_resolving *resolving =
            redis_resolving_begin("x.example", "6379", i % 2 == 0 ? slow : quick);
        assert_non_null(resolving);
        (void)usleep(100 * (unsigned)i);
        redis_resolving_end(resolving);
    }
    (void)usleep(400000); /* let the slow ones free what is theirs: LeakSanitizer looks */
}

static void test_redis_resolving_is_not_a_childs(void **state)
{
    int status;

    (void)state;
    struct redis_resolving *resolving = redis_resolving_begin("slow.example", "6379", slow);
    assert_true(redis_resolving_is_for(resolving, "slow.example", "6379"));
    assert_false(redis_resolving_is_for(resolving, "slow.example", "6380"));
    assert_false(redis_resolving_is_for(resolving, "other.example", "6379"));
    pid_t child = fork();
    if (child == 0) {
        bool mine = redis_resolving_is_for(resolving, "slow.example", "6379");
        redis_resolving_end(resolving);
        _exit(mine ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    wait_for(resolving);
    redis_resolving_end(resolving);
}

static void run(struct redis_connection *connection, struct arena *arena, struct redis_pipeline *pipeline,
                struct redis_turn *turn)
{
    *turn = (struct redis_turn){.bytes = "PING\r\n", .length = 6, .may_repeat = true};
    *pipeline = (struct redis_pipeline){
        .connection = connection,
        .turns = turn,
        .count = 1,
        .arena = arena,
        .connect_timeout = 100 * NANOSECONDS_PER_MILLISECOND,
        .command_timeout = NANOSECONDS_PER_SECOND,
        .deadline = CLOCK_NEVER,
    };
    redis_pipeline_start(pipeline);
    redis_pipelines_run((struct redis_pipeline *const[]){pipeline}, 1);
}

static void test_redis_resolving_ends_in_time_and_helps_the_next(void **state)
{
    const struct redis_server server = {.host = "slow.example", .port = "1", .label = "slow.example:1"};
    struct redis_connection connection;
    struct redis_pipeline pipeline;
    struct redis_turn turn;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    redis_connection_init(&connection, &server, 1024);
    struct redis_resolving *resolving = redis_resolving_begin("slow.example", "1", slow);
    connection.resolving = resolving;
    run(&connection, &arena, &pipeline, &turn);
    assert_int_equal(turn.fate, REDIS_NOT_RUN);
    assert_string_equal(pipeline.problem, "connection failed: its name is not resolved in time");
    /* The same one goes on: no thread more for a second try. */
    assert_ptr_equal(connection.resolving, resolving);
    wait_for(resolving);
    run(&connection, &arena, &pipeline, &turn);
    assert_string_equal(pipeline.problem, "connection failed: Connection refused");
    assert_null(connection.resolving);
    redis_connection_free(&connection);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_resolve_in_hosts_finds_names),
        cmocka_unit_test(test_redis_resolve_in_hosts_takes_no_more_than_there_is_room_for),
        cmocka_unit_test(test_redis_resolve_at_once_knows_numbers_and_localhost),
        cmocka_unit_test(test_redis_resolving_gives_addresses_or_the_problem),
        cmocka_unit_test(test_redis_resolving_can_be_given_up_at_any_time),
        cmocka_unit_test(test_redis_resolving_is_not_a_childs),
        cmocka_unit_test(test_redis_resolving_ends_in_time_and_helps_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
