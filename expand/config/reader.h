/* From files to logical lines (Exim specification, sections 6.2 to 6.10):
   comments, continuation, macros, conditions and inclusion are done with when a line
   comes out. */

#ifndef REXPAND_CONFIG_READER_H
#define REXPAND_CONFIG_READER_H

#include "config/conditionals.h"
#include "config/files.h"
#include "config/macros.h"

/* A logical line is at most this long; it must hold a macro's replacement. */
#define READER_LINE_LIMIT MACROS_LENGTH_LIMIT

struct reader {
    struct files files;
    struct conditionals conditionals;
    struct macros *macros;
    struct arena *arena; /* for messages */
    struct arena lines;  /* what is needed for one logical line */
};

/* Prepares a reader without a file: put one on reader->files. Large: not for
   the stack. */
void reader_init(struct reader *reader, struct macros *macros, struct arena *arena);
void reader_free(struct reader *reader);

/* The next logical line, never empty, without white space at its ends and with
   a NUL behind it, valid until the next call; "place" is its beginning. At the end
   "line" has no bytes (NULL). */
enum outcome reader_next(struct reader *reader, struct value *line, struct config_place *place,
                         struct error *error) MUST_CHECK;

#endif
