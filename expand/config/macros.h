/* Macros (Exim specification, sections 6.4 to 6.9): names that are replaced
   in each physical line by the text last given to them. A name is searched anywhere,
   inside words too, and macros are applied in the order of their first definition;
   what one puts in is searched for those after it, not for itself. */

#ifndef REXPAND_CONFIG_MACROS_H
#define REXPAND_CONFIG_MACROS_H

#include "base/value.h"
#include "config/text_map.h"

struct config_macro {
    struct config_macro *next; /* in the order of definition */
    const char *name;
    size_t name_length;
    struct value replacement;
    struct config_place place;
    bool is_command_line; /* from -D: definitions in the file do nothing to it */
};

struct macros {
    struct arena *arena;
    struct config_macro *first; /* those of -D and of the file */
    struct config_macro *last;
    struct config_macro *builtin; /* made when first asked for: see macros_builtin */
    size_t count;
    size_t work; /* what replacing has cost so far, see MACROS_WORK_LIMIT */
};

/* Bounds that no person reaches: they are there so that no file takes the
   reader more than seconds or more than the memory it is given. */
#define MACROS_COUNT_LIMIT  10000
#define MACROS_LENGTH_LIMIT ((size_t)16 << 20) /* bytes of a line after replacement */
#define MACROS_WORK_LIMIT   ((size_t)1 << 26)  /* searches, and 64 bytes looked at */

/* Makes an empty set; everything that comes into it is allocated in "arena". */
void macros_init(struct macros *macros, struct arena *arena);

/* The built-in macros, which go before all others; NULL: out of memory. */
const struct config_macro *macros_builtin(struct macros *macros);

/* Defines from what stood behind -D: NAME, NAME=value. The message has no
   place. */
enum outcome macros_define_option(struct macros *macros, const char *definition,
                                  struct error *error) MUST_CHECK;

/* Whether "line" is of the form NAME = value with an upper case letter at its
   start. */
bool macros_is_definition(const char *line, size_t length);

/* Defines from a line "NAME = value", or changes with "NAME == value".
   Messages are Exim's with the place in front. "defined" is set to the macro; it
   may be NULL. */
enum outcome macros_define_line(struct macros *macros, const char *line, size_t length,
                                struct config_place place, const struct config_macro **defined,
                                struct error *error) MUST_CHECK;

/* Replaces macros in "line". If "at_start", the line begins a logical line and
   a name that it defines is left alone. "result" is "line" itself where nothing was
   replaced, else a new text in "arena"; "replaced" says which, and may be NULL.
   "map" (NULL: nobody asks) is where the line's bytes stand, and becomes that of the
   result. */
enum outcome macros_replace(struct macros *macros, struct arena *arena, const struct value *line,
                            bool at_start, struct value *result, bool *replaced, struct text_map *map,
                            struct error *error) MUST_CHECK;

/* The macro of that name, be it built in, or NULL. */
const struct config_macro *macros_find(struct macros *macros, const char *name, size_t length);

#endif
