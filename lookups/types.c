/* The lookup types that Exim has in one build or another, whether this build has
   a driver for them or not: for whoever reads configurations that other builds run. */

#include "lookups/types.h"

#include <string.h>

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
