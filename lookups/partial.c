/* The keys that are tried after a key was not found: those of partial matching, and
   defaults (Exim specification, chapter 9, sections 6 and 7). */

#include <string.h>

#include "lookups/private.h"

/* What is left of the key on both sides of the "." that a shortened key begins
   behind. */
static void split(const struct lookup_search *search, struct lookup_answer *answer, size_t wild, size_t fixed)
{
    answer->has_parts = true;
    answer->wild = value_slice(search->request.arena, &search->asked, 0, wild);
    answer->fixed = value_slice(search->request.arena, &search->asked, fixed, search->asked.length);
}

void lookup_search_split_whole(const struct lookup_search *search, struct lookup_answer *answer)
{
    if (search->request.words->partial != LOOKUP_NOT_PARTIAL)
        split(search, answer, 0, 0);
}

static enum outcome try_key(struct lookups *lookups, struct lookup_search *search, const struct value *text,
                            struct lookup_answer *answer)
{
    search->request.key = *text;
    lookup_cache_key(&lookups->cache, &search->key, &search->request, search->key.number);
    return lookup_search_ask(lookups, search, answer);
}

/* "front", then the search's key from "from" on. */
static enum outcome try_with_front(struct lookups *lookups, struct lookup_search *search,
                                   const struct value *front, size_t from, struct lookup_answer *answer)
{
    struct arena *arena = search->request.arena;
    struct value rest = value_slice(arena, &search->asked, from, search->asked.length);
    struct buffer text;
    struct value key;

    if (front->length == 0)
        return try_key(lookups, search, &rest, answer);
    buffer_init(&text, arena);
    buffer_add_value(&text, front);
    buffer_add_value(&text, &rest);
    if (!buffer_value(&text, &key))
        return error_no_memory(search->request.error);
    return try_key(lookups, search, &key, answer);
}

/* The last key of partial0-: the affix alone, without a dot at its end unless it is
   nothing else. */
static enum outcome try_affix(struct lookups *lookups, struct lookup_search *search,
                              struct lookup_answer *answer)
{
    struct value affix = search->request.words->affix;

    if (affix.length == 0)
        return OUTCOME_DONE;
    if (affix.length > 1 && affix.bytes[affix.length - 1] == '.')
        affix.length--;
    enum outcome outcome = try_key(lookups, search, &affix, answer);
    if (outcome == OUTCOME_DONE && answer->found)
        split(search, answer, search->asked.length, search->asked.length);
    return outcome;
}

static size_t count_dots(const struct value *key)
{
    size_t count = 0;

    for (size_t i = 0; i < key->length; i++)
        count += key->bytes[i] == '.';
    return count;
}

/* The key with the affix in front, then without its first component, and so on as
   long as enough of them are left. */
static enum outcome try_partial(struct lookups *lookups, struct lookup_search *search,
                                struct lookup_answer *answer)
{
    const struct lookup_words *words = search->request.words;
    const struct value *key = &search->asked;
    size_t least = (size_t)words->partial;
    size_t from = 0;
    enum outcome outcome = OUTCOME_DONE;

    if (words->affix.length > 0)
        outcome = try_with_front(lookups, search, &words->affix, 0, answer);
    if (outcome == OUTCOME_DONE && answer->found)
        split(search, answer, 0, 0);
    for (size_t dots = count_dots(key); outcome == OUTCOME_DONE && !answer->found && dots >= least; dots--) {
        const char *dot = key->length == from ? NULL : memchr(key->bytes + from, '.', key->length - from);
        if (dot == NULL)
            return try_affix(lookups, search, answer);
        from = (size_t)(dot - key->bytes) + 1;
        outcome = try_with_front(lookups, search, &words->affix, from, answer);
        if (outcome == OUTCOME_DONE && answer->found)
            split(search, answer, from - 1, from);
    }
    return outcome;
}

/* "*" in place of all that is in front of the last "@", if there is something. */
static enum outcome try_star_at(struct lookups *lookups, struct lookup_search *search,
                                struct lookup_answer *answer)
{
    const struct value star = VALUE_LITERAL("*");
    const struct value *key = &search->asked;
    const char *at = key->length == 0 ? NULL : memrchr(key->bytes, '@', key->length);

    if (at == NULL || at == key->bytes)
        return OUTCOME_DONE;
    size_t local = (size_t)(at - key->bytes);
    enum outcome outcome = try_with_front(lookups, search, &star, local, answer);
    if (outcome == OUTCOME_DONE && answer->found)
        split(search, answer, local, key->length);
    return outcome;
}

static enum outcome try_star(struct lookups *lookups, struct lookup_search *search,
                             struct lookup_answer *answer)
{
    const struct value star = VALUE_LITERAL("*");
    enum outcome outcome = try_key(lookups, search, &star, answer);

    if (outcome == OUTCOME_DONE && answer->found)
        split(search, answer, search->asked.length, search->asked.length);
    return outcome;
}

enum outcome lookup_search_other_keys(struct lookups *lookups, struct lookup_search *search,
                                      struct lookup_answer *answer)
{
    const struct lookup_words *words = search->request.words;
    enum outcome outcome = OUTCOME_DONE;

    if (words->partial != LOOKUP_NOT_PARTIAL)
        outcome = try_partial(lookups, search, answer);
    if (outcome == OUTCOME_DONE && !answer->found && words->otherwise == LOOKUP_STAR_AT)
        outcome = try_star_at(lookups, search, answer);
    if (outcome == OUTCOME_DONE && !answer->found && words->otherwise != LOOKUP_NO_DEFAULT)
        outcome = try_star(lookups, search, answer);
    return outcome;
}
