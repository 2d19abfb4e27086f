#include "items/stream_tls.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/arena.h"
#include "base/module.h"
#include "items/stream.h"

struct stream_session {
    SSL_CTX *context;
    SSL *tls;
    sigset_t signals; /* the thread's mask before; OpenSSL writes so that a gone peer means SIGPIPE */
    bool blocks_pipe;
    bool is_up; /* the handshake is done: a farewell has somebody to go to */
};

static void only_pipe(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGPIPE);
}

static void block_pipe(struct stream_session *session)
{
    sigset_t pipe_signal;

    only_pipe(&pipe_signal);
    session->blocks_pipe = pthread_sigmask(SIG_BLOCK, &pipe_signal, &session->signals) == 0;
}

/* Takes back the signal that TLS raised, and the mask to what it was. One that
   the caller had blocked is left to him. */
static void unblock_pipe(const struct stream_session *session)
{
    static const struct timespec no_time = {0, 0};
    sigset_t pipe_signal;

    if (!session->blocks_pipe || sigismember(&session->signals, SIGPIPE) == 1)
        return;
    only_pipe(&pipe_signal);
    (void)sigtimedwait(&pipe_signal, NULL, &no_time);
    (void)pthread_sigmask(SIG_SETMASK, &session->signals, NULL);
}

static bool refuse_tls(struct stream *stream, const char *what)
{
    char text[256];
    unsigned long error = ERR_get_error();

    if (error == 0)
        return stream_refuse(stream, "TLS connect failed: (%s): the connection was closed", what);
    ERR_error_string_n(error, text, sizeof text);
    return stream_refuse(stream, "TLS connect failed: (%s): %s", what, text);
}

/* After an SSL_ call that gave "result": waits for what it wants. False when
   it failed, or at the deadline. */
static bool wait_for_tls(struct stream *stream, int result, bool *timed_out)
{
    int wants = SSL_get_error(stream->session->tls, result);

    *timed_out = false;
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)
        return false;
    *timed_out = !stream_wait(stream, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
    return !*timed_out;
}

static bool shake_hands(struct stream *stream)
{
    struct stream_session *session = stream->session;
    bool timed_out = false;
    int result;

    do {
        ERR_clear_error();
        result = SSL_connect(session->tls);
    } while (result != 1 && wait_for_tls(stream, result, &timed_out));
    session->is_up = result == 1;
    if (timed_out)
        return stream_refuse(stream, "TLS connect failed: (SSL_connect): timed out");
    return session->is_up || refuse_tls(stream, "SSL_connect");
}

static bool start(struct stream *stream, const char *sni)
{
    struct stream_session *session = arena_calloc(stream->arena, 1, sizeof *session);

    if (session == NULL)
        return stream_refuse(stream, "TLS connect failed: out of memory");
    stream->tls = &rexpand_stream_tls;
    stream->session = session;
    block_pipe(session);
    ERR_clear_error();
    session->context = SSL_CTX_new(TLS_client_method());
    session->tls = session->context == NULL ? NULL : SSL_new(session->context);
    if (session->tls == NULL || SSL_set_fd(session->tls, stream->socket) != 1)
        return refuse_tls(stream, "SSL_new");
    if (sni != NULL && SSL_set_tlsext_host_name(session->tls, sni) != 1)
        return refuse_tls(stream, "SNI");
    return shake_hands(stream);
}

static bool send_tls(struct stream *stream, const char *bytes, size_t length)
{
    bool timed_out = false;

    while (length > 0) {
        size_t sent = 0;
        ERR_clear_error();
        int result = SSL_write_ex(stream->session->tls, bytes, length, &sent);
        if (result != 1 && !wait_for_tls(stream, result, &timed_out))
            return stream_refuse(stream, "request write to socket failed: %s",
                                 timed_out ? "timed out" : "the TLS connection broke");
        bytes += sent;
        length -= sent;
    }
    return true;
}

/* A peer that goes without a TLS farewell has said all it will; Exim takes
   what came. */
static ssize_t receive_tls(struct stream *stream, char *bytes, size_t room)
{
    bool timed_out = false;

    for (;;) {
        size_t got = 0;
        ERR_clear_error();
        int result = SSL_read_ex(stream->session->tls, bytes, room, &got);
        if (result == 1)
            return (ssize_t)got;
        if (wait_for_tls(stream, result, &timed_out))
            continue;
        if (!timed_out)
            return 0;
        stream->problem = stream_read_timed_out;
        return -1;
    }
}

static void close_tls(struct stream *stream)
{
    struct stream_session *session = stream->session;

    if (session->is_up)
        (void)SSL_shutdown(session->tls); /* one way: the answer is not waited for */
    SSL_free(session->tls);
    SSL_CTX_free(session->context);
    unblock_pipe(session);
}

MODULE_TABLE const struct stream_tls_calls rexpand_stream_tls = {
    .start = start,
    .send = send_tls,
    .receive = receive_tls,
    .close = close_tls,
};
