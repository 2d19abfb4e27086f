#include "lang/named_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { MOST_FINDINGS = 64 };

/* One answer of a list. Captures are parts of the subject: where, and how
   long. */
struct list_finding {
    struct list_finding *next;
    struct value subject;
    bool is_caseful;
    bool matches;
    bool has_value;
    struct value value;
    size_t capture_count;
    struct {
        size_t offset, length;
    } captures[CAPTURES];
};

struct named_lists {
    struct named_list *first[LIST_KINDS];
};

const char *list_kind_noun(enum list_kind kind)
{
    static const char *const nouns[LIST_KINDS] = {
        [LIST_ADDRESS] = "address",
        [LIST_DOMAIN] = "domain",
        [LIST_HOST] = "host",
        [LIST_LOCAL_PART] = "local part",
    };

    return nouns[kind];
}

struct named_lists *named_lists_new(void)
{
    return calloc(1, sizeof(struct named_lists));
}

static void free_bytes(const char *bytes)
{
    free((char *)(uintptr_t)bytes);
}

static void free_finding(struct list_finding *finding)
{
    if (finding == NULL)
        return;
    free_bytes(finding->subject.bytes);
    free_bytes(finding->value.bytes);
    free(finding);
}

static void forget(struct named_list *list)
{
    while (list->findings != NULL) {
        struct list_finding *next = list->findings->next;
        free_finding(list->findings);
        list->findings = next;
    }
}

void named_lists_forget(struct named_lists *lists)
{
    for (size_t kind = 0; kind < LIST_KINDS; kind++)
        for (struct named_list *list = lists->first[kind]; list != NULL; list = list->next)
            forget(list);
}

static void free_list(struct named_list *list)
{
    forget(list);
    free_bytes(list->name);
    free_bytes(list->text.bytes);
    free(list);
}

void named_lists_free(struct named_lists *lists)
{
    if (lists == NULL)
        return;
    for (size_t kind = 0; kind < LIST_KINDS; kind++)
        while (lists->first[kind] != NULL) {
            struct named_list *next = lists->first[kind]->next;
            free_list(lists->first[kind]);
            lists->first[kind] = next;
        }
    free(lists);
}

static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

bool named_lists_add(struct named_lists *lists, enum list_kind kind, const char *name, size_t name_length,
                     const struct value *text, bool is_constant)
{
    struct named_list *made = calloc(1, sizeof *made);

    if (made == NULL)
        return false;
    made->name = copy_bytes(name, name_length);
    made->text = value_clean(copy_bytes(text->bytes, text->length), text->length);
    if (made->name == NULL || made->text.bytes == NULL) {
        free_list(made);
        return false;
    }
    made->is_constant = is_constant || memchr(made->text.bytes, '$', text->length) == NULL;
    made->next = lists->first[kind];
    lists->first[kind] = made;
    return true;
}

struct named_list *named_lists_find(const struct named_lists *lists, enum list_kind kind, const char *name,
                                    size_t length)
{
    struct named_list *list = lists->first[kind];

    while (list != NULL && (strlen(list->name) != length || memcmp(list->name, name, length) != 0))
        list = list->next;
    return list;
}

/* ---- findings ---- */

bool named_list_recall(const struct named_list *list, const struct value *subject, bool is_caseful,
                       struct arena *arena, struct list_answer *answer)
{
    const struct list_finding *finding = list->findings;

    while (finding != NULL && (finding->is_caseful != is_caseful || !value_equal(&finding->subject, subject)))
        finding = finding->next;
    if (finding == NULL)
        return false;
    char *bytes = arena_copy(arena, finding->value.bytes, finding->value.length);
    if (bytes == NULL)
        return false;
    answer->matches = finding->matches;
    answer->has_value = finding->has_value;
    answer->value = value_clean(bytes, finding->value.length);
    answer->captures.count = finding->capture_count;
    for (size_t i = 0; i < finding->capture_count; i++)
        answer->captures.texts[i] =
            value_slice(arena, subject, finding->captures[i].offset, finding->captures[i].length);
    return true;
}

/* False when a capture is not a part of the subject. */
static bool note_captures(struct list_finding *finding, const struct value *subject,
                          const struct captures *captures)
{
    finding->capture_count = captures->count;
    for (size_t i = 0; i < captures->count; i++) {
        const struct value *text = &captures->texts[i];
        if (text->length == 0)
            continue;
        if (text->bytes < subject->bytes || text->bytes + text->length > subject->bytes + subject->length)
            return false;
        finding->captures[i].offset = (size_t)(text->bytes - subject->bytes);
        finding->captures[i].length = text->length;
    }
    return true;
}

void named_list_note(struct named_list *list, const struct value *subject, bool is_caseful,
                     const struct list_answer *answer)
{
    size_t count = 0;

    if (!list->is_constant || value_is_tainted(&answer->value))
        return;
    for (const struct list_finding *finding = list->findings; finding != NULL; finding = finding->next)
        count++;
    if (count >= MOST_FINDINGS)
        return;
    struct list_finding *made = calloc(1, sizeof *made);
    if (made == NULL)
        return;
    made->is_caseful = is_caseful;
    made->matches = answer->matches;
    made->has_value = answer->has_value;
    made->subject = value_clean(copy_bytes(subject->bytes, subject->length), subject->length);
    made->value = value_clean(copy_bytes(answer->value.bytes, answer->value.length), answer->value.length);
    if (made->subject.bytes == NULL || made->value.bytes == NULL ||
        !note_captures(made, subject, &answer->captures)) {
        free_finding(made);
        return;
    }
    made->next = list->findings;
    list->findings = made;
}
