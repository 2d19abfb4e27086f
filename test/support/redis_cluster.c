#include "test/support/redis_cluster.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

enum { SLOTS = 16384, PATIENCE_MILLISECONDS = 30000, TEXT = 65536 };

static void fail(const char *what)
{
    (void)fprintf(stderr, "redis_cluster: %s\n", what);
    abort();
}

/* ---- processes ---- */

static bool is_free(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool is_bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return is_bound;
}

/* Two ports below those that the kernel gives to connections: a node that is down
   must find its own free when it comes back. */
static void choose_ports(struct redis_test_node *node)
{
    static const int lowest = 11000;
    static const int highest = 31000;
    unsigned seed = (unsigned)getpid() * 2654435761U;

    for (int i = 0; i < 20000; i++) {
        int port = lowest + (int)((seed + (unsigned)i * 2) % (unsigned)(highest - lowest));
        if (!is_free(port) || !is_free(port + 1))
            continue;
        node->port = port;
        node->bus = port + 1;
        return;
    }
    fail("no free ports");
}

/* Synchronised by a file: a primary that streams to its replica says that this is
   done up to a second before it sends on what is written to it. */
static void become_node(const struct redis_test_cluster *cluster, const struct redis_test_node *node,
                        pid_t parent)
{
    char port[16];
    char bus[16];
    char timeout[16];
    char folder[128];
    int null = open("/dev/null", O_RDWR);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* the test was gone before prctl */
    temp_folder_path(&cluster->folder, node->folder, folder, sizeof folder);
    (void)dup2(null, 0);
    (void)dup2(null, 1);
    (void)dup2(null, 2);
    (void)snprintf(port, sizeof port, "%d", node->port);
    (void)snprintf(bus, sizeof bus, "%d", node->bus);
    (void)snprintf(timeout, sizeof timeout, "%d", cluster->node_timeout);
    execlp("redis-server", "redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save",
           "", "--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0",
           "--daemonize", "no", "--enable-debug-command", "yes", "--cluster-enabled", "yes", "--cluster-port",
           bus, "--cluster-node-timeout", timeout, "--repl-diskless-sync", "no",
           "--cluster-allow-replica-migration", "no", NULL);
    _exit(127);
}

static redisContext *connect_to(const struct redis_test_node *node)
{
    struct timeval time = {.tv_sec = 1};
    redisContext *context = redisConnectWithTimeout("127.0.0.1", node->port, time);

    if (context == NULL || context->err != 0 || redisSetTimeout(context, time) != REDIS_OK) {
        redisFree(context);
        return NULL;
    }
    return context;
}

static bool is_loaded(const struct redis_test_cluster *cluster, size_t index)
{
    char text[256];

    return redis_test_node_ask(cluster, index, text, sizeof text, "CLUSTER MYID") &&
           redis_test_node_ask(cluster, index, text, sizeof text, "DBSIZE");
}

void redis_test_node_restart(struct redis_test_cluster *cluster, size_t index)
{
    struct redis_test_node *node = &cluster->nodes[index];
    pid_t parent = getpid();

    (void)fflush(NULL);
    node->pid = fork();
    if (node->pid == 0)
        become_node(cluster, node, parent);
    for (int i = 0; i < PATIENCE_MILLISECONDS / 10; i++) {
        if (is_loaded(cluster, index))
            return;
        (void)usleep(10000);
    }
    fail("a node does not answer");
}

void redis_test_node_kill(struct redis_test_cluster *cluster, size_t index)
{
    struct redis_test_node *node = &cluster->nodes[index];

    if (node->pid <= 0)
        return;
    (void)kill(node->pid, SIGKILL);
    (void)waitpid(node->pid, NULL, 0);
    node->pid = 0;
}

void redis_test_node_freeze(struct redis_test_cluster *cluster, size_t index)
{
    (void)kill(cluster->nodes[index].pid, SIGSTOP);
}

void redis_test_node_thaw(struct redis_test_cluster *cluster, size_t index)
{
    (void)kill(cluster->nodes[index].pid, SIGCONT);
}

/* ---- questions ---- */

static void add_text(char **next, const char *end, const redisReply *reply)
{
    int length = 0;
    size_t room = (size_t)(end - *next);

    if (reply->type == REDIS_REPLY_ARRAY) {
        for (size_t i = 0; i < reply->elements; i++) {
            if (i > 0 && *next + 1 < end)
                *(*next)++ = '\n';
            add_text(next, end, reply->element[i]);
        }
        return;
    }
    if (reply->type == REDIS_REPLY_INTEGER)
        length = snprintf(*next, room, "%lld", reply->integer);
    else if (reply->str != NULL)
        length = snprintf(*next, room, "%s", reply->str);
    *next += (size_t)length < room ? (size_t)length : room - 1;
}

static bool ask_words(const struct redis_test_cluster *cluster, size_t index, char *text, size_t size,
                      const char *words)
{
    redisContext *context = connect_to(&cluster->nodes[index]);
    redisReply *reply = context == NULL ? NULL : redisCommand(context, words);
    bool is_good = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    char *next = text;

    *text = '\0';
    if (reply != NULL)
        add_text(&next, text + size, reply);
    *next = '\0';
    freeReplyObject(reply);
    redisFree(context);
    return is_good;
}

bool redis_test_node_ask(const struct redis_test_cluster *cluster, size_t index, char *text, size_t size,
                         const char *format, ...)
{
    char words[1024];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return ask_words(cluster, index, text, size, words);
}

void redis_test_node_do(const struct redis_test_cluster *cluster, size_t index, const char *format, ...)
{
    char words[1024];
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (ask_words(cluster, index, text, sizeof text, words))
        return;
    (void)fprintf(stderr, "redis_cluster: node %zu: %s: %s\n", index, words, text);
    abort();
}

static int node_with_port(const struct redis_test_cluster *cluster, int port)
{
    for (size_t i = 0; i < cluster->count; i++)
        if (cluster->nodes[i].port == port)
            return (int)i;
    return -1;
}

static int owner_says(const struct redis_test_cluster *cluster, size_t index, unsigned slot)
{
    redisContext *context = connect_to(&cluster->nodes[index]);
    redisReply *reply = context == NULL ? NULL : redisCommand(context, "CLUSTER SLOTS");
    int owner = -1;

    for (size_t i = 0; reply != NULL && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *range = reply->element[i];
        if (range->element[0]->integer <= (long long)slot && range->element[1]->integer >= (long long)slot)
            owner = node_with_port(cluster, (int)range->element[2]->element[1]->integer);
    }
    freeReplyObject(reply);
    redisFree(context);
    return owner;
}

int redis_test_cluster_owner(const struct redis_test_cluster *cluster, unsigned slot, int not )
{
    for (size_t i = 0; i < cluster->count; i++) {
        int owner = cluster->nodes[i].pid > 0 && (int)i != not ? owner_says(cluster, i, slot) : -1;
        if (owner >= 0)
            return owner;
    }
    return -1;
}

int redis_test_cluster_replica(const struct redis_test_cluster *cluster, size_t primary)
{
    char text[TEXT];

    for (size_t i = 0; i < cluster->count; i++) {
        char port[16];
        (void)snprintf(port, sizeof port, "\n%d\n", cluster->nodes[primary].port);
        if (cluster->nodes[i].pid > 0 && redis_test_node_ask(cluster, i, text, sizeof text, "ROLE") &&
            strncmp(text, "slave", 5) == 0 && strstr(text, port) != NULL)
            return (int)i;
    }
    return -1;
}

/* ---- waiting ---- */

static bool is_well(const struct redis_test_cluster *cluster, size_t index)
{
    char text[TEXT];
    char known[64];
    size_t running = 0;

    for (size_t i = 0; i < cluster->count; i++)
        running += cluster->nodes[i].pid > 0;
    (void)snprintf(known, sizeof known, "cluster_known_nodes:%zu\r", running);
    if (!redis_test_node_ask(cluster, index, text, sizeof text, "CLUSTER INFO") ||
        strstr(text, "cluster_state:ok") == NULL || strstr(text, "cluster_slots_ok:16384") == NULL ||
        (running == cluster->count && strstr(text, known) == NULL))
        return false;
    if (!redis_test_node_ask(cluster, index, text, sizeof text, "ROLE"))
        return false;
    return strncmp(text, "slave", 5) != 0 || strstr(text, "\nconnected\n") != NULL;
}

static bool agree(const struct redis_test_cluster *cluster)
{
    int first[3] = {-1, -1, -1};
    static const unsigned slots[3] = {0, 8000, SLOTS - 1};

    for (size_t i = 0; i < cluster->count; i++) {
        if (cluster->nodes[i].pid <= 0)
            continue;
        for (size_t k = 0; k < 3; k++) {
            int owner = owner_says(cluster, i, slots[k]);
            if (owner < 0 || (first[k] >= 0 && owner != first[k]))
                return false;
            first[k] = owner;
        }
    }
    return true;
}

void redis_test_cluster_wait(const struct redis_test_cluster *cluster)
{
    for (int i = 0; i < PATIENCE_MILLISECONDS / 20; i++) {
        bool all = true;
        for (size_t k = 0; k < cluster->count && all; k++)
            all = cluster->nodes[k].pid <= 0 || is_well(cluster, k);
        if (all && agree(cluster))
            return;
        (void)usleep(20000);
    }
    fail("the cluster does not become whole");
}

size_t redis_test_cluster_wait_for_other(const struct redis_test_cluster *cluster, unsigned slot, size_t old)
{
    for (int i = 0; i < PATIENCE_MILLISECONDS / 10; i++) {
        int owner = redis_test_cluster_owner(cluster, slot, (int)old);
        if (owner >= 0 && owner != (int)old)
            return (size_t)owner;
        (void)usleep(10000);
    }
    fail("no other node takes the slot");
    return 0;
}

/* ---- making one ---- */

static size_t start_node(struct redis_test_cluster *cluster)
{
    size_t index = cluster->count;
    struct redis_test_node *node = &cluster->nodes[index];
    char folder[128];

    if (index == REDIS_TEST_NODES)
        fail("too many nodes");
    *node = (struct redis_test_node){.pid = 0};
    choose_ports(node);
    (void)snprintf(node->folder, sizeof node->folder, "node%zu", index);
    temp_folder_path(&cluster->folder, node->folder, folder, sizeof folder);
    (void)mkdir(folder, 0700);
    cluster->count++;
    redis_test_node_restart(cluster, index);
    if (!redis_test_node_ask(cluster, index, node->id, sizeof node->id, "CLUSTER MYID"))
        fail("a node has no id");
    return index;
}

static void meet(const struct redis_test_cluster *cluster, size_t index)
{
    redis_test_node_do(cluster, 0, "CLUSTER MEET 127.0.0.1 %d %d", cluster->nodes[index].port,
                       cluster->nodes[index].bus);
}

/* Until every node knows all others by their ids. */
static void wait_until_known(const struct redis_test_cluster *cluster)
{
    char text[TEXT];

    for (int tries = 0; tries < PATIENCE_MILLISECONDS / 20; tries++) {
        bool all = true;
        for (size_t i = 0; i < cluster->count && all; i++) {
            if (cluster->nodes[i].pid <= 0)
                continue;
            all = redis_test_node_ask(cluster, i, text, sizeof text, "CLUSTER NODES") &&
                  strstr(text, "handshake") == NULL;
            for (size_t k = 0; k < cluster->count && all; k++)
                all = cluster->nodes[k].pid <= 0 || strstr(text, cluster->nodes[k].id) != NULL;
        }
        if (all)
            return;
        (void)usleep(20000);
    }
    fail("the nodes do not meet");
}

void redis_test_cluster_start(struct redis_test_cluster *cluster, size_t primaries, size_t replicas,
                              int node_timeout)
{
    *cluster = (struct redis_test_cluster){.node_timeout = node_timeout};
    if (primaries == 0)
        fail("a cluster needs primaries");
    temp_folder_open(&cluster->folder);
    for (size_t i = 0; i < primaries * (replicas + 1); i++)
        (void)start_node(cluster);
    for (size_t i = 0; i < primaries; i++) {
        redis_test_node_do(cluster, i, "CLUSTER ADDSLOTSRANGE %zu %zu", i * SLOTS / primaries,
                           (i + 1) * SLOTS / primaries - 1);
        redis_test_node_do(cluster, i, "CLUSTER SET-CONFIG-EPOCH %zu", i + 1);
    }
    for (size_t i = 1; i < cluster->count; i++)
        meet(cluster, i);
    wait_until_known(cluster);
    for (size_t i = primaries; i < cluster->count; i++)
        redis_test_node_do(cluster, i, "CLUSTER REPLICATE %s", cluster->nodes[i % primaries].id);
    redis_test_cluster_wait(cluster);
}

void redis_test_cluster_stop(struct redis_test_cluster *cluster)
{
    for (size_t i = 0; i < cluster->count; i++)
        redis_test_node_kill(cluster, i);
    temp_folder_close(&cluster->folder);
}

size_t redis_test_cluster_add(struct redis_test_cluster *cluster)
{
    size_t index = start_node(cluster);

    meet(cluster, index);
    wait_until_known(cluster);
    redis_test_cluster_wait(cluster);
    return index;
}

void redis_test_cluster_remove(struct redis_test_cluster *cluster, size_t index)
{
    char text[256];

    for (size_t i = 0; i < cluster->count; i++)
        if (i != index && cluster->nodes[i].pid > 0)
            (void)redis_test_node_ask(cluster, i, text, sizeof text, "CLUSTER FORGET %s",
                                      cluster->nodes[index].id);
    redis_test_node_kill(cluster, index);
    if (index + 1 == cluster->count)
        cluster->count--;
}

/* ---- slots ---- */

static bool move_keys(const struct redis_test_cluster *cluster, unsigned slot, size_t from, size_t to,
                      int at_once)
{
    char keys[TEXT];
    char *rest;

    if (!redis_test_node_ask(cluster, from, keys, sizeof keys, "CLUSTER GETKEYSINSLOT %u %d", slot,
                             at_once) ||
        keys[0] == '\0')
        return false;
    for (char *key = strtok_r(keys, "\n", &rest); key != NULL; key = strtok_r(NULL, "\n", &rest))
        redis_test_node_do(cluster, from, "MIGRATE 127.0.0.1 %d %s 0 5000 REPLACE", cluster->nodes[to].port,
                           key);
    return true;
}

void redis_test_cluster_move_slot(const struct redis_test_cluster *cluster, unsigned slot, size_t from,
                                  size_t to, bool half)
{
    char text[256];

    redis_test_node_do(cluster, to, "CLUSTER SETSLOT %u IMPORTING %s", slot, cluster->nodes[from].id);
    redis_test_node_do(cluster, from, "CLUSTER SETSLOT %u MIGRATING %s", slot, cluster->nodes[to].id);
    if (half) {
        (void)move_keys(cluster, slot, from, to, 1);
        return;
    }
    while (move_keys(cluster, slot, from, to, 10))
        continue;
    redis_test_node_do(cluster, to, "CLUSTER SETSLOT %u NODE %s", slot, cluster->nodes[to].id);
    redis_test_node_do(cluster, from, "CLUSTER SETSLOT %u NODE %s", slot, cluster->nodes[to].id);
    for (size_t i = 0; i < cluster->count; i++)
        if (i != from && i != to && cluster->nodes[i].pid > 0)
            (void)redis_test_node_ask(cluster, i, text, sizeof text, "CLUSTER SETSLOT %u NODE %s", slot,
                                      cluster->nodes[to].id);
}

void redis_test_cluster_list(const struct redis_test_cluster *cluster, size_t first, char *list, size_t size)
{
    size_t length = (size_t)snprintf(list, size, "<;");

    for (size_t i = first; i < cluster->count && length < size; i++)
        if (cluster->nodes[i].port != 0)
            length +=
                (size_t)snprintf(list + length, size - length, "127.0.0.1:%d/0/;", cluster->nodes[i].port);
}
