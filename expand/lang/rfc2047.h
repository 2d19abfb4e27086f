/* Encoded words: text beyond ASCII in header fields (RFC 2047). */

#ifndef REXPAND_LANG_RFC2047_H
#define REXPAND_LANG_RFC2047_H

#include "base/buffer.h"
#include "base/outcome.h"

/* The character set of header fields unless headers_charset says another. */
#define RFC2047_CHARSET "UTF-8"

/* How encoded words are read. */
struct rfc2047_rules {
    const char *charset;   /* what they are converted to; NULL: they stay as they are */
    bool takes_long_words; /* those of more than 75 bytes too */
    bool keeps_unknown;    /* those in a character set without conversion are not converted; else they
                              are a failure */
};

/* Adds "text", in as many encoded words as it takes if there is anything in it
   that a header field may not hold as it is. "charset" is the one that it is written in. */
void rfc2047_encode(struct buffer *out, const struct value *text, const char *charset);

/* Adds "text" with its encoded words replaced by what they stand for; those that
   are not well-formed stay. Fails when there is no conversion from a word's
   character set. */
enum outcome rfc2047_decode(struct buffer *out, const struct value *text, const struct rfc2047_rules *rules,
                            struct error *error) MUST_CHECK;

#endif
