/* One connection to one server: made when it is first needed, made anew when it
   was found dead, closed for good after anything that leaves it in doubt. */

#ifndef REXPAND_LOOKUPS_REDIS_CONNECTION_H
#define REXPAND_LOOKUPS_REDIS_CONNECTION_H

#include <sys/types.h>

#include "base/clock.h"
#include "lookups/redis/codec.h"
#include "lookups/redis/servers.h"
#include "lookups/redis/transport.h"

struct redis_resolving;

/* What a server is to say of itself before a command is taken from this connection. */
enum redis_role {
    REDIS_ANY_ROLE,
    REDIS_PRIMARY_ONLY, /* ROLE must say master */
    REDIS_REPLICA_ONLY, /* ROLE must say slave, and that its link to the master is up */
};

enum { REDIS_INPUT_SIZE = 32 * 1024, REDIS_OUTPUT_SIZE = 16 * 1024 };

struct redis_connection {
    const struct redis_server *server; /* may be changed while the connection is closed */
    const struct redis_transport *transport;
    size_t reply_limit;
    enum redis_role role;   /* set by the owner before the first question, as the next one: */
    bool is_readonly;       /* READONLY is part of the greeting: a cluster's replica answers reads */
    bool stays_lost;        /* it is not replaced without its owner's knowing when the server has closed it */
    struct redis_link link; /* its socket is -1 when it is not connected */
    struct redis_resolving *resolving; /* its server's name, under way to addresses; NULL: is not */
    pid_t owner;          /* the process that connected: a child never uses its parent's socket */
    bool is_greeted;      /* the server has accepted password, database and the rest of the greeting */
    bool was_refused;     /* at the last try the server did not want what the greeting says */
    unsigned long opened; /* how often it has been connected: a change tells of a new one */
    unsigned *losses;     /* counted up once when it is closed; NULL: nobody minds */
    char *input;          /* bytes that came in; those before input_next are used */
    size_t input_next;    /* always equal to input_end between two questions */
    size_t input_end;
    char *output; /* bytes of a pipeline on their way out */
    struct redis_codec codec;
};

/* One command on its way. */
struct redis_question {
    const char *bytes; /* as redis_command_encode made it */
    size_t length;
    bool may_repeat; /* it only reads */
    bool is_asking;  /* ASKING goes before it in the same flight */
    struct arena *arena;
    nanoseconds connect_timeout;
    nanoseconds command_timeout;
    nanoseconds deadline; /* of all together */
};

enum redis_fate {
    REDIS_ANSWERED, /* there is a reply; it may be an error */
    REDIS_NOT_RUN,  /* no server can have run the command */
    REDIS_UNKNOWN,  /* it was sent, and nothing usable came back: it may have run */
};

void redis_connection_init(struct redis_connection *connection, const struct redis_server *server,
                           size_t reply_limit);

/* Closes the socket, without a word to the server if another process made it. */
void redis_connection_close(struct redis_connection *connection);

/* Frees what redis_connection_init and the questions allocated. */
void redis_connection_free(struct redis_connection *connection);

/* Whether it stands, was greeted and is this process's own: the next command needs
   no connecting. (The server may have closed it all the same.) */
bool redis_connection_is_open(const struct redis_connection *connection);

/* Whether the server has closed an idle connection, or said something unasked.
   Costs a system call: only commands that must not be repeated are worth it. */
bool redis_connection_is_dead(struct redis_connection *connection);

/* Sends the command and waits for its reply. Connects first if need be: the
   greeting (AUTH, SELECT, READONLY, ROLE) goes out in one flight with a command
   that only reads; one that writes waits until it is answered, or it could run in
   the wrong database. An idle connection that turns out to be dead is replaced,
   and the command sent again, if it only reads or cannot have been sent. When the
   fate is not REDIS_ANSWERED, "*problem" says why, in the question's arena. */
enum redis_fate redis_connection_ask(struct redis_connection *connection,
                                     const struct redis_question *question, struct redis_reply **reply,
                                     const char **problem);

/* The words of an error reply for a message: one line, not too long, in "arena". */
const char *redis_error_words(const struct redis_reply *reply, struct arena *arena);

#endif
