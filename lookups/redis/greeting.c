#include "lookups/redis/greeting.h"

#include <stdio.h>
#include <string.h>

#include "lookups/redis/command.h"

enum { TELLING_PART = 6 };

/* Whether "words" hold a password, or so much of it that it tells something: a
   message may have been cut in the middle of it. */
static bool tells(const char *words, const char *secret)
{
    char part[TELLING_PART + 1] = "";
    size_t length = secret == NULL ? 0 : strlen(secret);
    size_t part_length = length < TELLING_PART ? length : TELLING_PART;

    for (size_t i = 0; length > 0 && i + part_length <= length; i++) {
        memcpy(part, secret + i, part_length);
        if (strstr(words, part) != NULL)
            return true;
    }
    return false;
}

/* A server that does not know AUTH repeats its arguments in its complaint: then
   only the error's code is left of it. */
static const char *safe_words(const struct redis_reply *reply, const char *secret, struct arena *arena)
{
    const char *words = redis_error_words(reply, arena);
    size_t code = strspn(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    if (!tells(words, secret))
        return words;
    if (words[code] != ' ')
        code = 0;
    words = arena_format(arena, "%.*s%s(its words are left out: they may hold the password)", (int)code,
                         words, code > 0 ? " " : "");
    return words == NULL ? "there is no memory for it" : words;
}

static const char *judge_status(const struct redis_connection *connection, const struct redis_reply *reply)
{
    (void)connection;
    return reply->type == REDIS_STATUS ? NULL : "its answer to the greeting is not OK";
}

static bool is_word(const struct redis_reply *array, size_t place, const char *word)
{
    if (place >= array->as.array.count)
        return false;
    const struct redis_reply *reply = &array->as.array.elements[place];
    return (reply->type == REDIS_BULK || reply->type == REDIS_STATUS) &&
           reply->as.text.length == strlen(word) && memcmp(reply->as.text.bytes, word, strlen(word)) == 0;
}

/* Redis's documentation of ROLE: a master says "master", an offset and its
   replicas; a replica "slave", its master's host and port, the state of the link
   and an offset. */
static const char *judge_role(const struct redis_connection *connection, const struct redis_reply *reply)
{
    if (reply->type != REDIS_ARRAY)
        return "its answer to ROLE is not a role";
    if (connection->role == REDIS_PRIMARY_ONLY)
        return is_word(reply, 0, "master") ? NULL : "it is not the primary";
    if (!is_word(reply, 0, "slave"))
        return "it is not a replica";
    return is_word(reply, 3, "connected") ? NULL : "it is not connected to its primary";
}

/* A greeting that is being written. */
struct writer {
    struct redis_greeting *greeting;
    struct buffer bytes;
};

static void add_step(struct writer *writer, struct redis_greeting_step step, const char *const *words)
{
    struct redis_argument arguments[3];
    size_t count = 0;

    for (; *words != NULL; words++)
        arguments[count++] = (struct redis_argument){*words, strlen(*words)};
    redis_command_encode(&writer->bytes, arguments, count);
    writer->greeting->steps[writer->greeting->count++] = step;
    if (step.name != NULL)
        writer->greeting->may_be_refused = false;
}

static void add_log_in(struct writer *writer, const struct redis_server *server)
{
    struct redis_greeting_step step = {"log-in", judge_status};

    if (server->user != NULL)
        add_step(writer, step, (const char *const[]){"AUTH", server->user, server->password, NULL});
    else
        add_step(writer, step, (const char *const[]){"AUTH", server->password, NULL});
}

static void add_database(struct writer *writer, unsigned number)
{
    char database[16];

    (void)snprintf(database, sizeof database, "%u", number);
    add_step(writer, (struct redis_greeting_step){"database", judge_status},
             (const char *const[]){"SELECT", database, NULL});
}

bool redis_greeting_make(struct redis_greeting *greeting, const struct redis_connection *connection,
                         struct arena *arena)
{
    const struct redis_server *server = connection->server;
    struct writer writer = {.greeting = greeting};

    *greeting = (struct redis_greeting){.may_be_refused = true};
    buffer_init(&writer.bytes, arena);
    if (server->password != NULL)
        add_log_in(&writer, server);
    /* A server or user that may not say HELLO goes on in RESP2; that is why AUTH is not
       part of it. */
    if (redis_codec_knows_resp3() && !server->uses_resp2)
        add_step(&writer, (struct redis_greeting_step){.name = NULL},
                 (const char *const[]){"HELLO", "3", NULL});
    if (server->database != 0)
        add_database(&writer, server->database);
    if (connection->is_readonly)
        add_step(&writer, (struct redis_greeting_step){"READONLY", judge_status},
                 (const char *const[]){"READONLY", NULL});
    if (connection->role != REDIS_ANY_ROLE)
        add_step(&writer, (struct redis_greeting_step){"ROLE", judge_role},
                 (const char *const[]){"ROLE", NULL});
    greeting->bytes = writer.bytes.bytes;
    greeting->length = writer.bytes.length;
    return !writer.bytes.failed;
}

const char *redis_greeting_judge(const struct redis_greeting *greeting, size_t step,
                                 const struct redis_connection *connection, const struct redis_reply *reply,
                                 struct arena *arena)
{
    if (greeting->steps[step].name == NULL)
        return NULL;
    if (reply->type != REDIS_ERROR)
        return greeting->steps[step].judge(connection, reply);
    const char *text = arena_format(arena, "%s refused: %s", greeting->steps[step].name,
                                    safe_words(reply, connection->server->password, arena));
    return text == NULL ? "there is no memory for it" : text;
}
