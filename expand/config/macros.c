#include "config/macros.h"

#include <string.h>

#include "base/arena.h"
#include "config/builtin.h"

static bool is_name_byte(char byte)
{
    return byte_is_alnum(byte) || byte == '_';
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static size_t name_length(const char *text, size_t length)
{
    size_t end = 0;
    while (end < length && is_name_byte(text[end]))
        end++;
    return end;
}

static size_t skip_space(const char *text, size_t from, size_t length)
{
    while (from < length && byte_is_space(text[from]))
        from++;
    return from;
}

static struct config_macro *find(struct config_macro *macro, const char *name, size_t length)
{
    for (; macro != NULL; macro = macro->next)
        if (macro->name_length == length && memcmp(macro->name, name, length) == 0)
            return macro;
    return NULL;
}

/* A macro whose name stands in "name": the new one would never be seen. */
static const struct config_macro *find_part(const struct config_macro *macro, const char *name, size_t length)
{
    for (; macro != NULL; macro = macro->next)
        if (macro->name_length < length && memmem(name, length, macro->name, macro->name_length) != NULL)
            return macro;
    return NULL;
}

static struct config_macro *make(struct arena *arena, const char *name, size_t length)
{
    struct config_macro *macro = arena_calloc(arena, 1, sizeof *macro);
    const char *copy = arena_copy(arena, name, length);
    if (macro == NULL || copy == NULL)
        return NULL;
    macro->name = copy;
    macro->name_length = length;
    macro->replacement = value_of_string("");
    return macro;
}

static struct config_macro *append(struct macros *macros, const char *name, size_t length)
{
    struct config_macro *macro = make(macros->arena, name, length);
    if (macro == NULL)
        return NULL;
    *(macros->last == NULL ? &macros->first : &macros->last->next) = macro;
    macros->last = macro;
    macros->count++;
    return macro;
}

static bool set_replacement(struct macros *macros, struct config_macro *macro, const char *text,
                            size_t length)
{
    char *copy = arena_copy(macros->arena, text, length);
    if (copy == NULL)
        return false;
    macro->replacement = value_clean(copy, length);
    return true;
}

void macros_init(struct macros *macros, struct arena *arena)
{
    *macros = (struct macros){.arena = arena};
}

struct builtin_list {
    struct arena *arena;
    struct config_macro *first;
    struct config_macro **end;
};

static bool add_builtin(void *context, const char *name, size_t length)
{
    struct builtin_list *list = context;
    struct config_macro *macro = make(list->arena, name, length);
    if (macro == NULL)
        return false;
    macro->replacement = VALUE_LITERAL("y");
    *list->end = macro;
    list->end = &macro->next;
    return true;
}

/* Few configurations name one, so that most never pay for them. */
const struct config_macro *macros_builtin(struct macros *macros)
{
    struct builtin_list list = {.arena = macros->arena, .end = &list.first};
    if (macros->builtin == NULL && builtin_each(add_builtin, &list))
        macros->builtin = list.first;
    return macros->builtin;
}

const struct config_macro *macros_find(struct macros *macros, const char *name, size_t length)
{
    if (length > 0 && name[0] == '_' && macros_builtin(macros) != NULL)
        return find(macros->builtin, name, length);
    return find(macros->first, name, length);
}

enum outcome macros_define_option(struct macros *macros, const char *definition, struct error *error)
{
    size_t length = strlen(definition);
    if (length == 0 || !is_upper(definition[0])) {
        return error_set(error, macros->arena, OUTCOME_FAILED,
                         "macro name set by -D must start with an upper case letter");
    }
    size_t name_end = name_length(definition, length);
    size_t position = skip_space(definition, name_end, length);
    if (position < length && definition[position] != '=')
        return error_set(error, macros->arena, OUTCOME_FAILED, "malformed option -D%s", definition);
    if (find(macros->first, definition, name_end) != NULL) {
        return error_set(error, macros->arena, OUTCOME_FAILED, "duplicated -D in command line: %.*s",
                         (int)name_end, definition);
    }
    position = skip_space(definition, position + (position < length), length);
    struct config_macro *macro = append(macros, definition, name_end);
    if (macro == NULL || !set_replacement(macros, macro, definition + position, length - position))
        return error_no_memory(error);
    macro->is_command_line = true;
    return OUTCOME_DONE;
}

bool macros_is_definition(const char *line, size_t length)
{
    if (length == 0 || !is_upper(line[0]))
        return false;
    size_t position = skip_space(line, name_length(line, length), length);
    return position < length && line[position] == '=';
}

static enum outcome define_new(struct macros *macros, const char *name, size_t length,
                               struct config_place place, struct config_macro **macro, struct error *error)
{
    const struct config_macro *part = find_part(macros->first, name, length);
    if (part == NULL && memchr(name, '_', length) != NULL)
        part = find_part(macros_builtin(macros), name, length);
    if (part != NULL) {
        return place_error(
            error, macros->arena, place,
            "\"%.*s\" cannot be defined as a macro because previously defined macro \"%s\" is a substring",
            (int)length, name, part->name);
    }
    if (macros->count >= MACROS_COUNT_LIMIT)
        return place_error(error, macros->arena, place, "more than %d macros", MACROS_COUNT_LIMIT);
    *macro = append(macros, name, length);
    return *macro == NULL ? error_no_memory(error) : OUTCOME_DONE;
}

/* NAME ("=" | "==") text */
enum outcome macros_define_line(struct macros *macros, const char *line, size_t length,
                                struct config_place place, const struct config_macro **defined,
                                struct error *error)
{
    if (!macros_is_definition(line, length))
        return place_error(error, macros->arena, place, "malformed macro definition");
    size_t name_end = name_length(line, length);
    size_t position = skip_space(line, name_end, length) + 1;
    bool redefines = position < length && line[position] == '=';
    position = skip_space(line, position + redefines, length);
    while (length > position && byte_is_space(line[length - 1]))
        length--;

    struct config_macro *macro = find(macros->first, line, name_end);
    if (defined != NULL)
        *defined = macro;
    if (macro != NULL && macro->is_command_line)
        return OUTCOME_DONE;
    if (macro != NULL && !redefines) {
        return place_error(error, macros->arena, place,
                           "macro \"%s\" is already defined (use \"==\" if you want to redefine it)",
                           macro->name);
    }
    if (macro == NULL && redefines) {
        return place_error(error, macros->arena, place, "can't redefine an undefined macro \"%.*s\"",
                           (int)name_end, line);
    }
    if (macro == NULL) {
        enum outcome outcome = define_new(macros, line, name_end, place, &macro, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    if (!set_replacement(macros, macro, line + position, length - position))
        return error_no_memory(error);
    macro->place = place;
    if (defined != NULL)
        *defined = macro;
    return OUTCOME_DONE;
}

/* Where the name stands first, or NULL. Names are short and begin with a letter that is
   rare in a line: to look for that is quickest. */
static const char *find_name(const struct config_macro *macro, const char *text, size_t length)
{
    const char *end = text + length;

    while ((size_t)(end - text) >= macro->name_length) {
        const char *hit = memchr(text, macro->name[0], (size_t)(end - text) - macro->name_length + 1);
        if (hit == NULL || memcmp(hit, macro->name, macro->name_length) == 0)
            return hit;
        text = hit + 1;
    }
    return NULL;
}

static size_t count_name(const struct config_macro *macro, const char *text, size_t length)
{
    size_t count = 0;
    const char *hit;
    while ((hit = find_name(macro, text, length)) != NULL) {
        size_t skipped = (size_t)(hit - text) + macro->name_length;
        text += skipped;
        length -= skipped;
        count++;
    }
    return count;
}

/* Writes "text" with each name replaced to "out", which has room for it. */
static void write_replaced(const struct config_macro *macro, const char *text, size_t length, char *out)
{
    const char *hit;
    while ((hit = find_name(macro, text, length)) != NULL) {
        size_t before = (size_t)(hit - text);
        memcpy(out, text, before);
        out += before;
        memcpy(out, macro->replacement.bytes, macro->replacement.length);
        out += macro->replacement.length;
        text += before + macro->name_length;
        length -= before + macro->name_length;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

/* The map of "line" becomes that of what write_replaced makes of it. */
static void map_replaced(struct text_map *map, const struct config_macro *macro, const struct value *line,
                         size_t from)
{
    struct text_map before = *map;
    const char *hit;
    size_t taken = 0;
    size_t out = 0;

    text_map_init(map, before.arena);
    map->failed = before.failed;
    while ((hit = find_name(macro, line->bytes + from, line->length - from)) != NULL) {
        size_t at = (size_t)(hit - line->bytes);
        text_map_take(map, out, &before, taken, at);
        out += at - taken;
        text_map_take_macro(map, out, &before, at, macro->name);
        out += macro->replacement.length;
        taken = from = at + macro->name_length;
    }
    text_map_take(map, out, &before, taken, line->length);
}

/* What macros are replaced in. */
struct replacing {
    struct macros *macros;
    struct arena *arena;
    size_t from; /* the bytes in front are left alone */
    struct value *line;
    struct text_map *map; /* of the line, or NULL */
    bool replaced;
};

static enum outcome replace_one(struct replacing *replacing, const struct config_macro *macro,
                                struct error *error)
{
    struct macros *macros = replacing->macros;
    struct arena *arena = replacing->arena;
    struct value *line = replacing->line;
    size_t from = replacing->from;

    macros->work += 1 + (line->length - from) / 64;
    if (macros->work > MACROS_WORK_LIMIT)
        return error_set(error, arena, OUTCOME_FAILED, "replacing macros takes too long");
    size_t count = count_name(macro, line->bytes + from, line->length - from);
    if (count == 0)
        return OUTCOME_DONE;
    replacing->replaced = true;
    if (macro->replacement.length > MACROS_LENGTH_LIMIT / count)
        return error_set(error, arena, OUTCOME_FAILED, "line too long after replacing macros");
    size_t length = line->length - count * macro->name_length + count * macro->replacement.length;
    if (length > MACROS_LENGTH_LIMIT)
        return error_set(error, arena, OUTCOME_FAILED, "line too long after replacing macros");
    char *bytes = arena_alloc_text(arena, length + 1);
    if (bytes == NULL)
        return error_no_memory(error);
    memcpy(bytes, line->bytes, from);
    write_replaced(macro, line->bytes + from, line->length - from, bytes + from);
    if (replacing->map != NULL)
        map_replaced(replacing->map, macro, line, from);
    *line = value_clean(bytes, length);
    return OUTCOME_DONE;
}

/* Where in "line" the first macro name could begin. */
static size_t find_candidate(const struct value *line, size_t from)
{
    for (; from < line->length; from++) {
        char byte = line->bytes[from];
        if (is_upper(byte))
            break;
        if (byte == '_' && from + 1 < line->length && is_upper(line->bytes[from + 1]))
            break;
    }
    return from;
}

static enum outcome replace_list(struct replacing *replacing, const struct config_macro *macro,
                                 struct error *error)
{
    enum outcome outcome = OUTCOME_DONE;
    for (; macro != NULL && outcome == OUTCOME_DONE; macro = macro->next)
        outcome = replace_one(replacing, macro, error);
    return outcome;
}

enum outcome macros_replace(struct macros *macros, struct arena *arena, const struct value *line,
                            bool at_start, struct value *result, bool *replaced, struct text_map *map,
                            struct error *error)
{
    struct replacing replacing = {.macros = macros, .arena = arena, .line = result, .map = map};
    size_t from = skip_space(line->bytes, 0, line->length);
    enum outcome outcome = OUTCOME_DONE;
    *result = *line;
    if (at_start && macros_is_definition(line->bytes + from, line->length - from))
        from += name_length(line->bytes + from, line->length - from);
    from = replacing.from = find_candidate(line, from);
    /* As in Exim the built-in ones count only where an underscore is the first
       thing that could begin a name. */
    if (from < line->length && line->bytes[from] == '_')
        outcome = replace_list(&replacing, macros_builtin(macros), error);
    if (from < line->length && outcome == OUTCOME_DONE)
        outcome = replace_list(&replacing, macros->first, error);
    if (replaced != NULL)
        *replaced = replacing.replaced;
    return outcome;
}
