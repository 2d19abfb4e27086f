#include "lookups/redis/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lookups/redis/command.h"

enum { INPUT_SIZE = 32 * 1024, MOST_ERROR_WORDS = 200 };

static const char no_memory[] = "there is no memory for it";

/* How one attempt ended, beside its fate. */
struct attempt {
    const struct redis_question *question;
    const char *problem;
    bool lost;     /* the connection ended before a byte of an answer came */
    bool may_wait; /* the whole command timeout is left: the next receive may use it up by itself */
};

void redis_connection_init(struct redis_connection *connection, const struct redis_server *server,
                           size_t reply_limit)
{
    *connection = (struct redis_connection){
        .server = server,
        .transport = &redis_transport_plain,
        .reply_limit = reply_limit,
        .socket = -1,
    };
}

void redis_connection_close(struct redis_connection *connection)
{
    if (connection->socket >= 0)
        (void)close(connection->socket);
    redis_codec_close(&connection->codec);
    connection->socket = -1;
    connection->is_greeted = false;
    connection->input_next = connection->input_end = 0;
}

void redis_connection_free(struct redis_connection *connection)
{
    redis_connection_close(connection);
    free(connection->input);
    connection->input = NULL;
}

const char *redis_error_words(const struct redis_reply *reply, struct arena *arena)
{
    size_t length = reply->as.text.length < MOST_ERROR_WORDS ? reply->as.text.length : MOST_ERROR_WORDS;
    char *words = arena_copy(arena, reply->as.text.bytes, length);

    if (words == NULL)
        return no_memory;
    for (size_t i = 0; i < length; i++)
        if (byte_is_control(words[i]))
            words[i] = '?';
    return words;
}

static bool open_socket(struct redis_connection *connection, struct attempt *attempt)
{
    const struct redis_question *question = attempt->question;
    const char *reason = no_memory;

    if (connection->input == NULL)
        connection->input = malloc(INPUT_SIZE);
    if (connection->input != NULL && redis_codec_open(&connection->codec, connection->reply_limit)) {
        nanoseconds deadline = clock_earlier(question->deadline, clock_deadline(question->connect_timeout));
        connection->socket = redis_connect(connection->server, deadline, question->command_timeout, &reason);
    }
    if (connection->socket < 0) {
        const char *text = arena_format(question->arena, "connection failed: %s", reason);
        attempt->problem = text == NULL ? no_memory : text;
        redis_connection_close(connection);
        return false;
    }
    connection->owner = getpid();
    return true;
}

static bool is_lost(int error)
{
    return error == ECONNRESET || error == EPIPE;
}

static nanoseconds command_deadline(const struct redis_question *question)
{
    return clock_earlier(question->deadline, clock_deadline(question->command_timeout));
}

/* Sends all bytes. False: the server does not have the last of them, and so
   cannot have run the last command. */
static bool send_all(struct redis_connection *connection, const char *bytes, size_t length,
                     nanoseconds deadline, struct attempt *attempt)
{
    size_t sent = 0;

    while (sent < length) {
        ssize_t step = connection->transport->send(connection->socket, bytes + sent, length - sent);
        if (step >= 0) {
            sent += (size_t)step;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN) {
            attempt->lost = is_lost(errno);
            attempt->problem = attempt->lost ? "the connection was closed" : strerror(errno);
            return false;
        }
        attempt->may_wait = false;
        if (redis_wait(connection->socket, POLLOUT, deadline) != REDIS_READY) {
            attempt->problem = "it takes nothing in: no room for the command in time";
            return false;
        }
    }
    return true;
}

/* More bytes into the empty input buffer. A receive that may wait and comes back
   without any, too early or interrupted, is followed by a poll for what is left. */
static bool receive(struct redis_connection *connection, nanoseconds deadline, struct attempt *attempt)
{
    for (;;) {
        bool waits = attempt->may_wait;
        attempt->may_wait = false;
        if (!waits && redis_wait(connection->socket, POLLIN, deadline) != REDIS_READY) {
            attempt->problem = "no answer in time";
            return false;
        }
        ssize_t count =
            connection->transport->receive(connection->socket, connection->input, INPUT_SIZE, waits);
        if (count > 0) {
            connection->input_next = 0;
            connection->input_end = (size_t)count;
            return true;
        }
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        attempt->lost = redis_codec_is_between_replies(&connection->codec) && (count == 0 || is_lost(errno));
        attempt->problem = count == 0 || is_lost(errno) ? "the connection was closed" : strerror(errno);
        return false;
    }
}

static struct redis_reply *read_reply(struct redis_connection *connection, nanoseconds deadline,
                                      struct attempt *attempt)
{
    struct redis_reply *reply = NULL;

    for (;;) {
        size_t used;
        if (connection->input_next == connection->input_end && !receive(connection, deadline, attempt))
            return NULL;
        enum redis_progress progress = redis_codec_feed(
            &connection->codec, attempt->question->arena, connection->input + connection->input_next,
            connection->input_end - connection->input_next, &used, &reply);
        if (progress == REDIS_BROKEN) {
            attempt->problem = connection->codec.problem;
            return NULL;
        }
        connection->input_next += used;
        if (progress == REDIS_REPLY)
            return reply;
    }
}

/* A server that does not know AUTH repeats its arguments in its complaint. */
static const char *words_without(const struct redis_reply *reply, const char *secret, struct arena *arena)
{
    const char *words = redis_error_words(reply, arena);

    return secret != NULL && strstr(words, secret) != NULL
               ? "(its words are left out: they hold the password)"
               : words;
}

/* What each connection begins with, and how its answers are to be taken. */
struct greeting {
    struct buffer bytes;
    const char *steps[2]; /* what a refusal is called, in order */
    size_t count;
};

static void add_greeting(struct greeting *greeting, const char *refusal, const char *const *words)
{
    struct redis_argument arguments[3];
    size_t count = 0;

    for (; *words != NULL; words++)
        arguments[count++] = (struct redis_argument){*words, strlen(*words)};
    redis_command_encode(&greeting->bytes, arguments, count);
    greeting->steps[greeting->count++] = refusal;
}

static void make_greeting(struct greeting *greeting, const struct redis_server *server, struct arena *arena)
{
    char database[16];

    *greeting = (struct greeting){.count = 0};
    buffer_init(&greeting->bytes, arena);
    if (server->password != NULL && server->user != NULL)
        add_greeting(greeting, "log-in", (const char *const[]){"AUTH", server->user, server->password, NULL});
    else if (server->password != NULL)
        add_greeting(greeting, "log-in", (const char *const[]){"AUTH", server->password, NULL});
    if (server->database == 0)
        return;
    (void)snprintf(database, sizeof database, "%u", server->database);
    add_greeting(greeting, "database", (const char *const[]){"SELECT", database, NULL});
}

static bool read_greeting(struct redis_connection *connection, const struct greeting *greeting,
                          nanoseconds deadline, struct attempt *attempt)
{
    struct arena *arena = attempt->question->arena;

    for (size_t i = 0; i < greeting->count; i++) {
        struct redis_reply *reply = read_reply(connection, deadline, attempt);
        if (reply == NULL)
            return false;
        if (reply->type == REDIS_STATUS)
            continue;
        const char *words = reply->type == REDIS_ERROR
                                ? words_without(reply, connection->server->password, arena)
                                : "it answered something else than OK";
        const char *text = arena_format(arena, "%s refused: %s", greeting->steps[i], words);
        attempt->problem = text == NULL ? no_memory : text;
        return false;
    }
    connection->is_greeted = true;
    return true;
}

/* The command on a connection that has been greeted, or needs no greeting. */
static enum redis_fate ask_only(struct redis_connection *connection, struct attempt *attempt,
                                struct redis_reply **reply)
{
    const struct redis_question *question = attempt->question;
    nanoseconds deadline = command_deadline(question);

    attempt->may_wait = deadline < question->deadline;
    if (!send_all(connection, question->bytes, question->length, deadline, attempt))
        return REDIS_NOT_RUN;
    *reply = read_reply(connection, deadline, attempt);
    return *reply == NULL ? REDIS_UNKNOWN : REDIS_ANSWERED;
}

/* Greeting and a command that only reads in one flight. If the greeting is
   refused the command may run all the same, and nobody looks at its answer. */
static enum redis_fate greet_and_ask(struct redis_connection *connection, struct attempt *attempt,
                                     struct redis_reply **reply)
{
    const struct redis_question *question = attempt->question;
    nanoseconds deadline = command_deadline(question);
    struct greeting greeting;

    make_greeting(&greeting, connection->server, question->arena);
    if (greeting.count == 0) {
        connection->is_greeted = true;
        return ask_only(connection, attempt, reply);
    }
    if (question->may_repeat)
        buffer_add(&greeting.bytes, question->bytes, question->length);
    if (greeting.bytes.failed) {
        attempt->problem = no_memory;
        return REDIS_NOT_RUN;
    }
    if (!send_all(connection, greeting.bytes.bytes, greeting.bytes.length, deadline, attempt) ||
        !read_greeting(connection, &greeting, deadline, attempt))
        return REDIS_NOT_RUN;
    if (!question->may_repeat)
        return ask_only(connection, attempt, reply);
    *reply = read_reply(connection, deadline, attempt);
    return *reply == NULL ? REDIS_UNKNOWN : REDIS_ANSWERED;
}

/* Whether the server has closed an idle connection, or said something unasked.
   Costs a system call: only commands that must not be repeated are worth it. */
static bool is_dead(const struct redis_connection *connection)
{
    char byte;

    return recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

static enum redis_fate try_once(struct redis_connection *connection, struct attempt *attempt,
                                struct redis_reply **reply)
{
    if (connection->socket < 0 && !open_socket(connection, attempt))
        return REDIS_NOT_RUN;
    enum redis_fate fate = connection->is_greeted ? ask_only(connection, attempt, reply)
                                                  : greet_and_ask(connection, attempt, reply);
    /* Bytes behind the answer belong to no question: what comes next would be a
       wrong answer. */
    if (fate != REDIS_ANSWERED || connection->input_next != connection->input_end)
        redis_connection_close(connection);
    return fate;
}

enum redis_fate redis_connection_ask(struct redis_connection *connection,
                                     const struct redis_question *question, struct redis_reply **reply,
                                     const char **problem)
{
    struct attempt attempt = {.question = question};

    if (connection->socket >= 0 && connection->owner != getpid())
        redis_connection_close(connection);
    if (connection->socket >= 0 && !question->may_repeat && is_dead(connection))
        redis_connection_close(connection);
    bool was_idle = connection->socket >= 0;
    enum redis_fate fate = try_once(connection, &attempt, reply);
    if (was_idle && attempt.lost &&
        (fate == REDIS_NOT_RUN || (fate == REDIS_UNKNOWN && question->may_repeat))) {
        attempt = (struct attempt){.question = question};
        fate = try_once(connection, &attempt, reply);
    }
    *problem = attempt.problem;
    return fate;
}
