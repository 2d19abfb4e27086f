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

/* What is left of a text that is read line by line. */
struct text_reader {
    struct value rest;
    unsigned line; /* of its first byte */
};

static bool is_at(const struct text_reader *reader, const char *bytes)
{
    return reader->rest.length > 0 && strchr(bytes, reader->rest.bytes[0]) != NULL &&
           reader->rest.bytes[0] != '\0';
}

static void skip_byte(struct text_reader *reader)
{
    reader->line += reader->rest.bytes[0] == '\n';
    reader->rest.bytes++;
    reader->rest.length--;
}

/* Takes bytes up to a line end, which stays. */
static struct value take_physical(struct text_reader *reader)
{
    const char *begin = reader->rest.bytes;

    while (reader->rest.length > 0 && !is_at(reader, "\n"))
        skip_byte(reader);
    return value_clean(begin, (size_t)(reader->rest.bytes - begin));
}

/* Goes to the next line that is neither empty nor a comment. */
static void skip_to_line(struct text_reader *reader)
{
    while (reader->rest.length > 0) {
        while (reader->rest.length > 0 && byte_is_space(reader->rest.bytes[0]))
            skip_byte(reader);
        if (!is_at(reader, "#"))
            return;
        (void)take_physical(reader);
    }
}

/* From a line end to where a continued line goes on: an empty line does not
   count for that, a comment is left out. */
static void skip_to_continuation(struct text_reader *reader)
{
    while (reader->rest.length > 0) {
        skip_byte(reader);
        while (is_at(reader, " \t"))
            skip_byte(reader);
        if (!is_at(reader, "#"))
            return;
        (void)take_physical(reader);
    }
}

/* Takes a backslash at the end of a line off, with white space behind it. */
static bool take_continuation(struct buffer *line)
{
    size_t length = line->length;

    while (length > 0 && byte_is_space(line->bytes[length - 1]))
        length--;
    if (length == 0 || line->bytes[length - 1] != '\\')
        return false;
    buffer_truncate(line, length - 1);
    return true;
}

/* The next logical line; its bytes are NULL at the end. White space at its end
   belongs to it, and a backslash that ends the text. */
static enum outcome next_line(struct arena *arena, struct text_reader *reader, struct config_line *line,
                              struct error *error)
{
    struct buffer joined;

    skip_to_line(reader);
    line->text = (struct value){0};
    line->place.line = reader->line;
    if (reader->rest.length == 0)
        return OUTCOME_DONE;
    buffer_init(&joined, arena);
    for (;;) {
        struct value part = take_physical(reader);
        buffer_add_value(&joined, &part);
        if (joined.failed || reader->rest.length == 0 || !take_continuation(&joined))
            break;
        skip_to_continuation(reader);
    }
    return buffer_value(&joined, &line->text) ? OUTCOME_DONE : error_no_memory(error);
}

enum outcome acl_read_text(const struct value *text, const char *file, struct arena *arena, struct acl **acl,
                           struct error *error)
{
    struct text_reader lines = {.rest = *text, .line = 1};
    struct acl_reader reader;

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
        enum outcome outcome = next_line(arena, &lines, line, error);
        if (outcome != OUTCOME_DONE || line->text.bytes == NULL || acl_reader_ends(&line->text))
            return outcome;
        outcome = acl_reader_add(&reader, line, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
}
