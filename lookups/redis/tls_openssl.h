/* What the files that speak to OpenSSL share. They stand in a module of their own
   (base/module.h), which is loaded when the first connection uses TLS. */

#ifndef REXPAND_LOOKUPS_REDIS_TLS_OPENSSL_H
#define REXPAND_LOOKUPS_REDIS_TLS_OPENSSL_H

#include "base/buffer.h"
#include "lookups/redis/tls.h"

struct bio_method_st;
struct bio_st;
struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct x509_st;

/* CRYPTO_TABLE(rexpand_redis_tls, …) gives this. */
extern const struct redis_transport rexpand_redis_tls;

enum { TLS_MOST_SESSIONS = 64, TLS_KEY_LENGTH = 64 };

/* A session to resume, and the server and settings it was made with, hashed. */
struct tls_kept_session {
    char key[TLS_KEY_LENGTH + 1];
    struct ssl_session_st *session;
};

/* What all connections with the same settings share. */
struct tls_context {
    const struct redis_tls_settings *settings;
    struct ssl_ctx_st *ssl;
    struct bio_method_st *bio;
    struct tls_kept_session kept[TLS_MOST_SESSIONS];
    size_t kept_count;
    size_t oldest; /* which is replaced when all places are taken */
};

/* What TLS keeps for one connection. */
struct tls_link {
    struct tls_context *context;
    struct ssl_st *ssl;
    int socket;
    bool may_wait;          /* the next receive of OpenSSL's may wait, once */
    unsigned char first;    /* the first byte that came from the server … */
    bool has_first;         /* … when there is one */
    bool is_new_session;    /* one was made that the session file does not have */
    struct x509_st *blamed; /* the certificate that was not accepted, why, and how far up */
    int blamed_error;
    int blamed_depth;
    const char *name; /* what the certificate must be for; the server's */
    bool name_is_address;
    char key[TLS_KEY_LENGTH + 1]; /* of its sessions */
    char words[160];              /* of the last problem */
};

/* A context for the settings. NULL: "*problem" names the setting that is wrong, in
   "arena". */
struct tls_context *tls_context_new(const struct redis_tls_settings *settings, struct arena *arena,
                                    const char **problem);
void tls_context_free(struct tls_context *context);

/* Why a handshake or what came after it failed, in words: in "arena", or in the
   link. To be asked at once, since OpenSSL's last error is looked at. */
const char *tls_words_of_handshake(struct tls_link *link, struct arena *arena);
const char *tls_words_of_error(struct tls_link *link);

/* The key under which a connection's sessions are kept. */
void tls_sessions_make_key(struct tls_link *link, const char *label);

/* Offers the server a session from before, if there is one that is still good. */
void tls_sessions_offer(struct tls_link *link);

/* Keeps a session for the next connection; takes over the reference. */
void tls_sessions_keep(struct tls_context *context, const char *key, struct ssl_session_st *session);

/* Writes the kept session of that key into the session file, beside those of other
   servers there. What goes wrong is nobody's problem: the next handshake is a full
   one. */
void tls_sessions_save(const struct tls_context *context, const char *key);

/* Reads a session file's text into the context: the sessions with that key. */
void tls_sessions_read(struct tls_context *context, const char *key, const char *text, size_t length);

void tls_sessions_free(struct tls_context *context);

#endif
