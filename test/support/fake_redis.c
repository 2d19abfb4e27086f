#include "test/support/fake_redis.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer {
    int listener;
    int connection;
};

static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        perror("fake_redis");
        abort();
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static int do_accept(struct peer *peer, const char *text, size_t length)
{
    (void)text;
    (void)length;
    if (peer->connection >= 0)
        (void)close(peer->connection);
    peer->connection = accept(peer->listener, NULL, NULL);
    return peer->connection < 0;
}

static int do_expect(struct peer *peer, const char *text, size_t length)
{
    char byte;

    for (size_t i = 0; i < length; i++)
        if (recv(peer->connection, &byte, 1, 0) != 1 || byte != text[i])
            return 1;
    return 0;
}

/* A peer that goes away in the middle is no mistake. */
static int do_send(struct peer *peer, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(peer->connection, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        text += sent;
        length -= (size_t)sent;
    }
    return 0;
}

static int do_trickle(struct peer *peer, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (send(peer->connection, text + i, 1, MSG_NOSIGNAL) != 1)
            return 0;
        (void)usleep(50000);
    }
    return 0;
}

static int do_close(struct peer *peer, const char *text, size_t length)
{
    (void)text;
    (void)length;
    (void)close(peer->connection);
    peer->connection = -1;
    return 0;
}

static int do_reset(struct peer *peer, const char *text, size_t length)
{
    struct linger now = {.l_onoff = 1};

    (void)setsockopt(peer->connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return do_close(peer, text, length);
}

static int do_silence(struct peer *peer, const char *text, size_t length)
{
    char bytes[4096];

    (void)text;
    (void)length;
    while (recv(peer->connection, bytes, sizeof bytes, 0) > 0)
        continue;
    return 0;
}

static int follow(int listener, const struct fake_step *steps)
{
    static int (*const actions[])(struct peer *, const char *, size_t) = {
        [FAKE_ACCEPT] = do_accept,   [FAKE_EXPECT] = do_expect, [FAKE_SEND] = do_send,
        [FAKE_TRICKLE] = do_trickle, [FAKE_CLOSE] = do_close,   [FAKE_RESET] = do_reset,
        [FAKE_SILENCE] = do_silence,
    };
    struct peer peer = {.listener = listener, .connection = -1};

    for (; steps->what != FAKE_END; steps++) {
        size_t length = steps->text != NULL && steps->length == 0 ? strlen(steps->text) : steps->length;
        if (actions[steps->what](&peer, steps->text, length) != 0)
            return 1;
    }
    return 0;
}

void fake_redis_start(struct fake_redis *fake, const struct fake_step *steps)
{
    pid_t parent = getpid();
    int listener = listen_somewhere(&fake->port);

    (void)snprintf(fake->place, sizeof fake->place, "127.0.0.1:%d", fake->port);
    fake->pid = fork();
    if (fake->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(getppid() != parent ? 1 : follow(listener, steps));
    }
    (void)close(listener);
}

int fake_redis_stop(struct fake_redis *fake)
{
    int status = 0;

    for (int i = 0; i < 200; i++) {
        if (waitpid(fake->pid, &status, WNOHANG) == fake->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        (void)usleep(10000);
    }
    (void)kill(fake->pid, SIGKILL);
    (void)waitpid(fake->pid, &status, 0);
    return 1;
}
