#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "check/private.h"

static const struct kind_row {
    const char *word;
    bool is_warning;
} kinds[CHECK_KINDS] = {
    [CHECK_SYNTAX] = {"syntax", false},    [CHECK_NAME] = {"name", false},
    [CHECK_REGEX] = {"regex", false},      [CHECK_FAILS] = {"fails", false},
    [CHECK_TAINTED] = {"tainted", false},  [CHECK_UNQUOTED] = {"unquoted", false},
    [CHECK_CONSTANT] = {"constant", true}, [CHECK_NEVER] = {"never", true},
};

const char *check_kind_word(enum check_kind kind)
{
    return kinds[kind].word;
}

bool check_kind_is_warning(enum check_kind kind)
{
    return kinds[kind].is_warning;
}

static bool grow(struct check *check)
{
    size_t capacity = check->capacity == 0 ? 16 : check->capacity * 2;
    struct check_finding *findings = arena_calloc(check->arena, capacity, sizeof *findings);

    if (findings == NULL)
        return false;
    if (check->count > 0)
        memcpy(findings, check->findings, check->count * sizeof *findings);
    check->findings = findings;
    check->capacity = capacity;
    return true;
}

/* A finding is one line, however many a message of the language has. */
static void make_one_line(char *message)
{
    for (; *message != '\0'; message++)
        if (byte_is_control(*message))
            *message = ' ';
}

static void add(struct check *check, const struct text_spot *spot, enum check_kind kind, const char *message)
{
    char *text = spot->macro == NULL
                     ? arena_copy(check->arena, message, strlen(message))
                     : arena_format(check->arena, "%s (in the text of macro %s)", message, spot->macro);

    if (text == NULL || (check->count == check->capacity && !grow(check))) {
        check->failed = true;
        return;
    }
    make_one_line(text);
    check->findings[check->count++] =
        (struct check_finding){.kind = kind, .place = spot->place, .column = spot->column, .message = text};
}

void report_line(struct check *check, const struct config_line *line, size_t at, enum check_kind kind,
                 const char *message)
{
    struct text_spot spot = config_spot(line, at);

    if (!spot.is_ignored)
        add(check, &spot, kind, message);
}

void report(struct check *check, const struct check_text *text, size_t offset, enum check_kind kind,
            const char *format, ...)
{
    va_list arguments;

    if (offset > text->text.length)
        offset = text->text.length;
    va_start(arguments, format);
    char *message = arena_format_list(&check->scratch, format, arguments);
    va_end(arguments);
    if (message == NULL)
        check->failed = true;
    else
        report_line(check, text->line, text->places[offset], kind, message);
}

/* The main file stands first, then what it includes by name. */
static int compare_files(const char *main_file, const char *left, const char *right)
{
    int order = strcmp(left, right);

    if (order == 0 || main_file == NULL)
        return order;
    if (strcmp(left, main_file) == 0)
        return -1;
    return strcmp(right, main_file) == 0 ? 1 : order;
}

static int compare(const void *left, const void *right, void *main_file)
{
    const struct check_finding *one = left;
    const struct check_finding *other = right;
    int files = compare_files(main_file, one->place.file, other->place.file);

    if (files != 0)
        return files;
    if (one->place.line != other->place.line)
        return one->place.line < other->place.line ? -1 : 1;
    if (one->column != other->column)
        return one->column < other->column ? -1 : 1;
    return strcmp(one->message, other->message);
}

void sort_findings(struct check *check)
{
    char *main_file = (char *)(uintptr_t)config_path(check->config);
    size_t kept = 0;

    if (check->count == 0)
        return;
    qsort_r(check->findings, check->count, sizeof *check->findings, compare, main_file);
    for (size_t i = 1; i < check->count; i++)
        if (compare(&check->findings[kept], &check->findings[i], main_file) != 0)
            check->findings[++kept] = check->findings[i];
    check->count = kept + 1;
}
