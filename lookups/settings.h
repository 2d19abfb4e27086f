/* The drivers' settings: their rows, how a value is read, and the values. */

#ifndef REXPAND_LOOKUPS_SETTINGS_H
#define REXPAND_LOOKUPS_SETTINGS_H

#include "lookups/lookup.h"

struct lookup_setting_value {
    char *text; /* what was set; NULL: the default holds */
    union {
        nanoseconds time;
        long long number;
        size_t word;
    } as;
};

/* A setting, its driver's place in the table (behind the last for one of no single
   driver), and the place of the setting's value among all. */
struct lookup_setting_place {
    const struct lookup_setting *setting;
    size_t driver;
    size_t value;
};

size_t lookup_settings_count(void);
bool lookup_settings_find(const char *name, size_t length, struct lookup_setting_place *place);

/* Reads "text" as the setting's type asks for. The value's text stays as it is.
   OUTCOME_FAILED with a message that names the setting. */
enum outcome lookup_settings_read(const struct lookup_setting *setting, const char *text,
                                  struct lookup_setting_value *value, struct arena *arena,
                                  struct error *error) MUST_CHECK;

#endif
