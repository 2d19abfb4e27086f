#include "lookups/redis/connection.h"

#include <stdlib.h>
#include <unistd.h>

#include "lookups/redis/pipeline.h"
#include "lookups/redis/resolve.h"

enum { MOST_ERROR_WORDS = 200 };

void redis_connection_init(struct redis_connection *connection, const struct redis_server *server,
                           size_t reply_limit)
{
    *connection = (struct redis_connection){
        .server = server,
        .transport = &redis_transport_plain,
        .reply_limit = reply_limit,
        .link = {.socket = -1},
    };
}

void redis_connection_close(struct redis_connection *connection)
{
    bool ours = connection->link.socket >= 0 && connection->owner == getpid();

    if (connection->transport->close != NULL)
        connection->transport->close(&connection->link, ours);
    if (connection->link.socket >= 0)
        (void)close(connection->link.socket);
    redis_codec_close(&connection->codec);
    if (connection->losses != NULL)
        ++*connection->losses;
    connection->losses = NULL;
    connection->transport = &redis_transport_plain;
    connection->link = (struct redis_link){.socket = -1};
    connection->is_greeted = false;
    connection->input_next = connection->input_end = 0;
}

void redis_connection_free(struct redis_connection *connection)
{
    redis_connection_close(connection);
    redis_resolving_end(connection->resolving);
    connection->resolving = NULL;
    free(connection->input);
    free(connection->output);
    connection->input = connection->output = NULL;
}

bool redis_connection_is_open(const struct redis_connection *connection)
{
    return connection->link.socket >= 0 && connection->is_greeted && connection->owner == getpid();
}

const char *redis_error_words(const struct redis_reply *reply, struct arena *arena)
{
    size_t length = reply->as.text.length < MOST_ERROR_WORDS ? reply->as.text.length : MOST_ERROR_WORDS;
    char *words = arena_copy(arena, reply->as.text.bytes, length);

    if (words == NULL)
        return "there is no memory for it";
    for (size_t i = 0; i < length; i++)
        if (byte_is_control(words[i]))
            words[i] = '?';
    return words;
}

bool redis_connection_is_dead(struct redis_connection *connection)
{
    return !connection->transport->is_quiet(&connection->link);
}

/* The rest of a question of which "sent" bytes have gone out: connecting, greeting,
   waiting, repeating, whatever is not the most frequent case. A pipeline does it,
   with one turn. */
static enum redis_fate ask_by_pipeline(struct redis_connection *connection,
                                       const struct redis_question *question, size_t sent, nanoseconds until,
                                       struct redis_reply **reply, const char **problem)
{
    struct redis_turn turn = {
        .bytes = question->bytes,
        .length = question->length,
        .may_repeat = question->may_repeat,
        .is_asking = question->is_asking,
    };
    struct redis_pipeline pipeline = {
        .connection = connection,
        .turns = &turn,
        .count = 1,
        .arena = question->arena,
        .connect_timeout = question->connect_timeout,
        .command_timeout = question->command_timeout,
        .deadline = question->deadline,
    };

    if (sent > 0)
        redis_pipeline_resume(&pipeline, sent, until);
    else
        redis_pipeline_start(&pipeline);
    redis_pipelines_run((struct redis_pipeline *const[]){&pipeline}, 1);
    *reply = turn.reply;
    *problem = pipeline.problem;
    return turn.fate;
}

/* What a receive has brought for a command that was sent whole. */
static enum redis_fate take(struct redis_connection *connection, const struct redis_question *question,
                            size_t count, nanoseconds until, struct redis_reply **reply, const char **problem)
{
    size_t used;
    enum redis_progress progress =
        redis_codec_feed(&connection->codec, question->arena, connection->input, count, &used, reply);

    if (progress == REDIS_REPLY && (*reply)->type == REDIS_PUSH) {
        connection->input_next = used;
        connection->input_end = count;
        progress = REDIS_MORE;
    }
    if (progress == REDIS_MORE)
        return ask_by_pipeline(connection, question, question->length, until, reply, problem);
    if (progress == REDIS_BROKEN)
        *problem = connection->codec.problem;
    /* Bytes behind the answer belong to no question: what comes next would be a
       wrong answer. */
    if (progress == REDIS_BROKEN || used < count)
        redis_connection_close(connection);
    return progress == REDIS_BROKEN ? REDIS_UNKNOWN : REDIS_ANSWERED;
}

enum redis_fate redis_connection_ask(struct redis_connection *connection,
                                     const struct redis_question *question, struct redis_reply **reply,
                                     const char **problem)
{
    const struct redis_transport *transport = connection->transport;

    if (question->is_asking || !redis_connection_is_open(connection) ||
        (!question->may_repeat && redis_connection_is_dead(connection)))
        return ask_by_pipeline(connection, question, 0, 0, reply, problem);

    /* The most frequent case: one send and one receive that waits, without a poll.
       What does not go that way goes on in a pipeline. */
    nanoseconds until = clock_earlier(question->deadline, clock_deadline(question->command_timeout));
    ssize_t sent = transport->send(&connection->link, question->bytes, question->length);
    if (sent != (ssize_t)question->length)
        return ask_by_pipeline(connection, question, sent < 0 ? 0 : (size_t)sent, until, reply, problem);
    ssize_t count = transport->receive(&connection->link, connection->input, REDIS_INPUT_SIZE,
                                       until < question->deadline);
    if (count <= 0)
        return ask_by_pipeline(connection, question, question->length, until, reply, problem);
    return take(connection, question, (size_t)count, until, reply, problem);
}
