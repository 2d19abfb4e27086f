/* Perl-compatible regular expressions: compiled once, matched many times. */

#ifndef REXPAND_LANG_REGEX_H
#define REXPAND_LANG_REGEX_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/outcome.h"
#include "base/value.h"

struct captures;
struct regex;

/* Adds the library's name and version. */
void regex_version(struct buffer *out);

/* What matching needs beside the pattern, one for each environment: never two
   matches at once. */
struct regex_scratch;

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

/* Compiles a pattern. OUTCOME_FAILED with PCRE2's message and the place in the
   pattern; "error" may be NULL where the message does not matter. */
enum outcome regex_new(struct arena *arena, const struct value *pattern, struct regex **regex,
                       struct error *error) MUST_CHECK;

/* Whether a pattern compiles; if not, "*offset" is the byte of it that PCRE2
   stumbled at, and the message PCRE2's without more. */
bool regex_check(const struct value *pattern, char *message, size_t message_size, size_t *offset);

/* Chained regular expressions are freed with the first. */
void regex_chain(struct regex **chain, struct regex *regex);
void regex_free(struct regex *chain);

/* Translates to machine code if the system allows it. */
void regex_make_fast(struct regex *chain);

/* Looks for a match at or behind byte "from" and fills "captures" with slices of
   "subject" (those that took no part are empty). "*begin" and "*end" are where the
   whole match is. "not_empty_here" refuses an empty match at "from" and any match
   that begins later. A pattern that needs too many steps is OUTCOME_FAILED. */
struct regex_match {
    nanoseconds deadline; /* looked at in long subjects; 0: none */
    size_t from;
    bool not_empty_here;
    bool found;
    size_t begin;
    size_t end;
};
enum outcome regex_match(const struct regex *regex, struct regex_scratch *scratch, struct arena *arena,
                         const struct value *subject, struct regex_match *match, struct captures *captures,
                         struct error *error) MUST_CHECK;

/* Patterns that are made while a string is evaluated, the latest few of them
   compiled. */
struct regex_cache;
struct regex_cache *regex_cache_new(void);
void regex_cache_free(struct regex_cache *cache);
enum outcome regex_cache_get(struct regex_cache *cache, struct arena *arena, const struct value *pattern,
                             const struct regex **regex, struct error *error) MUST_CHECK;

#endif
