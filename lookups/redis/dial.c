#include "lookups/redis/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lookups/redis/servers.h"

void redis_dial_begin(struct redis_dial *dial, const struct redis_server *server, nanoseconds deadline)
{
    *dial = (struct redis_dial){.server = server, .deadline = deadline, .until = deadline, .socket = -1};
}

void redis_dial_end(struct redis_dial *dial)
{
    if (dial->socket >= 0)
        (void)close(dial->socket);
    if (dial->found != NULL)
        freeaddrinfo(dial->found);
    dial->socket = -1;
    dial->found = dial->next = NULL;
}

void redis_dial_bound_receive(int socket, nanoseconds longest_wait)
{
    const struct timeval wait = {
        .tv_sec = (time_t)(longest_wait / NANOSECONDS_PER_SECOND),
        .tv_usec = (suseconds_t)(longest_wait % NANOSECONDS_PER_SECOND / 1000),
    };
    int flags = fcntl(socket, F_GETFL);

    /* A connected socket blocks, for so long; who does not want that says
       MSG_DONTWAIT. If the time cannot be set no receive may wait: the socket stays
       non-blocking. */
    if (flags < 0 || (wait.tv_sec == 0 && wait.tv_usec == 0) ||
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0)
        return;
    (void)fcntl(socket, F_SETFL, flags & ~O_NONBLOCK);
}

/* An address did not work: the next one, if any, is taken by the next step. */
static enum redis_dialled give_up_address(struct redis_dial *dial, int error)
{
    /* A Unix socket whose queue is full says EAGAIN at once. */
    dial->problem = error == ETIMEDOUT || error == EAGAIN ? "it does not answer" : strerror(error);
    if (dial->socket >= 0)
        (void)close(dial->socket);
    dial->socket = -1;
    return dial->left > 0 ? REDIS_DIAL_MORE : REDIS_DIAL_FAILED;
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

/* Numeric addresses never ask the DNS. */
static bool resolve(struct redis_dial *dial)
{
    const struct redis_server *server = dial->server;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    int error = getaddrinfo(server->host, server->port, &hints, &dial->found);

    if (error == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
        error = getaddrinfo(server->host, server->port, &hints, &dial->found);
    }
    if (error != 0) {
        dial->found = NULL;
        dial->problem = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
        return false;
    }
    for (struct addrinfo *next = dial->found; next != NULL; next = next->ai_next)
        dial->left++;
    dial->next = dial->found;
    dial->problem = "it has no address";
    return dial->left > 0;
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
    const struct addrinfo *address = dial->next;

    dial->until = share(dial->deadline, dial->left--);
    dial->next = address->ai_next;
    return try_address(dial, address->ai_addr, address->ai_addrlen);
}

enum redis_dialled redis_dial_step(struct redis_dial *dial)
{
    enum redis_dialled dialled = REDIS_DIAL_MORE;

    if (dial->socket >= 0)
        dialled = look_at_address(dial);
    else if (dial->server->port == NULL)
        return try_path(dial);
    else if (dial->found == NULL && !resolve(dial))
        return REDIS_DIAL_FAILED;
    while (dialled == REDIS_DIAL_MORE && dial->socket < 0)
        dialled = try_next(dial);
    return dialled;
}
