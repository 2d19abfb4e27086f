#include "lookups/redis/router.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lookups/redis/pipeline.h"
#include "lookups/redis/route.h"

enum { MOST_PROBLEM_BYTES = 1000 };

bool redis_router_open(struct redis_router *router, const struct redis_servers *servers,
                       const struct redis_settings *settings)
{
    *router = (struct redis_router){.ops = &redis_standalone_ops, .settings = *settings};
    arena_init(&router->memory, 1024, SIZE_MAX);
    for (size_t i = 0; i < servers->count; i++)
        if (redis_nodes_add_listed(&router->nodes, &servers->all[i], settings->reply_limit) == NULL)
            return false;
    if (settings->mode == REDIS_MODE_SENTINEL)
        return redis_sentinel_open(router);
    bool has_file = settings->mode == REDIS_MODE_AUTO && settings->topology_cache[0] != '\0';
    return settings->mode == REDIS_MODE_CLUSTER || has_file ? redis_cluster_open(router) : true;
}

void redis_router_close(struct redis_router *router)
{
    redis_cluster_close(router);
    redis_sentinel_close(router);
    redis_nodes_free(&router->nodes);
    arena_free(&router->memory);
    *router = (struct redis_router){.ops = router->ops};
}

/* ---- waiting ---- */

/* Enough to keep processes that wait for the same thing from asking in step. */
static uint64_t random_number(void)
{
    uint64_t number = (uint64_t)clock_now() ^ ((uint64_t)getpid() << 32);

    number = (number ^ (number >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    return number ^ (number >> 33);
}

void redis_nap(nanoseconds span, nanoseconds deadline)
{
    nanoseconds half = span / 2;
    nanoseconds until = clock_deadline(half + (nanoseconds)(random_number() % (uint64_t)(half + 1)));

    until = clock_earlier(until, deadline);
    const struct timespec time = {.tv_sec = (time_t)(until / NANOSECONDS_PER_SECOND),
                                  .tv_nsec = (long)(until % NANOSECONDS_PER_SECOND)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0 && !clock_is_past(until))
        continue;
}

nanoseconds redis_nap_span(unsigned naps)
{
    static const nanoseconds spans[] = {10, 20, 40, 60, 80, 100}; /* milliseconds */
    const size_t last = sizeof spans / sizeof spans[0] - 1;

    return spans[naps < last ? naps : last] * NANOSECONDS_PER_MILLISECOND;
}

/* ---- an errand ---- */

bool redis_errand_open(struct redis_errand *errand, struct arena *arena)
{
    const struct redis_command *command = errand->command;
    struct buffer bytes;

    buffer_init(&bytes, arena);
    redis_command_encode(&bytes, command->arguments, command->count);
    errand->state = REDIS_ERRAND_READY;
    errand->outcome = OUTCOME_DEFERRED;
    errand->reply = NULL;
    errand->only_reads = command->effect == REDIS_READS || command->effect == REDIS_READS_CHANGING;
    errand->is_asking = errand->has_loaded = errand->has_slot = false;
    errand->hops = 0;
    errand->to = errand->node = NULL;
    errand->bytes = bytes.bytes;
    errand->length = bytes.length;
    errand->slot = REDIS_NO_SLOT;
    buffer_init(&errand->problems, arena);
    return !bytes.failed;
}

void redis_errand_complain(struct redis_errand *errand, const struct redis_node *node, const char *what)
{
    struct buffer *problems = &errand->problems;
    size_t begin = problems->length;

    if (begin > MOST_PROBLEM_BYTES)
        return;
    if (begin > 0)
        buffer_add_string(problems, "; ");
    size_t text = problems->length;
    if (node != NULL)
        buffer_format(problems, "redis server %s: ", node->connection.server->label);
    buffer_add_string(problems, what);
    if (!problems->failed && begin > 0 &&
        memmem(problems->bytes, begin, problems->bytes + text, problems->length - text) != NULL)
        buffer_truncate(problems, begin);
}

/* What comes after the words of the node that was asked. */
static void judge_answer(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline)
{
    struct redis_node *node = errand->node;
    bool was_asking = errand->is_asking;

    errand->is_asking = false;

    if (errand->reply->type != REDIS_ERROR) {
        redis_node_has_answered(node);
        errand->state = REDIS_ERRAND_DONE;
        return;
    }
    const struct redis_refusal *refusal = redis_refusal_find(errand->reply, errand->only_reads);
    redis_errand_complain(errand, node, redis_error_words(errand->reply, errand->problems.arena));
    if (refusal == NULL) {
        redis_node_has_answered(node);
        errand->state = REDIS_ERRAND_REFUSED;
    } else if (refusal->kind == REDIS_REFUSED_NOSCRIPT) {
        redis_node_has_answered(node);
        errand->to = node;
        errand->is_asking = was_asking;
        if (!redis_script_supply(router, errand, deadline))
            errand->state = REDIS_ERRAND_REFUSED;
    } else {
        router->ops->refused(router, errand, refusal, deadline);
    }
}

static void judge(struct redis_router *router, struct redis_errand *errand, enum redis_fate fate,
                  const char *problem, nanoseconds began, nanoseconds deadline)
{
    struct redis_node *node = errand->node;

    node->walk = router->walk;
    errand->to = NULL;
    if (fate == REDIS_ANSWERED) {
        judge_answer(router, errand, deadline);
        return;
    }
    errand->is_asking = false;
    redis_node_has_failed(node, began);
    redis_errand_complain(errand, node, problem);
    if (fate == REDIS_UNKNOWN && !errand->only_reads) {
        buffer_add_string(&errand->problems, "; the command may have run");
        errand->state = REDIS_ERRAND_REFUSED;
    } else if (router->ops->failed != NULL) {
        router->ops->failed(router, errand);
    }
}

/* ---- one round ---- */

/* What all errands of one run share. */
struct run {
    struct redis_router *router;
    struct redis_errand *errands;
    size_t count;
    nanoseconds deadline;
    struct arena *arena;
    struct redis_turn *turns; /* as many as errands; NULL until it takes more than one at once */
};

static void ask_one(const struct run *run, struct redis_errand *errand)
{
    const struct redis_settings *settings = &run->router->settings;
    const struct redis_question question = {
        .bytes = errand->bytes,
        .length = errand->length,
        .may_repeat = errand->only_reads,
        .is_asking = errand->is_asking,
        .arena = run->arena,
        .connect_timeout = settings->connect_timeout,
        .command_timeout = settings->command_timeout,
        .deadline = run->deadline,
    };
    const char *problem = NULL;
    nanoseconds began = clock_now();
    enum redis_fate fate =
        redis_connection_ask(&errand->node->connection, &question, &errand->reply, &problem);

    judge(run->router, errand, fate, problem, began, run->deadline);
}

static void give_up(struct redis_errand *errand, const char *why)
{
    buffer_add_string(&errand->problems, why);
    errand->state = REDIS_ERRAND_REFUSED;
}

/* The turns of the errands that wait at a node. */
static void start_pipeline(const struct run *run, struct redis_node *node, struct redis_turn *turns,
                           struct redis_pipeline *pipeline)
{
    const struct redis_settings *settings = &run->router->settings;
    size_t count = 0;

    for (const struct redis_errand *errand = node->first; errand != NULL; errand = errand->next)
        turns[count++] = (struct redis_turn){
            .bytes = errand->bytes,
            .length = errand->length,
            .may_repeat = errand->only_reads,
            .is_asking = errand->is_asking,
        };
    *pipeline = (struct redis_pipeline){
        .connection = &node->connection,
        .turns = turns,
        .count = count,
        .arena = run->arena,
        .connect_timeout = settings->connect_timeout,
        .command_timeout = settings->command_timeout,
        .deadline = run->deadline,
    };
    redis_pipeline_start(pipeline);
}

static void take_pipeline(const struct run *run, struct redis_node *node,
                          const struct redis_pipeline *pipeline, nanoseconds began)
{
    const struct redis_turn *turn = pipeline->turns;
    struct redis_errand *next;

    for (struct redis_errand *errand = node->first; errand != NULL; errand = next, turn++) {
        next = errand->next;
        errand->reply = turn->reply;
        judge(run->router, errand, turn->fate, pipeline->problem, began, run->deadline);
    }
}

/* Puts each errand that is ready behind the others of its node. Gives the number
   of nodes, the first of which are put into "busy". */
static size_t line_up(const struct run *run, struct redis_node **busy)
{
    size_t count = 0;

    for (size_t i = 0; i < run->count; i++) {
        struct redis_errand *errand = &run->errands[i];
        if (errand->state != REDIS_ERRAND_READY)
            continue;
        struct redis_node *node = errand->node;
        errand->next = NULL;
        if (node->first == NULL) {
            busy[count++] = node;
            node->first = errand;
            node->errands = 0;
        } else {
            node->last->next = errand;
        }
        node->last = errand;
        node->errands++;
    }
    return count;
}

static bool run_pipelines(const struct run *run, struct redis_node *const *busy, size_t count)
{
    struct redis_pipeline *pipelines = arena_calloc(run->arena, count, sizeof *pipelines);
    struct redis_pipeline **started = arena_calloc(run->arena, count, sizeof(struct redis_pipeline *));
    struct redis_turn *turns = run->turns;
    nanoseconds began = clock_now();

    if (pipelines == NULL || started == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        start_pipeline(run, busy[i], turns, &pipelines[i]);
        started[i] = &pipelines[i];
        turns += busy[i]->errands;
    }
    redis_pipelines_run(started, count);
    /* Learning from an answer can ask more of a node: not before all have theirs. */
    for (size_t i = 0; i < count; i++)
        take_pipeline(run, busy[i], &pipelines[i], began);
    return true;
}

static void ask_all(struct run *run, size_t ready)
{
    struct redis_node **busy = NULL;

    if (run->turns == NULL)
        run->turns = arena_calloc(run->arena, run->count, sizeof *run->turns);
    if (run->turns != NULL)
        busy = arena_calloc(run->arena, ready, sizeof(struct redis_node *));
    size_t count = busy == NULL ? 0 : line_up(run, busy);
    if (count == 0 || !run_pipelines(run, busy, count))
        for (size_t i = 0; i < run->count; i++)
            if (run->errands[i].state == REDIS_ERRAND_READY)
                give_up(&run->errands[i], "there is no memory for it");
    for (size_t i = 0; i < count; i++)
        busy[i]->first = busy[i]->last = NULL;
}

/* Gives each errand that is ready its node. Counts those that have one, and sets
   "*one" to the last of them; the others wait, or are at their end. */
static size_t pick_nodes(const struct run *run, struct redis_errand **one)
{
    struct redis_router *router = run->router;
    size_t ready = 0;

    for (size_t i = 0; i < run->count; i++) {
        struct redis_errand *errand = &run->errands[i];
        if (errand->state != REDIS_ERRAND_READY)
            continue;
        errand->node = errand->to != NULL ? errand->to : router->ops->pick(router, errand, run->deadline);
        if (errand->node != NULL) {
            *one = errand;
            ready++;
        } else if (errand->state == REDIS_ERRAND_READY) {
            errand->state = router->ops->nap == NULL ? REDIS_ERRAND_REFUSED : REDIS_ERRAND_WAITS;
        }
    }
    return ready;
}

static bool any_waits(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->errands[i].state == REDIS_ERRAND_WAITS)
            return true;
    return false;
}

static void wake(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->errands[i].state == REDIS_ERRAND_WAITS) {
            run->errands[i].state = REDIS_ERRAND_READY;
            run->errands[i].hops = 0;
        }
}

static void run_out_of_time(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct redis_errand *errand = &run->errands[i];
        if (errand->state == REDIS_ERRAND_READY || errand->state == REDIS_ERRAND_WAITS)
            give_up(errand, errand->problems.length > 0 ? "; no time is left to ask another server"
                                                        : "no time is left to ask a redis server");
    }
}

static void set_outcome(struct redis_errand *errand)
{
    struct value text;

    if (errand->state == REDIS_ERRAND_DONE) {
        errand->outcome = OUTCOME_DONE;
        return;
    }
    if (!buffer_value(&errand->problems, &text)) {
        errand->outcome = error_no_memory(&errand->error);
        return;
    }
    errand->error = (struct error){text.bytes, ERROR_NO_OFFSET};
}

void redis_router_run(struct redis_router *router, struct redis_errand *errands, size_t count,
                      nanoseconds deadline, struct arena *arena)
{
    struct run run = {
        .router = router, .errands = errands, .count = count, .deadline = deadline, .arena = arena};
    unsigned naps = 0;

    router->walk++;
    for (bool is_first = true;; is_first = false) {
        struct redis_errand *one = NULL;
        if (!is_first && clock_is_past(deadline)) {
            run_out_of_time(&run);
            break;
        }
        size_t ready = pick_nodes(&run, &one);
        if (ready == 1)
            ask_one(&run, one);
        else if (ready > 1)
            ask_all(&run, ready);
        if (count == 1 && errands->state == REDIS_ERRAND_DONE)
            break;
        if (ready > 0)
            continue;
        if (!any_waits(&run))
            break;
        router->ops->nap(router, naps++, deadline);
        wake(&run);
    }
    for (size_t i = 0; i < count; i++)
        if (errands[i].state != REDIS_ERRAND_APART)
            set_outcome(&errands[i]);
    if (router->ops->settle != NULL)
        router->ops->settle(router, deadline);
}

/* ---- questions ---- */

static void keep_trouble(struct redis_router *router, const struct redis_node *node, const char *what)
{
    (void)snprintf(router->trouble, sizeof router->trouble, "redis server %.60s: %s",
                   node->connection.server->label, what);
}

struct redis_reply *redis_router_query(struct redis_router *router, struct redis_node *node,
                                       const struct redis_argument *arguments, size_t count,
                                       nanoseconds patience, nanoseconds deadline, struct arena *arena)
{
    struct redis_reply *reply = NULL;
    const char *problem = NULL;
    struct buffer bytes;

    buffer_init(&bytes, arena);
    redis_command_encode(&bytes, arguments, count);
    if (bytes.failed)
        return NULL;
    const struct redis_question question = {
        .bytes = bytes.bytes,
        .length = bytes.length,
        .may_repeat = true,
        .arena = arena,
        .connect_timeout = clock_earlier(router->settings.connect_timeout, patience),
        .command_timeout = clock_earlier(router->settings.command_timeout, patience),
        .deadline = deadline,
    };
    nanoseconds began = clock_now();
    if (redis_connection_ask(&node->connection, &question, &reply, &problem) != REDIS_ANSWERED) {
        redis_node_has_failed(node, began);
        keep_trouble(router, node, problem);
        return NULL;
    }
    if (reply->type == REDIS_ERROR)
        keep_trouble(router, node, redis_error_words(reply, arena));
    return reply;
}

/* How long a node that went silent may take to say PONG, and how much longer each
   time: while it is waited for nobody looks whether another has its slots. */
static const nanoseconds probe_patience = 100 * NANOSECONDS_PER_MILLISECOND;
static const nanoseconds probe_growth = 25 * NANOSECONDS_PER_MILLISECOND;
static const nanoseconds longest_probe = NANOSECONDS_PER_SECOND;

bool redis_router_probe(struct redis_router *router, struct redis_node *node, nanoseconds deadline,
                        struct arena *arena)
{
    static const struct redis_argument ping[] = {{"PING", 4}};
    nanoseconds patience = clock_earlier(probe_patience + node->failures * probe_growth, longest_probe);

    if (redis_router_query(router, node, ping, 1, patience, deadline, arena) == NULL)
        return false;
    redis_node_has_answered(node);
    return true;
}

/* ---- commands ---- */

/* Whether a command is several to a cluster that is known. */
static bool is_apart(const struct redis_router *router, const struct redis_command *command)
{
    return router->ops == &redis_cluster_ops &&
           (redis_split_needed(command) || redis_command_is_for_all(command));
}

static void open_errand(const struct redis_router *router, struct redis_errand *errand, struct arena *arena)
{
    if (!redis_errand_open(errand, arena)) {
        errand->problems.failed = true;
        errand->state = REDIS_ERRAND_REFUSED;
    } else if (is_apart(router, errand->command)) {
        errand->state = REDIS_ERRAND_APART;
    }
}

/* What is left to do when the commands that go to one node have run. */
static void close_errand(struct redis_router *router, struct redis_errand *errand, nanoseconds deadline,
                         struct arena *arena)
{
    if (errand->state == REDIS_ERRAND_APART && redis_command_is_for_all(errand->command))
        redis_script_ask_all(router, errand, deadline, arena);
    else if (errand->state == REDIS_ERRAND_APART)
        redis_split_ask(router, errand, deadline, arena);
    if (redis_command_is_for_all(errand->command))
        redis_script_learn(router, errand);
}

/* A list answers a read without a word about replicas, even if it is a cluster's:
   who wants to read from them has to ask. */
static void look_for_replicas(struct redis_router *router, const struct redis_errand *errand,
                              nanoseconds deadline)
{
    if (errand->read_from == REDIS_READ_PRIMARY || router->ops != &redis_standalone_ops ||
        router->settings.mode != REDIS_MODE_AUTO || router->has_looked)
        return;
    for (size_t i = 0; i < router->nodes.count && !router->has_looked; i++)
        router->has_looked = redis_cluster_detect(router, router->nodes.all[i], deadline) ||
                             router->nodes.all[i]->failures == 0;
}

void redis_router_ask_many(struct redis_router *router, struct redis_errand *errands, size_t count,
                           nanoseconds deadline, struct arena *arena)
{
    if (count > 0)
        look_for_replicas(router, &errands[0], deadline);
    for (size_t i = 0; i < count; i++)
        open_errand(router, &errands[i], arena);
    redis_router_run(router, errands, count, deadline, arena);
    for (size_t i = 0; i < count; i++)
        close_errand(router, &errands[i], deadline, arena);
}

enum outcome redis_router_ask(struct redis_router *router, const struct redis_command *command,
                              enum redis_read_from read_from, nanoseconds deadline, struct arena *arena,
                              struct redis_reply **reply, struct error *error)
{
    struct redis_errand errand = {.command = command, .read_from = read_from};

    redis_router_ask_many(router, &errand, 1, deadline, arena);
    *reply = errand.reply;
    if (errand.outcome != OUTCOME_DONE)
        *error = errand.error;
    return errand.outcome;
}
