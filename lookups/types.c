/* The lookup types that Exim has in one build or another, whether this build has
   a driver for them or not: for whoever reads configurations that other builds run. */

#include "lookups/types.h"

#include <string.h>

#include "base/arena.h"

static const struct lookup_type types[] = {
    {"cdb", LOOKUP_SINGLE_KEY, true, NULL},
    {"dbm", LOOKUP_SINGLE_KEY, true, NULL},
    {"dbmjz", LOOKUP_SINGLE_KEY, true, NULL},
    {"dbmnz", LOOKUP_SINGLE_KEY, true, NULL},
    {"dnsdb", LOOKUP_QUERY, false, NULL},
    {"dsearch", LOOKUP_SINGLE_KEY, true, NULL},
    {"ibase", LOOKUP_QUERY, false, "ibase"},
    {"iplsearch", LOOKUP_SINGLE_KEY, true, NULL},
    {"json", LOOKUP_SINGLE_KEY, true, NULL},
    {"ldap", LOOKUP_QUERY, false, "ldap"},
    {"ldapdn", LOOKUP_QUERY, false, "ldap"},
    {"ldapm", LOOKUP_QUERY, false, "ldap"},
    {"lmdb", LOOKUP_SINGLE_KEY, true, NULL},
    {"lsearch", LOOKUP_SINGLE_KEY, true, NULL},
    {"mysql", LOOKUP_QUERY, false, "mysql"},
    {"nis", LOOKUP_SINGLE_KEY, false, NULL},
    {"nis0", LOOKUP_SINGLE_KEY, false, NULL},
    {"nisplus", LOOKUP_QUERY, false, "nisplus"},
    {"nwildlsearch", LOOKUP_SINGLE_KEY, true, NULL},
    {"oracle", LOOKUP_QUERY, false, "oracle"},
    {"passwd", LOOKUP_QUERY, false, NULL},
    {"pgsql", LOOKUP_QUERY, false, "pgsql"},
    {"psl", LOOKUP_SINGLE_KEY, true, NULL},
    {"redis", LOOKUP_QUERY, false, NULL},
    {"spf", LOOKUP_SINGLE_KEY, false, NULL},
    {"sqlite", LOOKUP_QUERY, false, "sqlite"},
    {"testdb", LOOKUP_QUERY, false, NULL},
    {"whoson", LOOKUP_QUERY, false, NULL},
    {"wildlsearch", LOOKUP_SINGLE_KEY, true, NULL},
};

const struct lookup_type *lookup_types(size_t *count)
{
    *count = sizeof types / sizeof types[0];
    return types;
}

const struct lookup_type *lookup_type_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0)
            return &types[i];
    return NULL;
}

/* partial := "partial" digits* ( "-" | "(" affix ")" ) */
static bool take_partial(struct arena *arena, struct lookup_words *words)
{
    struct value *name = &words->name;
    size_t at = strlen("partial");

    while (at < name->length && byte_is_digit(name->bytes[at]))
        at++;
    if (at == name->length || (name->bytes[at] != '-' && name->bytes[at] != '('))
        return false;
    if (name->bytes[at] == '(') {
        const char *end = memchr(name->bytes + at, ')', name->length - at);
        if (end == NULL)
            return false;
        at = (size_t)(end - name->bytes);
    }
    *name = value_slice(arena, name, at + 1, name->length);
    words->is_partial = true;
    return true;
}

bool lookup_words_read(struct arena *arena, const struct value *written, struct lookup_words *words)
{
    const char *comma = written->length == 0 ? NULL : memchr(written->bytes, ',', written->length);
    size_t length = comma == NULL ? written->length : (size_t)(comma - written->bytes);

    *words = (struct lookup_words){.type = value_slice(arena, written, 0, length)};
    words->name = words->type;
    words->options = value_clean("", 0);
    if (comma != NULL)
        words->options = value_slice(arena, written, length + 1, written->length);
    if (length >= strlen("partial") && memcmp(written->bytes, "partial", strlen("partial")) == 0 &&
        !take_partial(arena, words))
        return false;
    const char *star = words->name.length == 0 ? NULL : memchr(words->name.bytes, '*', words->name.length);
    words->has_default = star != NULL;
    if (star != NULL)
        words->name.length = (size_t)(star - words->name.bytes);
    return true;
}
