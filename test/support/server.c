#include "test/support/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* ---- TLS ---- */

/* A certificate that nobody has signed but its own key. */
static SSL_CTX *make_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();

    if (context == NULL || key == NULL || certificate == NULL)
        _exit(1);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    if (X509_set_pubkey(certificate, key) != 1 || X509_sign(certificate, key, EVP_sha256()) == 0 ||
        SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
        _exit(1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

/* ---- one client ---- */

struct client {
    int socket;
    SSL *tls;
};

static int receive(const struct client *client, char *bytes, size_t room)
{
    return client->tls != NULL ? SSL_read(client->tls, bytes, (int)room)
                               : (int)recv(client->socket, bytes, room, 0);
}

static void say(const struct client *client, const char *text)
{
    int length = (int)strlen(text);

    if (client->tls != NULL)
        (void)SSL_write(client->tls, text, length);
    else
        (void)send(client->socket, text, (size_t)length, MSG_NOSIGNAL);
}

static void echo(const struct client *client, bool to_the_end)
{
    char text[1024];
    char answer[2048];
    size_t length = 0;
    int got;

    do {
        got = receive(client, text + length, sizeof text - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while (got > 0 && to_the_end && length < sizeof text - 1);
    text[length] = '\0';
    const char *name =
        client->tls == NULL ? NULL : SSL_get_servername(client->tls, TLSEXT_NAMETYPE_host_name);
    (void)snprintf(answer, sizeof answer, "<%s>\nline\n%s", text, name == NULL ? "" : name);
    say(client, answer);
}

static void serve(const struct client *client, enum server_manner manner, unsigned number)
{
    char text[32];

    if (manner == SERVER_ECHOES || manner == SERVER_ANSWERS_EARLY)
        echo(client, manner == SERVER_ECHOES);
    (void)snprintf(text, sizeof text, "%u", number);
    if (manner == SERVER_COUNTS) {
        char request[256];
        while (receive(client, request, sizeof request) > 0)
            continue;
        say(client, text);
    }
    if (manner == SERVER_HANGS)
        for (;;)
            (void)pause(); /* until it is killed */
    if (manner == SERVER_TRICKLES)
        for (;;) {
            say(client, ".");
            (void)usleep(100000);
        }
}

__attribute__((noreturn)) static void run(int listener, enum server_manner manner, bool tls)
{
    SSL_CTX *context = tls ? make_context() : NULL;

    (void)signal(SIGPIPE, SIG_IGN);
    for (unsigned number = 1;; number++) {
        struct client client = {.socket = accept(listener, NULL, NULL)};
        if (client.socket < 0)
            _exit(0);
        if (context != NULL && manner != SERVER_CLOSES && manner != SERVER_HANGS) {
            client.tls = SSL_new(context);
            (void)SSL_set_fd(client.tls, client.socket);
            if (SSL_accept(client.tls) != 1)
                manner = SERVER_CLOSES;
        }
        serve(&client, manner, number);
        if (client.tls != NULL)
            (void)SSL_shutdown(client.tls);
        SSL_free(client.tls);
        (void)close(client.socket);
    }
}

/* ---- listening ---- */

static int listen_inet(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(server->address, sizeof server->address, "inet:127.0.0.1:%u",
                   (unsigned)ntohs(address.sin_port));
    return listener;
}

static int listen_unix(struct server *server, const struct temp_folder *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(listener >= 0);
    temp_folder_path(folder, "socket", server->address, sizeof server->address);
    assert_true(strlen(server->address) < sizeof address.sun_path);
    memcpy(address.sun_path, server->address, strlen(server->address));
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    return listener;
}

void server_start(struct server *server, enum server_manner manner, bool tls,
                  const struct temp_folder *folder)
{
    *server = (struct server){0};
    int listener = folder == NULL ? listen_inet(server) : listen_unix(server, folder);

    assert_int_equal(listen(listener, 8), 0);
    server->process = fork();
    assert_true(server->process >= 0);
    if (server->process == 0)
        run(listener, manner, tls);
    (void)close(listener);
}

void server_stop(struct server *server)
{
    (void)kill(server->process, SIGKILL);
    (void)waitpid(server->process, NULL, 0);
}
