/* What stands in redis_servers, item by item. */

#ifndef REXPAND_LOOKUPS_REDIS_SERVERS_H
#define REXPAND_LOOKUPS_REDIS_SERVERS_H

#include "base/arena.h"
#include "base/outcome.h"
#include "base/value.h"

struct redis_tls;

struct redis_server {
    const char *host;     /* a name, an address, or the path of a Unix socket */
    const char *port;     /* decimal; NULL for a socket */
    const char *user;     /* NULL: the server's default user */
    const char *password; /* NULL: none; never in a message */
    unsigned database;
    bool uses_resp2; /* it is not asked whether it knows RESP3; set by redis_servers_set_resp2 */
    bool uses_tls;
    struct redis_tls *tls; /* how, if it uses TLS; set by redis_servers_set_tls */
    const char *label;     /* host:port or the path: what messages call it */
};

/* What the servers of a list are, as the scheme of their URIs says. */
enum redis_servers_kind {
    REDIS_SERVERS_LIST,
    REDIS_SERVERS_CLUSTER,  /* any of a cluster's nodes */
    REDIS_SERVERS_SENTINEL, /* Sentinels; user, password and database are the master's */
};

struct redis_servers {
    struct redis_server *all;
    size_t count;
    enum redis_servers_kind kind;
    const char *master_name; /* what Sentinels are asked for */
};

/* Reads an Exim list of servers into "arena". An item is one of
     host  host:port  [v6]:port  (socket)   each with /database/password or /database behind it
     redis://user:password@host:port/database  unix://user:password@/path?db=database
     redis+cluster://user:password@host:port/database
     redis+sentinel://user:password@host:port/master-name/database
   where rediss stands for redis with TLS, and several host:port may stand with commas
   between. All items are of one kind.
   OUTCOME_FAILED with a message that names the mistake, and no password. */
enum outcome redis_servers_parse(struct redis_servers *servers, const struct value *list, struct arena *arena,
                                 struct error *error) MUST_CHECK;

/* What all of them that use TLS use for it; it must outlive them. */
void redis_servers_set_tls(struct redis_servers *servers, struct redis_tls *tls);

void redis_servers_set_resp2(struct redis_servers *servers);

/* A server that another one has named (a cluster's node, a Sentinel's master), asked
   with all that "model" says: user, password, database, TLS. "host" need not end
   with a NUL; a path is not possible. Made in "arena", but for what is the model's.
   False: out of memory. */
bool redis_server_at(struct redis_server *server, const struct redis_server *model, const char *host,
                     size_t host_length, unsigned port, struct arena *arena) MUST_CHECK;

/* As redis_servers_parse for the list of one lookup: an item that is a host
   without a database stands for the item of "known" (the setting redis_servers)
   that begins with it, or whose URI names that host, or that host and port. */
enum outcome redis_servers_choose(struct redis_servers *servers, const struct value *list,
                                  const struct value *known, struct arena *arena,
                                  struct error *error) MUST_CHECK;

#endif
