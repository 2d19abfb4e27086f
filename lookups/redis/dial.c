#include "lookups/redis/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lookups/redis/resolve.h"
#include "lookups/redis/servers.h"

void redis_dial_begin(struct redis_dial *dial, const struct redis_server *server,
                      struct redis_resolving **resolving, nanoseconds deadline)
{
    *dial = (struct redis_dial){
        .server = server,
        .resolving = resolving,
        .deadline = deadline,
        .until = deadline,
        .socket = -1,
    };
}

void redis_dial_end(struct redis_dial *dial)
{
    if (dial->socket >= 0)
        (void)close(dial->socket);
    free(dial->found);
    dial->socket = -1;
    dial->found = NULL;
}

/* A host that is switched off sends no word: an idle connection to it ends after
   half a minute, and one with bytes on their way too. */
static void watch_for_silence(int socket)
{
    static const struct {
        int level;
        int option;
        int value;
    } rows[] = {
        {SOL_SOCKET, SO_KEEPALIVE, 1},          {IPPROTO_TCP, TCP_KEEPIDLE, 15},
        {IPPROTO_TCP, TCP_KEEPINTVL, 5},        {IPPROTO_TCP, TCP_KEEPCNT, 3},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 30000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (setsockopt(socket, rows[i].level, rows[i].option, &rows[i].value, sizeof rows[i].value) != 0)
            return; /* a Unix socket */
}

void redis_dial_settle(int socket, nanoseconds longest_wait)
{
    const struct timeval wait = {
        .tv_sec = (time_t)(longest_wait / NANOSECONDS_PER_SECOND),
        .tv_usec = (suseconds_t)(longest_wait % NANOSECONDS_PER_SECOND / 1000),
    };
    int flags = fcntl(socket, F_GETFL);

    watch_for_silence(socket);
    /* A connected socket blocks, for so long; who does not want that says
       MSG_DONTWAIT. If the time cannot be set no receive may wait: the socket stays
       non-blocking. */
    if (flags < 0 || (wait.tv_sec == 0 && wait.tv_usec == 0) ||
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0)
        return;
    (void)fcntl(socket, F_SETFL, flags & ~O_NONBLOCK);
}

static size_t addresses_left(const struct redis_dial *dial)
{
    return dial->found == NULL ? 0 : dial->found->count - dial->next;
}

/* An address did not work: the next one, if any, is taken by the next step. */
static enum redis_dialled give_up_address(struct redis_dial *dial, int error)
{
    /* A Unix socket whose queue is full says EAGAIN at once. */
    dial->problem = error == ETIMEDOUT || error == EAGAIN ? "it does not answer" : strerror(error);
    if (dial->socket >= 0)
        (void)close(dial->socket);
    dial->socket = -1;
    return addresses_left(dial) > 0 ? REDIS_DIAL_MORE : REDIS_DIAL_FAILED;
}

static enum redis_dialled try_address(struct redis_dial *dial, const struct sockaddr *address,
                                      socklen_t length)
{
    dial->socket = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (dial->socket < 0)
        return give_up_address(dial, errno);
    if (address->sa_family != AF_UNIX)
        (void)setsockopt(dial->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(dial->socket, address, length) == 0)
        return REDIS_DIAL_DONE;
    if (errno == EINPROGRESS || errno == EINTR)
        return REDIS_DIAL_MORE;
    return give_up_address(dial, errno);
}

/* The connect that is under way: has it ended? */
static enum redis_dialled look_at_address(struct redis_dial *dial)
{
    struct sockaddr_storage peer;
    socklen_t peer_size = sizeof peer;
    int error = 0;
    socklen_t error_size = sizeof error;

    if (getsockopt(dial->socket, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0)
        error = errno;
    if (error != 0)
        return give_up_address(dial, error);
    if (getpeername(dial->socket, (struct sockaddr *)&peer, &peer_size) == 0)
        return REDIS_DIAL_DONE;
    if (clock_is_past(dial->until))
        return give_up_address(dial, ETIMEDOUT);
    return REDIS_DIAL_MORE;
}

static enum redis_dialled try_path(struct redis_dial *dial)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(dial->server->host);

    if (length >= sizeof address.sun_path) {
        dial->problem = "the path is too long for a socket";
        return REDIS_DIAL_FAILED;
    }
    memcpy(address.sun_path, dial->server->host, length + 1);
    return try_address(dial, (const struct sockaddr *)&address, sizeof address);
}

static enum redis_dialled not_resolved(struct redis_dial *dial, const char *problem)
{
    dial->problem = problem;
    return REDIS_DIAL_FAILED;
}

/* REDIS_DIAL_DONE: there are addresses now. */
static enum redis_dialled resolve(struct redis_dial *dial)
{
    const struct redis_server *server = dial->server;
    const char *problem;

    if (*dial->resolving == NULL)
        dial->found = redis_resolve_at_once(server->host, server->port);
    if (dial->found != NULL)
        return REDIS_DIAL_DONE;
    if (*dial->resolving != NULL && !redis_resolving_is_for(*dial->resolving, server->host, server->port)) {
        redis_resolving_end(*dial->resolving);
        *dial->resolving = NULL;
    }
    if (*dial->resolving == NULL)
        *dial->resolving = redis_resolving_begin(server->host, server->port, getaddrinfo);
    if (*dial->resolving == NULL)
        return not_resolved(dial, "there is no thread to resolve its name");
    if (!redis_resolving_has_ended(*dial->resolving, &dial->found, &problem)) {
        if (clock_is_past(dial->until))
            return not_resolved(dial, "its name is not resolved in time");
        return REDIS_DIAL_MORE;
    }
    (void)snprintf(dial->words, sizeof dial->words, "%s", problem);
    redis_resolving_end(*dial->resolving);
    *dial->resolving = NULL;
    return dial->found == NULL ? not_resolved(dial, dial->words) : REDIS_DIAL_DONE;
}

/* Each address gets an equal part of the time that is left. */
static nanoseconds share(nanoseconds deadline, size_t addresses)
{
    nanoseconds now = clock_now();

    if (deadline == CLOCK_NEVER || addresses <= 1 || deadline <= now)
        return deadline;
    return now + (deadline - now) / (nanoseconds)addresses;
}

static enum redis_dialled try_next(struct redis_dial *dial)
{
    dial->until = share(dial->deadline, addresses_left(dial));
    size_t place = dial->next++;
    return try_address(dial, (const struct sockaddr *)&dial->found->all[place].address,
                       dial->found->all[place].length);
}

enum redis_dialled redis_dial_step(struct redis_dial *dial)
{
    enum redis_dialled dialled = REDIS_DIAL_MORE;

    if (dial->socket >= 0)
        dialled = look_at_address(dial);
    else if (dial->server->port == NULL)
        return try_path(dial);
    else if (dial->found == NULL && (dialled = resolve(dial)) != REDIS_DIAL_DONE)
        return dialled;
    else
        dialled = REDIS_DIAL_MORE;
    while (dialled == REDIS_DIAL_MORE && dial->socket < 0)
        dialled = try_next(dial);
    return dialled;
}

int redis_dial_wants(const struct redis_dial *dial, short *events)
{
    *events = dial->socket >= 0 ? POLLOUT : POLLIN;
    if (dial->socket >= 0)
        return dial->socket;
    return *dial->resolving == NULL ? -1 : redis_resolving_socket(*dial->resolving);
}
