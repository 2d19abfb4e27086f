/* Any bytes as what a server says to a pipeline: the first byte tells how many turns
   it has, the second which of them want ASKING. Whatever comes, each turn gets its
   fate, and a connection that is in doubt is closed. */

#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lookups/redis/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_TURNS = 8 };

static void need(bool good)
{
    if (!good)
        abort();
}

/* A connection that is open and greeted, over "socket". */
static void open_connection(struct redis_connection *connection, const struct redis_server *server, int fd)
{
    redis_connection_init(connection, server, 65536);
    connection->link.socket = fd;
    connection->owner = getpid();
    connection->is_greeted = true;
    connection->input = malloc(REDIS_INPUT_SIZE);
    connection->output = malloc(REDIS_OUTPUT_SIZE);
    need(redis_codec_open(&connection->codec, connection->reply_limit));
}

static void run(struct redis_connection *connection, const uint8_t *data)
{
    struct redis_turn turns[MOST_TURNS] = {{.bytes = NULL}};
    struct arena arena;
    bool all = true;

    arena_init(&arena, 1024, (size_t)4 * 1024 * 1024);
    for (size_t i = 0; i < MOST_TURNS; i++)
        turns[i] =
            (struct redis_turn){.bytes = "*1\r\n$4\r\nINCR\r\n", .length = 14, .is_asking = data[1] >> i & 1};
    struct redis_pipeline pipeline = {
        .connection = connection,
        .turns = turns,
        .count = 1 + data[0] % MOST_TURNS,
        .arena = &arena,
        .connect_timeout = 1,
        .command_timeout = NANOSECONDS_PER_SECOND,
        .deadline = CLOCK_NEVER,
    };
    redis_pipeline_resume(&pipeline, 14, clock_deadline(NANOSECONDS_PER_SECOND));
    redis_pipelines_run((struct redis_pipeline *const[]){&pipeline}, 1);
    for (size_t i = 0; i < pipeline.count; i++) {
        need((turns[i].fate == REDIS_ANSWERED) == (turns[i].reply != NULL));
        all = all && turns[i].fate == REDIS_ANSWERED;
    }
    need(all == (pipeline.problem == NULL));
    need(all || connection->link.socket < 0);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct redis_server server = {.host = "127.0.0.1", .port = "1", .label = "127.0.0.1:1"};
    struct redis_connection connection;
    int ends[2];

    if (size < 2 || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 0;
    need(send(ends[1], data + 2, size - 2, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)(size - 2));
    (void)shutdown(ends[1], SHUT_WR);
    open_connection(&connection, &server, ends[0]);
    run(&connection, data);
    redis_connection_free(&connection);
    (void)close(ends[1]);
    return 0;
}
