#include "lookups/redis/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lookups/redis/refusal.h"
#include "lookups/redis/tls.h"

static const char no_memory[] = "there is no memory for it";
static const char more_than_asked[] = "it answers more than it was asked";
static const char asking[] = "*1\r\n$6\r\nASKING\r\n";

/* How a step of a pipeline ended. */
enum step {
    STEP_ON,   /* the next state's turn */
    STEP_WAIT, /* for "events" */
    STEP_FAILED,
    STEP_DONE,
};

static nanoseconds limit(const struct redis_pipeline *pipeline, nanoseconds timeout)
{
    return clock_earlier(pipeline->deadline, clock_deadline(timeout));
}

/* ---- where a turn's bytes begin and end ---- */

/* The parts of what is sent: before the first turn the greeting, then for each turn
   ASKING, if it wants that, and its own bytes. */
enum { PART_GREETING, PART_ASKING, PART_TURN };

static size_t turn_length(const struct redis_turn *turn)
{
    return (turn->is_asking ? sizeof asking - 1 : 0) + turn->length;
}

/* A command that writes is held back until the greeting is answered. */
static bool find_only_reads(const struct redis_pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->count; i++)
        if (!pipeline->turns[i].may_repeat)
            return false;
    return true;
}

static bool is_greeted(const struct redis_pipeline *pipeline)
{
    return pipeline->greeted == pipeline->greeting.count;
}

/* What is answered first: the greeting, or the first turn where there is none. */
static void expect_first(struct redis_pipeline *pipeline)
{
    pipeline->asked = pipeline->greeting.length;
    if (is_greeted(pipeline))
        pipeline->asked += turn_length(&pipeline->turns[0]);
}

/* ---- the end ---- */

/* Each turn that has no reply: did all of it go out? The end of the turn that is
   answered next is known. */
static void set_fates(struct redis_pipeline *pipeline)
{
    size_t end = pipeline->asked;

    for (size_t i = pipeline->answered; i < pipeline->count; i++) {
        struct redis_turn *turn = &pipeline->turns[i];
        if (i > pipeline->answered || !is_greeted(pipeline))
            end += turn_length(turn);
        turn->fate = pipeline->refused || pipeline->sent < end ? REDIS_NOT_RUN : REDIS_UNKNOWN;
    }
}

/* The first turn whose sending cannot be taken back has not gone out whole. */
static bool may_start_again(const struct redis_pipeline *pipeline)
{
    size_t end = 0;

    if (!pipeline->was_idle || !pipeline->lost || pipeline->connection->stays_lost)
        return false;
    for (size_t i = 0; i < pipeline->count; i++) {
        end += turn_length(&pipeline->turns[i]);
        if (!pipeline->turns[i].may_repeat)
            return pipeline->sent < end;
    }
    return true;
}

/* ---- connecting ---- */

static void begin_connecting(struct redis_pipeline *pipeline)
{
    pipeline->state = REDIS_PIPELINE_CONNECTS;
    pipeline->connection->was_refused = false;
    pipeline->until = limit(pipeline, pipeline->connect_timeout);
    redis_dial_begin(&pipeline->dial, pipeline->connection->server, &pipeline->connection->resolving,
                     pipeline->until);
}

static enum step fail(struct redis_pipeline *pipeline, const char *problem)
{
    pipeline->problem = problem;
    return STEP_FAILED;
}

static enum step fail_to_connect(struct redis_pipeline *pipeline, const char *reason)
{
    const char *text = arena_format(pipeline->arena, "connection failed: %s", reason);

    return fail(pipeline, text == NULL ? no_memory : text);
}

static bool make_room(struct redis_connection *connection)
{
    if (connection->input == NULL)
        connection->input = malloc(REDIS_INPUT_SIZE);
    if (connection->output == NULL)
        connection->output = malloc(REDIS_OUTPUT_SIZE);
    return connection->input != NULL && connection->output != NULL &&
           redis_codec_open(&connection->codec, connection->reply_limit);
}

/* Connected, and hands shaken: what goes out first is decided here. */
static enum step begin_talking(struct redis_pipeline *pipeline)
{
    if (!redis_greeting_make(&pipeline->greeting, pipeline->connection, pipeline->arena))
        return fail(pipeline, no_memory);
    pipeline->connection->is_greeted = pipeline->greeting.count == 0;
    pipeline->state = REDIS_PIPELINE_TALKS;
    pipeline->until = limit(pipeline, pipeline->command_timeout);
    pipeline->staged_part = PART_GREETING;
    expect_first(pipeline);
    return STEP_ON;
}

/* What is to be encrypted never goes out plain. */
static bool choose_transport(struct redis_connection *connection, const char **problem)
{
    const struct redis_server *server = connection->server;
    const struct redis_transport *transport = &redis_transport_plain;

    *problem = "TLS is not set up";
    if (server->uses_tls)
        transport = server->tls == NULL ? NULL : redis_tls_transport(server->tls, problem);
    if (transport == NULL)
        return false;
    connection->transport = transport;
    return true;
}

static enum step connect_on(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;
    struct redis_dial *dial = &pipeline->dial;
    const char *problem;

    switch (redis_dial_step(dial)) {
    case REDIS_DIAL_FAILED:
        return fail_to_connect(pipeline, dial->problem);
    case REDIS_DIAL_MORE:
        pipeline->until = dial->until;
        return STEP_WAIT;
    case REDIS_DIAL_DONE:
        break;
    }
    connection->link = (struct redis_link){.socket = dial->socket};
    dial->socket = -1;
    redis_dial_settle(connection->link.socket, pipeline->command_timeout);
    connection->owner = getpid();
    connection->opened++;
    if (!choose_transport(connection, &problem))
        return fail_to_connect(pipeline, problem);
    if (!make_room(connection))
        return fail_to_connect(pipeline, no_memory);
    if (connection->transport->shake == NULL)
        return begin_talking(pipeline);
    pipeline->state = REDIS_PIPELINE_SHAKES;
    pipeline->until = dial->deadline;
    return STEP_ON;
}

static enum step shake_on(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;
    const char *problem = no_memory;

    switch (connection->transport->shake(&connection->link, connection->server, pipeline->arena, &problem)) {
    case REDIS_SHAKE_FAILED:
        return fail_to_connect(pipeline, problem);
    case REDIS_SHAKE_MORE:
        pipeline->events = connection->link.wants;
        return STEP_WAIT;
    case REDIS_SHAKEN:
        break;
    }
    return begin_talking(pipeline);
}

/* ---- sending ---- */

/* The bytes of the part that is staged next. */
static struct value part_bytes(const struct redis_pipeline *pipeline)
{
    const struct redis_turn *turn = &pipeline->turns[pipeline->staged_turn];

    switch (pipeline->staged_part) {
    case PART_GREETING:
        return value_clean(pipeline->greeting.bytes, pipeline->greeting.length);
    case PART_ASKING:
        return turn->is_asking ? VALUE_LITERAL(asking) : VALUE_LITERAL("");
    default:
        return value_clean(turn->bytes, turn->length);
    }
}

static void next_part(struct redis_pipeline *pipeline)
{
    pipeline->staged_byte = 0;
    if (pipeline->staged_part++ < PART_TURN)
        return;
    pipeline->staged_turn++;
    pipeline->staged_part = PART_ASKING;
}

/* Whether anything may be put into the output now. */
static bool may_stage(const struct redis_pipeline *pipeline)
{
    if (pipeline->staged_turn == pipeline->count)
        return false;
    return pipeline->staged_part == PART_GREETING || pipeline->only_reads ||
           pipeline->greeting.may_be_refused || is_greeted(pipeline);
}

static void stage(struct redis_pipeline *pipeline)
{
    pipeline->output_next = pipeline->output_end = 0;
    while (may_stage(pipeline) && pipeline->output_end < REDIS_OUTPUT_SIZE) {
        struct value part = part_bytes(pipeline);
        size_t left = part.length - pipeline->staged_byte;
        size_t room = REDIS_OUTPUT_SIZE - pipeline->output_end;
        size_t count = left < room ? left : room;
        if (count > 0)
            memcpy(pipeline->connection->output + pipeline->output_end, part.bytes + pipeline->staged_byte,
                   count);
        pipeline->output_end += count;
        pipeline->staged_byte += count;
        if (count == left)
            next_part(pipeline);
    }
}

static bool is_lost(int error)
{
    return error == ECONNRESET || error == EPIPE;
}

static enum step break_off(struct redis_pipeline *pipeline, bool at_end, int error)
{
    bool lost = at_end || is_lost(error);

    pipeline->lost = lost && pipeline->greeted == 0 && pipeline->answered == 0 &&
                     redis_codec_is_between_replies(&pipeline->connection->codec);
    /* What a server that wants TLS does with a command. */
    if (pipeline->lost && !pipeline->was_idle && pipeline->connection->server->port != NULL &&
        !pipeline->connection->server->uses_tls)
        return fail(pipeline, "the connection was closed before any answer: does it want TLS (rediss://)?");
    if (lost)
        return fail(pipeline, "the connection was closed");
    if (error != EPROTO || pipeline->connection->link.problem == NULL)
        return fail(pipeline, strerror(error));
    const char *problem = arena_format(pipeline->arena, "%s", pipeline->connection->link.problem);
    return fail(pipeline, problem == NULL ? no_memory : problem);
}

/* Sends until nothing is left or the server takes no more. A server that has gone
   may have answered something before: that is read first. */
static enum step send_on(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;

    while (!pipeline->cannot_send) {
        if (pipeline->output_next == pipeline->output_end)
            stage(pipeline);
        if (pipeline->output_next == pipeline->output_end)
            return STEP_ON;
        ssize_t sent =
            connection->transport->send(&connection->link, connection->output + pipeline->output_next,
                                        pipeline->output_end - pipeline->output_next);
        if (sent >= 0) {
            pipeline->output_next += (size_t)sent;
            pipeline->sent += (size_t)sent;
            pipeline->has_moved = true;
        } else if (errno == EAGAIN) {
            pipeline->events |= connection->link.wants;
            return STEP_ON;
        } else if (is_lost(errno)) {
            pipeline->cannot_send = true;
        } else if (errno != EINTR) {
            return break_off(pipeline, false, errno);
        }
    }
    return STEP_ON;
}

/* ---- receiving ---- */

/* More bytes into the empty input. STEP_ON: there are some. */
static enum step receive(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;

    for (;;) {
        ssize_t count =
            connection->transport->receive(&connection->link, connection->input, REDIS_INPUT_SIZE, false);
        if (count > 0) {
            connection->input_next = 0;
            connection->input_end = (size_t)count;
            return STEP_ON;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0 || errno != EAGAIN || pipeline->cannot_send)
            return break_off(pipeline, count == 0 || errno == EAGAIN, errno);
        pipeline->events |= connection->link.wants;
        return STEP_WAIT;
    }
}

static enum step take_greeting(struct redis_pipeline *pipeline, const struct redis_reply *reply)
{
    const char *problem = redis_greeting_judge(&pipeline->greeting, pipeline->greeted, pipeline->connection,
                                               reply, pipeline->arena);

    if (problem != NULL) {
        const struct redis_refusal *refusal =
            reply->type == REDIS_ERROR ? redis_refusal_find(reply, true) : NULL;
        pipeline->refused = true;
        pipeline->connection->was_refused =
            reply->type == REDIS_ERROR && (refusal == NULL || refusal->kind == REDIS_REFUSED_FOR_GOOD);
        return fail(pipeline, problem);
    }
    pipeline->greeted++;
    if (is_greeted(pipeline)) {
        pipeline->connection->is_greeted = true;
        pipeline->asked += turn_length(&pipeline->turns[0]);
    }
    return STEP_ON;
}

/* What the server says to ASKING does not matter: the command's own answer tells
   whether it was heard. */
static enum step take_reply(struct redis_pipeline *pipeline, struct redis_reply *reply)
{
    struct redis_turn *turn = &pipeline->turns[pipeline->answered];

    if (pipeline->sent < pipeline->asked)
        return fail(pipeline, more_than_asked);
    pipeline->has_moved = true;
    if (!is_greeted(pipeline))
        return take_greeting(pipeline, reply);
    if (turn->is_asking && !pipeline->past_asking) {
        pipeline->past_asking = true;
        return STEP_ON;
    }
    turn->reply = reply;
    turn->fate = REDIS_ANSWERED;
    pipeline->past_asking = false;
    if (++pipeline->answered == pipeline->count)
        return STEP_DONE;
    pipeline->asked += turn_length(turn + 1);
    return STEP_ON;
}

/* Reads until all is answered, or nothing is there, or the greeting's end lets more
   be sent. */
static enum step receive_on(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;
    enum step step = STEP_ON;

    while (step == STEP_ON) {
        struct redis_reply *reply = NULL;
        size_t used;
        if (connection->input_next == connection->input_end && (step = receive(pipeline)) != STEP_ON)
            return step;
        enum redis_progress progress =
            redis_codec_feed(&connection->codec, pipeline->arena, connection->input + connection->input_next,
                             connection->input_end - connection->input_next, &used, &reply);
        if (progress == REDIS_BROKEN)
            return fail(pipeline, connection->codec.problem);
        connection->input_next += used;
        if (progress == REDIS_MORE || reply->type == REDIS_PUSH)
            continue;
        bool was_greeted = is_greeted(pipeline);
        step = take_reply(pipeline, reply);
        if (was_greeted || !is_greeted(pipeline))
            continue;
        /* What is there already cannot be the answer to what has not been sent. */
        if (pipeline->sent < pipeline->asked && connection->input_next != connection->input_end)
            return fail(pipeline, more_than_asked);
        break;
    }
    return step;
}

static enum step talk_on(struct redis_pipeline *pipeline)
{
    enum step step = send_on(pipeline);

    if (step == STEP_ON)
        step = receive_on(pipeline);
    if (step != STEP_WAIT)
        return step;
    if (pipeline->has_moved)
        pipeline->until = limit(pipeline, pipeline->command_timeout);
    pipeline->has_moved = false;
    return STEP_WAIT;
}

/* ---- all of it ---- */

static void reset(struct redis_pipeline *pipeline)
{
    pipeline->problem = NULL;
    pipeline->only_reads = find_only_reads(pipeline);
    pipeline->dial = (struct redis_dial){.socket = -1};
    pipeline->greeting = (struct redis_greeting){.count = 0};
    pipeline->was_idle = pipeline->lost = pipeline->refused = false;
    pipeline->past_asking = pipeline->cannot_send = pipeline->has_moved = false;
    pipeline->greeted = pipeline->answered = 0;
    pipeline->staged_turn = pipeline->staged_byte = 0;
    pipeline->staged_part = PART_ASKING;
    pipeline->output_next = pipeline->output_end = pipeline->sent = 0;
    expect_first(pipeline);
}

/* Over a connection that is open. */
static void talk(struct redis_pipeline *pipeline, nanoseconds until)
{
    pipeline->was_idle = true;
    pipeline->state = REDIS_PIPELINE_TALKS;
    pipeline->until = until;
}

void redis_pipeline_start(struct redis_pipeline *pipeline)
{
    struct redis_connection *connection = pipeline->connection;

    reset(pipeline);
    if (!redis_connection_is_open(connection) ||
        (!pipeline->only_reads && redis_connection_is_dead(connection))) {
        redis_connection_close(connection);
        begin_connecting(pipeline);
        return;
    }
    talk(pipeline, limit(pipeline, pipeline->command_timeout));
}

/* What has come in by now is the answer, or the end: the connection is not looked
   at as an idle one is, or the command would be sent a second time. */
void redis_pipeline_resume(struct redis_pipeline *pipeline, size_t sent, nanoseconds until)
{
    reset(pipeline);
    pipeline->staged_part = PART_TURN;
    pipeline->staged_byte = pipeline->sent = sent;
    talk(pipeline, until);
}

/* It went wrong: once more from the beginning if nobody can have noticed, else the
   end. */
static bool start_again(struct redis_pipeline *pipeline)
{
    bool again = may_start_again(pipeline);

    if (!again)
        set_fates(pipeline);
    redis_connection_close(pipeline->connection);
    redis_dial_end(&pipeline->dial);
    if (again)
        redis_pipeline_start(pipeline);
    return again;
}

/* A connection's time is not up before the last address has had its share: that is
   for the next step to see. */
static enum step look_at_the_clock(struct redis_pipeline *pipeline)
{
    if (pipeline->state == REDIS_PIPELINE_CONNECTS || !clock_is_past(pipeline->until))
        return STEP_WAIT;
    if (pipeline->state == REDIS_PIPELINE_SHAKES)
        return fail_to_connect(pipeline,
                               "it does not answer the TLS handshake: does it speak TLS on that port?");
    if (pipeline->output_next < pipeline->output_end || may_stage(pipeline))
        return fail(pipeline, "it takes nothing in: no room for the command in time");
    return fail(pipeline, "no answer in time");
}

bool redis_pipeline_pump(struct redis_pipeline *pipeline)
{
    static enum step (*const steps[])(struct redis_pipeline *) = {
        [REDIS_PIPELINE_CONNECTS] = connect_on,
        [REDIS_PIPELINE_SHAKES] = shake_on,
        [REDIS_PIPELINE_TALKS] = talk_on,
    };

    while (pipeline->state != REDIS_PIPELINE_ENDED) {
        pipeline->events = 0;
        enum step step = steps[pipeline->state](pipeline);
        if (step == STEP_WAIT)
            step = look_at_the_clock(pipeline);
        if (step == STEP_WAIT)
            return false;
        if (step == STEP_ON || (step == STEP_FAILED && start_again(pipeline)))
            continue;
        /* Bytes behind the last answer belong to no turn: what comes next would be a
           wrong answer. */
        if (pipeline->connection->input_next != pipeline->connection->input_end)
            redis_connection_close(pipeline->connection);
        redis_dial_end(&pipeline->dial);
        pipeline->state = REDIS_PIPELINE_ENDED;
    }
    return true;
}

void redis_pipeline_wants(const struct redis_pipeline *pipeline, struct pollfd *wanted, nanoseconds *until)
{
    *wanted = (struct pollfd){.fd = pipeline->connection->link.socket, .events = pipeline->events};
    if (pipeline->state == REDIS_PIPELINE_CONNECTS)
        wanted->fd = redis_dial_wants(&pipeline->dial, &wanted->events);
    *until = pipeline->until;
}

/* Waits for any of the pipelines that have not ended. Their places in "wanted" say
   afterwards whose time it is. */
static void wait_for_any(struct redis_pipeline *const *pipelines, size_t count, struct pollfd *wanted)
{
    nanoseconds first = CLOCK_NEVER;
    nanoseconds until = 0;

    for (size_t i = 0; i < count; i++) {
        wanted[i] = (struct pollfd){.fd = -1};
        if (pipelines[i]->state == REDIS_PIPELINE_ENDED)
            continue;
        redis_pipeline_wants(pipelines[i], &wanted[i], &until);
        first = clock_earlier(first, until);
    }
    (void)poll(wanted, count, clock_poll_timeout(first));
    for (size_t i = 0; i < count; i++)
        if (wanted[i].fd >= 0 && clock_is_past(pipelines[i]->until))
            wanted[i].revents = POLLERR;
}

static void run_together(struct redis_pipeline *const *pipelines, size_t count, struct pollfd *wanted)
{
    size_t left = count;

    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct pollfd){.revents = POLLIN};
    for (;;) {
        for (size_t i = 0; i < count; i++)
            if (wanted[i].revents != 0 && redis_pipeline_pump(pipelines[i]))
                left--;
        if (left == 0)
            return;
        wait_for_any(pipelines, count, wanted);
    }
}

void redis_pipelines_run(struct redis_pipeline *const *pipelines, size_t count)
{
    struct pollfd one;
    struct pollfd *wanted = &one;

    if (count > 1)
        wanted = arena_calloc(pipelines[0]->arena, count, sizeof *wanted);
    if (wanted != NULL) {
        run_together(pipelines, count, wanted);
        return;
    }
    /* No memory to wait for all: one after the other. */
    for (size_t i = 0; i < count; i++)
        run_together(&pipelines[i], 1, &one);
}
