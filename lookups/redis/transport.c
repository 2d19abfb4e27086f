#include "lookups/redis/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lookups/redis/servers.h"

static ssize_t plain_send(int socket, const char *bytes, size_t length)
{
    return send(socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ssize_t plain_receive(int socket, char *bytes, size_t room, bool waits)
{
    return recv(socket, bytes, room, waits ? 0 : MSG_DONTWAIT);
}

const struct redis_transport redis_transport_plain = {"plain", plain_send, plain_receive};

enum redis_wait redis_wait(int socket, short events, nanoseconds deadline)
{
    struct pollfd wanted = {.fd = socket, .events = events};

    for (;;) {
        int ready = poll(&wanted, 1, clock_poll_timeout(deadline));
        if (ready > 0)
            return REDIS_READY;
        if (ready < 0 && errno != EINTR)
            return REDIS_WAIT_FAILED;
        if (ready == 0 && clock_is_past(deadline))
            return REDIS_TIMED_OUT;
    }
}

/* Connects one address. Gives the socket, or -1 and the reason. */
static int connect_address(const struct sockaddr *address, socklen_t length, nanoseconds deadline,
                           const char **problem)
{
    int error = 0;
    socklen_t error_size = sizeof error;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        *problem = strerror(errno);
        return -1;
    }
    if (address->sa_family != AF_UNIX)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(fd, address, length) == 0)
        return fd;
    error = errno;
    if (error == EINPROGRESS || error == EINTR) {
        enum redis_wait wait = redis_wait(fd, POLLOUT, deadline);
        if (wait == REDIS_TIMED_OUT)
            error = ETIMEDOUT;
        else if (wait == REDIS_WAIT_FAILED || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0)
            error = errno;
    }
    if (error == 0)
        return fd;
    /* A Unix socket whose queue is full says EAGAIN at once. */
    *problem = error == ETIMEDOUT || error == EAGAIN ? "it does not answer" : strerror(error);
    (void)close(fd);
    return -1;
}

static int connect_unix(const struct redis_server *server, nanoseconds deadline, const char **problem)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(server->host);

    if (length >= sizeof address.sun_path) {
        *problem = "the path is too long for a socket";
        return -1;
    }
    memcpy(address.sun_path, server->host, length + 1);
    return connect_address((const struct sockaddr *)&address, sizeof address, deadline, problem);
}

/* Numeric addresses never ask the DNS. */
static int resolve(const struct redis_server *server, struct addrinfo **found)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    int error = getaddrinfo(server->host, server->port, &hints, found);

    if (error != EAI_NONAME)
        return error;
    hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    return getaddrinfo(server->host, server->port, &hints, found);
}

/* Each address gets an equal part of the time that is left. */
static nanoseconds share(nanoseconds deadline, int addresses)
{
    nanoseconds now = clock_now();

    if (deadline == CLOCK_NEVER || addresses <= 1 || deadline <= now)
        return deadline;
    return now + (deadline - now) / addresses;
}

static int connect_tcp(const struct redis_server *server, nanoseconds deadline, const char **problem)
{
    struct addrinfo *found = NULL;
    int addresses = 0;
    int fd = -1;
    int error = resolve(server, &found);

    if (error != 0) {
        *problem = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
        return -1;
    }
    *problem = "it has no address";
    for (struct addrinfo *next = found; next != NULL; next = next->ai_next)
        addresses++;
    for (struct addrinfo *next = found; next != NULL && fd < 0; next = next->ai_next)
        fd = connect_address(next->ai_addr, next->ai_addrlen, share(deadline, addresses--), problem);
    freeaddrinfo(found);
    return fd;
}

/* A connected socket blocks, for so long; who does not want that says
   MSG_DONTWAIT. If the time cannot be set no receive may wait: it stays
   non-blocking. */
static void set_longest_wait(int fd, nanoseconds longest_wait)
{
    const struct timeval wait = {
        .tv_sec = (time_t)(longest_wait / NANOSECONDS_PER_SECOND),
        .tv_usec = (suseconds_t)(longest_wait % NANOSECONDS_PER_SECOND / 1000),
    };
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || (wait.tv_sec == 0 && wait.tv_usec == 0) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0)
        return;
    (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

int redis_connect(const struct redis_server *server, nanoseconds deadline, nanoseconds longest_wait,
                  const char **problem)
{
    int fd = server->port == NULL ? connect_unix(server, deadline, problem)
                                  : connect_tcp(server, deadline, problem);

    if (fd >= 0)
        set_longest_wait(fd, longest_wait);
    return fd;
}
