/* A host's addresses, found without waiting for them: numbers, localhost and what
   /etc/hosts has are there at once; for anything else a thread asks the system and
   the caller polls. */

#ifndef REXPAND_LOOKUPS_REDIS_RESOLVE_H
#define REXPAND_LOOKUPS_REDIS_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/clock.h"

struct addrinfo;

enum { REDIS_MOST_ADDRESSES = 16 };

/* Addresses in the order in which they are to be tried; to be freed with free(). */
struct redis_addresses {
    size_t count;
    struct {
        struct sockaddr_storage address;
        socklen_t length;
    } all[REDIS_MOST_ADDRESSES];
};

/* getaddrinfo(3), or what a test puts in its place. */
typedef int redis_resolve_function(const char *host, const char *port, const struct addrinfo *hints,
                                   struct addrinfo **found);

/* A name on its way to its addresses. One that is given up goes on by itself, costs
   a thread until the system's resolver has had enough, and then frees itself. */
struct redis_resolving;

/* What is known at once. NULL: nothing. */
struct redis_addresses *redis_resolve_at_once(const char *host, const char *port);

/* The addresses of "host" in the text of a hosts file (hosts(5)); NULL: it has none. */
struct redis_addresses *redis_resolve_in_hosts(const char *text, size_t length, const char *host,
                                               const char *port);

/* Begins. NULL: there is no memory or thread for it. */
struct redis_resolving *redis_resolving_begin(const char *host, const char *port,
                                              redis_resolve_function *function);

/* Whether it is about that host and port, of this process (a child does not have its
   parent's threads), and not so old that its answer may be out of date. */
bool redis_resolving_is_for(const struct redis_resolving *resolving, const char *host, const char *port);

/* Readable when it has ended. */
int redis_resolving_socket(const struct redis_resolving *resolving);

/* Whether it has ended: with addresses, which are the caller's, or with NULL and the
   problem in words, which are valid as long as "resolving" is. */
bool redis_resolving_has_ended(struct redis_resolving *resolving, struct redis_addresses **addresses,
                               const char **problem);

/* Gives it up, whatever it has come to. NULL is nothing. */
void redis_resolving_end(struct redis_resolving *resolving);

#endif
