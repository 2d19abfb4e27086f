/* Lookups as items of lists. */

#include <string.h>

#include "lang/env.h"
#include "lang/trace.h"
#include "lookups/types.h"
#include "match/patterns.h"
#include "match/private.h"

bool is_lookup(const struct value *item)
{
    return item->length > 0 && memchr(item->bytes, ';', item->length) != NULL;
}

enum outcome read_lookup(struct matcher *matcher, const struct value *item, enum lookup_place place,
                         struct list_lookup *lookup)
{
    struct run *run = matcher->run;
    const char *semicolon = memchr(item->bytes, ';', item->length);
    size_t length = semicolon == NULL ? 0 : (size_t)(semicolon - item->bytes);
    struct value text = value_slice(run->arena, item, 0, length);
    enum outcome outcome =
        lookup_words_read(&lookup->words, &text, place == LOOKUP_OF_HOST, run->arena, run->error);

    if (outcome == OUTCOME_DONE)
        outcome = lookup_words_driver(&lookup->words, lookups_take_absent(run->env->lookups), &lookup->driver,
                                      run->arena, run->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (place == LOOKUP_OF_ADDRESS)
        lookup->words.partial = LOOKUP_NOT_PARTIAL;
    lookup->data = value_slice(run->arena, item, length + 1, item->length);
    lookup->data = value_trim(run->arena, &lookup->data);
    return OUTCOME_DONE;
}

/* The list's own message says what was asked: the bare reason is enough. */
static void shorten_message(struct error *error)
{
    static const char mark[] = "\" gave DEFER: ";
    const char *found = error->message == NULL ? NULL : strstr(error->message, mark);

    if (found != NULL)
        error->message = found + strlen(mark);
}

enum outcome ask_lookup(struct matcher *matcher, const struct list_lookup *lookup, const struct value *key,
                        struct lookup_answer *answer)
{
    struct run *run = matcher->run;
    bool is_query = lookup->driver->style == LOOKUP_QUERY;
    struct lookup_request request = {
        .driver = lookup->driver,
        .words = &lookup->words,
        .language = &lookup_patterns,
        .context = run,
        .key = is_query ? lookup->data : *key,
        .file = is_query ? value_clean("", 0) : lookup->data,
        .options = lookup->words.options,
        .arena = run->arena,
        .error = run->error,
        .deadline = run->deadline,
        .evaluation = run->evaluation,
    };
    enum outcome outcome = match_outside(matcher, "lookups in lists");

    *answer = (struct lookup_answer){.found = false};
    if (outcome == OUTCOME_DONE)
        outcome = trace_lookup(run, &request, answer);
    if (outcome == OUTCOME_DEFERRED)
        shorten_message(run->error);
    if (outcome == OUTCOME_DONE && answer->found)
        set_value(matcher, &answer->value);
    return outcome;
}
