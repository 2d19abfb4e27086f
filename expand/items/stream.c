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

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/arena.h"

static const char read_timed_out[] = "socket read timed out";

void stream_init(struct stream *stream, struct arena *arena, nanoseconds deadline)
{
    *stream = (struct stream){.socket = -1, .arena = arena, .deadline = deadline};
}

static void only_pipe(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGPIPE);
}

static void block_pipe(struct stream *stream)
{
    sigset_t pipe_signal;

    only_pipe(&pipe_signal);
    stream->blocks_pipe = pthread_sigmask(SIG_BLOCK, &pipe_signal, &stream->signals) == 0;
}

/* Takes back the signal that TLS raised, and the mask to what it was. One that
   the caller had blocked is left to him. */
static void unblock_pipe(struct stream *stream)
{
    static const struct timespec no_time = {0, 0};
    sigset_t pipe_signal;

    if (!stream->blocks_pipe || sigismember(&stream->signals, SIGPIPE) == 1)
        return;
    only_pipe(&pipe_signal);
    (void)sigtimedwait(&pipe_signal, NULL, &no_time);
    (void)pthread_sigmask(SIG_SETMASK, &stream->signals, NULL);
}

void stream_close(struct stream *stream)
{
    if (stream->tls != NULL)
        (void)SSL_shutdown(stream->tls); /* one way: the answer is not waited for */
    SSL_free(stream->tls);
    SSL_CTX_free(stream->tls_context);
    if (stream->socket >= 0)
        (void)close(stream->socket);
    unblock_pipe(stream);
    stream_init(stream, stream->arena, stream->deadline);
}

__attribute__((format(printf, 2, 3))) static bool refuse(struct stream *stream, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const char *problem = arena_format_list(stream->arena, format, arguments);
    va_end(arguments);
    stream->problem = problem == NULL ? "out of memory" : problem;
    return false;
}

/* False at the deadline. */
static bool wait_for(const struct stream *stream, short events)
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
            if (!wait_for(stream, POLLOUT))
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
        return refuse(stream, "socket connection timed out");
    return error == 0 ||
           refuse(stream, "failed to connect to socket %.*s: %s", (int)length, path, strerror(error));
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
        return refuse(stream, "no IP address found for host %s", name);
    bool connected = connect_one_of(stream, found, &error);
    freeaddrinfo(found);
    return connected || refuse(stream, "failed to connect to any address for %s: %s", name, strerror(error));
}

/* ---- TLS ---- */

static bool refuse_tls(struct stream *stream, const char *what)
{
    char text[256];
    unsigned long error = ERR_get_error();

    if (error == 0)
        return refuse(stream, "TLS connect failed: (%s): the connection was closed", what);
    ERR_error_string_n(error, text, sizeof text);
    return refuse(stream, "TLS connect failed: (%s): %s", what, text);
}

/* After an SSL_ call that gave "result": waits for what it wants. False when
   it failed, or at the deadline. */
static bool wait_for_tls(struct stream *stream, int result, bool *timed_out)
{
    int wants = SSL_get_error(stream->tls, result);

    *timed_out = false;
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)
        return false;
    *timed_out = !wait_for(stream, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
    return !*timed_out;
}

bool stream_start_tls(struct stream *stream, const char *sni)
{
    bool timed_out = false;
    int result;

    block_pipe(stream);
    ERR_clear_error();
    stream->tls_context = SSL_CTX_new(TLS_client_method());
    stream->tls = stream->tls_context == NULL ? NULL : SSL_new(stream->tls_context);
    if (stream->tls == NULL || SSL_set_fd(stream->tls, stream->socket) != 1)
        return refuse_tls(stream, "SSL_new");
    if (sni != NULL && SSL_set_tlsext_host_name(stream->tls, sni) != 1)
        return refuse_tls(stream, "SNI");
    do {
        ERR_clear_error();
        result = SSL_connect(stream->tls);
    } while (result != 1 && wait_for_tls(stream, result, &timed_out));
    if (result == 1)
        return true;
    if (timed_out)
        (void)refuse(stream, "TLS connect failed: (SSL_connect): timed out");
    else
        (void)refuse_tls(stream, "SSL_connect");
    SSL_free(stream->tls); /* a shutdown would have nobody to talk to */
    stream->tls = NULL;
    return false;
}

/* ---- talking ---- */

static bool send_tls(struct stream *stream, const char *bytes, size_t length)
{
    bool timed_out = false;

    while (length > 0) {
        size_t sent = 0;
        ERR_clear_error();
        int result = SSL_write_ex(stream->tls, bytes, length, &sent);
        if (result != 1 && !wait_for_tls(stream, result, &timed_out))
            return refuse(stream, "request write to socket failed: %s",
                          timed_out ? "timed out" : "the TLS connection broke");
        bytes += sent;
        length -= sent;
    }
    return true;
}

bool stream_send(struct stream *stream, const char *bytes, size_t length)
{
    if (stream->tls != NULL)
        return send_tls(stream, bytes, length);
    while (length > 0) {
        ssize_t sent = send(stream->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN && !wait_for(stream, POLLOUT))
            errno = ETIMEDOUT;
        else if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent < 0)
            return refuse(stream, "request write to socket failed: %s", strerror(errno));
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

/* A peer that goes without a TLS farewell has said all it will; Exim takes
   what came. */
static ssize_t receive_tls(struct stream *stream, char *bytes, size_t room)
{
    bool timed_out = false;

    for (;;) {
        size_t got = 0;
        ERR_clear_error();
        int result = SSL_read_ex(stream->tls, bytes, room, &got);
        if (result == 1)
            return (ssize_t)got;
        if (wait_for_tls(stream, result, &timed_out))
            continue;
        if (!timed_out)
            return 0;
        stream->problem = read_timed_out;
        return -1;
    }
}

ssize_t stream_receive(struct stream *stream, char *bytes, size_t room)
{
    if (stream->tls != NULL)
        return receive_tls(stream, bytes, room);
    for (;;) {
        ssize_t got = recv(stream->socket, bytes, room, 0);
        if (got >= 0)
            return got;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return 0; /* a reset ends what there is to read, as in Exim */
        if (!wait_for(stream, POLLIN)) {
            stream->problem = read_timed_out;
            return -1;
        }
    }
}
