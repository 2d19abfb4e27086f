/* The lookup types that Exim knows by name, and how they are written (Exim
   specification, chapter 9). What this build can ask is in lookup.h. */

#ifndef REXPAND_LOOKUPS_TYPES_H
#define REXPAND_LOOKUPS_TYPES_H

#include "base/value.h"
#include "lookups/lookup.h"

struct lookup_type {
    const char *name;
    enum lookup_style style;
    bool has_file;      /* single-key: what it looks into is a file or a folder */
    const char *quoter; /* query style: what comes from outside must pass ${quote_QUOTER:…};
                           NULL: it need not */
};

/* All, in byte order of names. */
const struct lookup_type *lookup_types(size_t *count);

/* NULL: Exim has no such type in any build. */
const struct lookup_type *lookup_type_find(const char *name, size_t length);

/* A type as it is written: partial-NAME*@,OPTIONS. */
struct lookup_words {
    struct value type; /* all but the options */
    struct value name;
    struct value options;
    bool is_partial;
    bool has_default;
};

/* False: "partial" stands in front and not what must follow it. */
bool lookup_words_read(struct arena *arena, const struct value *written, struct lookup_words *words);

#endif
