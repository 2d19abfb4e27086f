/* Where the bytes of a logical line stand in the files it was read from: which
   physical line, which column, and whether a macro put them there. */

#ifndef REXPAND_CONFIG_TEXT_MAP_H
#define REXPAND_CONFIG_TEXT_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "config/place.h"

struct arena;

/* What stands in one piece from "begin" on, up to the next piece. A piece of no
   bytes is a macro with nothing in it: several pieces may begin at one byte. */
struct text_piece {
    size_t begin; /* in the logical line */
    struct config_place place;
    unsigned column;   /* of the first byte, counted from 1; of a macro's name if "macro" */
    const char *macro; /* which stands there in the file; NULL: the bytes themselves do */
    bool is_ignored;   /* a comment asks for it: see text_map_find */
};

struct text_map {
    struct arena *arena;
    struct text_piece *pieces; /* rising by "begin" */
    size_t count;
    size_t capacity;
    bool failed; /* memory ran out: the map is not to be used */
};

/* What is known about one byte. */
struct text_spot {
    struct config_place place;
    unsigned column;   /* 0: not known */
    const char *macro; /* it came out of this one, which stands at the place */
    bool is_ignored;   /* "# rexpand: ignore" stands on the line before */
};

void text_map_init(struct text_map *map, struct arena *arena);

/* Adds a piece behind the others. */
void text_map_add(struct text_map *map, const struct text_piece *piece);

/* Adds what "from" has for its bytes [begin, end), as the bytes from "at" on. */
void text_map_take(struct text_map *map, size_t at, const struct text_map *from, size_t begin, size_t end);

/* Adds that a macro, whose name is byte "begin" of "from", stands behind byte
   "at" on. A macro inside a macro's text is the outer one's. */
void text_map_take_macro(struct text_map *map, size_t at, const struct text_map *from, size_t begin,
                         const char *macro);

/* A copy in "arena"; NULL when memory runs out. */
struct text_map *text_map_copy(const struct text_map *map, struct arena *arena);

/* Where byte "offset" stands. The map must have a piece. */
struct text_spot text_map_find(const struct text_map *map, size_t offset);

/* Whether a macro has put something, or its nothing, into bytes [begin, end]. */
bool text_map_has_macro(const struct text_map *map, size_t begin, size_t end);

#endif
