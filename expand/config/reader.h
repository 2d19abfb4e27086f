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
    bool keeps_places;   /* "map" is wanted */
    struct text_map map; /* of the line that reader_next gave */
    bool ignores_next;   /* the last lines were a comment that asks for it */
    bool ignores_line;   /* one stood in front of the logical line */
};

/* Prepares a reader without a file: put one on reader->files. Large: not for
   the stack. */
void reader_init(struct reader *reader, struct macros *macros, struct arena *arena);
void reader_free(struct reader *reader);

/* A comment that says this, in front of a line, is for whoever reports mistakes
   in it; in front of a line that goes on in others, in all of them. */
#define READER_IGNORE "rexpand: ignore"

/* The next logical line, never empty, without white space at its ends and with
   a NUL behind it, valid until the next call; "place" is its beginning. At the end
   "line" has no bytes (NULL). */
enum outcome reader_next(struct reader *reader, struct value *line, struct config_place *place,
                         struct error *error) MUST_CHECK;

#endif
