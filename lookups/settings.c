#include "lookups/settings.h"

#include <limits.h>
#include <string.h>

/* Those of no single driver. */
static const struct lookup_setting general[] = {
    {
        .name = "taint_unquoted",
        .type = LOOKUP_SETTING_WORD,
        .words = "refuse warn",
        .default_value = "refuse",
        .help = "what becomes of an SQL query in which text from outside is not quoted, or not inside quotes",
    },
};

enum { GENERAL = sizeof general / sizeof general[0] };

const struct lookup_setting *lookup_setting_at(size_t index, size_t *driver)
{
    size_t drivers;
    const struct lookup_driver *const *all = lookup_drivers(&drivers);

    for (*driver = 0; *driver < drivers; ++*driver) {
        if (index < all[*driver]->setting_count)
            return &all[*driver]->settings[index];
        index -= all[*driver]->setting_count;
    }
    return index < GENERAL ? &general[index] : NULL;
}

size_t lookup_settings_count(void)
{
    size_t drivers;
    const struct lookup_driver *const *all = lookup_drivers(&drivers);
    size_t count = GENERAL;

    for (size_t i = 0; i < drivers; i++)
        count += all[i]->setting_count;
    return count;
}

bool lookup_settings_find(const char *name, size_t length, struct lookup_setting_place *place)
{
    const struct lookup_setting *setting;
    size_t driver;

    for (size_t i = 0; (setting = lookup_setting_at(i, &driver)) != NULL; i++) {
        if (strlen(setting->name) != length || memcmp(setting->name, name, length) != 0)
            continue;
        *place = (struct lookup_setting_place){.setting = setting, .driver = driver, .value = i};
        return true;
    }
    return false;
}

const struct lookup_setting *lookup_setting_find(const char *name, size_t length)
{
    struct lookup_setting_place place;

    return lookup_settings_find(name, length, &place) ? place.setting : NULL;
}

static const struct unit {
    const char *name;
    nanoseconds length;
} units[] = {
    {"ms", NANOSECONDS_PER_MILLISECOND},   {"w", NANOSECONDS_PER_SECOND * 604800},
    {"d", NANOSECONDS_PER_SECOND * 86400}, {"h", NANOSECONDS_PER_SECOND * 3600},
    {"m", NANOSECONDS_PER_SECOND * 60},    {"s", NANOSECONDS_PER_SECOND},
};

static const struct unit *find_unit(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) <= length && memcmp(text, units[i].name, strlen(units[i].name)) == 0)
            return &units[i];
    return NULL;
}

/* A run of digits as a number, and how many there were. */
static size_t read_digits(const char *text, size_t length, long long *number)
{
    size_t i = 0;

    for (*number = 0; i < length && byte_is_digit(text[i]); i++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, text[i] - '0', number))
            *number = LLONG_MAX / 16;
    return i;
}

/* Digits behind a point, in billionths. */
static size_t read_fraction(const char *text, size_t length, long long *billionths)
{
    long long place = 100000000;
    size_t i = 0;

    for (*billionths = 0; i < length && byte_is_digit(text[i]); i++, place /= 10)
        *billionths += (text[i] - '0') * place;
    return i;
}

/* One number with its unit; how many bytes it took, 0 if it is none. */
static size_t read_time_part(const char *text, size_t length, nanoseconds *time)
{
    long long number;
    long long billionths = 0;
    long long whole;
    size_t used = read_digits(text, length, &number);

    if (used == 0)
        return 0;
    if (used < length && text[used] == '.') {
        size_t digits = read_fraction(text + used + 1, length - used - 1, &billionths);
        if (digits == 0)
            return 0;
        used += 1 + digits;
    }
    const struct unit *unit = find_unit(text + used, length - used);
    if (unit == NULL || __builtin_mul_overflow(number, unit->length, &whole))
        return 0;
    /* No unit is longer than a week, so that this cannot overflow. */
    whole = whole > LLONG_MAX / 2 ? LLONG_MAX / 2 : whole;
    *time += whole + (nanoseconds)((long double)billionths * (long double)unit->length / 1e9L);
    return used + strlen(unit->name);
}

bool lookup_time_read(const char *text, size_t length, nanoseconds *time)
{
    *time = 0;
    if (length == 0)
        return false;
    while (length > 0) {
        size_t used = read_time_part(text, length, time);
        if (used == 0 || *time > LLONG_MAX / 4)
            return false;
        text += used;
        length -= used;
    }
    return true;
}

static bool read_time(const struct lookup_setting *setting, const char *text,
                      struct lookup_setting_value *value)
{
    (void)setting;
    return lookup_time_read(text, strlen(text), &value->as.time) && value->as.time > 0;
}

static bool read_number(const struct lookup_setting *setting, const char *text,
                        struct lookup_setting_value *value)
{
    static const char multipliers[] = "kmg";
    size_t length = strlen(text);
    size_t used = read_digits(text, length, &value->as.number);

    (void)setting;
    if (used == 0)
        return false;
    if (used < length) {
        const char *multiplier = strchr(multipliers, byte_lower(text[used]));
        if (multiplier == NULL || used + 1 != length)
            return false;
        for (const char *next = multipliers; next <= multiplier; next++)
            if (__builtin_mul_overflow(value->as.number, 1024, &value->as.number))
                return false;
    }
    return true;
}

static bool read_word(const struct lookup_setting *setting, const char *text,
                      struct lookup_setting_value *value)
{
    size_t length = strlen(text);

    value->as.word = 0;
    for (const char *word = setting->words; *word != '\0'; value->as.word++) {
        size_t end = strcspn(word, " ");
        if (end == length && memcmp(word, text, length) == 0)
            return true;
        word += end;
        word += strspn(word, " ");
    }
    return false;
}

static bool read_text(const struct lookup_setting *setting, const char *text,
                      struct lookup_setting_value *value)
{
    (void)setting;
    (void)text;
    (void)value;
    return true;
}

static const struct type {
    bool (*read)(const struct lookup_setting *setting, const char *text, struct lookup_setting_value *value);
    const char *wanted;
} types[] = {
    [LOOKUP_SETTING_TEXT] = {read_text, "text"},
    [LOOKUP_SETTING_TIME] = {read_time, "a time above zero such as 5s, 1m30s or 250ms"},
    [LOOKUP_SETTING_WORD] = {read_word, "one of the words"},
    [LOOKUP_SETTING_NUMBER] = {read_number, "a number such as 10, 64K or 16M"},
};

enum outcome lookup_settings_read(const struct lookup_setting *setting, const char *text,
                                  struct lookup_setting_value *value, struct arena *arena,
                                  struct error *error)
{
    const struct type *type = &types[setting->type];

    if (!type->read(setting, text, value))
        return error_set(error, arena, OUTCOME_FAILED, "%s: \"%s\" is not %s%s%s", setting->name, text,
                         type->wanted, setting->words == NULL ? "" : ": ",
                         setting->words == NULL ? "" : setting->words);
    return setting->check == NULL ? OUTCOME_DONE : setting->check(text, arena, error);
}
