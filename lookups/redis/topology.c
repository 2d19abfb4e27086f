#include "lookups/redis/topology.h"

#include <string.h>

#include "base/value.h"

enum { HIGHEST_PORT = 65535, PLACES = 4 * REDIS_MOST_NODES };

/* ---- addresses ---- */

/* A host goes into messages and into the topology's file: nothing but what names
   and addresses are made of. A lone "?" is how a node says that it does not know. */
static bool is_host(const char *text, size_t length)
{
    if (length == 0 || length > REDIS_LONGEST_HOST || (length == 1 && text[0] == '?'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!byte_is_alnum(text[i]) && memchr(".-_:%", text[i], 5) == NULL)
            return false;
    return true;
}

static bool read_port(unsigned *port, const char *text, size_t length)
{
    *port = 0;
    for (size_t i = 0; i < length; i++) {
        if (!byte_is_digit(text[i]))
            return false;
        *port = *port * 10 + (unsigned)(text[i] - '0');
        if (*port > HIGHEST_PORT)
            return false;
    }
    return *port > 0;
}

bool redis_address_read(struct redis_address *address, const char *text, size_t length, const char *asked,
                        struct arena *arena)
{
    size_t colon = length;

    while (colon > 0 && text[colon - 1] != ':')
        colon--;
    if (colon == 0 || !read_port(&address->port, text + colon, length - colon))
        return false;
    size_t host_length = colon - 1;
    if (host_length > 2 && text[0] == '[' && text[host_length - 1] == ']') {
        text++;
        host_length -= 2;
    }
    address->id = "";
    address->host = host_length == 0 ? asked : arena_copy(arena, text, host_length);
    return address->host != NULL && is_host(address->host, strlen(address->host)) &&
           (host_length == 0 || strlen(address->host) == host_length);
}

static size_t hash_address(const struct redis_address *address)
{
    uint32_t hash = 2166136261U ^ address->port;

    for (const char *next = address->host; *next != '\0'; next++)
        hash = (hash ^ (unsigned char)*next) * 16777619U;
    return hash % PLACES;
}

/* The index of an address, which is put into the list if it is new. */
static bool find_address(struct redis_topology *topology, const struct redis_address *address, size_t *index)
{
    size_t place = hash_address(address);

    while (topology->places[place] != 0) {
        const struct redis_address *known = &topology->addresses[topology->places[place] - 1];
        if (known->port == address->port && strcmp(known->host, address->host) == 0) {
            *index = topology->places[place] - 1U;
            return true;
        }
        place = (place + 1) % PLACES;
    }
    if (topology->address_count == REDIS_MOST_NODES)
        return false;
    *index = topology->address_count;
    topology->addresses[topology->address_count++] = *address;
    topology->places[place] = (uint16_t)topology->address_count;
    return true;
}

/* ---- piece by piece ---- */

bool redis_topology_open(struct redis_topology *topology, size_t ranges, size_t nodes, struct arena *arena)
{
    *topology = (struct redis_topology){.arena = arena, .range_room = ranges, .node_room = nodes};
    if (ranges > REDIS_SLOTS || nodes > ranges * REDIS_MOST_REPLICAS)
        return false;
    topology->ranges = arena_calloc(arena, ranges, sizeof *topology->ranges);
    topology->nodes = arena_calloc(arena, nodes, sizeof *topology->nodes);
    topology->addresses =
        arena_calloc(arena, nodes < REDIS_MOST_NODES ? nodes : REDIS_MOST_NODES, sizeof *topology->addresses);
    topology->places = arena_calloc(arena, PLACES, sizeof *topology->places);
    topology->is_served = arena_calloc(arena, REDIS_SLOTS / 8, 1);
    return topology->ranges != NULL && topology->nodes != NULL && topology->addresses != NULL &&
           topology->places != NULL && topology->is_served != NULL;
}

bool redis_topology_add(struct redis_topology *topology, const struct redis_address *address)
{
    if (topology->node_count == topology->node_room ||
        !find_address(topology, address, &topology->nodes[topology->node_count]))
        return false;
    topology->node_count++;
    return true;
}

/* Where the nodes of the range that ends next begin. */
static size_t open_range(const struct redis_topology *topology)
{
    if (topology->range_count == 0)
        return 0;
    const struct redis_range *last = &topology->ranges[topology->range_count - 1];
    return last->nodes + last->count;
}

bool redis_topology_end_range(struct redis_topology *topology, unsigned first, unsigned last)
{
    size_t nodes = open_range(topology);
    size_t count = topology->node_count - nodes;

    if (first > last || last >= REDIS_SLOTS || count == 0 || count > REDIS_MOST_REPLICAS ||
        topology->range_count == topology->range_room)
        return false;
    for (unsigned slot = first; slot <= last; slot++) {
        if ((topology->is_served[slot / 8] >> (slot % 8) & 1) != 0)
            return false;
        topology->is_served[slot / 8] |= (unsigned char)(1U << (slot % 8));
    }
    topology->covered += last - first + 1;
    topology->ranges[topology->range_count++] = (struct redis_range){first, last, nodes, count};
    return true;
}

/* ---- replies ---- */

static bool is_array(const struct redis_reply *reply, size_t at_least)
{
    return reply->type == REDIS_ARRAY && reply->as.array.count >= at_least;
}

static bool is_text(const struct redis_reply *reply)
{
    return reply->type == REDIS_BULK || reply->type == REDIS_STATUS;
}

static bool read_slot(unsigned *slot, const struct redis_reply *reply)
{
    if (reply->type != REDIS_INTEGER || reply->as.integer < 0 || reply->as.integer >= REDIS_SLOTS)
        return false;
    *slot = (unsigned)reply->as.integer;
    return true;
}

/* Host, port and id from their replies. False: it has no address that can be
   used. */
static bool read_address(struct redis_address *address, const struct redis_reply *host, long long port,
                         const struct redis_reply *id, const char *asked)
{
    bool has_host = is_text(host) && host->as.text.length > 0;

    if (port < 1 || port > HIGHEST_PORT || !(has_host || host->type == REDIS_NIL || is_text(host)))
        return false;
    address->host = has_host ? host->as.text.bytes : asked;
    address->port = (unsigned)port;
    address->id = id != NULL && is_text(id) && id->as.text.length == REDIS_ID_LENGTH &&
                          is_host(id->as.text.bytes, REDIS_ID_LENGTH)
                      ? id->as.text.bytes
                      : "";
    return is_host(address->host, has_host ? host->as.text.length : strlen(address->host));
}

/* One element of CLUSTER SLOTS: first, last, primary, replicas. A node is host,
   port, and since Redis 4 its id. */
static bool read_slots_range(struct redis_topology *topology, const struct redis_reply *range,
                             const char *asked)
{
    unsigned first;
    unsigned last;

    if (!is_array(range, 3) || range->as.array.count > REDIS_MOST_REPLICAS + 2 ||
        !read_slot(&first, &range->as.array.elements[0]) || !read_slot(&last, &range->as.array.elements[1]))
        return false;
    for (size_t i = 2; i < range->as.array.count; i++) {
        const struct redis_reply *node = &range->as.array.elements[i];
        struct redis_address address;
        if (!is_array(node, 2) || node->as.array.elements[1].type != REDIS_INTEGER)
            return false;
        const struct redis_reply *parts = node->as.array.elements;
        bool is_usable = read_address(&address, &parts[0], parts[1].as.integer,
                                      node->as.array.count > 2 ? &parts[2] : NULL, asked);
        if (is_usable && !redis_topology_add(topology, &address))
            return false;
        if (!is_usable && i == 2)
            return true; /* nobody to ask for these slots */
    }
    return redis_topology_end_range(topology, first, last);
}

bool redis_topology_read_slots(struct redis_topology *topology, const struct redis_reply *reply,
                               const char *asked, struct arena *arena)
{
    size_t nodes = 0;

    if (!is_array(reply, 0) || reply->as.array.count > REDIS_SLOTS)
        return false;
    for (size_t i = 0; i < reply->as.array.count; i++)
        if (is_array(&reply->as.array.elements[i], 3))
            nodes += reply->as.array.elements[i].as.array.count - 2;
    if (!redis_topology_open(topology, reply->as.array.count, nodes, arena))
        return false;
    for (size_t i = 0; i < reply->as.array.count; i++)
        if (!read_slots_range(topology, &reply->as.array.elements[i], asked))
            return false;
    return true;
}

/* What stands behind "name" in a list of names and their values. */
static const struct redis_reply *find_field(const struct redis_reply *list, const char *name)
{
    for (size_t i = 0; is_array(list, i + 2); i += 2) {
        const struct redis_reply *field = &list->as.array.elements[i];
        if (is_text(field) && field->as.text.length == strlen(name) &&
            memcmp(field->as.text.bytes, name, field->as.text.length) == 0)
            return field + 1;
    }
    return NULL;
}

static bool field_is(const struct redis_reply *list, const char *name, const char *text)
{
    const struct redis_reply *field = find_field(list, name);

    return field != NULL && is_text(field) && field->as.text.length == strlen(text) &&
           memcmp(field->as.text.bytes, text, strlen(text)) == 0;
}

static bool read_shard_node(struct redis_address *address, const struct redis_reply *node, const char *asked,
                            bool tls)
{
    static const char *const hosts[] = {"endpoint", "hostname", "ip"};
    const struct redis_reply *port = find_field(node, tls ? "tls-port" : "port");
    const struct redis_reply *id = find_field(node, "id");

    if (port == NULL || port->type != REDIS_INTEGER || !field_is(node, "health", "online"))
        return false;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        const struct redis_reply *host = find_field(node, hosts[i]);
        if (host != NULL && read_address(address, host, port->as.integer, id, asked))
            return true;
    }
    return false;
}

/* Adds the nodes of a shard that are online and have the role. */
static bool add_shard_nodes(struct redis_topology *topology, const struct redis_reply *nodes,
                            const char *role, const char *asked, bool tls)
{
    for (size_t i = 0; i < nodes->as.array.count; i++) {
        const struct redis_reply *node = &nodes->as.array.elements[i];
        struct redis_address address;
        if (field_is(node, "role", role) && read_shard_node(&address, node, asked, tls) &&
            !redis_topology_add(topology, &address))
            return false;
    }
    return true;
}

static bool read_shard_range(struct redis_topology *topology, const struct redis_reply *slots,
                             const struct redis_reply *nodes, const char *asked, bool tls)
{
    unsigned first;
    unsigned last;
    size_t before = topology->node_count;

    if (!read_slot(&first, &slots[0]) || !read_slot(&last, &slots[1]) ||
        !add_shard_nodes(topology, nodes, "master", asked, tls))
        return false;
    if (topology->node_count == before)
        return true;
    return add_shard_nodes(topology, nodes, "replica", asked, tls) &&
           redis_topology_end_range(topology, first, last);
}

bool redis_topology_read_shards(struct redis_topology *topology, const struct redis_reply *reply,
                                const char *asked, bool tls, struct arena *arena)
{
    size_t ranges = 0;
    size_t mentions = 0;

    if (!is_array(reply, 0) || reply->as.array.count > REDIS_SLOTS)
        return false;
    for (size_t i = 0; i < reply->as.array.count; i++) {
        const struct redis_reply *slots = find_field(&reply->as.array.elements[i], "slots");
        const struct redis_reply *nodes = find_field(&reply->as.array.elements[i], "nodes");
        if (slots == NULL || nodes == NULL || !is_array(slots, 0) || !is_array(nodes, 0) ||
            nodes->as.array.count > REDIS_MOST_REPLICAS || slots->as.array.count > (size_t)2 * REDIS_SLOTS)
            return false;
        ranges += slots->as.array.count / 2;
        mentions += slots->as.array.count / 2 * nodes->as.array.count;
    }
    if (!redis_topology_open(topology, ranges, mentions, arena))
        return false;
    for (size_t i = 0; i < reply->as.array.count; i++) {
        const struct redis_reply *slots = find_field(&reply->as.array.elements[i], "slots");
        const struct redis_reply *nodes = find_field(&reply->as.array.elements[i], "nodes");
        for (size_t k = 0; k + 1 < slots->as.array.count; k += 2)
            if (!read_shard_range(topology, &slots->as.array.elements[k], nodes, asked, tls))
                return false;
    }
    return true;
}
