#include <string.h>

#include "base/arena.h"
#include "lookups/search.h"

/* Lookups that go out together: from "first" on, all for the same state. */
struct gathering {
    struct lookups *lookups;
    struct lookup_turn *turns;
    size_t count;
    struct arena *arena;
    struct lookup_search *searches; /* one a turn */
    size_t *same;                   /* the earlier turn with the same question, or the turn's own number */
    struct lookup_turn **asked;     /* those that the driver is asked … */
    size_t *numbers;                /* … and which they are */
    size_t asked_count;
    size_t *places; /* hash table of the questions: a turn's number plus one */
    size_t place_count;
};

bool lookup_may_gather(const struct lookup_request *request)
{
    return request->driver->may_gather != NULL && request->driver->may_gather(request);
}

static bool goes_with(const struct lookup_request *left, const struct lookup_request *right)
{
    return left->driver == right->driver && left->deadline == right->deadline &&
           value_equal(&left->options, &right->options) && value_equal(&left->file, &right->file) &&
           value_is_tainted(&left->options) == value_is_tainted(&right->options);
}

static bool make_room(struct gathering *gathering)
{
    struct arena *arena = gathering->arena;
    size_t count = gathering->count;

    gathering->place_count = 16;
    while (gathering->place_count < 2 * count)
        gathering->place_count *= 2;
    gathering->searches = arena_calloc(arena, count, sizeof *gathering->searches);
    gathering->same = arena_calloc(arena, count, sizeof *gathering->same);
    gathering->asked = arena_calloc(arena, count, sizeof(struct lookup_turn *));
    gathering->numbers = arena_calloc(arena, count, sizeof *gathering->numbers);
    gathering->places = arena_calloc(arena, gathering->place_count, sizeof *gathering->places);
    return gathering->searches != NULL && gathering->same != NULL && gathering->asked != NULL &&
           gathering->numbers != NULL && gathering->places != NULL;
}

static bool is_same_span(const struct taint_span *left, const struct taint_span *right)
{
    return left->begin == right->begin && left->end == right->end && left->quoter == right->quoter;
}

static bool is_same_question(const struct lookup_request *left, const struct lookup_request *right)
{
    if (left->key.span_count != right->key.span_count || !value_equal(&left->key, &right->key))
        return false;
    for (size_t i = 0; i < left->key.span_count; i++)
        if (!is_same_span(&left->key.spans[i], &right->key.spans[i]))
            return false;
    return true;
}

/* The number of the first turn that asks the same. */
static size_t find_same(struct gathering *gathering, size_t number)
{
    size_t place = (size_t)gathering->searches[number].key.hash & (gathering->place_count - 1);

    while (gathering->places[place] != 0) {
        size_t other = gathering->places[place] - 1;
        if (gathering->searches[other].key.hash == gathering->searches[number].key.hash &&
            is_same_question(&gathering->turns[other].request, &gathering->turns[number].request))
            return other;
        place = (place + 1) & (gathering->place_count - 1);
    }
    gathering->places[place] = number + 1;
    return number;
}

/* Answers from the cache what it can, and lists what has to be asked. */
static void sort_out(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++) {
        struct lookup_turn *turn = &gathering->turns[i];
        struct lookup_search *search = &gathering->searches[i];
        gathering->same[i] = i;
        turn->outcome = lookup_search_open(gathering->lookups, &turn->request, &turn->answer, search);
        if (turn->outcome != OUTCOME_DONE || lookup_search_is_kept(gathering->lookups, search, &turn->answer))
            continue;
        /* What the cache would have had for the second of them it has now. */
        if (search->reads_cache && search->writes_cache)
            gathering->same[i] = find_same(gathering, i);
        if (gathering->same[i] != i)
            continue;
        turn->request.chosen = search->chosen;
        gathering->numbers[gathering->asked_count] = i;
        gathering->asked[gathering->asked_count++] = turn;
    }
}

static void ask(struct gathering *gathering)
{
    enum outcome outcome = OUTCOME_DONE;

    if (gathering->asked_count == 0)
        return;
    void *state =
        lookup_search_state(gathering->lookups, &gathering->searches[gathering->numbers[0]], &outcome);
    if (outcome == OUTCOME_DONE)
        gathering->turns->request.driver->find_many(state, gathering->asked, gathering->asked_count);
    for (size_t i = 0; i < gathering->asked_count; i++) {
        struct lookup_turn *turn = gathering->asked[i];
        if (outcome != OUTCOME_DONE) {
            *turn->request.error = *gathering->asked[0]->request.error;
            turn->outcome = outcome;
        }
    }
    for (size_t i = 0; i < gathering->asked_count; i++) {
        struct lookup_turn *turn = gathering->asked[i];
        turn->outcome = lookup_search_keep(gathering->lookups, &gathering->searches[gathering->numbers[i]],
                                           turn->outcome, &turn->answer);
    }
}

/* Those that asked what another one did share its answer, unless it changes from one
   to the next. A failure is not kept, but asking the same again at once would be of
   no use. */
static void share(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++) {
        struct lookup_turn *turn = &gathering->turns[i];
        const struct lookup_turn *same = &gathering->turns[gathering->same[i]];
        turn->request.chosen = NULL;
        if (same == turn) {
            lookup_search_close(&gathering->searches[i], turn->outcome, &turn->answer);
        } else if (same->outcome == OUTCOME_DONE && !same->answer.may_cache) {
            turn->outcome = lookup_find(gathering->lookups, &turn->request, &turn->answer);
        } else {
            turn->outcome = same->outcome;
            turn->answer = same->answer; /* closed: it is the earlier one */
            if (same->outcome != OUTCOME_DONE)
                *turn->request.error = *same->request.error;
        }
    }
}

static void find_together(struct lookups *lookups, struct lookup_turn *turns, size_t count)
{
    struct gathering gathering = {
        .lookups = lookups, .turns = turns, .count = count, .arena = turns->request.arena};

    if (!make_room(&gathering)) {
        for (size_t i = 0; i < count; i++)
            turns[i].outcome = error_no_memory(turns[i].request.error);
        return;
    }
    sort_out(&gathering);
    ask(&gathering);
    share(&gathering);
}

void lookup_find_many(struct lookups *lookups, struct lookup_turn *turns, size_t count)
{
    for (size_t first = 0; first < count;) {
        size_t end = first;
        while (end < count && goes_with(&turns[first].request, &turns[end].request) &&
               lookup_may_gather(&turns[end].request))
            end++;
        if (end - first > 1) {
            find_together(lookups, &turns[first], end - first);
            first = end;
            continue;
        }
        turns[first].outcome = lookup_find(lookups, &turns[first].request, &turns[first].answer);
        first++;
    }
}
