/* The settings made into what OpenSSL wants for all connections. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "lookups/redis/tls_openssl.h"

/* A key with a pass phrase: nobody is there to type it. */
static int no_pass_phrase(char *buffer, int size, int is_writing, void *unused)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)unused;
    return 0;
}

/* "SETTING: FILE: REASON", where the reason is the system's if there is one. */
static bool wrong(const char *setting, const char *file, struct arena *arena, const char **problem)
{
    unsigned long first = ERR_peek_error();
    const char *reason = ERR_SYSTEM_ERROR(first) ? strerror(ERR_GET_REASON(first)) : NULL;

    if (reason == NULL)
        reason = ERR_reason_error_string(ERR_peek_last_error());
    const char *text =
        arena_format(arena, "%s: %s: %s", setting, file, reason == NULL ? "it cannot be used" : reason);
    *problem = text == NULL ? "there is no memory for it" : text;
    return false;
}

/* Debian's own certificates are in a folder with hashed names, which costs nothing
   before one is looked for. */
static bool use_ca(struct tls_context *context, struct arena *arena, const char **problem)
{
    const char *ca = context->settings->ca;
    struct stat status;

    if (ca[0] == '\0')
        return SSL_CTX_set_default_verify_paths(context->ssl) == 1 ||
               wrong("redis_tls_ca", "the system's certificates", arena, problem);
    bool is_folder = stat(ca, &status) == 0 && S_ISDIR(status.st_mode);
    int done =
        is_folder ? SSL_CTX_load_verify_dir(context->ssl, ca) : SSL_CTX_load_verify_file(context->ssl, ca);
    return done == 1 || wrong("redis_tls_ca", ca, arena, problem);
}

static bool use_certificate(struct tls_context *context, struct arena *arena, const char **problem)
{
    const char *certificate = context->settings->certificate;
    const char *key = context->settings->privatekey[0] == '\0' ? certificate : context->settings->privatekey;

    if (certificate[0] == '\0')
        return true;
    if (SSL_CTX_use_certificate_chain_file(context->ssl, certificate) != 1)
        return wrong("redis_tls_certificate", certificate, arena, problem);
    if (SSL_CTX_use_PrivateKey_file(context->ssl, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context->ssl) != 1)
        return wrong("redis_tls_privatekey", key, arena, problem);
    return true;
}

/* OpenSSL accepts or not; what it did not accept is kept for a message. */
static int look_at_certificate(int accepted, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_link *link = SSL_get_app_data(ssl);

    if (accepted || link->blamed != NULL)
        return accepted;
    link->blamed = X509_STORE_CTX_get_current_cert(store);
    link->blamed_error = X509_STORE_CTX_get_error(store);
    link->blamed_depth = X509_STORE_CTX_get_error_depth(store);
    if (link->blamed != NULL)
        (void)X509_up_ref(link->blamed);
    return accepted;
}

static int on_new_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls_link *link = SSL_get_app_data(ssl);

    /* A session that was resumed stands in the file, if there is one, for as long as
       the server remembers it: a new ticket is not worth writing. */
    link->is_new_session = link->is_new_session || !SSL_session_reused(ssl);
    tls_sessions_keep(link->context, link->key, session);
    return 1;
}

/* ---- OpenSSL's socket ---- */

static int write_bytes(BIO *bio, const char *bytes, int length)
{
    const struct tls_link *link = BIO_get_data(bio);
    ssize_t sent = send(link->socket, bytes, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);

    BIO_clear_retry_flags(bio);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)sent;
}

/* It waits once: what is missing behind that is the pipeline's to wait for, with a
   deadline. */
static int read_bytes(BIO *bio, char *bytes, int room)
{
    struct tls_link *link = BIO_get_data(bio);
    ssize_t count = recv(link->socket, bytes, (size_t)room, link->may_wait ? 0 : MSG_DONTWAIT);

    link->may_wait = false;
    BIO_clear_retry_flags(bio);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    if (count == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    if (count > 0 && !link->has_first) {
        link->has_first = true;
        link->first = (unsigned char)bytes[0];
    }
    return (int)count;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default:
        return 0;
    }
}

static BIO_METHOD *make_bio(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rexpand redis");

    if (method != NULL && BIO_meth_set_write(method, write_bytes) == 1 &&
        BIO_meth_set_read(method, read_bytes) == 1 && BIO_meth_set_ctrl(method, control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* ---- the context ---- */

static void set_options(SSL_CTX *ssl, const struct redis_tls_settings *settings)
{
    (void)SSL_CTX_set_options(ssl,
                              SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ssl, 1); /* a record in one system call, not in two */
    SSL_CTX_set_default_passwd_cb(ssl, no_pass_phrase);
    (void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl, on_new_session);
    SSL_CTX_set_verify(ssl, settings->verify == REDIS_TLS_VERIFY_NO ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                       look_at_certificate);
}

struct tls_context *tls_context_new(const struct redis_tls_settings *settings, struct arena *arena,
                                    const char **problem)
{
    struct tls_context *context = calloc(1, sizeof *context);

    *problem = "there is no memory for it";
    if (context == NULL)
        return NULL;
    ERR_clear_error();
    context->settings = settings;
    context->bio = make_bio();
    context->ssl = SSL_CTX_new(TLS_client_method());
    if (context->bio != NULL && context->ssl != NULL &&
        SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION) == 1) {
        set_options(context->ssl, settings);
        if (use_ca(context, arena, problem) && use_certificate(context, arena, problem))
            return context;
    }
    tls_context_free(context);
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL)
        return;
    tls_sessions_free(context);
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio);
    free(context);
}
