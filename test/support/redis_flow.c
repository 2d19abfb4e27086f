#include "test/support/redis_flow.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/ask.h"

struct worker {
    pid_t pid;
    char name[32]; /* in the keys of its own */
    enum redis_flow_kind kind;
    struct redis_flow_count count;
    unsigned long done[REDIS_FLOW_COUNTERS]; /* INCRs that were answered */
    unsigned long open[REDIS_FLOW_COUNTERS]; /* those that may have run, or not */
};

struct redis_flow {
    volatile bool stop;
    size_t count;
    struct worker workers[REDIS_FLOW_WORKERS];
    char servers[1024];
    char timeout[16];
    const char *const *more;
    unsigned random;
};

/* What one worker works with. */
struct work {
    struct redis_flow *flow;
    struct worker *worker;
    struct asker asker;
    unsigned random;
    unsigned long round;
    long long last[REDIS_FLOW_COUNTERS];  /* of INCR */
    char value[REDIS_FLOW_COUNTERS][32];  /* of SET, as it was done last … */
    char maybe[REDIS_FLOW_COUNTERS][32];  /* … one that may have been since … */
    char before[REDIS_FLOW_COUNTERS][32]; /* … and the one before */
};

static void open_asker(const struct redis_flow *flow, struct asker *asker)
{
    asker_open(asker);
    asker_set(asker, "redis_servers", flow->servers);
    asker_set(asker, "redis_lookup_timeout", flow->timeout);
    for (const char *const *next = flow->more; next != NULL && next[0] != NULL; next += 2)
        asker_set(asker, next[0], next[1]);
}

static unsigned next_random(struct work *work, unsigned below)
{
    work->random = work->random * 1103515245U + 12345U;
    return (work->random >> 8) % below;
}

static void note_time(struct redis_flow_count *count, nanoseconds began)
{
    nanoseconds ended = clock_now();

    if (ended - began <= count->longest)
        return;
    count->longest = ended - began;
    count->longest_ended = ended;
}

static void note_outcome(struct redis_flow_count *count, enum outcome outcome, const char *message)
{
    if (outcome == OUTCOME_DEFERRED)
        count->deferred++;
    else if (outcome != OUTCOME_DONE)
        count->failed++;
    if (outcome != OUTCOME_DONE && count->complaint[0] == '\0')
        (void)snprintf(count->complaint, sizeof count->complaint, "%s", message);
}

static enum outcome ask_text(struct work *work, const char *options, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum outcome ask_text(struct work *work, const char *options, const char *format, ...)
{
    struct redis_flow_count *count = &work->worker->count;
    char query[4096];
    char with[64];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(query, sizeof query, format, arguments);
    va_end(arguments);
    (void)snprintf(with, sizeof with, "cache=no%s", options);
    struct value value = value_of_string(query);
    nanoseconds began = clock_now();
    enum outcome outcome = ask_value(&work->asker, &value, with);
    note_time(count, began);
    note_outcome(count, outcome, work->asker.error.message);
    return outcome;
}

static void check(struct work *work, bool is_right, const char *what)
{
    struct redis_flow_count *count = &work->worker->count;

    if (is_right) {
        count->right++;
        return;
    }
    if (count->wrong++ == 0)
        (void)snprintf(count->complaint, sizeof count->complaint, "wrong: %s: got %s \"%.*s\"", what,
                       work->asker.answer.found ? "found" : "not found", (int)work->asker.answer.value.length,
                       work->asker.answer.value.bytes);
}

static bool is_answer(const struct work *work, const char *text)
{
    return work->asker.answer.found && value_equals_text(&work->asker.answer.value, text);
}

/* ---- kinds ---- */

static void read_with(struct work *work, const char *options)
{
    unsigned number = next_random(work, REDIS_FLOW_KEYS);
    char expected[32];

    (void)snprintf(expected, sizeof expected, "value%u", number);
    if (ask_text(work, options, "GET flow:%u", number) == OUTCOME_DONE)
        check(work, is_answer(work, expected), expected);
}

static void do_read(struct work *work)
{
    read_with(work, "");
}

static void do_read_at(struct work *work)
{
    read_with(work, ",read=prefer_replica");
}

static void do_count(struct work *work)
{
    unsigned key = next_random(work, REDIS_FLOW_COUNTERS);
    struct worker *worker = work->worker;
    char expected[64];

    enum outcome outcome = ask_text(work, "", "INCR count:%s:%u", worker->name, key);
    if (outcome != OUTCOME_DONE) {
        /* What says that it cannot have run is believed. */
        worker->open[key] += strstr(work->asker.error.message, "may have run") != NULL;
        return;
    }
    worker->done[key]++;
    long long number = strtoll(work->asker.answer.value.bytes, NULL, 10);
    (void)snprintf(expected, sizeof expected, "INCR after %lld, %lu open", work->last[key],
                   worker->open[key]);
    check(work, number > 0 && number <= (long long)worker->done[key] + (long long)worker->open[key],
          expected);
    work->last[key] = number;
}

static bool is_or_none(const struct work *work, const char *value)
{
    return value[0] == '\0' ? !work->asker.answer.found : is_answer(work, value);
}

static void do_write(struct work *work)
{
    unsigned key = next_random(work, REDIS_FLOW_COUNTERS);
    char value[32];

    (void)snprintf(value, sizeof value, "%lu", work->round);
    if (ask_text(work, "", "SET write:%s:%u %s", work->worker->name, key, value) != OUTCOME_DONE) {
        if (strstr(work->asker.error.message, "may have run") != NULL)
            memcpy(work->maybe[key], value, sizeof value);
        return;
    }
    memcpy(work->before[key], work->value[key], sizeof value);
    memcpy(work->value[key], value, sizeof value);
    work->maybe[key][0] = '\0';
    key = next_random(work, REDIS_FLOW_COUNTERS);
    if (ask_text(work, "", "GET write:%s:%u", work->worker->name, key) != OUTCOME_DONE)
        return;
    bool is_right = is_or_none(work, work->value[key]) ||
                    (work->maybe[key][0] != '\0' && is_answer(work, work->maybe[key]));
    if (!is_right && is_or_none(work, work->before[key])) {
        work->worker->count.lost++; /* by the servers, as redis_flow_check says */
        memcpy(work->value[key], work->before[key], sizeof value);
        return;
    }
    check(work, is_right, work->value[key]);
}

static void do_many(struct work *work)
{
    enum { AT_ONCE = 20 };
    char query[1024] = "MGET";
    char expected[1024] = "";

    for (int i = 0; i < AT_ONCE; i++) {
        unsigned number = next_random(work, REDIS_FLOW_KEYS);
        (void)snprintf(query + strlen(query), sizeof query - strlen(query), " flow:%u", number);
        (void)snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%svalue%u",
                       i > 0 ? "\n" : "", number);
    }
    if (ask_text(work, "", "%s", query) == OUTCOME_DONE)
        check(work, is_answer(work, expected), "MGET");
}

static void do_gather(struct work *work)
{
    enum { AT_ONCE = 40 };
    struct redis_flow_count *count = &work->worker->count;
    struct lookup_turn turns[AT_ONCE];
    struct error errors[AT_ONCE];
    char queries[AT_ONCE][32];
    unsigned numbers[AT_ONCE];

    arena_reset(&work->asker.arena, 64 * 1024);
    for (int i = 0; i < AT_ONCE; i++) {
        numbers[i] = next_random(work, REDIS_FLOW_KEYS);
        (void)snprintf(queries[i], sizeof queries[i], "GET flow:%u", numbers[i]);
        turns[i].request = (struct lookup_request){
            .driver = lookup_driver_find("redis", 5),
            .key = value_of_string(queries[i]),
            .file = value_of_string(""),
            .options = value_of_string("cache=no"),
            .arena = &work->asker.arena,
            .error = &errors[i],
            .deadline = CLOCK_NEVER,
        };
    }
    nanoseconds began = clock_now();
    lookup_find_many(work->asker.lookups, turns, AT_ONCE);
    note_time(count, began);
    for (int i = 0; i < AT_ONCE; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "value%u", numbers[i]);
        note_outcome(count, turns[i].outcome, turns[i].outcome == OUTCOME_DONE ? "" : errors[i].message);
        work->asker.answer = turns[i].answer;
        if (turns[i].outcome == OUTCOME_DONE)
            check(work, is_answer(work, expected), expected);
    }
}

static void do_fresh(struct work *work)
{
    asker_close(&work->asker);
    open_asker(work->flow, &work->asker);
    do_read(work);
}

static void run_worker(struct redis_flow *flow, struct worker *worker)
{
    static void (*const kinds[])(struct work *) = {
        [REDIS_FLOW_READS] = do_read,   [REDIS_FLOW_READS_AT] = do_read_at, [REDIS_FLOW_COUNTS] = do_count,
        [REDIS_FLOW_WRITES] = do_write, [REDIS_FLOW_MANY] = do_many,        [REDIS_FLOW_GATHERED] = do_gather,
        [REDIS_FLOW_FRESH] = do_fresh,
    };
    struct work *work = calloc(1, sizeof *work);

    if (work == NULL)
        _exit(1);
    work->flow = flow;
    work->worker = worker;
    work->random = (unsigned)getpid() * 7919U;
    open_asker(flow, &work->asker);
    for (work->round = 1; !flow->stop; work->round++)
        kinds[worker->kind](work);
    asker_close(&work->asker);
    free(work);
}

/* ---- all of them ---- */

void redis_flow_fill(const char *servers)
{
    struct asker asker;
    char query[64];

    asker_open(&asker);
    asker_set(&asker, "redis_servers", servers);
    asker_set(&asker, "redis_lookup_timeout", "20s");
    for (int i = 0; i < REDIS_FLOW_KEYS; i++) {
        (void)snprintf(query, sizeof query, "SET flow:%d value%d", i, i);
        assert_answer(&asker, query, "OK");
    }
    asker_close(&asker);
}

struct redis_flow *redis_flow_start(const char *servers, const char *lookup_timeout,
                                    const enum redis_flow_kind *kinds, size_t count, const char *const *more)
{
    struct redis_flow *flow =
        mmap(NULL, sizeof *flow, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();

    assert_true(flow != MAP_FAILED && count <= REDIS_FLOW_WORKERS);
    flow->count = count;
    flow->more = more;
    (void)snprintf(flow->servers, sizeof flow->servers, "%s", servers);
    (void)snprintf(flow->timeout, sizeof flow->timeout, "%s", lookup_timeout);
    (void)fflush(NULL);
    for (size_t i = 0; i < count; i++) {
        struct worker *worker = &flow->workers[i];
        worker->kind = kinds[i];
        (void)snprintf(worker->name, sizeof worker->name, "%llx.%zu", (unsigned long long)clock_now(), i);
        pid_t child = fork(); /* the child writes to the same memory */
        assert_true(child >= 0);
        if (child > 0)
            worker->pid = child;
        if (child == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)signal(SIGSEGV, SIG_DFL); /* cmocka's would end the whole group here */
            (void)signal(SIGABRT, SIG_DFL);
            if (getppid() == parent)
                run_worker(flow, worker);
            _exit(0);
        }
    }
    return flow;
}

unsigned long redis_flow_rounds(const struct redis_flow *flow, size_t worker)
{
    return *(volatile const unsigned long *)&flow->workers[worker].count.right;
}

void redis_flow_wait(const struct redis_flow *flow, unsigned long rounds)
{
    unsigned long begin[REDIS_FLOW_WORKERS] = {0};
    nanoseconds end = clock_deadline(30 * NANOSECONDS_PER_SECOND);

    for (size_t i = 0; i < flow->count; i++)
        begin[i] = redis_flow_rounds(flow, i);
    for (size_t i = 0; i < flow->count; i++)
        while (redis_flow_rounds(flow, i) < begin[i] + rounds) {
            if (clock_is_past(end))
                fail_msg("worker %zu has no more right answers: %s", i, flow->workers[i].count.complaint);
            (void)usleep(1000);
        }
}

/* Compares what INCR has said with what is there. */
static void compare_counters(const struct redis_flow *flow, struct worker *worker)
{
    struct asker asker;
    char query[64];

    open_asker(flow, &asker);
    for (int i = 0; i < REDIS_FLOW_COUNTERS; i++) {
        (void)snprintf(query, sizeof query, "GET count:%s:%d", worker->name, i);
        if (ask(&asker, query) != OUTCOME_DONE) {
            worker->count.failed++;
            continue;
        }
        unsigned long number = asker.answer.found ? strtoul(asker.answer.value.bytes, NULL, 10) : 0;
        if (number < worker->done[i])
            worker->count.lost += worker->done[i] - number;
        if (number > worker->done[i] + worker->open[i])
            worker->count.wrong += number - worker->done[i] - worker->open[i];
    }
    asker_close(&asker);
}

static void add_up(const struct redis_flow_count *count, struct redis_flow_count *total)
{
    total->right += count->right;
    total->wrong += count->wrong;
    total->deferred += count->deferred;
    total->failed += count->failed;
    total->lost += count->lost;
    if (count->longest > total->longest) {
        total->longest = count->longest;
        total->longest_ended = count->longest_ended;
    }
    if (total->complaint[0] == '\0')
        memcpy(total->complaint, count->complaint, sizeof total->complaint);
}

void redis_flow_stop(struct redis_flow *flow, struct redis_flow_count *total)
{
    *total = (struct redis_flow_count){0};
    flow->stop = true;
    for (size_t i = 0; i < flow->count; i++) {
        struct worker *worker = &flow->workers[i];
        int status = 0;
        (void)waitpid(worker->pid, &status, 0);
        if (status != 0 || worker->count.right == 0)
            fail_msg("worker %zu ended with %d after %lu right answers: %s", i, status, worker->count.right,
                     worker->count.complaint);
        if (worker->kind == REDIS_FLOW_COUNTS)
            compare_counters(flow, worker);
        add_up(&worker->count, total);
    }
    (void)munmap(flow, sizeof *flow);
}

void redis_flow_check(const char *name, const struct redis_flow_count *count, bool may_defer)
{
    (void)printf("  %s: %lu right, %lu wrong, %lu deferred, %lu failed, %lu lost, longest %.0f ms%s%s\n",
                 name, count->right, count->wrong, count->deferred, count->failed, count->lost,
                 (double)count->longest / 1e6, count->complaint[0] == '\0' ? "" : "; ", count->complaint);
    assert_int_equal(count->wrong, 0);
    assert_int_equal(count->failed, 0);
    /* A primary acknowledges a write before its replica has it: the one that was under
       way when it was killed may be lost, by the servers. */
    assert_true(count->lost <= count->deferred + 1);
    assert_true(count->right > 0);
    if (!may_defer)
        assert_int_equal(count->deferred, 0);
}
