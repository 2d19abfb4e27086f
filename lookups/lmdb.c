/* The driver "lmdb": a Lightning Memory-Mapped Database in one file. */

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_lmdb;

#ifdef LOOKUP_LMDB_MODULE
#define LINKED NULL
#else
extern const struct lookup_library rexpand_lookup_lmdb;
#define LINKED (&rexpand_lookup_lmdb)
#endif

static void lmdb_version(struct buffer *out)
{
    lookup_library_version(&lookup_driver_lmdb, out);
}

const struct lookup_driver lookup_driver_lmdb = {
    .name = "lmdb",
    .built_by = "LOOKUP_LMDB",
    .help = "a Lightning Memory-Mapped Database: ${lookup{key}lmdb{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .linked = LINKED,
    .module = "rexpand_lmdb.so",
    .table = "rexpand_lookup_lmdb",
    LOOKUP_LIBRARY,
    .quote = lookup_quote_nothing,
    .version = lmdb_version,
};
