#include "config/text_map.h"

#include <string.h>

#include "base/arena.h"

void text_map_init(struct text_map *map, struct arena *arena)
{
    *map = (struct text_map){.arena = arena};
}

static bool grow(struct text_map *map)
{
    size_t capacity = map->capacity == 0 ? 4 : map->capacity * 2;
    struct text_piece *pieces = arena_calloc(map->arena, capacity, sizeof *pieces);

    if (pieces == NULL) {
        map->failed = true;
        return false;
    }
    if (map->count > 0)
        memcpy(pieces, map->pieces, map->count * sizeof *pieces);
    map->pieces = pieces;
    map->capacity = capacity;
    return true;
}

void text_map_add(struct text_map *map, const struct text_piece *piece)
{
    if (map->count == map->capacity && !grow(map))
        return;
    map->pieces[map->count++] = *piece;
}

/* The first piece that begins at "offset" or behind it. */
static size_t lower_bound(const struct text_map *map, size_t offset)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->pieces[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first piece with something of what begins at "offset": those of no bytes
   too. */
static size_t first_at(const struct text_map *map, size_t offset)
{
    size_t index = lower_bound(map, offset);
    bool begins_there = index < map->count && map->pieces[index].begin == offset;

    return begins_there || index == 0 ? index : index - 1;
}

static bool is_empty_piece(const struct text_map *map, size_t index)
{
    return index + 1 < map->count && map->pieces[index + 1].begin == map->pieces[index].begin;
}

void text_map_take(struct text_map *map, size_t at, const struct text_map *from, size_t begin, size_t end)
{
    for (size_t i = first_at(from, begin); i < from->count; i++) {
        struct text_piece piece = from->pieces[i];
        if (piece.begin > end || (piece.begin == end && !is_empty_piece(from, i)))
            return;
        size_t skipped = piece.begin < begin ? begin - piece.begin : 0;
        if (piece.macro == NULL)
            piece.column += (unsigned)skipped;
        piece.begin = at + (piece.begin + skipped - begin);
        text_map_add(map, &piece);
    }
}

/* The piece that byte "offset" is in. */
static const struct text_piece *find_piece(const struct text_map *map, size_t offset)
{
    size_t index = lower_bound(map, offset + 1);

    return &map->pieces[index == 0 ? 0 : index - 1];
}

void text_map_take_macro(struct text_map *map, size_t at, const struct text_map *from, size_t begin,
                         const char *macro)
{
    struct text_piece piece = *find_piece(from, begin);

    if (piece.macro == NULL) {
        piece.column += (unsigned)(begin - piece.begin);
        piece.macro = macro;
    }
    piece.begin = at;
    text_map_add(map, &piece);
}

struct text_map *text_map_copy(const struct text_map *map, struct arena *arena)
{
    struct text_map *copy = arena_calloc(arena, 1, sizeof *copy);

    if (copy == NULL)
        return NULL;
    copy->arena = arena;
    copy->pieces = arena_calloc(arena, map->count + 1, sizeof *copy->pieces);
    if (copy->pieces == NULL)
        return NULL;
    if (map->count > 0)
        memcpy(copy->pieces, map->pieces, map->count * sizeof *copy->pieces);
    copy->count = copy->capacity = map->count;
    return copy;
}

struct text_spot text_map_find(const struct text_map *map, size_t offset)
{
    const struct text_piece *piece = find_piece(map, offset);
    struct text_spot spot = {.place = piece->place,
                             .column = piece->column,
                             .macro = piece->macro,
                             .is_ignored = piece->is_ignored};

    if (piece->macro == NULL && offset > piece->begin)
        spot.column += (unsigned)(offset - piece->begin);
    return spot;
}

bool text_map_has_macro(const struct text_map *map, size_t begin, size_t end)
{
    for (size_t i = first_at(map, begin); i < map->count && map->pieces[i].begin <= end; i++)
        if (map->pieces[i].macro != NULL)
            return true;
    return false;
}
