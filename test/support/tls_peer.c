#include "test/support/tls_peer.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ssl.h>

static SSL_CTX *make_context(const struct tls_peer_settings *settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (SSL_CTX_use_certificate_chain_file(context, settings->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, settings->key, SSL_FILETYPE_PEM) != 1)
        _exit(2);
    /* What is too old is too weak for the usual security level too. */
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, settings->highest_version);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"peer", 4);
    if (settings->client_ca != NULL) {
        SSL_CTX_load_verify_file(context, settings->client_ca);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return context;
}

static void talk(SSL *ssl, const struct tls_peer_settings *settings)
{
    char question[4096];
    char answer[256];

    while (SSL_read(ssl, question, sizeof question) > 0) {
        const char *word = SSL_session_reused(ssl) ? "resumed" : "full";
        const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        if (settings->asks_for_name)
            word = name == NULL ? "-" : name;
        int length = snprintf(answer, sizeof answer, "$%zu\r\n%s\r\n", strlen(word), word);
        if (settings->cuts != NULL)
            length -= 3;
        if (settings->cuts != NULL && strcmp(settings->cuts, "record") == 0) {
            (void)send(SSL_get_fd(ssl), "$4\r\nfull\r\n and more", 18, MSG_NOSIGNAL);
            break;
        }
        if (SSL_write(ssl, answer, length) != length || settings->cuts != NULL || settings->hangs_up)
            break;
    }
    SSL_shutdown(ssl);
}

static void serve(int listener, const struct tls_peer_settings *settings)
{
    SSL_CTX *context = make_context(settings);

    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (settings->cuts != NULL && strcmp(settings->cuts, "handshake") == 0) {
            char some[16];
            (void)recv(fd, some, sizeof some, 0);
            (void)close(fd);
            continue;
        }
        SSL *ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1)
            talk(ssl, settings);
        SSL_free(ssl);
        (void)shutdown(fd, SHUT_WR);
        char rest[256];
        while (recv(fd, rest, sizeof rest, 0) > 0) /* so that no RST overtakes an alert */
            continue;
        (void)close(fd);
    }
}

void tls_peer_start(struct tls_peer *peer, const struct tls_peer_settings *settings)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pid_t parent = getpid();

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("tls_peer");
        abort();
    }
    peer->port = ntohs(address.sin_port);
    (void)snprintf(peer->place, sizeof peer->place, "127.0.0.1:%d", peer->port);
    peer->pid = fork();
    if (peer->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGPIPE, SIG_IGN);
        if (getppid() == parent)
            serve(listener, settings);
        _exit(1);
    }
    (void)close(listener);
}

void tls_peer_stop(struct tls_peer *peer)
{
    (void)kill(peer->pid, SIGKILL);
    (void)waitpid(peer->pid, NULL, 0);
}
