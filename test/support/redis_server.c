#include "test/support/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

enum { MOST_ARGUMENTS = 64 };

bool redis_test_server_exists(void)
{
    return access("/usr/bin/redis-server", X_OK) == 0 || access("/usr/local/bin/redis-server", X_OK) == 0;
}

int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        perror("free_port");
        abort();
    }
    (void)close(fd);
    return ntohs(address.sin_port);
}

static void become_server(const struct redis_test_server *server, pid_t parent)
{
    char port[16];
    int null = open("/dev/null", O_RDWR);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* the test was gone before prctl */
    (void)dup2(null, 0);
    (void)dup2(null, 1);
    (void)dup2(null, 2);
    (void)snprintf(port, sizeof port, "%d", server->port);
    const char *arguments[MOST_ARGUMENTS] = {"redis-server",
                                             "--port",
                                             port,
                                             "--bind",
                                             "127.0.0.1",
                                             "--unixsocket",
                                             server->socket,
                                             "--dir",
                                             server->folder.path,
                                             "--save",
                                             "",
                                             "--appendonly",
                                             "no",
                                             "--daemonize",
                                             "no",
                                             "--enable-debug-command",
                                             "yes"};
    size_t count = 17;
    if (server->password != NULL) {
        arguments[count++] = "--requirepass";
        arguments[count++] = server->password;
    }
    for (size_t i = 0; server->more != NULL && server->more[i] != NULL && count + 1 < MOST_ARGUMENTS; i++)
        arguments[count++] = server->more[i];
    (void)execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static redisContext *connect_to(const struct redis_test_server *server)
{
    struct timeval second = {.tv_sec = 5};
    redisContext *context = redisConnectUnixWithTimeout(server->socket, second);

    if (context == NULL || context->err != 0) {
        redisFree(context);
        return NULL;
    }
    if (server->password != NULL)
        freeReplyObject(redisCommand(context, "AUTH %s", server->password));
    return context;
}

static void wait_until_it_answers(const struct redis_test_server *server)
{
    for (int i = 0; i < 1000; i++) {
        redisContext *context = connect_to(server);
        redisReply *reply = context == NULL ? NULL : redisCommand(context, "PING");
        bool answers = reply != NULL && reply->type == REDIS_REPLY_STATUS;
        freeReplyObject(reply);
        redisFree(context);
        if (answers)
            return;
        (void)usleep(10000);
    }
    (void)fprintf(stderr, "redis-server does not answer on %s\n", server->socket);
    abort();
}

void redis_test_server_restart(struct redis_test_server *server)
{
    pid_t parent = getpid();

    server->pid = fork();
    if (server->pid == 0)
        become_server(server, parent);
    if (server->pid < 0) {
        perror("fork");
        abort();
    }
    wait_until_it_answers(server);
}

void redis_test_server_start(struct redis_test_server *server, const char *password)
{
    redis_test_server_start_with(server, password, NULL);
}

void redis_test_server_start_with(struct redis_test_server *server, const char *password,
                                  const char *const *more)
{
    *server = (struct redis_test_server){.password = password, .port = free_port(), .more = more};
    temp_folder_open(&server->folder);
    temp_folder_path(&server->folder, "redis.sock", server->socket, sizeof server->socket);
    (void)snprintf(server->place, sizeof server->place, "127.0.0.1:%d", server->port);
    redis_test_server_restart(server);
}

void redis_test_server_kill(struct redis_test_server *server)
{
    if (server->pid <= 0)
        return;
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

void redis_test_server_stop(struct redis_test_server *server)
{
    redis_test_server_kill(server);
    temp_folder_close(&server->folder);
}

void redis_test_server_freeze(struct redis_test_server *server)
{
    (void)kill(server->pid, SIGSTOP);
}

void redis_test_server_thaw(struct redis_test_server *server)
{
    (void)kill(server->pid, SIGCONT);
}

long long redis_test_server_run(const struct redis_test_server *server, const char *command)
{
    redisContext *context = connect_to(server);
    redisReply *reply = context == NULL ? NULL : redisCommand(context, command);
    long long result = -1;

    if (reply != NULL && reply->type == REDIS_REPLY_INTEGER)
        result = reply->integer;
    else if (reply != NULL && reply->type == REDIS_REPLY_STRING)
        result = (long long)reply->len;
    freeReplyObject(reply);
    redisFree(context);
    return result;
}
