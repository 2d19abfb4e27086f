/* What the files of this folder share of a configuration's inside. */

#ifndef REXPAND_CONFIG_PRIVATE_H
#define REXPAND_CONFIG_PRIVATE_H

#include "config/acl_reader.h"
#include "config/config.h"

/* An option that was set. Exactly one of "row" and "driver" is not NULL. */
struct setting {
    struct setting *next;
    const char *name;
    const struct option_row *row;
    const struct lookup_setting *driver;
    struct value text;
    struct config_place place;
    const struct config_line *line;
    const char *written; /* in the line's text */
    bool is_hidden;
};

struct line_list {
    struct config_line *first;
    struct config_line *last;
};

/* Names are compared with all earlier ones: a bound that no person reaches
   keeps that from taking long. */
#define LISTS_COUNT_LIMIT 10000
#define ACLS_COUNT_LIMIT  10000

struct list_list {
    struct config_list *first;
    struct config_list *last;
    size_t count;
};

struct config {
    struct arena *arena;
    const char *path;
    const char *host_name;
    struct macros macros;
    struct setting *settings; /* the newest first */
    struct list_list lists[CONFIG_LIST_KINDS];
    struct line_list lines[CONFIG_SECTIONS];
    enum config_section order[CONFIG_SECTIONS]; /* of the sections that have begun */
    size_t section_count;
    struct acl *acls; /* in the order of the file */
    struct acl *last_acl;
    size_t acl_count;
    struct acl_reader acl_reader;
};

/* A line of a configuration while it is taken apart. */
struct statement {
    const char *text; /* in the line's text, with a NUL behind it */
    struct config_place place;
    const struct config_line *line;
    bool is_hidden;
};

/* settings.c: takes a line of the main section that sets an option. */
enum outcome setting_read(struct config *config, const struct statement *statement,
                          struct error *error) MUST_CHECK;

/* settings.c: reads a string value for "name" from "text": the rest of the
   line, or what stands between double quotes (Exim specification, section 6.17). */
enum outcome setting_read_string(struct config *config, const struct statement *statement, const char *name,
                                 const char *text, struct value *value, struct error *error) MUST_CHECK;

/* settings.c: what was set for that option, or NULL. */
const struct setting *setting_find(const struct config *config, const char *name);

/* named_lists.c: takes a line that defines a named list; "is_list" says
   whether it was one. */
enum outcome named_list_read(struct config *config, const struct statement *statement, bool *is_list,
                             struct error *error) MUST_CHECK;

/* sections.c: takes "begin NAME" and goes on in that section. */
enum outcome section_begin(struct config *config, const struct statement *statement,
                           enum config_section *section, struct error *error) MUST_CHECK;

/* sections.c: whether a line of the section begins another one. */
bool section_is_begin(const char *text);

/* sections.c: keeps a copy of a line, with a copy of its map if that is not
   NULL. */
enum outcome section_add_line(struct config *config, enum config_section section,
                              const struct config_line *line, const struct config_line **kept,
                              struct error *error) MUST_CHECK;

/* acls.c: takes a line of the section acl. */
enum outcome acls_read_line(struct config *config, const struct config_line *line,
                            struct error *error) MUST_CHECK;

/* sections.c: whether a line like NAME = value defines a macro there. */
bool section_has_macros(enum config_section section);

static inline const char *skip_space(const char *text)
{
    while (byte_is_space(*text))
        text++;
    return text;
}

static inline size_t word_length(const char *text)
{
    size_t length = 0;
    while (byte_is_alnum(text[length]) || text[length] == '_')
        length++;
    return length;
}

#endif
