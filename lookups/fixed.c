#include "lookups/fixed.h"

#include <stdlib.h>
#include <string.h>

struct fixed_answer_entry {
    struct fixed_answer_entry *next;
    const struct lookup_driver *driver;
    struct value file; /* the three point behind this struct */
    struct value query;
    struct value value;
    enum lookup_fixed kind;
};

static void free_entries(struct fixed_answer_entry *entry)
{
    while (entry != NULL) {
        struct fixed_answer_entry *next = entry->next;
        free(entry);
        entry = next;
    }
}

void fixed_answers_free(struct fixed_answers *answers)
{
    free_entries(answers->first);
    answers->first = NULL;
}

static struct value keep(char **room, const struct value *text)
{
    struct value kept = value_clean(*room, text->length);

    if (text->length > 0)
        memcpy(*room, text->bytes, text->length);
    (*room)[text->length] = '\0';
    *room += text->length + 1;
    return kept;
}

bool fixed_answers_add(struct fixed_answers *answers, const struct lookup_driver *driver,
                       const struct value *file, const struct value *query, enum lookup_fixed kind,
                       const struct value *value)
{
    size_t texts = file->length + query->length + value->length + 3;
    struct fixed_answer_entry *entry = malloc(sizeof *entry + texts);

    if (entry == NULL)
        return false;
    char *room = (char *)(entry + 1);
    *entry = (struct fixed_answer_entry){.next = answers->first, .driver = driver, .kind = kind};
    entry->file = keep(&room, file);
    entry->query = keep(&room, query);
    entry->value = keep(&room, value);
    answers->first = entry;
    answers->knows_absent =
        answers->knows_absent || lookup_driver_find(driver->name, strlen(driver->name)) == NULL;
    return true;
}

/* Nothing but the question's own bytes counts: neither options nor taint. The
   newest entry comes first. */
static const struct fixed_answer_entry *find(const struct fixed_answers *answers,
                                             const struct lookup_request *request)
{
    for (const struct fixed_answer_entry *entry = answers->first; entry != NULL; entry = entry->next)
        if (entry->driver == request->driver && value_equal(&entry->query, &request->key) &&
            value_equal(&entry->file, &request->file))
            return entry;
    return NULL;
}

static enum outcome none_given(const struct lookup_request *request)
{
    const struct value *file = &request->file;

    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "there is no fixed answer for the lookup %s%s%.*s:%.*s", request->driver->name,
                     file->length > 0 ? "," : "", (int)file->length, file->bytes, (int)request->key.length,
                     request->key.bytes);
}

static enum outcome give(const struct lookup_request *request, const struct fixed_answer_entry *entry,
                         struct lookup_answer *answer)
{
    char *copy = arena_copy(request->arena, entry->value.bytes, entry->value.length);

    if (copy == NULL)
        return error_no_memory(request->error);
    if (entry->kind == LOOKUP_FIXED_DEFERRED)
        return error_set(request->error, request->arena, OUTCOME_DEFERRED, "%s", copy);
    answer->found = entry->kind == LOOKUP_FIXED_FOUND;
    answer->value = value_clean(copy, entry->value.length);
    return OUTCOME_DONE;
}

bool fixed_answers_find(const struct fixed_answers *answers, const struct lookup_request *request,
                        struct lookup_answer *answer, enum outcome *outcome)
{
    const struct fixed_answer_entry *entry = find(answers, request);

    if (entry != NULL)
        *outcome = give(request, entry, answer);
    else if (answers->only)
        *outcome = none_given(request);
    return entry != NULL || answers->only;
}
