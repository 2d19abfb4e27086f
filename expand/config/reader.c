#include "config/reader.h"

#include <string.h>

#include "base/buffer.h"

#define KEPT_SIZE 65536

void reader_init(struct reader *reader, struct macros *macros, struct arena *arena)
{
    memset(reader, 0, sizeof *reader);
    files_init(&reader->files, arena);
    reader->macros = macros;
    reader->arena = arena;
    /* A line is there in up to four forms: as read, between two macros, joined, and
       joined while it grows. */
    arena_init(&reader->lines, KEPT_SIZE, READER_LINE_LIMIT * 8);
}

void reader_free(struct reader *reader)
{
    files_free(&reader->files);
    arena_free(&reader->lines);
}

static bool has_prefix(const struct value *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text->length >= length && memcmp(text->bytes, prefix, length) == 0;
}

/* ".include name": true if the line is one, with the name, unquoted. */
static bool take_include(struct arena *arena, const struct value *line, const char *directive,
                         struct value *name)
{
    size_t length = strlen(directive);
    if (!has_prefix(line, directive) || (line->length > length && !byte_is_space(line->bytes[length])))
        return false;
    *name = value_slice(arena, line, length, line->length);
    *name = value_trim(arena, name);
    if (name->length > 1 && name->bytes[0] == '"' && name->bytes[name->length - 1] == '"')
        *name = value_slice(arena, name, 1, name->length - 2);
    return true;
}

/* Takes the backslash off a line that goes on in the next one. */
static bool take_continuation(struct value *line)
{
    if (line->length == 0 || line->bytes[line->length - 1] != '\\')
        return false;
    line->length--;
    return true;
}

/* Whether a line that is a comment says "rexpand: ignore". */
static bool asks_to_ignore(struct reader *reader, const struct value *line)
{
    struct value text = value_slice(&reader->lines, line, 1, line->length);

    text = value_trim(&reader->lines, &text);
    return value_equals_text(&text, READER_IGNORE);
}

/* The map of a physical line that begins at "column" in the file. */
static void map_begin(struct reader *reader, struct text_map *map, size_t column, bool is_first)
{
    if (is_first)
        reader->ignores_line = reader->ignores_next;
    struct text_piece piece = {.place = files_place(&reader->files),
                               .column = (unsigned)column,
                               .is_ignored = reader->ignores_line || reader->ignores_next};

    text_map_init(map, &reader->lines);
    text_map_add(map, &piece);
}

/* Without the white space around it; the map loses as much. */
static void trim(struct reader *reader, struct value *line, struct text_map *map)
{
    struct value before = *line;

    *line = value_trim(&reader->lines, line);
    size_t skipped = line->length == 0 ? 0 : (size_t)(line->bytes - before.bytes);
    if (map == NULL || skipped == 0)
        return;
    struct text_map whole = *map;
    text_map_init(map, &reader->lines);
    text_map_take(map, 0, &whole, skipped, before.length);
}

/* "map" is filled if places are kept. */
static enum outcome replace_macros(struct reader *reader, struct value *line, bool at_start,
                                   struct text_map *map, bool *replaced, struct error *error)
{
    struct value raw = *line;
    if (memchr(line->bytes, '\0', line->length) != NULL)
        return place_error(error, reader->arena, files_place(&reader->files), "NUL byte in line");
    *line = value_trim(&reader->lines, line);
    if (has_prefix(line, "#")) {
        reader->ignores_next = reader->ignores_next || (reader->keeps_places && asks_to_ignore(reader, line));
        return OUTCOME_DONE; /* no macro can make it anything but a comment */
    }
    if (map != NULL)
        map_begin(reader, map, line->length == 0 ? 1 : (size_t)(line->bytes - raw.bytes) + 1, at_start);
    struct error bare;
    enum outcome outcome =
        macros_replace(reader->macros, &reader->lines, line, at_start, line, replaced, map, &bare);
    if (outcome != OUTCOME_DONE)
        return place_error(error, reader->arena, files_place(&reader->files), "%s", bare.message);
    trim(reader, line, map);
    return OUTCOME_DONE;
}

/* Does what a line says that is for the reader itself; "is_content" is set for
   all others. */
static enum outcome take_directive(struct reader *reader, const struct value *line, bool replaced,
                                   bool *is_content, struct error *error)
{
    struct value name;
    *is_content = false;
    const struct conditional_directive *directive = conditionals_directive(line);
    if (directive != NULL) {
        return conditionals_apply(&reader->conditionals, directive, replaced, files_place(&reader->files),
                                  reader->arena, error);
    }
    if (!conditionals_are_active(&reader->conditionals) || has_prefix(line, "#"))
        return OUTCOME_DONE;
    if (take_include(&reader->lines, line, ".include", &name))
        return files_include(&reader->files, &name, false, error);
    if (take_include(&reader->lines, line, ".include_if_exists", &name))
        return files_include(&reader->files, &name, true, error);
    *is_content = true;
    return OUTCOME_DONE;
}

/* Adds one physical line to the logical one; "more" says whether another is
   wanted. */
static enum outcome add_physical(struct reader *reader, struct value *text, struct buffer *joined,
                                 struct config_place *place, bool *more, struct error *error)
{
    bool replaced = false;
    bool is_content = false;
    struct text_map map = {0};
    *more = true;
    enum outcome outcome = replace_macros(reader, text, joined->length == 0,
                                          reader->keeps_places ? &map : NULL, &replaced, error);
    if (outcome == OUTCOME_DONE)
        outcome = take_directive(reader, text, replaced, &is_content, error);
    if (outcome != OUTCOME_DONE || !is_content)
        return outcome;
    bool is_continued = take_continuation(text);
    if (joined->length == 0)
        *place = files_place(&reader->files);
    if (joined->length + text->length > READER_LINE_LIMIT)
        return place_error(error, reader->arena, *place, "line longer than %zu MB", READER_LINE_LIMIT >> 20);
    if (reader->keeps_places) {
        text_map_take(&reader->map, joined->length, &map, 0, text->length);
        reader->ignores_next = reader->ignores_next && text->length == 0;
        if (map.failed)
            return error_no_memory(error);
    }
    buffer_add(joined, text->bytes, text->length);
    *more = is_continued || joined->length == 0;
    return joined->failed || reader->map.failed ? error_no_memory(error) : OUTCOME_DONE;
}

enum outcome reader_next(struct reader *reader, struct value *line, struct config_place *place,
                         struct error *error)
{
    struct buffer joined;
    struct value text;
    bool more = true;
    arena_reset(&reader->lines, KEPT_SIZE);
    buffer_init(&joined, &reader->lines);
    text_map_init(&reader->map, &reader->lines);
    while (more && files_next_line(&reader->files, &text)) {
        enum outcome outcome = add_physical(reader, &text, &joined, place, &more, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    if (more) {
        enum outcome outcome =
            conditionals_end(&reader->conditionals, files_place(&reader->files), reader->arena, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    *line = (struct value){0};
    if (joined.length == 0)
        return OUTCOME_DONE;
    while (byte_is_space(joined.bytes[joined.length - 1]))
        joined.length--; /* white space in front of a last backslash; the line begins with none */
    return buffer_value(&joined, line) ? OUTCOME_DONE : error_no_memory(error);
}
