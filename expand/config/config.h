/* A configuration in Exim's format (Exim specification, chapters 6 and 14):
   macros, main options, named lists, and the lines of the other sections. This is
   what the rest of the house includes; the other headers here are its parts. */

#ifndef REXPAND_CONFIG_CONFIG_H
#define REXPAND_CONFIG_CONFIG_H

#include <stdint.h>

#include "base/buffer.h"
#include "config/macros.h"
#include "config/options.h"
#include "config/place.h"
#include "config/text_map.h"
#include "lookups/lookup.h"

struct config;
struct config_line;

/* What to read. All zeroes: no file, only defaults. */
struct config_input {
    const char *path;               /* NULL: no file */
    const char *text;               /* not NULL: read these bytes, "path" being what messages call them; */
    size_t text_length;             /* an .include is an error then */
    const char *const *definitions; /* what stood behind each -D: "NAME" or "NAME=value" */
    size_t definition_count;
    bool keeps_places; /* for config_spot */
};

/* Reads a configuration. It lives in "arena", with its strings, and is not
   freed by itself; the strings of "input" need not outlive the call. OUTCOME_FAILED with
   a message "file:line: text" for any mistake in the file, the text being Exim's
   where Exim has one; without a place for a mistake in a -D or a file that cannot be
   read. Once read a configuration changes only by config_define. */
enum outcome config_read(const struct config_input *input, struct arena *arena, struct config **config,
                         struct error *error) MUST_CHECK;

/* The path that was read; NULL: none. */
const char *config_path(const struct config *config);

/* A main option: its row and its setting. */
struct config_option {
    const char *name;
    const char *help;
    const struct option_row *row;         /* Exim's option, or NULL */
    const struct lookup_setting *setting; /* a lookup driver's setting, or NULL */
    bool is_used;                         /* not merely accepted */
    bool is_set;
    bool is_hidden;                 /* set with "hide" */
    struct value text;              /* the set value, quotes and escapes undone, else the default; bytes
                                       are NULL if there is neither. For bool "true" or "false". */
    struct config_place place;      /* of the setting */
    const struct config_line *line; /* and its line, … */
    const char *written;            /* … and where in the line's text its value begins */
};

/* False: there is no such option. An older name gives the option it stands
   for. */
bool config_option(const struct config *config, const char *name, size_t length,
                   struct config_option *option);

/* The options in the order of their names: the first when "after" is NULL.
   False at the end. */
bool config_next_option(const struct config *config, const char *after, struct config_option *option);

/* Values of used options in their own form, the default where nothing was set.
   The name must be that of an option of the type; false, 0 or a value whose bytes are
   NULL if it is not. config_text serves all types. Times are seconds, fixed
   point numbers thousandths. */
bool config_bool(const struct config *config, const char *name);
int64_t config_number(const struct config *config, const char *name);
struct value config_text(const struct config *config, const char *name);

/* Hands the drivers' settings that were set to "lookups". The message of a
   value that a driver refuses begins with its place. */
enum outcome config_set_lookups(const struct config *config, struct lookups *lookups, struct arena *arena,
                                struct error *error) MUST_CHECK;

enum config_list_kind {
    CONFIG_ADDRESS_LIST,
    CONFIG_DOMAIN_LIST,
    CONFIG_HOST_LIST,
    CONFIG_LOCAL_PART_LIST,
    CONFIG_LIST_KINDS,
};

/* A named list (Exim specification, section 10.5). */
struct config_list {
    struct config_list *next; /* of the same kind, in the order of the file */
    enum config_list_kind kind;
    const char *name;
    struct value text; /* not expanded */
    bool is_hidden;
    bool is_cached; /* written as domainlist_cache */
    struct config_place place;
    const struct config_line *line;
    const char *written; /* where in the line's text its value begins */
};

const struct config_list *config_lists(const struct config *config, enum config_list_kind kind);
const struct config_list *config_list_find(const struct config *config, enum config_list_kind kind,
                                           const char *name, size_t length);

/* The word that defines a list of the kind: "domainlist". */
const char *config_list_word(enum config_list_kind kind);

enum config_section {
    CONFIG_MAIN, /* what comes before the first "begin" */
    CONFIG_ACL,
    CONFIG_AUTHENTICATORS,
    CONFIG_LOCAL_SCAN,
    CONFIG_RETRY,
    CONFIG_REWRITE,
    CONFIG_ROUTERS,
    CONFIG_TRANSPORTS,
    CONFIG_SECTIONS,
};

/* A logical line, macros replaced, white space at its ends removed. */
struct config_line {
    struct config_line *next;
    struct value text;
    struct config_place place;
    bool is_macro;              /* it defines one; in acl, routers and the like it also ends the
                                   definition in front of it */
    const struct text_map *map; /* if places are kept, else NULL */
};

/* Where byte "offset" of the line's text stands in the file. The column is 0
   unless the configuration was read with "keeps_places". */
struct text_spot config_spot(const struct config_line *line, size_t offset);

/* Whether a macro has put something, or its nothing, into bytes [begin, end] of
   the line's text. False unless places are kept. */
bool config_has_macro(const struct config_line *line, size_t begin, size_t end);

/* An option's value as it stands in its line, perhaps between quotes: where what
   became its first byte is, and how many bytes from there on became one byte. 0 at the end. */
size_t config_written_begin(const char *written);
size_t config_written_step(const char *written, size_t at);

const struct config_line *config_lines(const struct config *config, enum config_section section);
const char *config_section_name(enum config_section section);

/* The sections in the order of the file, CONFIG_MAIN first; false when there
   are no more than "index". */
bool config_section_at(const struct config *config, size_t index, enum config_section *section);

/* The macros in the order in which they are applied: first those that
   config_builtin_macros gives, then these. */
const struct config_macro *config_macros(const struct config *config);
const struct config_macro *config_builtin_macros(struct config *config);
const struct config_macro *config_macro(struct config *config, const char *name);

/* As `exim -be` does with each line it is given: macros are replaced in it
   ("result" is in "arena" or "line" itself) … */
enum outcome config_replace_macros(struct config *config, struct arena *arena, const struct value *line,
                                   struct value *result, struct error *error) MUST_CHECK;

/* … and if it begins with an upper case letter it must define a macro, NAME =
   value or NAME == value. The name is given to say so. */
enum outcome config_define(struct config *config, const struct value *line, const char **name,
                           struct error *error) MUST_CHECK;

#endif
