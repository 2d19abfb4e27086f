#include "test/compare/shrink.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test/compare/known.h"

enum { MOST_CANDIDATES = 6000 };

void disagree(const struct comparer *comparer, const char *const *strings, size_t count, bool singly,
              bool *results)
{
    struct expansion *exim = calloc(2 * count, sizeof *exim);

    if (exim == NULL)
        abort();
    struct expansion *ours = exim + count;
    (singly ? expander_ask_singly : expander_ask)(comparer->exim, strings, count, exim);
    (singly ? expander_ask_singly : expander_ask)(comparer->rexpand, strings, count, ours);
    for (size_t i = 0; i < count; i++) {
        bool are_equal = exim[i].bytes != NULL && ours[i].bytes != NULL && exim[i].length == ours[i].length &&
                         memcmp(exim[i].bytes, ours[i].bytes, ours[i].length) == 0;
        results[i] = !are_equal && known_find(strings[i], &exim[i], &ours[i]) == known_count;
    }
    expansions_free(exim, 2 * count);
    free(exim);
}

struct candidates {
    struct arena *arena;
    const char *text;
    size_t length;
    const char *strings[MOST_CANDIDATES];
    size_t count;
};

/* A macro's definition is no string. */
static bool is_askable(const char *text)
{
    return *text != '\0' && (*text < 'A' || *text > 'Z') && expander_takes(text);
}

/* The text without [from, to). */
static void add_without(struct candidates *candidates, size_t from, size_t to)
{
    size_t left = candidates->length - (to - from);
    char *made = arena_alloc_text(candidates->arena, left + 1);

    if (candidates->count == MOST_CANDIDATES || made == NULL || from >= to || left == 0)
        return;
    candidates->strings[candidates->count] = made;
    memcpy(made, candidates->text, from);
    memcpy(made + from, candidates->text + to, candidates->length - to);
    made[left] = '\0';
    candidates->count += is_askable(made);
}

/* The text without the brace at "from" and its fellow, and what names the
   construct, so that what it holds stays. */
static void add_unwrapped(struct candidates *candidates, size_t from, size_t to)
{
    size_t begin = from;
    size_t end = to + 1;
    char *made = arena_alloc_text(candidates->arena, candidates->length + 1);

    while (begin > 0 && strchr("{}", candidates->text[begin - 1]) == NULL)
        begin--;
    if (candidates->count == MOST_CANDIDATES || made == NULL)
        return;
    memcpy(made, candidates->text, begin);
    memcpy(made + begin, candidates->text + from + 1, to - from - 1);
    size_t length = begin + to - from - 1;
    memcpy(made + length, candidates->text + end, candidates->length - end);
    made[length + candidates->length - end] = '\0';
    candidates->strings[candidates->count] = made;
    candidates->count += is_askable(made);
}

static void add_braces(struct candidates *candidates)
{
    for (size_t from = 0; from < candidates->length; from++) {
        size_t depth = 0;
        if (candidates->text[from] != '{')
            continue;
        for (size_t to = from; to < candidates->length; to++) {
            depth += candidates->text[to] == '{';
            depth -= candidates->text[to] == '}';
            if (depth > 0)
                continue;
            add_without(candidates, from + 1, to);
            add_without(candidates, from, to + 1);
            if (from > 0 && candidates->text[from - 1] == '$')
                add_without(candidates, from - 1, to + 1);
            add_unwrapped(candidates, from, to);
            break;
        }
    }
}

static void add_pieces(struct candidates *candidates)
{
    for (size_t size = candidates->length / 2; size > 0; size /= 2)
        for (size_t from = 0; from + size <= candidates->length; from += size > 1 ? size / 2 : 1)
            add_without(candidates, from, from + size);
}

/* The shortest candidate on which they disagree, or NULL. */
static const char *best(const struct comparer *comparer, struct candidates *candidates)
{
    bool results[MOST_CANDIDATES] = {false};
    const char *found = NULL;

    if (candidates->count == 0)
        return NULL;
    disagree(comparer, candidates->strings, candidates->count, false, results);
    for (size_t i = 0; i < candidates->count; i++) {
        bool is_shorter = found == NULL || strlen(candidates->strings[i]) < strlen(found);
        if (!results[i] || !is_shorter)
            continue;
        disagree(comparer, &candidates->strings[i], 1, true, &results[i]);
        if (results[i])
            found = candidates->strings[i];
    }
    return found;
}

const char *shrink(const struct comparer *comparer, struct arena *arena, const char *text)
{
    static struct candidates candidates;

    while (text != NULL) {
        candidates = (struct candidates){.arena = arena, .text = text, .length = strlen(text)};
        add_braces(&candidates);
        add_pieces(&candidates);
        const char *shorter = best(comparer, &candidates);
        if (shorter == NULL)
            break;
        text = shorter;
    }
    return text;
}
