/* The driver "json": an element of a file in JSON. */

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_json;

#ifdef LOOKUP_JSON_MODULE
#define LINKED NULL
#else
extern const struct lookup_library rexpand_lookup_json;
#define LINKED (&rexpand_lookup_json)
#endif

static void json_version(struct buffer *out)
{
    lookup_library_version(&lookup_driver_json, out);
}

const struct lookup_driver lookup_driver_json = {
    .name = "json",
    .built_by = "LOOKUP_JSON",
    .help = "an element of a JSON file: ${lookup{name : 0}json{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .linked = LINKED,
    .module = "rexpand_json.so",
    .table = "rexpand_lookup_json",
    LOOKUP_LIBRARY,
    .quote = lookup_quote_nothing,
    .version = json_version,
};
