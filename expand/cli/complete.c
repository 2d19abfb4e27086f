/* Which names fit in front of the cursor: variables behind "$", items,
   operators and variables behind "${", conditions behind "${if", lookups behind
   "${lookup" and "quote_". */

#include <string.h>

#include "cli/editor.h"
#include "rexpand.h"

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t end_length = strlen(end);

    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

static size_t without_space(const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

/* Where the last brace stands that is still open; "length" when there is none. */
static size_t open_brace(const char *text, size_t length)
{
    size_t closed = 0;

    for (size_t i = length; i > 0; i--)
        if (text[i - 1] == '}')
            closed++;
        else if (text[i - 1] == '{' && closed-- == 0)
            return i - 1;
    return length;
}

/* Where a condition may begin: behind "${if", perhaps with "!", and at the
   start of one of and's, or's or filter's. */
static bool expects_condition(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '!'))
        length--;
    if (ends_with(text, length, "${if"))
        return true;
    if (length == 0 || text[length - 1] != '{')
        return false;
    size_t group = open_brace(text, length - 1);
    if (group == length - 1)
        return false;
    if (ends_with(text, group, "$") && strncmp(text + group, "{filter", strlen("{filter")) == 0)
        return ends_with(text, without_space(text, length - 1), "}");
    size_t name = without_space(text, group);
    return ends_with(text, name, "and") || ends_with(text, name, "or");
}

static bool expects_lookup(const char *text, size_t length)
{
    const char *last = memrchr(text, '$', length);

    if (ends_with(text, length, "quote_"))
        return true;
    length = without_space(text, length);
    if (last == NULL || strncmp(last, "${lookup", strlen("${lookup")) != 0)
        return false;
    return ends_with(text, length, "${lookup") || ends_with(text, length, "}");
}

/* What a place in the text asks for: kinds of names, ended by a negative one. */
static const int *kinds_wanted(const char *text, size_t from)
{
    static const int after_dollar[] = {REXPAND_VARIABLE, -1};
    static const int after_brace[] = {REXPAND_ITEM, REXPAND_OPERATOR, REXPAND_VARIABLE, -1};
    static const int conditions[] = {REXPAND_CONDITION, -1};
    static const int lookups[] = {REXPAND_LOOKUP, -1};
    static const int none[] = {-1};

    if (from > 0 && text[from - 1] == '$')
        return after_dollar;
    if (ends_with(text, from, "${"))
        return after_brace;
    if (ends_with(text, from, "def:"))
        return after_dollar;
    if (expects_condition(text, from))
        return conditions;
    return expects_lookup(text, from) ? lookups : none;
}

const char *editor_complete(const char *text, size_t length, size_t index, size_t *from)
{
    const char *name;
    const char *help;

    *from = length;
    while (*from > 0 && is_name_byte(text[*from - 1]))
        (*from)--;
    const char *quote = length - *from >= 6 && memcmp(text + *from, "quote_", 6) == 0 ? text + *from : NULL;
    if (quote != NULL)
        *from += 6;
    for (const int *kind = kinds_wanted(text, *from); *kind >= 0; kind++) {
        for (size_t i = 0; rexpand_describe((enum rexpand_kind) * kind, i, &name, &help); i++)
            if (strncmp(name, text + *from, length - *from) == 0 && index-- == 0)
                return name;
    }
    return NULL;
}
