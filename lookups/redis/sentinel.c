#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/redis/route.h"

/* A Sentinel is given this long for an answer, more each time that it had none. */
static const nanoseconds first_patience = 250 * NANOSECONDS_PER_MILLISECOND;

/* How old the list of replicas may grow. */
static const nanoseconds replicas_interval = 10 * NANOSECONDS_PER_SECOND;

/* A primary that was replaced by hand goes on answering for seconds, and what is
   written to it is lost: Sentinels are asked this often whether it still is one. */
static const nanoseconds primary_interval = NANOSECONDS_PER_SECOND / 2;

enum { MOST_REPLICAS = 64, MOST_PATIENCE_DOUBLINGS = 4, SCRATCH_KEPT = 16 * 1024 };

struct redis_sentinel {
    const struct redis_server *model; /* how the master and its replicas are asked */
    struct redis_node *primary;       /* NULL: not known */
    struct redis_node *replicas[MOST_REPLICAS];
    size_t count;
    size_t next; /* the replica whose turn it is */
    nanoseconds asked_at;
    bool is_hopeless; /* all Sentinels gave a clear no */
    bool is_stale;
    bool has_learnt; /* there may be nodes that nobody names any more */
    struct arena scratch;
};

bool redis_sentinel_open(struct redis_router *router)
{
    struct redis_sentinel *sentinel = calloc(1, sizeof *sentinel);
    const struct redis_settings *settings = &router->settings;

    if (sentinel == NULL || router->nodes.count == 0) {
        free(sentinel);
        return false;
    }
    router->sentinel = sentinel;
    router->ops = &redis_sentinel_ops;
    arena_init(&sentinel->scratch, 4096, SIZE_MAX);
    sentinel->model = router->nodes.all[0]->connection.server;
    for (size_t i = 0; i < router->nodes.count; i++) {
        struct redis_node *node = router->nodes.all[i];
        node->own = *node->connection.server;
        node->own.user = settings->sentinel_user[0] != '\0' ? settings->sentinel_user : NULL;
        node->own.password = settings->sentinel_password[0] != '\0' ? settings->sentinel_password : NULL;
        node->own.database = 0;
        node->connection.server = &node->own;
    }
    return true;
}

void redis_sentinel_close(struct redis_router *router)
{
    if (router->sentinel == NULL)
        return;
    arena_free(&router->sentinel->scratch);
    free(router->sentinel);
    router->sentinel = NULL;
}

/* ---- asking Sentinels ---- */

static struct redis_reply *ask(struct redis_router *router, struct redis_node *node, const char *what,
                               nanoseconds deadline)
{
    const char *name = router->settings.master_name;
    const struct redis_argument words[] = {{"SENTINEL", 8}, {what, strlen(what)}, {name, strlen(name)}};
    unsigned doublings = node->failures < MOST_PATIENCE_DOUBLINGS ? node->failures : MOST_PATIENCE_DOUBLINGS;

    return redis_router_query(router, node, words, 3, first_patience << doublings, deadline,
                              &router->sentinel->scratch);
}

/* The node at a host and port that a Sentinel has named; NULL when they are none. */
static struct redis_node *node_at(struct redis_router *router, const struct redis_reply *host,
                                  const struct redis_reply *port)
{
    struct redis_sentinel *sentinel = router->sentinel;
    struct redis_address address;

    if (host == NULL || port == NULL || host->type != REDIS_BULK || port->type != REDIS_BULK ||
        host->as.text.length == 0 || strlen(host->as.text.bytes) != host->as.text.length)
        return NULL;
    char *text = arena_format(&sentinel->scratch, "%s:%s", host->as.text.bytes, port->as.text.bytes);
    if (text == NULL || !redis_address_read(&address, text, strlen(text), NULL, &sentinel->scratch))
        return NULL;
    struct redis_node *node = redis_nodes_find(&router->nodes, &address);
    if (node == NULL)
        node = redis_nodes_add(&router->nodes, &address, sentinel->model, router->settings.reply_limit);
    if (node != NULL && node->is_listed)
        return NULL; /* a Sentinel is no server */
    if (node != NULL)
        node->is_announced = true;
    return node;
}

/* A connection is greeted for one role: it does not survive when that changes. */
static void use_as(struct redis_node *node, enum redis_role role)
{
    if (node->connection.role != role)
        redis_connection_close(&node->connection);
    node->connection.role = role;
    node->connection.stays_lost = role == REDIS_PRIMARY_ONLY;
}

static const struct redis_reply *field_of(const struct redis_reply *list, const char *name)
{
    for (size_t i = 0; list->type == REDIS_ARRAY && i + 1 < list->as.array.count; i += 2) {
        const struct redis_reply *field = &list->as.array.elements[i];
        if (field->type == REDIS_BULK && strcmp(field->as.text.bytes, name) == 0)
            return field + 1;
    }
    return NULL;
}

/* What Sentinel says of a replica that is to be asked: nothing is down about it. */
static bool is_well(const struct redis_reply *replica)
{
    const struct redis_reply *flags = field_of(replica, "flags");
    const struct redis_reply *link = field_of(replica, "master-link-status");

    return flags != NULL && flags->type == REDIS_BULK && strstr(flags->as.text.bytes, "down") == NULL &&
           strstr(flags->as.text.bytes, "disconnected") == NULL &&
           (link == NULL || link->type != REDIS_BULK || strcmp(link->as.text.bytes, "ok") == 0);
}

static void forget_primary(struct redis_sentinel *sentinel)
{
    if (sentinel->primary != NULL)
        sentinel->primary->is_announced = false;
    sentinel->primary = NULL;
}

static void forget_replicas(struct redis_sentinel *sentinel)
{
    for (size_t i = 0; i < sentinel->count; i++)
        sentinel->replicas[i]->is_announced = sentinel->replicas[i] == sentinel->primary;
    sentinel->count = 0;
}

/* SENTINEL REPLICAS has another name before Redis 5. */
static void learn_replicas(struct redis_router *router, struct redis_node *from, nanoseconds deadline)
{
    struct redis_sentinel *sentinel = router->sentinel;
    const struct redis_reply *reply = ask(router, from, "REPLICAS", deadline);

    if (reply != NULL && reply->type == REDIS_ERROR)
        reply = ask(router, from, "SLAVES", deadline);
    forget_replicas(sentinel);
    for (size_t i = 0; reply != NULL && reply->type == REDIS_ARRAY && i < reply->as.array.count; i++) {
        const struct redis_reply *replica = &reply->as.array.elements[i];
        if (!is_well(replica) || sentinel->count == MOST_REPLICAS)
            continue;
        struct redis_node *node = node_at(router, field_of(replica, "ip"), field_of(replica, "port"));
        if (node == NULL || node == sentinel->primary)
            continue;
        use_as(node, REDIS_REPLICA_ONLY);
        sentinel->replicas[sentinel->count++] = node;
    }
}

/* The replica that has become the primary is none any more. */
static void take_from_replicas(struct redis_sentinel *sentinel)
{
    size_t kept = 0;

    for (size_t i = 0; i < sentinel->count; i++)
        if (sentinel->replicas[i] != sentinel->primary)
            sentinel->replicas[kept++] = sentinel->replicas[i];
    sentinel->count = kept;
}

/* What one Sentinel says of the master. One that was away may name an old one: the
   greater epoch counts. */
struct word {
    struct redis_node *from;
    const struct redis_reply *host;
    const struct redis_reply *port;
    unsigned long long epoch;
};

/* Asks one Sentinel. False: it names none; "*refuses" is set if it gave a clear no. */
static bool ask_master(struct redis_router *router, struct redis_node *from, struct word *word, bool *refuses,
                       nanoseconds deadline)
{
    const struct redis_reply *reply = ask(router, from, "MASTER", deadline);

    *refuses = reply == NULL && from->connection.was_refused;
    if (reply == NULL)
        return false;
    *word = (struct word){.from = from};
    if (reply->type == REDIS_ARRAY) {
        const struct redis_reply *epoch = field_of(reply, "config-epoch");
        word->host = field_of(reply, "ip");
        word->port = field_of(reply, "port");
        if (epoch != NULL && epoch->type == REDIS_BULK)
            word->epoch = strtoull(epoch->as.text.bytes, NULL, 10);
    } else if (strstr(router->trouble, "NOPERM") != NULL) {
        /* A user may be allowed no more than this. */
        reply = ask(router, from, "GET-MASTER-ADDR-BY-NAME", deadline);
        if (reply != NULL && reply->type == REDIS_ARRAY && reply->as.array.count == 2) {
            word->host = &reply->as.array.elements[0];
            word->port = &reply->as.array.elements[1];
        }
    }
    *refuses = word->host == NULL;
    if (reply != NULL && reply->type == REDIS_ERROR && strstr(router->trouble, "No such master") != NULL)
        (void)snprintf(router->trouble, sizeof router->trouble,
                       "Sentinel %.60s does not know the master \"%.100s\"", from->own.label,
                       router->settings.master_name);
    return word->host != NULL && word->port != NULL;
}

static void take_word(struct redis_router *router, const struct word *word, bool with_replicas,
                      nanoseconds deadline)
{
    struct redis_sentinel *sentinel = router->sentinel;
    struct redis_node *primary = node_at(router, word->host, word->port);

    if (primary == NULL)
        return;
    if (primary != sentinel->primary)
        forget_primary(sentinel);
    primary->is_announced = true;
    sentinel->primary = primary;
    sentinel->has_learnt = true;
    take_from_replicas(sentinel);
    use_as(primary, REDIS_PRIMARY_ONLY);
    if (with_replicas)
        learn_replicas(router, word->from, deadline);
}

/* Asks the Sentinels who the master is. Those that rest are left out when there is
   no need. */
static void learn(struct redis_router *router, bool with_replicas, bool is_needed, nanoseconds deadline)
{
    struct redis_sentinel *sentinel = router->sentinel;
    struct word best = {.from = NULL};
    size_t asked = 0;
    size_t refusals = 0;

    sentinel->asked_at = clock_now();
    sentinel->is_stale = false;
    for (size_t i = 0; i < router->nodes.count && !clock_is_past(deadline); i++) {
        struct redis_node *from = router->nodes.all[i];
        struct word word;
        bool refuses;
        if (!from->is_listed || (redis_node_rests(from) && (!is_needed || best.from != NULL)))
            continue;
        bool names = ask_master(router, from, &word, &refuses, deadline);
        asked++;
        refusals += refuses;
        if (names)
            redis_node_has_answered(from);
        if (names && (best.from == NULL || word.epoch > best.epoch))
            best = word;
    }
    if (best.from != NULL)
        take_word(router, &best, with_replicas, deadline);
    sentinel->is_hopeless = best.from == NULL && asked > 0 && refusals == asked;
    arena_reset(&sentinel->scratch, SCRATCH_KEPT);
}

/* ---- who is asked ---- */

static struct redis_node *pick_replica(struct redis_router *router)
{
    struct redis_sentinel *sentinel = router->sentinel;

    for (size_t i = 0; i < sentinel->count; i++) {
        struct redis_node *node = sentinel->replicas[sentinel->next++ % sentinel->count];
        if (!redis_node_rests(node))
            return node;
    }
    return NULL;
}

/* Whether the connection is there for this errand: a new one is made only to the
   master that the Sentinels name now. */
static bool is_there(struct redis_node *node, const struct redis_errand *errand)
{
    if (!redis_connection_is_open(&node->connection))
        return false;
    if (errand->only_reads || !redis_connection_is_dead(&node->connection))
        return true;
    redis_connection_close(&node->connection);
    return false;
}

static struct redis_node *pick(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    struct redis_sentinel *sentinel = router->sentinel;
    bool wants_replica = errand->only_reads && errand->read_from != REDIS_READ_PRIMARY;
    nanoseconds age = clock_now() - sentinel->asked_at;

    if (wants_replica && (sentinel->primary == NULL || sentinel->count == 0 || age > replicas_interval) &&
        age > NANOSECONDS_PER_SECOND)
        learn(router, true, sentinel->primary == NULL, deadline);
    struct redis_node *replica = wants_replica ? pick_replica(router) : NULL;
    if (replica != NULL)
        return replica;
    if (wants_replica && errand->read_from == REDIS_READ_REPLICA) {
        redis_errand_complain(errand, NULL, "no replica is there that follows the master");
        sentinel->is_stale = true;
        return NULL;
    }
    bool is_needed = sentinel->primary == NULL || !is_there(sentinel->primary, errand);
    if (is_needed ? age > NANOSECONDS_PER_MILLISECOND : age > primary_interval)
        learn(router, wants_replica, is_needed, deadline);
    struct redis_node *primary = sentinel->primary;
    if (primary == NULL) {
        sentinel->is_stale = true;
        redis_errand_complain(errand, NULL, router->trouble);
        if (sentinel->is_hopeless)
            errand->state = REDIS_ERRAND_REFUSED;
        return NULL;
    }
    return primary->is_slow && !redis_router_probe(router, primary, deadline, &sentinel->scratch) ? NULL
                                                                                                  : primary;
}

/* ---- what comes next ---- */

static bool was_replica(const struct redis_errand *errand)
{
    return errand->node->connection.role == REDIS_REPLICA_ONLY;
}

static void wait(struct redis_router *router, struct redis_errand *errand)
{
    router->sentinel->is_stale = true;
    errand->state = REDIS_ERRAND_WAITS;
}

static void refused(struct redis_router *router, struct redis_errand *errand,
                    const struct redis_refusal *refusal, nanoseconds deadline)
{
    (void)deadline;
    if (refusal->kind == REDIS_REFUSED_FOR_GOOD || refusal->is_clusters) {
        redis_node_has_answered(errand->node);
        errand->state = REDIS_ERRAND_REFUSED;
        return;
    }
    if (was_replica(errand)) {
        redis_node_has_failed(errand->node, clock_now());
        return; /* another one */
    }
    redis_node_has_answered(errand->node);
    if (refusal->kind != REDIS_REFUSED_SOON)
        redis_connection_close(&errand->node->connection);
    wait(router, errand);
}

static void failed(struct redis_router *router, struct redis_errand *errand)
{
    if (was_replica(errand))
        return; /* it rests now: another one */
    if (errand->node->connection.was_refused)
        errand->state = REDIS_ERRAND_REFUSED;
    else
        wait(router, errand);
}

static void nap(struct redis_router *router, unsigned naps, nanoseconds deadline)
{
    struct redis_sentinel *sentinel = router->sentinel;

    if (naps > 0 || clock_now() - sentinel->asked_at < 5 * NANOSECONDS_PER_MILLISECOND)
        redis_nap(redis_nap_span(naps), deadline);
    if (sentinel->is_stale && !clock_is_past(deadline))
        learn(router, sentinel->count > 0, true, deadline);
}

/* While errands are under way they point to nodes: those that nobody names are
   closed when all have ended. */
static void settle(struct redis_router *router, nanoseconds deadline)
{
    (void)deadline;
    if (router->sentinel->has_learnt)
        redis_nodes_forget(&router->nodes);
    router->sentinel->has_learnt = false;
}

const struct redis_router_ops redis_sentinel_ops = {
    .name = "sentinel", .pick = pick, .refused = refused, .failed = failed, .nap = nap, .settle = settle};
