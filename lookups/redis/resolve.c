#include "lookups/redis/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/value.h"

enum { MOST_HOSTS = 256 * 1024, THREAD_STACK = 1024 * 1024 };
static const nanoseconds freshness = 60 * NANOSECONDS_PER_SECOND;

/* ---- lists of addresses ---- */

static void add_all(struct redis_addresses *addresses, const struct addrinfo *found)
{
    for (; found != NULL && addresses->count < REDIS_MOST_ADDRESSES; found = found->ai_next) {
        if (found->ai_addrlen > sizeof addresses->all[0].address)
            continue;
        memcpy(&addresses->all[addresses->count].address, found->ai_addr, found->ai_addrlen);
        addresses->all[addresses->count++].length = found->ai_addrlen;
    }
}

/* Adds an address that is written as a number. False: it is not. */
static bool add_number(struct redis_addresses *addresses, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, port, &hints, &found) != 0)
        return false;
    add_all(addresses, found);
    freeaddrinfo(found);
    return true;
}

/* An empty list is none. */
static struct redis_addresses *or_null(struct redis_addresses *addresses)
{
    if (addresses != NULL && addresses->count > 0)
        return addresses;
    free(addresses);
    return NULL;
}

/* ---- /etc/hosts ---- */

/* The next word of a line, cut off with a NUL; NULL: there is none. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " \t\r");

    if (*word == '\0' || *word == '#')
        return NULL;
    *line = word + strcspn(word, " \t\r#");
    if (**line == '#')
        (*line)[1] = '\0'; /* what follows is a comment */
    if (**line != '\0')
        *(*line)++ = '\0';
    return word;
}

/* One line: an address and names for it. */
static void read_line(struct redis_addresses *addresses, char *line, const char *host, const char *port)
{
    const char *address = next_word(&line);
    const char *name;

    while (address != NULL && (name = next_word(&line)) != NULL)
        if (strcasecmp(name, host) == 0) {
            (void)add_number(addresses, address, port);
            return;
        }
}

struct redis_addresses *redis_resolve_in_hosts(const char *text, size_t length, const char *host,
                                               const char *port)
{
    struct redis_addresses *addresses = calloc(1, sizeof *addresses);
    char line[512];

    while (addresses != NULL && length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t used = end == NULL ? length : (size_t)(end - text);
        if (used < sizeof line) {
            memcpy(line, text, used);
            line[used] = '\0';
            read_line(addresses, line, host, port);
        }
        used += end != NULL;
        text += used;
        length -= used;
    }
    return or_null(addresses);
}

/* A whole small file; NULL: it cannot be read. */
static char *read_file(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = fd < 0 ? NULL : malloc(MOST_HOSTS);
    ssize_t count = 1;

    *length = 0;
    while (text != NULL && *length < MOST_HOSTS && count > 0) {
        count = read(fd, text + *length, MOST_HOSTS - *length);
        *length += count > 0 ? (size_t)count : 0;
    }
    if (fd >= 0)
        (void)close(fd);
    return text;
}

/* Whether the system looks into /etc/hosts before anything else, as nearly all do
   (nsswitch.conf(5)). */
static bool asks_hosts_first(void)
{
    static const char key[] = "\nhosts:";
    size_t length;
    char *text = read_file("/etc/nsswitch.conf", &length);
    bool first = true;

    if (text == NULL)
        return true;
    const char *line = memmem(text, length, key, sizeof key - 1);
    if (line != NULL) {
        const char *end = text + length;
        line += sizeof key - 1;
        while (line < end && (*line == ' ' || *line == '\t'))
            line++;
        first = end - line > 5 && memcmp(line, "files", 5) == 0;
    }
    free(text);
    return first;
}

static struct redis_addresses *look_into_hosts(const char *host, const char *port)
{
    size_t length;
    char *text = asks_hosts_first() ? read_file("/etc/hosts", &length) : NULL;
    struct redis_addresses *addresses =
        text == NULL ? NULL : redis_resolve_in_hosts(text, length, host, port);

    free(text);
    return addresses;
}

struct redis_addresses *redis_resolve_at_once(const char *host, const char *port)
{
    struct redis_addresses *addresses = calloc(1, sizeof *addresses);

    if (addresses == NULL || add_number(addresses, host, port))
        return or_null(addresses);
    free(addresses);
    addresses = look_into_hosts(host, port);
    if (addresses != NULL || strcasecmp(host, "localhost") != 0)
        return addresses;
    /* RFC 6761, section 6.3: nobody is to be asked about it. */
    addresses = calloc(1, sizeof *addresses);
    if (addresses != NULL) {
        (void)add_number(addresses, "::1", port);
        (void)add_number(addresses, "127.0.0.1", port);
    }
    return or_null(addresses);
}

/* ---- the thread ---- */

/* Shared by the thread and who waits for it; the last of the two frees it. */
struct redis_resolving {
    atomic_int users;
    atomic_bool has_ended; /* what the thread found is there */
    int bell;              /* an eventfd that the thread rings */
    pid_t owner;
    nanoseconds begun;
    redis_resolve_function *function;
    char *host;
    char *port;
    struct redis_addresses *addresses; /* NULL: "problem" */
    char problem[128];
};

static void free_resolving(struct redis_resolving *resolving)
{
    if (resolving->bell >= 0)
        (void)close(resolving->bell);
    free(resolving->addresses);
    free(resolving->host);
    free(resolving->port);
    free(resolving);
}

static void leave(struct redis_resolving *resolving)
{
    if (atomic_fetch_sub(&resolving->users, 1) == 1)
        free_resolving(resolving);
}

static void set_problem(struct redis_resolving *resolving, int error, int system_error)
{
    char words[96];
    const char *text = gai_strerror(error);

    if (error == EAI_SYSTEM)
        text = strerror_r(system_error, words, sizeof words);
    (void)snprintf(resolving->problem, sizeof resolving->problem, "%s", text);
}

static void *ask_system(void *argument)
{
    struct redis_resolving *resolving = argument;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    struct redis_addresses *addresses = calloc(1, sizeof *addresses);
    int error = addresses == NULL ? EAI_MEMORY
                                  : resolving->function(resolving->host, resolving->port, &hints, &found);

    if (error == 0) {
        add_all(addresses, found);
        freeaddrinfo(found);
        (void)snprintf(resolving->problem, sizeof resolving->problem, "it has no address");
    } else {
        set_problem(resolving, error, errno);
    }
    resolving->addresses = or_null(addresses);
    atomic_store(&resolving->has_ended, true);
    (void)eventfd_write(resolving->bell, 1);
    leave(resolving);
    return NULL;
}

/* Signals are for the program's own threads. */
static bool start_thread(struct redis_resolving *resolving)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;

    if (pthread_attr_init(&attributes) != 0)
        return false;
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attributes, THREAD_STACK);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, ask_system, resolving);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return error == 0;
}

struct redis_resolving *redis_resolving_begin(const char *host, const char *port,
                                              redis_resolve_function *function)
{
    struct redis_resolving *resolving = calloc(1, sizeof *resolving);

    if (resolving == NULL)
        return NULL;
    atomic_init(&resolving->users, 2);
    atomic_init(&resolving->has_ended, false);
    resolving->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    resolving->owner = getpid();
    resolving->begun = clock_now();
    resolving->function = function;
    resolving->host = strdup(host);
    resolving->port = strdup(port);
    if (resolving->bell >= 0 && resolving->host != NULL && resolving->port != NULL && start_thread(resolving))
        return resolving;
    free_resolving(resolving);
    return NULL;
}

bool redis_resolving_is_for(const struct redis_resolving *resolving, const char *host, const char *port)
{
    return resolving->owner == getpid() && clock_now() - resolving->begun < freshness &&
           strcmp(resolving->host, host) == 0 && strcmp(resolving->port, port) == 0;
}

int redis_resolving_socket(const struct redis_resolving *resolving)
{
    return resolving->bell;
}

bool redis_resolving_has_ended(struct redis_resolving *resolving, struct redis_addresses **addresses,
                               const char **problem)
{
    *addresses = NULL;
    *problem = resolving->problem;
    if (!atomic_load(&resolving->has_ended))
        return false;
    *addresses = resolving->addresses;
    resolving->addresses = NULL;
    return true;
}

void redis_resolving_end(struct redis_resolving *resolving)
{
    if (resolving == NULL)
        return;
    /* A child has a copy of its own, and no thread that uses it. */
    if (resolving->owner != getpid())
        free_resolving(resolving);
    else
        leave(resolving);
}
