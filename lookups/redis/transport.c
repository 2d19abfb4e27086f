#include "lookups/redis/transport.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static ssize_t plain_send(struct redis_link *link, const char *bytes, size_t length)
{
    link->wants = POLLOUT;
    return send(link->socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ssize_t plain_receive(struct redis_link *link, char *bytes, size_t room, bool waits)
{
    link->wants = POLLIN;
    return recv(link->socket, bytes, room, waits ? 0 : MSG_DONTWAIT);
}

static bool plain_is_quiet(struct redis_link *link)
{
    char byte;

    return recv(link->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

const struct redis_transport redis_transport_plain = {
    .name = "plain",
    .send = plain_send,
    .receive = plain_receive,
    .is_quiet = plain_is_quiet,
};
