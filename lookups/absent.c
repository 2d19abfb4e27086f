/* Lookups of Exim that this build has not got: with a style and a name, so that
   a string with one can be read where its answers are given in advance. */

#include <string.h>

#include "lookups/lookup.h"

static enum outcome open_nothing(struct lookups *lookups, const struct lookup_request *request, void **state)
{
    (void)lookups;
    (void)state;
    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "the lookup %s is not in this build, and there is no fixed answer for %.*s",
                     request->driver->name, (int)request->key.length, request->key.bytes);
}

/* Never called: nothing is ever open. */
static enum outcome find_nothing(void *state, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    (void)answer;
    return open_nothing(NULL, request, &state);
}

#define SINGLE_KEY(word, is_absolute)                                                                        \
    {                                                                                                        \
        .name = (word), .style = LOOKUP_SINGLE_KEY, .wants_absolute_file = (is_absolute),                    \
        .open = open_nothing, .find = find_nothing                                                           \
    }
#define QUERY(word)                                                                                          \
    {                                                                                                        \
        .name = (word), .style = LOOKUP_QUERY, .open = open_nothing, .find = find_nothing                    \
    }

/* Exim specification, chapter 9, "Single-key lookup types" and "Query-style lookup
   types". */
static const struct lookup_driver absent[] = {
    SINGLE_KEY("cdb", true),
    SINGLE_KEY("dbm", true),
    SINGLE_KEY("dbmjz", true),
    SINGLE_KEY("dbmnz", true),
    {.name = "dnsdb",
     .style = LOOKUP_QUERY,
     .results_are_tainted = true,
     .open = open_nothing,
     .find = find_nothing},
    SINGLE_KEY("dsearch", true),
    QUERY("ibase"),
    SINGLE_KEY("iplsearch", true),
    SINGLE_KEY("json", true),
    QUERY("ldap"),
    QUERY("ldapdn"),
    QUERY("ldapm"),
    SINGLE_KEY("lmdb", true),
    SINGLE_KEY("lsearch", true),
    QUERY("mysql"),
    SINGLE_KEY("nis", false),
    SINGLE_KEY("nis0", false),
    QUERY("nisplus"),
    SINGLE_KEY("nwildlsearch", true),
    QUERY("oracle"),
    QUERY("passwd"),
    QUERY("pgsql"),
    QUERY("redis"),
    SINGLE_KEY("spf", false),
    QUERY("sqlite"),
    QUERY("whoson"),
    SINGLE_KEY("wildlsearch", true),
};

const struct lookup_driver *lookup_driver_absent(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        if (strlen(absent[i].name) == length && memcmp(absent[i].name, name, length) == 0)
            return &absent[i];
    return NULL;
}
