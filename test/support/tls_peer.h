/* A server that speaks TLS and little Redis, in a process of its own that dies with
   the test program. To whatever comes in, it answers with a bulk string: "full" after
   a whole handshake, "resumed" after a short one. */

#ifndef REXPAND_TEST_TLS_PEER_H
#define REXPAND_TEST_TLS_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct tls_peer_settings {
    const char *certificate; /* files */
    const char *key;
    const char *client_ca; /* NULL: no client certificate is wanted */
    int highest_version;   /* TLS1_1_VERSION …; 0: any */
    bool asks_for_name;    /* the answer is the server name that the client asked for, "-" for none */
    bool hangs_up;         /* after each answer */
    const char *cuts;      /* "handshake": closes in the middle of it; "answer": of the answer;
                         "record": sends bytes that are no TLS in place of the answer */
};

struct tls_peer {
    pid_t pid;
    int port;
    char place[32];
};

void tls_peer_start(struct tls_peer *peer, const struct tls_peer_settings *settings);
void tls_peer_stop(struct tls_peer *peer);

#endif
