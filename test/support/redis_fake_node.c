#include "test/support/redis_fake_node.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PEERS = 32, MOST_INPUT = 65536 };

struct peer {
    int socket; /* 0: none */
    size_t length;
    char input[MOST_INPUT];
};

static int listen_at(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 32) != 0) {
        perror("redis_fake_node");
        abort();
    }
    return fd;
}

/* The next whole command of the input, its words ended with NULs in place. Gives
   the bytes it took, 0 when it is not all there. */
static size_t next_command(struct peer *peer, struct redis_fake_call *call)
{
    char *next = peer->input;
    char *end = peer->input + peer->length;
    char *line = memchr(next, '\n', peer->length);

    if (line == NULL)
        return 0;
    call->count = (size_t)strtoul(next + 1, NULL, 10);
    if (call->count > REDIS_FAKE_WORDS)
        abort();
    next = line + 1;
    for (size_t i = 0; i < call->count; i++) {
        line = memchr(next, '\n', (size_t)(end - next));
        if (line == NULL)
            return 0;
        size_t length = (size_t)strtoul(next + 1, NULL, 10);
        next = line + 1;
        if ((size_t)(end - next) < length + 2)
            return 0;
        call->words[i] = next;
        next += length + 2;
    }
    for (size_t i = 0; i < call->count; i++) {
        char *word = peer->input + (call->words[i] - peer->input);
        word[strcspn(word, "\r")] = '\0';
    }
    return (size_t)(next - peer->input);
}

static bool send_all(int socket, const char *bytes)
{
    for (size_t left = strlen(bytes); left > 0;) {
        ssize_t sent = send(socket, bytes, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        left -= (size_t)sent;
    }
    return true;
}

static void drop(struct peer *peer)
{
    (void)close(peer->socket);
    peer->socket = 0;
}

static void serve(struct peer *peer, struct redis_fake_call *call, void (*answer)(struct redis_fake_call *))
{
    ssize_t count = recv(peer->socket, peer->input + peer->length, sizeof peer->input - peer->length, 0);
    size_t used;

    if (count <= 0) {
        drop(peer);
        return;
    }
    peer->length += (size_t)count;
    while (peer->socket != 0 && (used = next_command(peer, call)) > 0) {
        call->answer[0] = '\0';
        if (strcmp(call->words[0], "ASKING") == 0 || strcmp(call->words[0], "READONLY") == 0) {
            (void)snprintf(call->answer, REDIS_FAKE_ANSWER, "+OK\r\n");
        } else {
            call->calls++;
            answer(call);
        }
        if (call->answer[0] == '\0' || !send_all(peer->socket, call->answer))
            drop(peer);
        peer->length -= used;
        memmove(peer->input, peer->input + used, peer->length);
    }
}

static void run(int listener, struct redis_fake_call *call, void (*answer)(struct redis_fake_call *))
{
    struct peer *peers = calloc(MOST_PEERS, sizeof *peers);
    struct pollfd wanted[MOST_PEERS + 1];

    for (;;) {
        nfds_t count = 0;
        wanted[count++] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (size_t i = 0; i < MOST_PEERS; i++)
            wanted[count++] =
                (struct pollfd){.fd = peers[i].socket == 0 ? -1 : peers[i].socket, .events = POLLIN};
        if (poll(wanted, count, -1) < 0)
            _exit(1);
        for (size_t i = 0; i < MOST_PEERS; i++)
            if (peers[i].socket != 0 && wanted[i + 1].revents != 0)
                serve(&peers[i], call, answer);
        for (size_t i = 0; i < MOST_PEERS && wanted[0].revents != 0; i++)
            if (peers[i].socket == 0) {
                peers[i].socket = accept(listener, NULL, NULL);
                peers[i].length = 0;
                break;
            }
    }
}

void redis_fake_node_start(struct redis_fake_node *node, int port, void (*answer)(struct redis_fake_call *),
                           const void *context)
{
    struct redis_fake_call call = {.node = node, .context = context};
    pid_t parent = getpid();
    int listener = listen_at(port);

    node->port = port;
    (void)snprintf(node->place, sizeof node->place, "127.0.0.1:%d", port);
    (void)fflush(NULL);
    node->pid = fork();
    if (node->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGSEGV, SIG_DFL);
        call.answer = malloc(REDIS_FAKE_ANSWER);
        if (getppid() == parent && call.answer != NULL)
            run(listener, &call, answer);
        _exit(1);
    }
    (void)close(listener);
}

void redis_fake_node_stop(struct redis_fake_node *node)
{
    (void)kill(node->pid, SIGKILL);
    (void)waitpid(node->pid, NULL, 0);
}
