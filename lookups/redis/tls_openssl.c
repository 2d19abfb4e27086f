/* Bytes through OpenSSL: the row of struct redis_transport. */

#include "lookups/redis/tls_openssl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/module.h"
#include "lookups/redis/servers.h"

static const char no_memory[] = "there is no memory for it";

/* Before each call whose error is looked at. Emptying the queue of errors costs more
   than a look whether it is empty. */
static void begin_call(void)
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
    errno = 0;
}

static bool is_address(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Which server is meant, and what its certificate must say (RFC 6066, section 3: an
   address is no server name; RFC 6125 and 9525 for the rest). */
static bool set_name(struct tls_link *tls)
{
    X509_VERIFY_PARAM *wanted = SSL_get0_param(tls->ssl);

    if (!tls->name_is_address && SSL_set_tlsext_host_name(tls->ssl, tls->name) != 1)
        return false;
    if (tls->context->settings->verify != REDIS_TLS_VERIFY_YES)
        return true;
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return tls->name_is_address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, tls->name) == 1
                                : X509_VERIFY_PARAM_set1_host(wanted, tls->name, 0) == 1;
}

static void close_link(struct redis_link *link, bool ours)
{
    struct tls_link *tls = link->session;

    if (tls == NULL)
        return;
    /* A child says nothing on its parent's connection. Without the flags OpenSSL
       takes the session for a bad one. */
    if (ours && tls->ssl != NULL && SSL_is_init_finished(tls->ssl))
        (void)SSL_shutdown(tls->ssl);
    if (tls->ssl != NULL)
        SSL_set_shutdown(tls->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(tls->ssl);
    X509_free(tls->blamed);
    ERR_clear_error();
    free(tls);
    link->session = NULL;
}

static bool attach(struct tls_link *tls, const struct redis_server *server)
{
    BIO *bio = BIO_new(tls->context->bio);

    tls->ssl = SSL_new(tls->context->ssl);
    if (tls->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        return false;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    SSL_set_app_data(tls->ssl, tls);
    SSL_set_connect_state(tls->ssl);
    if (!set_name(tls))
        return false;
    tls_sessions_make_key(tls, server->label);
    tls_sessions_offer(tls);
    return true;
}

static struct tls_link *open_link(struct redis_link *link, const struct redis_server *server,
                                  struct arena *arena, const char **problem)
{
    const struct redis_tls_settings *settings = &server->tls->settings;

    if (server->tls->context == NULL)
        server->tls->context = tls_context_new(settings, arena, problem);
    if (server->tls->context == NULL)
        return NULL;
    struct tls_link *tls = calloc(1, sizeof *tls);
    *problem = no_memory;
    if (tls == NULL)
        return NULL;
    link->session = tls;
    tls->context = server->tls->context;
    tls->socket = link->socket;
    tls->name = settings->servername[0] == '\0' ? server->host : settings->servername;
    tls->name_is_address = is_address(tls->name);
    return attach(tls, server) ? tls : NULL;
}

static enum redis_shake shake(struct redis_link *link, const struct redis_server *server, struct arena *arena,
                              const char **problem)
{
    struct tls_link *tls = link->session;

    if (tls == NULL && (tls = open_link(link, server, arena, problem)) == NULL)
        return REDIS_SHAKE_FAILED;
    begin_call();
    int done = SSL_do_handshake(tls->ssl);
    if (done == 1)
        return REDIS_SHAKEN;
    switch (SSL_get_error(tls->ssl, done)) {
    case SSL_ERROR_WANT_READ:
        link->wants = POLLIN;
        return REDIS_SHAKE_MORE;
    case SSL_ERROR_WANT_WRITE:
        link->wants = POLLOUT;
        return REDIS_SHAKE_MORE;
    case SSL_ERROR_SSL:
        *problem = tls_words_of_handshake(tls, arena);
        return REDIS_SHAKE_FAILED;
    default:
        *problem = "it closed the connection during the TLS handshake";
        return REDIS_SHAKE_FAILED;
    }
}

/* As errno and the link's "wants" say it. */
static ssize_t report(struct redis_link *link, int done)
{
    struct tls_link *tls = link->session;

    switch (SSL_get_error(tls->ssl, done)) {
    case SSL_ERROR_WANT_READ:
        link->wants = POLLIN;
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_WANT_WRITE:
        link->wants = POLLOUT;
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        if (errno == 0)
            return 0;
        return -1;
    default:
        link->problem = tls_words_of_error(tls);
        errno = EPROTO;
        return -1;
    }
}

static ssize_t tls_send(struct redis_link *link, const char *bytes, size_t length)
{
    struct tls_link *tls = link->session;
    size_t sent = 0;

    begin_call();
    int done = SSL_write_ex(tls->ssl, bytes, length, &sent);
    if (done == 1)
        return (ssize_t)sent;
    ssize_t result = report(link, done);
    if (result != 0)
        return result;
    errno = EPIPE;
    return -1;
}

/* All that has come: OpenSSL gives a record at a time, and what lies in it unread
   would be missed by poll and by who looks for bytes that were not asked for. */
static ssize_t tls_receive(struct redis_link *link, char *bytes, size_t room, bool waits)
{
    struct tls_link *tls = link->session;
    size_t filled = 0;
    int done = 0;

    tls->may_wait = waits;
    do {
        size_t count = 0;
        begin_call();
        done = SSL_read_ex(tls->ssl, bytes + filled, room - filled, &count);
        filled += count;
    } while (done == 1 && filled < room && SSL_has_pending(tls->ssl) == 1);
    if (tls->is_new_session) {
        tls->is_new_session = false;
        tls_sessions_save(tls->context, tls->key);
    }
    /* What ended it after some bytes is there for the next call as well. */
    return filled > 0 ? (ssize_t)filled : report(link, done);
}

/* Bytes on the socket are no answer if they are TLS's own, a new ticket for example. */
static bool tls_is_quiet(struct redis_link *link)
{
    struct tls_link *tls = link->session;
    char byte;
    size_t count;

    begin_call();
    tls->may_wait = false;
    int done = SSL_peek_ex(tls->ssl, &byte, 1, &count);
    return done != 1 && report(link, done) < 0 && errno == EAGAIN;
}

static void forget(void *context)
{
    tls_context_free(context);
}

MODULE_TABLE const struct redis_transport rexpand_redis_tls = {
    .name = "tls",
    .shake = shake,
    .send = tls_send,
    .receive = tls_receive,
    .is_quiet = tls_is_quiet,
    .close = close_link,
    .forget = forget,
};
