/* TLS on a stream's connection, which OpenSSL speaks. */

#ifndef REXPAND_ITEMS_STREAM_TLS_H
#define REXPAND_ITEMS_STREAM_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream;

/* CRYPTO_TABLE(rexpand_stream_tls, …) gives this. */
struct stream_tls_calls {
    /* The handshake. Sets stream->tls and stream->session, also when it fails. */
    bool (*start)(struct stream *stream, const char *sni);
    /* As stream_send and stream_receive. */
    bool (*send)(struct stream *stream, const char *bytes, size_t length);
    ssize_t (*receive)(struct stream *stream, char *bytes, size_t room);
    /* The socket is the stream's to close. */
    void (*close)(struct stream *stream);
};

extern const struct stream_tls_calls rexpand_stream_tls;

#endif
