/* listnamed. */

#include <string.h>

#include "base/list.h"
#include "lang/env.h"
#include "lang/named_list.h"
#include "operators/operators.h"

enum { DEPTH_LIMIT = 50 };

/* What may follow the operator's name and an underscore, by its first letter. */
static const struct suffix_row {
    char letter;
    enum list_kind kind;
    const char *noun;
} suffixes[] = {
    {'a', LIST_ADDRESS, "address "},
    {'d', LIST_DOMAIN, "domain "},
    {'h', LIST_HOST, "host "},
    {'l', LIST_LOCAL_PART, "localpart "},
};

/* Which list it is about: NULL for any kind. */
struct naming {
    struct call *call;
    const struct suffix_row *suffix;
};

static const struct named_list *find_list(const struct naming *naming, const struct value *name)
{
    const struct named_lists *lists = naming->call->run->env->lists;
    const struct named_list *found = NULL;

    if (naming->suffix != NULL)
        return named_lists_find(lists, naming->suffix->kind, name->bytes, name->length);
    for (size_t kind = 0; kind < LIST_KINDS && found == NULL; kind++)
        found = named_lists_find(lists, (enum list_kind)kind, name->bytes, name->length);
    return found;
}

static enum outcome add_list(const struct naming *naming, const struct value *written, unsigned depth);

/* An item as it stands in a list with colons; one that names a list is that
   list's items. */
static enum outcome add_item(const struct naming *naming, const struct value *item, unsigned depth)
{
    if (item->length > 0 && item->bytes[0] == '+')
        return add_list(naming, item, depth + 1);
    for (size_t i = 0; i < item->length; i++) {
        buffer_add_byte(naming->call->out, item->bytes[i]);
        if (item->bytes[i] == ':')
            buffer_add_byte(naming->call->out, ':');
    }
    return OUTCOME_DONE;
}

static enum outcome add_items(const struct naming *naming, const struct value *text, unsigned depth)
{
    struct list_reader reader;
    struct value item;
    bool is_first = true;
    enum outcome outcome = OUTCOME_DONE;

    list_open(&reader, naming->call->run->arena, text, ':');
    while (outcome == OUTCOME_DONE && list_next(&reader, &item)) {
        if (!is_first)
            buffer_add_string(naming->call->out, " : ");
        is_first = false;
        outcome = add_item(naming, &item, depth);
    }
    return outcome;
}

static enum outcome add_list(const struct naming *naming, const struct value *written, unsigned depth)
{
    struct value name = *written;

    if (name.length > 0 && name.bytes[0] == '+')
        name = value_slice(naming->call->run->arena, &name, 1, name.length);
    const struct named_list *list = find_list(naming, &name);
    if (list == NULL)
        return call_failed(naming->call, "\"%.*s\" is not a %snamed list", CALL_TEXT(&name),
                           naming->suffix == NULL ? "" : naming->suffix->noun);
    if (depth > DEPTH_LIMIT)
        return call_failed(naming->call, "named lists nest too deeply at \"%.*s\": the limit is %d",
                           CALL_TEXT(&name), DEPTH_LIMIT);
    return add_items(naming, &list->text, depth);
}

/* False when there is a suffix that is none. */
static bool read_suffix(const struct node *node, const struct suffix_row **suffix)
{
    *suffix = NULL;
    if (node->text.bytes == NULL)
        return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (node->text.length > 0 && node->text.bytes[0] == suffixes[i].letter)
            *suffix = &suffixes[i];
    return *suffix != NULL;
}

/* The list's text is not expanded. */
enum outcome op_listnamed(struct call *call)
{
    struct naming naming = {.call = call};
    struct value name;
    enum outcome outcome = call_argument(call, 0, &name);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!read_suffix(call->node, &naming.suffix))
        return call_failed(call, "bad suffix on \"list\" operator");
    outcome = add_list(&naming, &name, 0);
    return outcome == OUTCOME_DONE ? call_done(call) : outcome;
}
