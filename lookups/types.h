/* The lookup types that Exim knows by name, and how they are written (Exim
   specification, chapter 9, sections 5 to 7). What this build can ask is in lookup.h. */

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

/* Reads a type as it is written: partial-NAME*@,OPTIONS. OUTCOME_FAILED: "partial"
   stands in front and not what must follow it. Where "is_plain" there is nothing before and behind
   the name but options, as in host lists. */
enum outcome lookup_words_read(struct lookup_words *words, const struct value *written, bool is_plain,
                               struct arena *arena, struct error *error) MUST_CHECK;

/* The driver of that name in this build, or OUTCOME_FAILED with Exim's message. Where
   "takes_absent" one of Exim's that this build has not got will do: there are answers for it. */
enum outcome lookup_words_driver(const struct lookup_words *words, bool takes_absent,
                                 const struct lookup_driver **driver, struct arena *arena,
                                 struct error *error) MUST_CHECK;

/* Whether a type of that style may have what stands around its name. */
enum outcome lookup_words_fit(const struct lookup_words *words, enum lookup_style style, struct arena *arena,
                              struct error *error) MUST_CHECK;

#endif
