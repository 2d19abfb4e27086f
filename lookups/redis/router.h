/* Which server gets a command, and what becomes of it when that one fails. */

#ifndef REXPAND_LOOKUPS_REDIS_ROUTER_H
#define REXPAND_LOOKUPS_REDIS_ROUTER_H

#include "lookups/redis/command.h"
#include "lookups/redis/node.h"
#include "lookups/redis/refusal.h"

enum redis_mode {
    REDIS_MODE_AUTO, /* servers of a list, until one of them says that it is a cluster's */
    REDIS_MODE_STANDALONE,
    REDIS_MODE_CLUSTER,
    REDIS_MODE_SENTINEL,
};

/* Who answers a command that only reads. */
enum redis_read_from {
    REDIS_READ_PRIMARY,
    REDIS_READ_REPLICA,
    REDIS_READ_PREFER_REPLICA, /* the primary when no replica can */
};

struct redis_settings {
    nanoseconds connect_timeout;
    nanoseconds command_timeout;
    size_t reply_limit;
    enum redis_mode mode;
    const char *topology_cache; /* a file's path, "" for none; must outlive the router */
    const char *master_name;    /* what Sentinels call the master; the same */
    const char *sentinel_user;  /* for the Sentinels themselves, "" for none; the same */
    const char *sentinel_password;
};

/* One command on its way to an answer. */
struct redis_errand {
    /* What the caller sets. */
    const struct redis_command *command;
    enum redis_read_from read_from;

    /* What becomes of it: OUTCOME_DONE with a reply that is not an error, or an
       error that is set, in the arena. */
    enum outcome outcome;
    struct redis_reply *reply;
    struct error error;

    /* The router's own. */
    enum redis_errand_state {
        REDIS_ERRAND_READY,   /* to be sent in the next round */
        REDIS_ERRAND_WAITS,   /* to be sent after a nap */
        REDIS_ERRAND_DONE,    /* there is a reply */
        REDIS_ERRAND_REFUSED, /* no one will answer it; "problems" say why */
        REDIS_ERRAND_APART,   /* it is several commands to a cluster */
    } state;
    bool only_reads;
    bool has_slot;           /* "slot" is what the command says */
    bool is_asking;          /* the next node is to get ASKING before it */
    bool has_loaded;         /* its script was loaded once for it */
    unsigned hops;           /* redirections since the last nap */
    unsigned slot;           /* REDIS_NO_SLOT without a key */
    struct redis_node *to;   /* where a redirection sends it, else NULL */
    struct redis_node *node; /* who is asked in this round */
    struct redis_errand *next;
    const char *bytes; /* encoded */
    size_t length;
    struct buffer problems;
};

struct redis_router;
struct redis_cluster;
struct redis_sentinel;

/* What differs between a list of servers, Sentinel and a cluster. An errand's
   state comes in as REDIS_ERRAND_READY and stays so to be sent in the next round. */
struct redis_router_ops {
    const char *name;
    /* The node to ask next. NULL: none is left, or it can be said only after a nap. */
    struct redis_node *(*pick)(struct redis_router *router, struct redis_errand *errand,
                               nanoseconds deadline);
    /* Decides what comes after an error reply that is about the server. */
    void (*refused)(struct redis_router *router, struct redis_errand *errand,
                    const struct redis_refusal *refusal, nanoseconds deadline);
    /* Decides what comes after a failure that left the command unrun, or harmless to
       run again. NULL: another pick. */
    void (*failed)(struct redis_router *router, struct redis_errand *errand);
    /* Waits a little, and looks whether something has changed; "naps" were before it.
       NULL: nothing is worth a wait. */
    void (*nap)(struct redis_router *router, unsigned naps, nanoseconds deadline);
    /* After all errands, when there is nothing to say but something to learn. May be
       NULL. */
    void (*settle)(struct redis_router *router, nanoseconds deadline);
};

struct redis_router {
    const struct redis_router_ops *ops;
    struct redis_settings settings;
    struct redis_nodes nodes;
    unsigned long walk;              /* number of the current walk over the nodes */
    struct redis_cluster *cluster;   /* NULL: not known to be one */
    bool has_looked;                 /* a server of the list was asked whether it is a cluster's */
    struct redis_sentinel *sentinel; /* NULL but for Sentinel */
    struct arena memory;             /* of cluster, Sentinel and the scripts that are known */
    struct redis_script *scripts;
    size_t script_bytes;
    struct redis_known_command *commands; /* what the servers said of those that the table has not */
    size_t command_count;
    char trouble[320]; /* the last thing that went wrong with a question of the router's own */
};

/* Prepares a router for "servers", which must outlive it. Connects to nothing.
   False: out of memory. */
bool redis_router_open(struct redis_router *router, const struct redis_servers *servers,
                       const struct redis_settings *settings) MUST_CHECK;
void redis_router_close(struct redis_router *router);

/* Asks servers until one gives an answer that counts: one after the other of a
   list; of a cluster the one that serves the key, and waits while there is none. A
   command that writes is given to another only when no one can have run it.
   OUTCOME_DONE with a reply that is not an error; OUTCOME_DEFERRED with what each
   server that was asked said; OUTCOME_FAILED for a command that cannot be sent. */
enum outcome redis_router_ask(struct redis_router *router, const struct redis_command *command,
                              enum redis_read_from read_from, nanoseconds deadline, struct arena *arena,
                              struct redis_reply **reply, struct error *error) MUST_CHECK;

/* The same for many commands at once: one pipeline a node, redirections and
   repetitions command by command. Those for one slot are run in their order unless
   one of them has to be repeated. Each errand gets its outcome. */
void redis_router_ask_many(struct redis_router *router, struct redis_errand *errands, size_t count,
                           nanoseconds deadline, struct arena *arena);

#endif
