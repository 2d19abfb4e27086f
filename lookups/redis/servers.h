/* What stands in redis_servers, item by item. */

#ifndef REXPAND_LOOKUPS_REDIS_SERVERS_H
#define REXPAND_LOOKUPS_REDIS_SERVERS_H

#include "base/arena.h"
#include "base/outcome.h"
#include "base/value.h"

struct redis_server {
    const char *host;     /* a name, an address, or the path of a Unix socket */
    const char *port;     /* decimal; NULL for a socket */
    const char *user;     /* NULL: the server's default user */
    const char *password; /* NULL: none; never in a message */
    unsigned database;
    const char *label; /* host:port or the path: what messages call it */
};

struct redis_servers {
    struct redis_server *all;
    size_t count;
};

/* Reads an Exim list of servers into "arena". An item is one of
     host  host:port  [v6]:port  (socket)   each with /database/password or /database behind it
     redis://user:password@host:port/database  unix://user:password@/path?db=database
   OUTCOME_FAILED with a message that names the mistake, and no password. */
enum outcome redis_servers_parse(struct redis_servers *servers, const struct value *list, struct arena *arena,
                                 struct error *error) MUST_CHECK;

/* A server that another one has named (a cluster's node, a Sentinel's master), asked
   with all that "model" says: user, password, database, TLS. "host" need not end
   with a NUL; a path is not possible. Made in "arena", but for what is the model's.
   False: out of memory. */
bool redis_server_at(struct redis_server *server, const struct redis_server *model, const char *host,
                     size_t host_length, unsigned port, struct arena *arena) MUST_CHECK;

/* As redis_servers_parse for the list of one lookup: an item that is a host
   without a database stands for the item of "known" (the setting redis_servers)
   that begins with it. */
enum outcome redis_servers_choose(struct redis_servers *servers, const struct value *list,
                                  const struct value *known, struct arena *arena,
                                  struct error *error) MUST_CHECK;

#endif
