/* The driver "cdb": a constant database, a file of keys and data with an index of its own. */

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_cdb;

#ifdef LOOKUP_CDB_MODULE
#define LINKED NULL
#else
extern const struct lookup_library rexpand_lookup_cdb;
#define LINKED (&rexpand_lookup_cdb)
#endif

static void cdb_version(struct buffer *out)
{
    lookup_library_version(&lookup_driver_cdb, out);
}

const struct lookup_driver lookup_driver_cdb = {
    .name = "cdb",
    .built_by = "LOOKUP_CDB",
    .help = "a constant database: ${lookup{key}cdb{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .linked = LINKED,
    .module = "rexpand_cdb.so",
    .table = "rexpand_lookup_cdb",
    LOOKUP_LIBRARY,
    .quote = lookup_quote_nothing,
    .version = cdb_version,
};
