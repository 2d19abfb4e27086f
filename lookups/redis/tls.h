/* TLS for connections: the settings, and what is kept for all connections that
   have the same ones. OpenSSL does the work, behind a row of struct redis_transport. */

#ifndef REXPAND_LOOKUPS_REDIS_TLS_H
#define REXPAND_LOOKUPS_REDIS_TLS_H

#include "lookups/redis/transport.h"

enum redis_tls_verify {
    REDIS_TLS_VERIFY_YES,    /* the certificate's issuer and that it is for this server */
    REDIS_TLS_VERIFY_ISSUER, /* its issuer only */
    REDIS_TLS_VERIFY_NO,
};

/* Each text is "" where nothing is set, and must outlive the struct redis_tls. */
struct redis_tls_settings {
    const char *ca;          /* a file of certificates, or a folder with hashed names; "": the system's */
    const char *certificate; /* a file: the client's own, and what stands between it and its CA */
    const char *privatekey;  /* a file; "": the certificate's */
    const char *servername;  /* the name to ask for and to check; "": the server's host */
    const char *sessions;    /* the file in which processes keep sessions for each other */
    enum redis_tls_verify verify;
};

struct redis_tls {
    struct redis_tls_settings settings;
    const struct redis_transport *transport; /* NULL: not loaded yet */
    void *context;                           /* the transport's own */
};

/* Cheap: nothing is loaded or read before the first connection that uses TLS. */
void redis_tls_init(struct redis_tls *tls, const struct redis_tls_settings *settings);

/* No connection that uses it may be left. */
void redis_tls_free(struct redis_tls *tls);

/* The transport for it. NULL: it cannot be loaded, and "*problem" says why. */
const struct redis_transport *redis_tls_transport(struct redis_tls *tls, const char **problem);

#endif
