/* Routers, transports and authenticators as a configuration defines them (Exim
   specification, sections 6.23 and 6.24): which driver each is of, and how its options
   are set. Nothing here acts upon them. */

#ifndef REXPAND_CONFIG_DRIVERS_H
#define REXPAND_CONFIG_DRIVERS_H

#include "config/config.h"
#include "config/contents.h"

enum config_driver_class {
    CONFIG_ROUTER,
    CONFIG_TRANSPORT,
    CONFIG_AUTHENTICATOR,
    CONFIG_DRIVER_CLASSES,
};

/* An option. */
struct driver_option_row {
    const char *name;
    enum option_type type;
    enum content content;
    bool may_repeat; /* each setting adds to those before */
};

/* A driver with the options that are its own. */
struct driver_row {
    enum config_driver_class class;
    const char *name;
    const struct driver_option_row *options;
    size_t option_count;
};

/* An option that was set. */
struct driver_setting {
    struct driver_setting *next; /* in the order of the file */
    const struct driver_option_row *row;
    struct value text; /* as config_option's */
    bool is_hidden;
    const struct config_line *line;
    const char *written; /* where in the line's text the value begins */
};

/* One definition. */
struct config_driver {
    struct config_driver *next; /* in the order of the file */
    enum config_driver_class class;
    const char *name;
    const struct driver_row *driver; /* NULL: it says none, or one that there is not */
    struct driver_setting *settings;
    const struct config_line *line; /* that gives its name */
};

/* Hears of a mistake: the line and the byte of its text. */
struct driver_report {
    void (*mistake)(void *context, const struct config_line *line, size_t at, const char *message);
    void *context;
};

/* Reads the definitions of a class; they are in "arena", as the messages are. With
   "report" (may be NULL) each mistake is told and the line left out; without it the first
   one is OUTCOME_FAILED with "file:line: message". Messages are Exim's. */
enum outcome config_drivers_read(const struct config *config, enum config_driver_class class,
                                 struct arena *arena, const struct driver_report *report,
                                 struct config_driver **drivers, struct error *error) MUST_CHECK;

/* The definition of that name, or NULL. */
const struct config_driver *config_driver_find(const struct config_driver *drivers, const char *name,
                                               size_t length);

/* The last setting of an option, or NULL. */
const struct driver_setting *config_driver_setting(const struct config_driver *driver, const char *name);

/* "router" */
const char *driver_class_word(enum config_driver_class class);
enum config_section driver_class_section(enum config_driver_class class);

/* The tables. */
const struct driver_option_row *driver_generic_options(enum config_driver_class class, size_t *count);
const struct driver_row *driver_rows(size_t *count);
const struct driver_row *driver_row_find(enum config_driver_class class, const char *name, size_t length);

/* An option of all drivers of the class, or of "driver" (may be NULL). */
const struct driver_option_row *driver_option_find(enum config_driver_class class,
                                                   const struct driver_row *driver, const char *name,
                                                   size_t length);

#endif
