/* What one node of a cluster says of the whole: who serves which slot. It is
   checked here, and nothing of it is believed that does not fit. */

#ifndef REXPAND_LOOKUPS_REDIS_TOPOLOGY_H
#define REXPAND_LOOKUPS_REDIS_TOPOLOGY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/outcome.h"
#include "lookups/redis/codec.h"
#include "lookups/redis/slots.h"

enum {
    REDIS_MOST_NODES = 1024,
    REDIS_MOST_REPLICAS = 64, /* of one range */
    REDIS_ID_LENGTH = 40,
    REDIS_LONGEST_HOST = 255,
};

struct redis_address {
    const char *host; /* a name or an address; a NUL stands behind it */
    unsigned port;
    const char *id; /* the node's, REDIS_ID_LENGTH hexadecimal digits; "" when it is not known */
};

/* Slots from "first" to "last" and the nodes that have them: the primary, and
   behind it its replicas. */
struct redis_range {
    unsigned first;
    unsigned last;
    size_t nodes; /* where they begin in the topology's list */
    size_t count; /* at least one */
};

struct redis_topology {
    struct arena *arena;
    struct redis_range *ranges;
    size_t range_count;
    size_t range_room;
    size_t *nodes; /* of all ranges; each the index of an address */
    size_t node_count;
    size_t node_room;
    struct redis_address *addresses; /* each once */
    size_t address_count;
    uint16_t *places;         /* hash table of addresses: index plus one */
    unsigned char *is_served; /* a bit a slot */
    size_t covered;           /* slots that have a primary */
};

/* "host:port" as MOVED and ASK give it: the last colon divides, since an IPv6
   address has no brackets there. An empty host is "asked", the host of the node
   that answered. False: it is not one. */
bool redis_address_read(struct redis_address *address, const char *text, size_t length, const char *asked,
                        struct arena *arena) MUST_CHECK;

/* Reads the reply to CLUSTER SLOTS, or to CLUSTER SHARDS, into "arena". A host
   that is empty or missing is "asked"; a node without an address that can be used
   is left out, and a range without a primary too. Of SHARDS, "tls" takes the port
   for TLS, and nodes that are not online are left out. False: it is no such reply,
   or says what cannot be, or memory ran out. */
bool redis_topology_read_slots(struct redis_topology *topology, const struct redis_reply *reply,
                               const char *asked, struct arena *arena) MUST_CHECK;
bool redis_topology_read_shards(struct redis_topology *topology, const struct redis_reply *reply,
                                const char *asked, bool tls, struct arena *arena) MUST_CHECK;

/* Making one piece by piece, as its readers do: room for so many ranges and
   mentions of nodes; a node, which belongs to the range that ends next; the end of
   a range. False: there is no room, or it cannot be. */
bool redis_topology_open(struct redis_topology *topology, size_t ranges, size_t nodes,
                         struct arena *arena) MUST_CHECK;
bool redis_topology_add(struct redis_topology *topology, const struct redis_address *address) MUST_CHECK;
bool redis_topology_end_range(struct redis_topology *topology, unsigned first, unsigned last) MUST_CHECK;

#endif
