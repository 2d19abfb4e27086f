/* The options of a configuration's main section: one row each (Exim
   specification, chapter 14). */

#ifndef REXPAND_CONFIG_OPTIONS_H
#define REXPAND_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_type {
    OPTION_BOOL,
    OPTION_INTEGER,   /* 32 bits; shown as a plain number */
    OPTION_SIZE,      /* the same, shown with K, M or G where that divides it */
    OPTION_KILOBYTES, /* without a letter it counts 1024 bytes */
    OPTION_FIXED,     /* up to three digits behind the point */
    OPTION_TIME,
    OPTION_TIME_LIST, /* rising times, separated by colons */
    OPTION_OCTAL,     /* of a file's mode; of drivers only */
    OPTION_TEXT,      /* a string or a list of whatever kind */
    OPTION_NAMES,     /* users or groups; rexpand does not look them up */
};

struct option_row {
    const char *name;
    enum option_type type;
    bool is_used;             /* rexpand reads it; others are accepted and remembered */
    const char *default_text; /* as it would be written; NULL: unset, or found out when it runs */
    const char *synonym_of;   /* this is an older name of that row */
    const char *help;         /* one line */
};

/* All rows by name. Settings that lookup drivers bring are not among them,
   but for those that Exim has in builds without the driver too: a driver's row
   goes before one of these. */
const struct option_row *option_rows(size_t *count);

/* The row of that name, or NULL. A synonym gives the row it stands for. */
const struct option_row *option_row_find(const char *name, size_t length);

#endif
