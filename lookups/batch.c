#include "lookups/batch.h"

#include <stdint.h>
#include <string.h>

#include "lookups/private.h"

struct planned_lookup {
    struct planned_lookup *next; /* in the order of their places */
    struct planned_lookup *next_in_bucket;
    struct lookup_turn turn;
    struct lookup_search search;
    struct error error;
    uint32_t epoch; /* of the driver's cached answers when it was asked */
    bool is_asked;
    bool is_taken;
};

enum { FIRST_BUCKETS = 16, MOST_AT_ONCE = 1000, FIRST_CHUNK = 4096 };

void lookup_batch_open(struct lookup_batch *batch, struct lookups *lookups, struct arena *arena)
{
    *batch = (struct lookup_batch){.lookups = lookups, .outer = lookups->batch, .arena = arena};
    batch->last = &batch->first;
    lookups->batch = batch;
}

void lookup_batch_close(struct lookup_batch *batch)
{
    batch->lookups->batch = batch->outer;
}

/* ---- planning ---- */

static struct planned_lookup **bucket_of(const struct lookup_batch *batch, uint64_t hash)
{
    return &batch->buckets[hash & (batch->bucket_count - 1)];
}

static struct planned_lookup *find_planned(const struct lookup_batch *batch,
                                           const struct lookup_cache_key *key)
{
    if (batch->count == 0)
        return NULL;
    struct planned_lookup *planned = *bucket_of(batch, key->hash);
    while (planned != NULL && (planned->is_taken || !lookup_cache_same_key(&planned->search.key, key)))
        planned = planned->next_in_bucket;
    return planned;
}

static void put_into_bucket(struct lookup_batch *batch, struct planned_lookup *planned)
{
    struct planned_lookup **bucket = bucket_of(batch, planned->search.key.hash);

    planned->next_in_bucket = *bucket;
    *bucket = planned;
}

/* Room for one more: as many buckets as there are lookups, or up to twice that. */
static bool grow(struct lookup_batch *batch)
{
    if (batch->count < batch->bucket_count)
        return true;
    size_t bucket_count = batch->bucket_count == 0 ? FIRST_BUCKETS : batch->bucket_count * 2;
    struct planned_lookup **buckets = arena_calloc(batch->arena, bucket_count, sizeof(*buckets));
    if (buckets == NULL)
        return false;
    batch->buckets = buckets;
    batch->bucket_count = bucket_count;
    for (struct planned_lookup *planned = batch->first; planned != NULL; planned = planned->next)
        put_into_bucket(batch, planned);
    return true;
}

/* Whether there is an answer already, or there will be. */
static bool is_known(const struct lookup_batch *batch, const struct lookup_search *search)
{
    if (search->reads_cache && lookup_cache_holds(&batch->lookups->cache, &search->key))
        return true;
    for (; batch != NULL; batch = batch->outer)
        if (find_planned(batch, &search->key) != NULL)
            return true;
    return false;
}

bool lookup_batch_add(struct lookup_batch *batch, const struct lookup_request *request)
{
    const struct lookup_driver *driver = request->driver;

    if (driver->find_many == NULL || lookup_search_has_other_keys(request) ||
        fixed_answers_exist(&batch->lookups->fixed))
        return true;
    enum lookup_foresight foresight = driver->foresee(request);
    if (foresight != LOOKUP_AHEAD)
        return foresight != LOOKUP_BARRIER;
    struct planned_lookup *planned = arena_alloc(batch->arena, sizeof *planned);
    if (planned == NULL)
        return false;
    *planned = (struct planned_lookup){.turn.request = *request};
    struct lookup_request *own = &planned->turn.request;
    own->arena = batch->arena;
    own->error = &planned->error;
    if (lookup_search_open(batch->lookups, own, &planned->turn.answer, &planned->search) != OUTCOME_DONE)
        return true;
    *own = planned->search.request; /* with its file, and without white space in front of a query */
    if (is_known(batch, &planned->search))
        return true;
    if (!grow(batch))
        return false;
    put_into_bucket(batch, planned);
    *batch->last = planned;
    batch->last = &planned->next;
    batch->count++;
    return true;
}

/* ---- asking ---- */

/* Whether one call of the driver can do both. */
static bool goes_with(const struct lookup_request *left, const struct lookup_request *right)
{
    return left->driver == right->driver && left->deadline == right->deadline &&
           value_equal(&left->options, &right->options) && value_equal(&left->file, &right->file);
}

/* Asks, in one call of the driver, "first" and all that go with it. */
static void ask_together(struct lookup_batch *batch, struct planned_lookup *first, struct lookup_turn **turns)
{
    struct lookups *lookups = batch->lookups;
    enum outcome outcome;
    struct state *state = lookup_search_state(lookups, &first->search, &outcome);
    size_t count = 0;

    for (struct planned_lookup *planned = first; planned != NULL; planned = planned->next) {
        if (planned->is_asked || !goes_with(&first->turn.request, &planned->turn.request))
            continue;
        planned->is_asked = true;
        planned->is_taken = outcome != OUTCOME_DONE; /* it will say why in its place */
        planned->epoch = lookups->cache.epochs[planned->search.key.number];
        turns[count++] = &planned->turn;
    }
    if (outcome != OUTCOME_DONE)
        return;
    nanoseconds began = clock_now();
    first->turn.request.driver->find_many(state->state, turns, count);
    nanoseconds elapsed = clock_now() - began;
    for (size_t i = 0; i < count; i++) {
        turns[i]->answer.together = count - 1;
        turns[i]->answer.together_in = elapsed;
    }
}

void lookup_batch_ask(struct lookup_batch *batch)
{
    if (batch->count < 2)
        return;
    struct lookup_turn **turns = arena_calloc(batch->arena, batch->count, sizeof(*turns));
    if (turns == NULL)
        return;
    for (struct planned_lookup *planned = batch->first; planned != NULL; planned = planned->next)
        if (!planned->is_asked)
            ask_together(batch, planned, turns);
}

/* ---- answers ---- */

static struct planned_lookup *find_asked(const struct lookups *lookups, const struct lookup_cache_key *key)
{
    for (const struct lookup_batch *batch = lookups->batch; batch != NULL; batch = batch->outer) {
        struct planned_lookup *planned = find_planned(batch, key);
        if (planned != NULL && planned->is_asked && planned->epoch == lookups->cache.epochs[key->number])
            return planned;
    }
    return NULL;
}

static enum outcome copy_text(struct arena *arena, const char *bytes, size_t length, const char **copy,
                              struct error *error)
{
    *copy = arena_copy(arena, bytes, length);
    return *copy == NULL ? error_no_memory(error) : OUTCOME_DONE;
}

/* The batch may go before the evaluation does: what the caller gets is a copy. */
bool lookup_batch_take(struct lookups *lookups, const struct lookup_search *search,
                       struct lookup_answer *answer, enum outcome *outcome)
{
    struct planned_lookup *planned = find_asked(lookups, &search->key);
    const struct lookup_request *request = &search->request;

    if (planned == NULL)
        return false;
    *answer = planned->turn.answer;
    *outcome = planned->turn.outcome;
    /* Who asks the same again at once would hear the same, after another wait. */
    planned->is_taken = *outcome != OUTCOME_DEFERRED;
    if (answer->source != NULL && copy_text(request->arena, answer->source, strlen(answer->source),
                                            &answer->source, request->error) != OUTCOME_DONE)
        answer->source = NULL;
    if (*outcome != OUTCOME_DONE) {
        (void)error_set(request->error, request->arena, *outcome, "%s", planned->error.message);
        return true;
    }
    *outcome = copy_text(request->arena, answer->value.bytes, answer->value.length, &answer->value.bytes,
                         request->error);
    return true;
}

/* ---- many at once ---- */

/* Plans turns up to the first that has to wait for those before it. That one is the
   last of them. */
static size_t plan(struct lookup_batch *batch, const struct lookup_turn *turns, size_t count)
{
    size_t planned = 0;

    while (planned < count && planned < MOST_AT_ONCE)
        if (!lookup_batch_add(batch, &turns[planned++].request))
            break;
    return planned;
}

void lookup_find_many(struct lookups *lookups, struct lookup_turn *turns, size_t count)
{
    while (count > 0) {
        struct lookup_batch batch;
        struct arena arena;
        arena_init(&arena, FIRST_CHUNK, SIZE_MAX);
        lookup_batch_open(&batch, lookups, &arena);
        size_t planned = plan(&batch, turns, count);
        lookup_batch_ask(&batch);
        for (size_t i = 0; i < planned; i++)
            turns[i].outcome = lookup_find(lookups, &turns[i].request, &turns[i].answer);
        lookup_batch_close(&batch);
        arena_free(&arena);
        turns += planned;
        count -= planned;
    }
}
