#include "lookups/batch.h"

#include "lookups/private.h"

struct planned_lookup {
    struct planned_lookup *next; /* in the order of their places */
    struct planned_lookup *next_in_bucket;
    struct lookup_question question;
    struct search search;
    struct lookup_cache_key key;
    struct error error;
    uint32_t epoch; /* of the driver's cached answers when it was asked */
    bool is_asked;
    bool is_taken;
};

enum { FIRST_BUCKETS = 16 };

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
    while (planned != NULL && (planned->is_taken || !lookup_cache_same_key(&planned->key, key)))
        planned = planned->next_in_bucket;
    return planned;
}

static void put_into_bucket(struct lookup_batch *batch, struct planned_lookup *planned)
{
    struct planned_lookup **bucket = bucket_of(batch, planned->key.hash);

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
static bool is_known(const struct lookup_batch *batch, const struct planned_lookup *planned)
{
    if (planned->search.reads_cache && lookup_cache_holds(&batch->lookups->cache, &planned->key))
        return true;
    for (; batch != NULL; batch = batch->outer)
        if (find_planned(batch, &planned->key) != NULL)
            return true;
    return false;
}

bool lookup_batch_add(struct lookup_batch *batch, const struct lookup_request *request)
{
    const struct lookup_driver *driver = request->driver;
    struct planned_lookup *planned = arena_alloc(batch->arena, sizeof *planned);

    if (planned == NULL)
        return false;
    *planned = (struct planned_lookup){.question.request = *request};
    struct lookup_request *own = &planned->question.request;
    own->arena = batch->arena;
    own->error = &planned->error;
    if (driver->find_many == NULL ||
        search_begin(batch->lookups, &planned->search, own, &planned->key) != OUTCOME_DONE)
        return true;
    own->chosen = planned->search.chosen;
    enum lookup_foresight foresight = driver->foresee(own);
    if (foresight != LOOKUP_AHEAD)
        return foresight != LOOKUP_BARRIER;
    if (is_known(batch, planned))
        return true;
    if (!grow(batch))
        return false;
    put_into_bucket(batch, planned);
    *batch->last = planned;
    batch->last = &planned->next;
    batch->count++;
    return true;
}

/* Asks all that one state answers; its first is "first". */
static void ask_state(struct lookup_batch *batch, struct planned_lookup *first,
                      struct lookup_question **questions)
{
    struct lookups *lookups = batch->lookups;
    enum outcome outcome;
    struct state *state = search_state(lookups, &first->search, &outcome);
    size_t count = 0;

    for (struct planned_lookup *planned = first; planned != NULL; planned = planned->next) {
        if (planned->is_asked ||
            (planned != first && (state == NULL || !state_is_for(state, &planned->search))))
            continue;
        planned->is_asked = true;
        planned->is_taken = state == NULL; /* it will say why in its place */
        planned->epoch = lookups->cache.epochs[planned->key.number];
        planned->question.answer = LOOKUP_ANSWER_FOUND;
        questions[count++] = &planned->question;
    }
    if (state != NULL)
        first->search.request.driver->find_many(state->state, questions, count);
}

void lookup_batch_ask(struct lookup_batch *batch)
{
    if (batch->count < 2)
        return;
    struct lookup_question **questions = arena_calloc(batch->arena, batch->count, sizeof(*questions));
    if (questions == NULL)
        return;
    for (struct planned_lookup *planned = batch->first; planned != NULL; planned = planned->next)
        if (!planned->is_asked)
            ask_state(batch, planned, questions);
}

static struct planned_lookup *find_asked(const struct lookups *lookups, const struct lookup_cache_key *key)
{
    for (const struct lookup_batch *batch = lookups->batch; batch != NULL; batch = batch->outer) {
        struct planned_lookup *planned = find_planned(batch, key);
        if (planned != NULL && planned->is_asked && planned->epoch == lookups->cache.epochs[key->number])
            return planned;
    }
    return NULL;
}

/* The batch may go before the evaluation does: what the caller gets is a copy. */
bool lookup_batch_take(struct lookups *lookups, const struct search *search,
                       const struct lookup_cache_key *key, struct lookup_answer *answer,
                       enum outcome *outcome)
{
    struct planned_lookup *planned = find_asked(lookups, key);
    struct arena *arena = search->request.arena;

    if (planned == NULL)
        return false;
    planned->is_taken = true;
    *answer = planned->question.answer;
    *outcome = planned->question.outcome;
    if (*outcome != OUTCOME_DONE) {
        *search->request.error = planned->error;
        (void)error_set(search->request.error, arena, *outcome, "%s", planned->error.message);
        return true;
    }
    char *copy = arena_copy(arena, answer->value.bytes, answer->value.length);
    if (copy == NULL)
        *outcome = error_no_memory(search->request.error);
    else
        answer->value = value_clean(copy, answer->value.length);
    return true;
}
