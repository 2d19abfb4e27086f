/* A connection to a server for one question: Unix or TCP, plain or TLS. No
   wait is longer than its deadline. */

#ifndef REXPAND_ITEMS_STREAM_H
#define REXPAND_ITEMS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"

struct arena;
struct stream_session;
struct stream_tls_calls;

struct stream {
    int socket;                         /* -1: none */
    const struct stream_tls_calls *tls; /* NULL: plain */
    struct stream_session *session;
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

/* For what stands between the stream and its socket. */
extern const char stream_read_timed_out[];
/* False at the deadline. */
bool stream_wait(const struct stream *stream, short events);
/* Gives false. */
bool stream_refuse(struct stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
