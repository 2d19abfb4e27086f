/* Access control lists as they are written (Exim specification, chapter 43):
   the tables of verbs, conditions and controls, and what a configuration's "begin acl"
   section holds. Nothing is evaluated here. */

#ifndef REXPAND_CONFIG_ACLS_H
#define REXPAND_CONFIG_ACLS_H

#include "config/config.h"

/* Exim's bound on names of ACLs, verbs and conditions, a last NUL included. */
#define ACL_NAME_SIZE 64

enum acl_verb {
    ACL_ACCEPT,
    ACL_DEFER,
    ACL_DENY,
    ACL_DISCARD,
    ACL_DROP,
    ACL_REQUIRE,
    ACL_WARN,
    ACL_VERBS,
};

/* What becomes of the text behind a condition's equals sign. */
enum acl_text {
    ACL_TEXT_NONE,        /* endpass has none; what stands there is not looked at */
    ACL_TEXT_STRING,      /* expanded when the condition is reached */
    ACL_TEXT_MESSAGE,     /* expanded when the verb's verdict is known, and perhaps never */
    ACL_TEXT_NAME,        /* expanded, then an ACL's name with arguments, a file, or an ACL itself */
    ACL_TEXT_STRINGS,     /* a list that the matching expands … */
    ACL_TEXT_ADDRESSES,   /* … of addresses, where +name is an addresslist's, */
    ACL_TEXT_DOMAINS,     /* … domains, */
    ACL_TEXT_HOSTS,       /* … hosts, */
    ACL_TEXT_LOCAL_PARTS, /* … local parts */
};

/* A condition, or a modifier, which only does something. */
struct acl_row {
    const char *name;
    bool is_modifier; /* no "!" in front of it */
    enum acl_text text;
    const char *help; /* one line */
};

/* A word that "control =" takes. */
struct acl_control_row {
    const char *name;
    bool has_option; /* NAME/option is possible */
    const char *help;
};

/* A condition that was written. Its text shares the line's bytes: it begins at
   "offset" of line->text and goes to the end. */
struct acl_condition {
    struct acl_condition *next;
    const struct acl_row *row;
    bool is_negated;
    struct value variable; /* of "set": acl_m_name; else without bytes */
    struct value text;
    const struct config_line *line; /* with its place */
    size_t offset;
};

/* A verb with its conditions, in their order. */
struct acl_statement {
    struct acl_statement *next;
    enum acl_verb verb;
    struct acl_condition *conditions;
    struct config_place place;
};

struct acl {
    struct acl *next;                 /* in the order of the file */
    const char *name;                 /* NULL: none, it is text that was found elsewhere */
    struct acl_statement *statements; /* NULL: an ACL without any denies */
    struct config_place place;        /* of the name */
};

/* The ACLs of a configuration. */
const struct acl *config_acls(const struct config *config);
const struct acl *config_acl_find(const struct config *config, const char *name, size_t length);

/* An ACL of its own from text with line ends, as in a file or behind "acl =".
   It ends where a line gives a name or a macro. "file" is for the places of its lines. The message of a
   mistake has no place. */
enum outcome acl_read_text(const struct value *text, const char *file, struct arena *arena, struct acl **acl,
                           struct error *error) MUST_CHECK;

const char *acl_verb_name(enum acl_verb verb);

/* ACL_VERBS: there is none of that name. */
enum acl_verb acl_verb_find(const char *name, size_t length);

/* All rows in byte order of names, which a test checks. */
const struct acl_row *acl_rows(size_t *count);
const struct acl_control_row *acl_control_rows(size_t *count);

/* The row of exactly that name, or NULL. */
const struct acl_row *acl_row_find(const char *name, size_t length);
const struct acl_control_row *acl_control_row_find(const char *name, size_t length);

#endif
