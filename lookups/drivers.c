/* The drivers of this build, sorted by name. A driver is one file with one row
   at its foot, one declaration and one line here, and one line of Local/Makefile. */

#include <string.h>

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_cdb;
extern const struct lookup_driver lookup_driver_dsearch;
extern const struct lookup_driver lookup_driver_iplsearch;
extern const struct lookup_driver lookup_driver_json;
extern const struct lookup_driver lookup_driver_lmdb;
extern const struct lookup_driver lookup_driver_lsearch;
extern const struct lookup_driver lookup_driver_nwildlsearch;
extern const struct lookup_driver lookup_driver_passwd;
extern const struct lookup_driver lookup_driver_redis;
extern const struct lookup_driver lookup_driver_sqlite;
extern const struct lookup_driver lookup_driver_wildlsearch;

static const struct lookup_driver *const drivers[] = {
#ifdef LOOKUP_CDB
    &lookup_driver_cdb,
#endif
#ifdef LOOKUP_DSEARCH
    &lookup_driver_dsearch,
#endif
#ifdef LOOKUP_IPLSEARCH
    &lookup_driver_iplsearch,
#endif
#ifdef LOOKUP_JSON
    &lookup_driver_json,
#endif
#ifdef LOOKUP_LMDB
    &lookup_driver_lmdb,
#endif
#ifdef LOOKUP_LSEARCH
    &lookup_driver_lsearch,
#endif
#ifdef LOOKUP_WILDLSEARCH
    &lookup_driver_nwildlsearch,
#endif
#ifdef LOOKUP_PASSWD
    &lookup_driver_passwd,
#endif
#ifdef LOOKUP_REDIS
    &lookup_driver_redis,
#endif
#ifdef LOOKUP_SQLITE
    &lookup_driver_sqlite,
#endif
#ifdef LOOKUP_WILDLSEARCH
    &lookup_driver_wildlsearch,
#endif
    NULL, /* so that a build without any is C */
};

enum { DRIVERS = sizeof drivers / sizeof drivers[0] - 1 };

const struct lookup_driver *const *lookup_drivers(size_t *count)
{
    *count = DRIVERS;
    return drivers;
}

const struct lookup_driver *lookup_driver_find(const char *name, size_t length)
{
    for (const struct lookup_driver *const *next = drivers; *next != NULL; next++)
        if (strlen((*next)->name) == length && memcmp((*next)->name, name, length) == 0)
            return *next;
    return NULL;
}
