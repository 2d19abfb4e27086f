/* A connection to a server for one question: Unix or TCP, plain or TLS. No
   wait is longer than its deadline. */

#ifndef REXPAND_ITEMS_STREAM_H
#define REXPAND_ITEMS_STREAM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"

struct arena;
struct ssl_st;
struct ssl_ctx_st;

struct stream {
    int socket; /* -1: none */
    struct ssl_st *tls;
    struct ssl_ctx_st *tls_context;
    sigset_t signals; /* the thread's mask before TLS; OpenSSL writes so that a gone peer means SIGPIPE */
    bool blocks_pipe;
    nanoseconds deadline;
    struct arena *arena; /* for the words of "problem" */
    const char *problem; /* why the last call failed, in Exim's words */
};

void stream_init(struct stream *stream, struct arena *arena, nanoseconds deadline);
void stream_close(struct stream *stream);

/* These give false, or -1, and say why in stream->problem. */
bool stream_connect_unix(struct stream *stream, const char *path, size_t length);
/* "name" is the host as it was written, for messages; "host" is without brackets. */
bool stream_connect_inet(struct stream *stream, const char *name, const char *host, const char *port);
/* "sni" may be NULL. Certificates are not looked at, as Exim does not. */
bool stream_start_tls(struct stream *stream, const char *sni);
bool stream_send(struct stream *stream, const char *bytes, size_t length);
/* Says that nothing more will be sent. */
void stream_end_sending(struct stream *stream);
/* How many bytes came; 0 at the end. */
ssize_t stream_receive(struct stream *stream, char *bytes, size_t room);

#endif
