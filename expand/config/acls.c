#include "config/acls.h"

#include <string.h>

#include "config/acl_reader.h"
#include "config/private.h"

const struct acl *config_acls(const struct config *config)
{
    return config->acls;
}

const struct acl *config_acl_find(const struct config *config, const char *name, size_t length)
{
    const struct acl *acl = config->acls;
    while (acl != NULL && (strlen(acl->name) != length || memcmp(acl->name, name, length) != 0))
        acl = acl->next;
    return acl;
}

/* NAME ":", and what follows is not looked at. */
static enum outcome begin_acl(struct config *config, const struct config_line *line, struct error *error)
{
    const char *text = line->text.bytes;
    size_t length = byte_is_letter(*text) ? word_length(text) : 0;

    if (length >= ACL_NAME_SIZE) {
        return place_error(error, config->arena, line->place,
                           "exim item name too long (>%d), unable to use \"%.*s\" (truncated)", ACL_NAME_SIZE,
                           ACL_NAME_SIZE - 1, text);
    }
    if (length == 0 || *skip_space(text + length) != ':')
        return place_error(error, config->arena, line->place, "missing or malformed ACL name");
    if (config_acl_find(config, text, length) != NULL) {
        return place_error(error, config->arena, line->place, "there are two ACLs called \"%.*s\"",
                           (int)length, text);
    }
    if (config->acl_count++ >= ACLS_COUNT_LIMIT)
        return place_error(error, config->arena, line->place, "too many ACLs (max is %d)", ACLS_COUNT_LIMIT);
    struct acl *acl = arena_calloc(config->arena, 1, sizeof *acl);
    char *name = arena_copy(config->arena, text, length);
    if (acl == NULL || name == NULL)
        return error_no_memory(error);
    acl->name = name;
    acl->place = line->place;
    *(config->last_acl == NULL ? &config->acls : &config->last_acl->next) = acl;
    config->last_acl = acl;
    acl_reader_begin(&config->acl_reader, config->arena, acl);
    return OUTCOME_DONE;
}

enum outcome acls_read_line(struct config *config, const struct config_line *line, struct error *error)
{
    struct error bare;

    if (line->is_macro) {
        config->acl_reader.acl = NULL;
        return OUTCOME_DONE;
    }
    if (config->acl_reader.acl == NULL || acl_reader_ends(&line->text))
        return begin_acl(config, line, error);
    if (acl_reader_add(&config->acl_reader, line, &bare) == OUTCOME_DONE)
        return OUTCOME_DONE;
    return place_error(error, config->arena, line->place, "error in ACL: %s", bare.message);
}

/* ---- ACLs from elsewhere ---- */

/* The next physical line of "rest", with white space at its ends taken off. */
static struct value take_physical(struct arena *arena, struct value *rest, unsigned *number)
{
    const char *end = memchr(rest->bytes, '\n', rest->length);
    size_t length = end == NULL ? rest->length : (size_t)(end - rest->bytes);
    struct value line = value_clean(rest->bytes, length);

    rest->bytes += length + (end != NULL);
    rest->length -= length + (end != NULL);
    (*number)++;
    return value_trim(arena, &line);
}

/* The next logical line that is not empty; its bytes are NULL at the end. */
static enum outcome next_line(struct arena *arena, struct value *rest, unsigned *number,
                              struct config_line *line, struct error *error)
{
    struct buffer joined;
    bool goes_on = true;

    buffer_init(&joined, arena);
    while (goes_on && rest->length > 0) {
        struct value part = take_physical(arena, rest, number);
        if (part.length == 0 || part.bytes[0] == '#')
            continue;
        if (joined.length == 0)
            line->place.line = *number;
        goes_on = part.bytes[part.length - 1] == '\\';
        buffer_add(&joined, part.bytes, part.length - goes_on);
    }
    line->text = (struct value){0};
    if (joined.length == 0)
        return OUTCOME_DONE;
    return buffer_value(&joined, &line->text) ? OUTCOME_DONE : error_no_memory(error);
}

enum outcome acl_read_text(const struct value *text, const char *file, struct arena *arena, struct acl **acl,
                           struct error *error)
{
    struct value rest = *text;
    struct acl_reader reader;
    unsigned number = 0;

    *acl = arena_calloc(arena, 1, sizeof **acl);
    if (*acl == NULL)
        return error_no_memory(error);
    (*acl)->place = (struct config_place){.file = file, .line = 1};
    acl_reader_begin(&reader, arena, *acl);
    for (;;) {
        struct config_line *line = arena_calloc(arena, 1, sizeof *line);
        if (line == NULL)
            return error_no_memory(error);
        line->place.file = file;
        enum outcome outcome = next_line(arena, &rest, &number, line, error);
        if (outcome != OUTCOME_DONE || line->text.bytes == NULL || acl_reader_ends(&line->text))
            return outcome;
        outcome = acl_reader_add(&reader, line, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
}
