#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "lookups/redis/command.h"
#include "lookups/redis/pipeline.h"
#include "test/support/fake_redis.h"
#include "test/support/redis_server.h"

enum { MOST_TURNS = 1000, BIG = 1024 * 1024 };

/* A connection to a place, and the turns of one pipeline on it. */
struct line {
    struct arena arena;
    struct redis_server server;
    struct redis_connection connection;
    struct redis_turn turns[MOST_TURNS];
    struct redis_pipeline pipeline;
};

static struct line *open_line(int port)
{
    static const struct redis_server model = {.host = "x", .port = "1"};
    struct line *line = calloc(1, sizeof *line);

    arena_init(&line->arena, 4096, SIZE_MAX);
    assert_true(redis_server_at(&line->server, &model, "127.0.0.1?", 9, (unsigned)port, &line->arena));
    line->server.uses_resp2 = true;
    redis_connection_init(&line->connection, &line->server, (size_t)64 * BIG);
    line->pipeline = (struct redis_pipeline){
        .connection = &line->connection,
        .turns = line->turns,
        .arena = &line->arena,
        .connect_timeout = 5 * NANOSECONDS_PER_SECOND,
        .command_timeout = 5 * NANOSECONDS_PER_SECOND,
        .deadline = CLOCK_NEVER,
    };
    return line;
}

static void close_line(struct line *line)
{
    redis_connection_free(&line->connection);
    arena_free(&line->arena);
    free(line);
}

/* Adds a command: words with spaces between. Those that begin with GET only read. */
static struct redis_turn *add(struct line *line, const char *text)
{
    struct redis_turn *turn = &line->turns[line->pipeline.count++];
    struct redis_argument arguments[8];
    size_t count = 0;
    struct buffer bytes;

    for (const char *next = text; *next != '\0'; next += *next == ' ') {
        size_t length = strcspn(next, " ");
        arguments[count++] = (struct redis_argument){next, length};
        next += length;
    }
    buffer_init(&bytes, &line->arena);
    redis_command_encode(&bytes, arguments, count);
    *turn = (struct redis_turn){bytes.bytes, bytes.length, strncmp(text, "GET", 3) == 0, false, 0, NULL};
    return turn;
}

static void run(struct line *line)
{
    redis_pipeline_start(&line->pipeline);
    redis_pipelines_run((struct redis_pipeline *const[]){&line->pipeline}, 1);
}

static void assert_text(const struct redis_turn *turn, const char *text)
{
    assert_int_equal(turn->fate, REDIS_ANSWERED);
    assert_int_equal(turn->reply->as.text.length, strlen(text));
    assert_memory_equal(turn->reply->as.text.bytes, text, strlen(text));
}

static int open_server(void **state)
{
    struct redis_test_server *server = calloc(1, sizeof *server);

    redis_test_server_start(server, NULL);
    *state = server;
    return 0;
}

static int close_server(void **state)
{
    redis_test_server_stop(*state);
    free(*state);
    return 0;
}

static void test_pipeline_answers_come_in_order(void **state)
{
    const struct redis_test_server *server = *state;
    struct line *line = open_line(server->port);
    char text[64];

    for (int i = 0; i < MOST_TURNS / 2; i++) {
        (void)snprintf(text, sizeof text, "SET k%d v%d", i, i);
        add(line, text);
        (void)snprintf(text, sizeof text, "GET k%d", i);
        add(line, text);
    }
    run(line);
    assert_null(line->pipeline.problem);
    for (int i = 0; i < MOST_TURNS / 2; i++) {
        assert_text(&line->turns[2 * i], "OK");
        (void)snprintf(text, sizeof text, "v%d", i);
        assert_text(&line->turns[2 * i + 1], text);
    }
    close_line(line);
}

static void test_pipeline_notices_a_host_that_vanishes(void **state)
{
    const struct redis_test_server *server = *state;
    struct line *line = open_line(server->port);
    int value = 0;
    socklen_t size = sizeof value;

    add(line, "GET a");
    run(line);
    assert_int_equal(getsockopt(line->connection.link.socket, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    assert_int_equal(value, 1);
    assert_int_equal(getsockopt(line->connection.link.socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size),
                     0);
    assert_int_equal(value, 30000);
    close_line(line);
}

/* The server stops reading when its own answers are not taken: who sends all before
   reading anything waits for ever. */
static void test_pipeline_large_both_ways_does_not_stop(void **state)
{
    const struct redis_test_server *server = *state;
    struct line *line = open_line(server->port);
    char *text = malloc(BIG + 16);

    memcpy(text, "ECHO ", 5);
    memset(text + 5, 'x', BIG);
    text[BIG + 5] = '\0';
    for (int i = 0; i < 30; i++)
        add(line, text);
    run(line);
    assert_null(line->pipeline.problem);
    for (int i = 0; i < 30; i++)
        assert_text(&line->turns[i], text + 5);
    free(text);
    close_line(line);
}

static void test_pipelines_run_together(void **state)
{
    struct redis_test_server *first = *state;
    struct redis_test_server second;
    struct line *left = open_line(first->port);
    struct line *gone = open_line(free_port());

    redis_test_server_start(&second, NULL);
    struct line *right = open_line(second.port);
    add(left, "SET where left");
    add(left, "GET where");
    add(gone, "GET where");
    add(gone, "SET where gone");
    add(right, "SET where right");
    add(right, "GET where");
    struct redis_pipeline *all[] = {&left->pipeline, &gone->pipeline, &right->pipeline};
    for (size_t i = 0; i < 3; i++)
        redis_pipeline_start(all[i]);
    redis_pipelines_run(all, 3);
    assert_text(&left->turns[1], "left");
    assert_text(&right->turns[1], "right");
    assert_int_equal(gone->turns[0].fate, REDIS_NOT_RUN);
    assert_int_equal(gone->turns[1].fate, REDIS_NOT_RUN);
    assert_string_equal(gone->pipeline.problem, "connection failed: Connection refused");
    close_line(left);
    close_line(gone);
    close_line(right);
    redis_test_server_stop(&second);
}

#define GET_A     "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
#define GET_B     "*2\r\n$3\r\nGET\r\n$1\r\nb\r\n"
#define SET_B     "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n1\r\n"
#define ASKING    "*1\r\n$6\r\nASKING\r\n"
#define READONLY  "*1\r\n$8\r\nREADONLY\r\n"
#define ROLE      "*1\r\n$4\r\nROLE\r\n"
#define AUTH      "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n"
#define A_MASTER  "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"
#define A_REPLICA "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:0\r\n"
#define IS_BROKEN "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$7\r\nconnect\r\n:-1\r\n"

static void test_pipeline_that_breaks_off_tells_each_turns_fate(void **state)
{
    const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                      {FAKE_EXPECT, GET_A SET_B GET_A, 0},
                                      {FAKE_SEND, "$1\r\nx\r\n$1\r", 0},
                                      {FAKE_CLOSE, NULL, 0},
                                      {FAKE_END, NULL, 0}};
    struct fake_redis fake;

    (void)state;
    fake_redis_start(&fake, steps);
    struct line *line = open_line(fake.port);
    add(line, "GET a");
    add(line, "SET b 1");
    add(line, "GET a");
    run(line);
    assert_text(&line->turns[0], "x");
    assert_int_equal(line->turns[1].fate, REDIS_UNKNOWN);
    assert_int_equal(line->turns[2].fate, REDIS_UNKNOWN);
    assert_string_equal(line->pipeline.problem, "the connection was closed");
    assert_int_equal(line->connection.link.socket, -1);
    assert_int_equal(fake_redis_stop(&fake), 0);
    close_line(line);
}

static void test_pipeline_what_was_not_sent_has_not_run(void **state)
{
    const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                      {FAKE_EXPECT, SET_B, 0},
                                      {FAKE_SEND, "+OK\r\n", 0},
                                      {FAKE_RESET, NULL, 0},
                                      {FAKE_END, NULL, 0}};
    struct fake_redis fake;
    char *text = malloc((size_t)32 * BIG + 16);

    (void)state;
    fake_redis_start(&fake, steps);
    struct line *line = open_line(fake.port);
    memcpy(text, "SET c ", 6);
    memset(text + 6, 'x', (size_t)32 * BIG);
    text[32 * BIG + 6] = '\0';
    add(line, "SET b 1");
    add(line, text);
    add(line, "SET b 1");
    run(line);
    assert_text(&line->turns[0], "OK");
    assert_int_equal(line->turns[1].fate, REDIS_NOT_RUN);
    assert_int_equal(line->turns[2].fate, REDIS_NOT_RUN);
    assert_int_equal(fake_redis_stop(&fake), 0);
    free(text);
    close_line(line);
}

static void test_pipeline_asking_goes_before_its_turn(void **state)
{
    const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                      {FAKE_EXPECT, GET_A ASKING GET_B GET_A, 0},
                                      {FAKE_SEND, "+1\r\n+OK\r\n+2\r\n+3\r\n", 0},
                                      {FAKE_EXPECT, ASKING GET_A, 0},
                                      {FAKE_SEND, "+OK\r\n+4\r\n", 0},
                                      {FAKE_END, NULL, 0}};
    struct fake_redis fake;
    struct redis_reply *reply;
    const char *problem;

    (void)state;
    fake_redis_start(&fake, steps);
    struct line *line = open_line(fake.port);
    add(line, "GET a");
    add(line, "GET b")->is_asking = true;
    add(line, "GET a");
    run(line);
    assert_text(&line->turns[0], "1");
    assert_text(&line->turns[1], "2");
    assert_text(&line->turns[2], "3");
    struct redis_question question = {
        .bytes = line->turns[0].bytes,
        .length = line->turns[0].length,
        .may_repeat = true,
        .is_asking = true,
        .arena = &line->arena,
        .connect_timeout = NANOSECONDS_PER_SECOND,
        .command_timeout = NANOSECONDS_PER_SECOND,
        .deadline = CLOCK_NEVER,
    };
    assert_int_equal(redis_connection_ask(&line->connection, &question, &reply, &problem), REDIS_ANSWERED);
    assert_string_equal(reply->as.text.bytes, "4");
    assert_int_equal(fake_redis_stop(&fake), 0);
    close_line(line);
}

/* What the greeting says before the answer to "GET a", and the problem it makes. */
static const struct {
    bool is_readonly;
    enum redis_role role;
    const char *asked;
    const char *answers;
    const char *problem;
} greetings[] = {
    {true, REDIS_ANY_ROLE, AUTH READONLY GET_A, "+OK\r\n+OK\r\n+v\r\n", NULL},
    {true, REDIS_ANY_ROLE, AUTH READONLY GET_A, "+OK\r\n-ERR no\r\n+v\r\n", "READONLY refused: ERR no"},
    {true, REDIS_REPLICA_ONLY, AUTH READONLY ROLE GET_A, "+OK\r\n+OK\r\n" A_REPLICA "+v\r\n", NULL},
    {false, REDIS_REPLICA_ONLY, AUTH ROLE GET_A, "+OK\r\n" IS_BROKEN "+v\r\n",
     "it is not connected to its primary"},
    {false, REDIS_REPLICA_ONLY, AUTH ROLE GET_A, "+OK\r\n" A_MASTER "+v\r\n", "it is not a replica"},
    {false, REDIS_PRIMARY_ONLY, AUTH ROLE GET_A, "+OK\r\n" A_MASTER "+v\r\n", NULL},
    {false, REDIS_PRIMARY_ONLY, AUTH ROLE GET_A, "+OK\r\n" A_REPLICA "+v\r\n", "it is not the primary"},
    {false, REDIS_PRIMARY_ONLY, AUTH ROLE GET_A, "+OK\r\n:3\r\n+v\r\n", "its answer to ROLE is not a role"},
    {false, REDIS_PRIMARY_ONLY, AUTH ROLE GET_A, "+OK\r\n-NOPERM no\r\n+v\r\n", "ROLE refused: NOPERM no"},
    {false, REDIS_ANY_ROLE, AUTH GET_A, "$2\r\nOK\r\n+v\r\n", "its answer to the greeting is not OK"},
};

static void test_pipeline_greets_as_the_connection_is_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++) {
        const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, greetings[i].asked, 0},
                                          {FAKE_SEND, greetings[i].answers, 0},
                                          {FAKE_END, NULL, 0}};
        struct fake_redis fake;
        fake_redis_start(&fake, steps);
        struct line *line = open_line(fake.port);
        line->server.user = "u";
        line->server.password = "p";
        line->connection.is_readonly = greetings[i].is_readonly;
        line->connection.role = greetings[i].role;
        add(line, "GET a");
        run(line);
        if (greetings[i].problem == NULL)
            assert_text(&line->turns[0], "v");
        else
            assert_string_equal(line->pipeline.problem, greetings[i].problem);
        assert_int_equal(fake_redis_stop(&fake), 0);
        close_line(line);
    }
}

#define HELLO  "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"
#define SELECT "*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n"

/* Whatever a server says to HELLO, the conversation goes on; a write need not wait for
   that, but for what matters. */
static void test_pipeline_says_hello_and_does_not_mind_the_answer(void **state)
{
    static const char *const answers[] = {"%1\r\n+proto\r\n:3\r\n", "-NOPROTO unsupported\r\n",
                                          "-ERR unknown command 'HELLO'\r\n", "*0\r\n"};

    (void)state;
    if (!redis_codec_knows_resp3())
        skip();
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, AUTH HELLO SELECT, 0},
                                          {FAKE_SEND, "+OK\r\n", 0},
                                          {FAKE_SEND, answers[i], 0},
                                          {FAKE_SEND, "+OK\r\n", 0},
                                          {FAKE_EXPECT, SET_B, 0},
                                          {FAKE_SEND, "+OK\r\n", 0},
                                          {FAKE_ACCEPT, NULL, 0},
                                          {FAKE_EXPECT, HELLO SET_B, 0},
                                          {FAKE_SEND, answers[i], 0},
                                          {FAKE_SEND, ">1\r\n+news\r\n+OK\r\n", 0},
                                          {FAKE_END, NULL, 0}};
        struct fake_redis fake;
        fake_redis_start(&fake, steps);
        struct line *line = open_line(fake.port);
        line->server.uses_resp2 = false;
        line->server.user = "u";
        line->server.password = "p";
        line->server.database = 2;
        add(line, "SET b 1");
        run(line);
        assert_text(&line->turns[0], "OK");
        redis_connection_close(&line->connection);
        line->server.password = NULL;
        line->server.database = 0;
        run(line);
        assert_text(&line->turns[0], "OK");
        assert_int_equal(fake_redis_stop(&fake), 0);
        close_line(line);
    }
}

static void test_pipeline_a_write_waits_for_the_greetings_answer(void **state)
{
    const struct fake_step steps[] = {{FAKE_ACCEPT, NULL, 0},          {FAKE_EXPECT, ROLE, 0},
                                      {FAKE_SEND, A_MASTER, 0},        {FAKE_EXPECT, GET_A SET_B, 0},
                                      {FAKE_SEND, "+v\r\n+OK\r\n", 0}, {FAKE_END, NULL, 0}};
    struct fake_redis fake;

    (void)state;
    fake_redis_start(&fake, steps);
    struct line *line = open_line(fake.port);
    line->connection.role = REDIS_PRIMARY_ONLY;
    add(line, "GET a");
    add(line, "SET b 1");
    run(line);
    assert_text(&line->turns[0], "v");
    assert_text(&line->turns[1], "OK");
    assert_int_equal(fake_redis_stop(&fake), 0);
    close_line(line);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pipeline_answers_come_in_order, open_server, close_server),
        cmocka_unit_test_setup_teardown(test_pipeline_large_both_ways_does_not_stop, open_server,
                                        close_server),
        cmocka_unit_test_setup_teardown(test_pipeline_notices_a_host_that_vanishes, open_server,
                                        close_server),
        cmocka_unit_test_setup_teardown(test_pipelines_run_together, open_server, close_server),
        cmocka_unit_test(test_pipeline_that_breaks_off_tells_each_turns_fate),
        cmocka_unit_test(test_pipeline_what_was_not_sent_has_not_run),
        cmocka_unit_test(test_pipeline_asking_goes_before_its_turn),
        cmocka_unit_test(test_pipeline_greets_as_the_connection_is_set),
        cmocka_unit_test(test_pipeline_says_hello_and_does_not_mind_the_answer),
        cmocka_unit_test(test_pipeline_a_write_waits_for_the_greetings_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
