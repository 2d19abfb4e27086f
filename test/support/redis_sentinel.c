#include "test/support/redis_sentinel.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "test/support/redis_server.h"

enum { TEXT = 65536, PATIENCE_MILLISECONDS = 30000 };

static void fail(const char *what)
{
    (void)fprintf(stderr, "redis_sentinel: %s\n", what);
    abort();
}

static void config_path(const struct redis_test_sentinel *sentinel, const struct redis_test_process *process,
                        char *path, size_t size)
{
    char name[32];

    (void)snprintf(name, sizeof name, "%s/redis.conf", process->name);
    temp_folder_path(&sentinel->folder, name, path, size);
}

/* Sentinels and servers rewrite their files: each is written once only. */
static void write_config(const struct redis_test_sentinel *sentinel, const struct redis_test_process *process)
{
    char folder[128];
    char path[160];

    temp_folder_path(&sentinel->folder, process->name, folder, sizeof folder);
    (void)mkdir(folder, 0700);
    config_path(sentinel, process, path, sizeof path);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail("no file");
    (void)fprintf(file, "port %d\nbind 127.0.0.1\ndir %s\nlogfile \"\"\n", process->port, folder);
    if (process->is_sentinel) {
        (void)fprintf(file,
                      "sentinel monitor mail 127.0.0.1 %d 2\nsentinel down-after-milliseconds mail 700\n"
                      "sentinel failover-timeout mail 4000\n",
                      sentinel->servers[0].port);
        if (sentinel->password != NULL)
            (void)fprintf(file, "sentinel auth-pass mail %s\n", sentinel->password);
        if (sentinel->sentinel_password != NULL)
            (void)fprintf(file, "requirepass %s\n", sentinel->sentinel_password);
    } else {
        (void)fprintf(file, "save \"\"\nappendonly yes\nappendfsync no\nrepl-diskless-sync no\n");
        if (process != &sentinel->servers[0])
            (void)fprintf(file, "replicaof 127.0.0.1 %d\n", sentinel->servers[0].port);
        if (sentinel->password != NULL)
            (void)fprintf(file, "requirepass %s\nmasterauth %s\n", sentinel->password, sentinel->password);
    }
    (void)fclose(file);
}

void redis_test_process_restart(const struct redis_test_sentinel *sentinel,
                                struct redis_test_process *process)
{
    char path[160];
    char text[64];
    pid_t parent = getpid();

    config_path(sentinel, process, path, sizeof path);
    (void)fflush(NULL);
    process->pid = fork();
    if (process->pid == 0) {
        int null = open("/dev/null", O_RDWR);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        (void)dup2(null, 0);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        execlp("redis-server", "redis-server", path, process->is_sentinel ? "--sentinel" : NULL, NULL);
        _exit(127);
    }
    for (int i = 0; i < PATIENCE_MILLISECONDS / 10; i++) {
        if (redis_test_process_ask(sentinel, process, text, sizeof text, "PING"))
            return;
        (void)usleep(10000);
    }
    fail("a process does not answer");
}

void redis_test_process_kill(struct redis_test_process *process)
{
    if (process->pid <= 0)
        return;
    (void)kill(process->pid, SIGKILL);
    (void)waitpid(process->pid, NULL, 0);
    process->pid = 0;
}

/* ---- questions ---- */

static void add_text(char **next, const char *end, const redisReply *reply)
{
    int length = 0;
    size_t room = (size_t)(end - *next);

    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        if (i > 0 && *next + 1 < end)
            *(*next)++ = '\n';
        add_text(next, end, reply->element[i]);
    }
    if (reply->type == REDIS_REPLY_INTEGER)
        length = snprintf(*next, room, "%lld", reply->integer);
    else if (reply->type != REDIS_REPLY_ARRAY && reply->str != NULL)
        length = snprintf(*next, room, "%s", reply->str);
    *next += (size_t)length < room ? (size_t)length : room - 1;
}

bool redis_test_process_ask(const struct redis_test_sentinel *sentinel,
                            const struct redis_test_process *process, char *text, size_t size,
                            const char *words)
{
    struct timeval second = {.tv_sec = 1};
    const char *password = process->is_sentinel ? sentinel->sentinel_password : sentinel->password;
    redisContext *context = redisConnectWithTimeout("127.0.0.1", process->port, second);
    redisReply *reply = NULL;
    char *next = text;

    *text = '\0';
    if (context != NULL && context->err == 0) {
        (void)redisSetTimeout(context, second);
        if (password != NULL)
            freeReplyObject(redisCommand(context, "AUTH %s", password));
        if (context->err == 0)
            reply = redisCommand(context, words);
    }
    bool is_good = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    if (reply != NULL)
        add_text(&next, text + size, reply);
    *next = '\0';
    freeReplyObject(reply);
    redisFree(context);
    return is_good;
}

static int named_by(const struct redis_test_sentinel *sentinel, size_t index)
{
    char text[256];

    if (sentinel->sentinels[index].pid <= 0 ||
        !redis_test_process_ask(sentinel, &sentinel->sentinels[index], text, sizeof text,
                                "SENTINEL GET-MASTER-ADDR-BY-NAME mail"))
        return -1;
    const char *port = strchr(text, '\n');
    for (int i = 0; port != NULL && i < REDIS_TEST_SERVERS; i++)
        if (sentinel->servers[i].port == atoi(port + 1))
            return i;
    return -1;
}

int redis_test_sentinel_primary(const struct redis_test_sentinel *sentinel)
{
    for (size_t i = 0; i < REDIS_TEST_SENTINELS; i++)
        if (named_by(sentinel, i) >= 0)
            return named_by(sentinel, i);
    return -1;
}

size_t redis_test_sentinel_wait_for_other(const struct redis_test_sentinel *sentinel, size_t old)
{
    char text[TEXT];

    for (int i = 0; i < PATIENCE_MILLISECONDS / 10; i++) {
        int now = redis_test_sentinel_primary(sentinel);
        if (now >= 0 && (size_t)now != old &&
            redis_test_process_ask(sentinel, &sentinel->servers[now], text, sizeof text, "ROLE") &&
            strncmp(text, "master", 6) == 0)
            return (size_t)now;
        (void)usleep(10000);
    }
    fail("no other server becomes the primary");
    return 0;
}

static bool is_well(const struct redis_test_sentinel *sentinel, int primary)
{
    char text[TEXT];
    char port[16];

    for (size_t i = 0; i < REDIS_TEST_SENTINELS; i++)
        if (sentinel->sentinels[i].pid > 0 &&
            (named_by(sentinel, i) != primary ||
             !redis_test_process_ask(sentinel, &sentinel->sentinels[i], text, sizeof text, "INFO sentinel") ||
             strstr(text, "status=ok") == NULL || strstr(text, "slaves=2,sentinels=3") == NULL))
            return false;
    (void)snprintf(port, sizeof port, "\n%d\n", sentinel->servers[primary].port);
    for (int i = 0; i < REDIS_TEST_SERVERS; i++)
        if (i != primary && sentinel->servers[i].pid > 0 &&
            (!redis_test_process_ask(sentinel, &sentinel->servers[i], text, sizeof text, "ROLE") ||
             strstr(text, port) == NULL || strstr(text, "\nconnected\n") == NULL))
            return false;
    return true;
}

void redis_test_sentinel_wait(const struct redis_test_sentinel *sentinel)
{
    for (int i = 0; i < PATIENCE_MILLISECONDS / 20; i++) {
        int primary = redis_test_sentinel_primary(sentinel);
        if (primary >= 0 && is_well(sentinel, primary))
            return;
        (void)usleep(20000);
    }
    fail("the Sentinels do not agree");
}

/* ---- all of them ---- */

static void prepare(struct redis_test_process *process, bool is_sentinel, size_t number)
{
    *process = (struct redis_test_process){.port = free_port(), .is_sentinel = is_sentinel};
    (void)snprintf(process->name, sizeof process->name, "%s%zu", is_sentinel ? "sentinel" : "server", number);
}

void redis_test_sentinel_start(struct redis_test_sentinel *sentinel, const char *password,
                               const char *sentinel_password)
{
    *sentinel = (struct redis_test_sentinel){.password = password, .sentinel_password = sentinel_password};
    temp_folder_open(&sentinel->folder);
    for (size_t i = 0; i < REDIS_TEST_SERVERS; i++)
        prepare(&sentinel->servers[i], false, i);
    for (size_t i = 0; i < REDIS_TEST_SENTINELS; i++)
        prepare(&sentinel->sentinels[i], true, i);
    for (size_t i = 0; i < REDIS_TEST_SERVERS; i++) {
        write_config(sentinel, &sentinel->servers[i]);
        redis_test_process_restart(sentinel, &sentinel->servers[i]);
    }
    for (size_t i = 0; i < REDIS_TEST_SENTINELS; i++) {
        write_config(sentinel, &sentinel->sentinels[i]);
        redis_test_process_restart(sentinel, &sentinel->sentinels[i]);
    }
    redis_test_sentinel_wait(sentinel);
}

void redis_test_sentinel_stop(struct redis_test_sentinel *sentinel)
{
    for (size_t i = 0; i < REDIS_TEST_SENTINELS; i++)
        redis_test_process_kill(&sentinel->sentinels[i]);
    for (size_t i = 0; i < REDIS_TEST_SERVERS; i++)
        redis_test_process_kill(&sentinel->servers[i]);
    temp_folder_close(&sentinel->folder);
}
