#include "items/stream.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/module.h"
#include "items/stream_tls.h"

const char stream_read_timed_out[] = "socket read timed out";

void stream_init(struct stream *stream, struct arena *arena, nanoseconds deadline)
{
    *stream = (struct stream){.socket = -1, .arena = arena, .deadline = deadline};
}

void stream_close(struct stream *stream)
{
    if (stream->tls != NULL)
        stream->tls->close(stream);
    if (stream->socket >= 0)
        (void)close(stream->socket);
    stream_init(stream, stream->arena, stream->deadline);
}

bool stream_refuse(struct stream *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const char *problem = arena_format_list(stream->arena, format, arguments);
    va_end(arguments);
    stream->problem = problem == NULL ? "out of memory" : problem;
    return false;
}

bool stream_wait(const struct stream *stream, short events)
{
    struct pollfd wanted = {.fd = stream->socket, .events = events};
    int ready;

    do
        ready = poll(&wanted, 1, clock_poll_timeout(stream->deadline));
    while (ready < 0 && errno == EINTR);
    return ready != 0;
}

/* ---- connecting ---- */

/* Gives 0, or an errno, and then there is no socket. */
static int connect_address(struct stream *stream, const struct sockaddr *address, socklen_t length)
{
    int error = 0;
    socklen_t size = sizeof error;

    stream->socket = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (stream->socket < 0)
        return errno;
    if (connect(stream->socket, address, length) != 0) {
        error = errno;
        if (error == EINPROGRESS || error == EAGAIN) {
            if (!stream_wait(stream, POLLOUT))
                error = ETIMEDOUT;
            else if (getsockopt(stream->socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
                error = errno;
        }
    }
    if (error != 0) {
        (void)close(stream->socket);
        stream->socket = -1;
    }
    return error;
}

bool stream_connect_unix(struct stream *stream, const char *path, size_t length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    /* Not cut, as Exim would: another socket may have the short name. */
    int error = length < sizeof address.sun_path ? 0 : ENAMETOOLONG;
    if (error == 0) {
        memcpy(address.sun_path, path, length);
        error = connect_address(stream, (const struct sockaddr *)&address, sizeof address);
    }
    if (error == ETIMEDOUT)
        return stream_refuse(stream, "socket connection timed out");
    return error == 0 ||
           stream_refuse(stream, "failed to connect to socket %.*s: %s", (int)length, path, strerror(error));
}

/* Numeric addresses never ask the DNS. */
static int resolve(const char *host, const char *port, struct addrinfo **found)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    int error = getaddrinfo(host, port, &hints, found);

    if (error != EAI_NONAME)
        return error;
    hints.ai_flags = 0;
    return getaddrinfo(host, port, &hints, found);
}

/* The time until the deadline is shared out between the addresses that are
   left. */
static bool connect_one_of(struct stream *stream, const struct addrinfo *found, int *error)
{
    nanoseconds deadline = stream->deadline;
    int left = 0;

    for (const struct addrinfo *next = found; next != NULL; next = next->ai_next)
        left++;
    *error = ENOENT;
    for (const struct addrinfo *next = found; next != NULL; next = next->ai_next, left--) {
        nanoseconds now = clock_now();
        if (deadline != CLOCK_NEVER && now < deadline)
            stream->deadline = now + (deadline - now) / left;
        *error = connect_address(stream, next->ai_addr, next->ai_addrlen);
        stream->deadline = deadline;
        if (*error == 0)
            return true;
    }
    return false;
}

bool stream_connect_inet(struct stream *stream, const char *name, const char *host, const char *port)
{
    struct addrinfo *found = NULL;
    int error = 0;

    if (host[0] == '\0' || resolve(host, port, &found) != 0)
        return stream_refuse(stream, "no IP address found for host %s", name);
    bool connected = connect_one_of(stream, found, &error);
    freeaddrinfo(found);
    return connected ||
           stream_refuse(stream, "failed to connect to any address for %s: %s", name, strerror(error));
}

/* ---- TLS ---- */

bool stream_start_tls(struct stream *stream, const char *sni)
{
    const char *problem = "";
    const struct stream_tls_calls *calls = CRYPTO_TABLE(rexpand_stream_tls, &problem);

    if (calls == NULL)
        return stream_refuse(stream, "TLS connect failed: %s", problem);
    return calls->start(stream, sni);
}

/* ---- talking ---- */

bool stream_send(struct stream *stream, const char *bytes, size_t length)
{
    if (stream->tls != NULL)
        return stream->tls->send(stream, bytes, length);
    while (length > 0) {
        ssize_t sent = send(stream->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN && !stream_wait(stream, POLLOUT))
            errno = ETIMEDOUT;
        else if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent < 0)
            return stream_refuse(stream, "request write to socket failed: %s", strerror(errno));
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

void stream_end_sending(struct stream *stream)
{
    if (stream->tls == NULL)
        (void)shutdown(stream->socket, SHUT_WR);
}

ssize_t stream_receive(struct stream *stream, char *bytes, size_t room)
{
    if (stream->tls != NULL)
        return stream->tls->receive(stream, bytes, room);
    for (;;) {
        ssize_t got = recv(stream->socket, bytes, room, 0);
        if (got >= 0)
            return got;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return 0; /* a reset ends what there is to read, as in Exim */
        if (!stream_wait(stream, POLLIN)) {
            stream->problem = stream_read_timed_out;
            return -1;
        }
    }
}
