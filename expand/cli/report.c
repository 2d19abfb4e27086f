#include "cli/report.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/escapes.h"

static bool wants_colour(void)
{
    const char *refusal = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) != 0 && (refusal == NULL || *refusal == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

void report_begin(struct report *report, bool is_tap, size_t planned)
{
    *report = (struct report){.is_tap = is_tap, .has_colour = !is_tap && wants_colour()};
    if (is_tap)
        (void)printf("TAP version 14\n1..%zu\n", planned);
}

/* Starts or, with "", ends a colour. */
static const char *colour(const struct report *report, const char *code)
{
    return report->has_colour ? code : "";
}

#define RED   "\033[31m"
#define GREEN "\033[32m"
#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* ---- for a person ---- */

static const char *words_for(enum expectation expectation)
{
    static const char *const words[] = {
        [EXPECT_RESULT] = "",
        [EXPECT_MESSAGE] = "Failed: ",
        [EXPECT_RESULT_LIKE] = "like ",
        [EXPECT_MESSAGE_LIKE] = "Failed: like ",
    };

    return words[expectation];
}

/* "text" as one line with what stands in front of it, in the arena; "" when
   memory runs out. */
static const char *show(struct arena *arena, const char *words, const char *text, size_t length)
{
    struct buffer out;
    struct value shown;

    buffer_init(&out, arena);
    buffer_add_string(&out, words);
    escapes_add(&out, text, length);
    return buffer_value(&out, &shown) ? shown.bytes : "";
}

/* A pattern is shown as it was written. */
static const char *show_expected(struct arena *arena, const struct test_case *wanted)
{
    const char *words = words_for(wanted->expectation);
    const char *text = NULL;

    if (wanted->expectation == EXPECT_RESULT || wanted->expectation == EXPECT_MESSAGE)
        return show(arena, words, wanted->expected, wanted->expected_length);
    text = arena_format(arena, "%s%s", words, wanted->expected);
    return text == NULL ? "" : text;
}

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* How many bytes two lines have in common, in whole characters. */
static size_t common_length(const char *left, const char *right)
{
    size_t common = 0;

    while (left[common] != '\0' && left[common] == right[common])
        common++;
    while (common > 0 && (is_inside_character(left[common]) || is_inside_character(right[common])))
        common--;
    return common;
}

static int columns(const char *text, size_t length)
{
    int count = 0;

    for (size_t i = 0; i < length; i++)
        count += !is_inside_character(text[i]);
    return count;
}

/* Both lines with a mark below the first difference; of long ones the part
   around it. */
static void print_difference(const struct report *report, const char *wanted, const char *got)
{
    enum { MOST_IN_FRONT = 80, SHOWN_IN_FRONT = 40 };
    size_t common = common_length(wanted, got);
    size_t from = common > MOST_IN_FRONT ? common - SHOWN_IN_FRONT : 0;

    while (from > 0 && is_inside_character(got[from]))
        from--;
    const char *cut = from > 0 ? "…" : "";
    (void)printf("    expected  %s%s%s%s\n", cut, colour(report, GREEN), wanted + from,
                 colour(report, PLAIN));
    (void)printf("    got       %s%s%s%s\n", cut, colour(report, RED), got + from, colour(report, PLAIN));
    (void)printf("              %*s^\n", columns(got + from, common - from) + (from > 0), "");
}

static void print_wrong(const struct report *report, const struct test_file *file,
                        const struct test_step *step, const struct test_verdict *verdict)
{
    const struct test_case *wanted = &step->as_case;
    struct arena arena;

    arena_init(&arena, 4096, SIZE_MAX);
    (void)printf("%s%s:%zu:%s %s\n", colour(report, RED), file->path, step->line, colour(report, PLAIN),
                 wanted->name == NULL ? "wrong" : wanted->name);
    (void)printf("    %s%s%s\n", colour(report, FAINT),
                 show(&arena, "", wanted->expression, wanted->expression_length), colour(report, PLAIN));
    print_difference(report, show_expected(&arena, wanted),
                     show(&arena, verdict->failed ? "Failed: " : "", verdict->got, verdict->got_length));
    arena_free(&arena);
}

/* ---- the Test Anything Protocol, version 14 (testanything.org) ---- */

/* A description has no line end, and "#" or a backslash in it are escaped. */
static void print_description(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\')
            (void)putchar('\\');
        (void)putchar(*text == '\n' ? ' ' : *text);
    }
}

/* A line of the YAML block: a string in double quotes, where a backslash begins
   escapes that are those of escapes_add but for the quote itself. */
static void print_yaml(struct arena *arena, const char *key, const char *words, const char *text,
                       size_t length)
{
    (void)printf("  %s: \"", key);
    for (const char *byte = show(arena, words, text, length); *byte != '\0'; byte++)
        (void)printf("%s%c", *byte == '"' ? "\\" : "", *byte);
    (void)printf("\"\n");
}

static void print_tap_line(const struct report *report, const struct test_file *file,
                           const struct test_step *step, bool is_right)
{
    const struct test_case *wanted = &step->as_case;
    struct arena arena;

    arena_init(&arena, 4096, SIZE_MAX);
    (void)printf("%sok %zu - ", is_right ? "" : "not ", report->count);
    print_description(file->path);
    (void)printf(":%zu ", step->line);
    print_description(wanted->name != NULL ? wanted->name
                                           : show(&arena, "", wanted->expression, wanted->expression_length));
    if (wanted->skip != NULL) {
        (void)printf(" # SKIP ");
        print_description(wanted->skip);
    }
    (void)putchar('\n');
    arena_free(&arena);
}

static void print_tap_reason(const struct test_file *file, const struct test_step *step,
                             const struct test_verdict *verdict)
{
    const struct test_case *wanted = &step->as_case;
    struct arena arena;

    arena_init(&arena, 4096, SIZE_MAX);
    (void)printf("  ---\n");
    print_yaml(&arena, "file", "", file->path, strlen(file->path));
    (void)printf("  line: %zu\n", step->line);
    print_yaml(&arena, "expression", "", wanted->expression, wanted->expression_length);
    print_yaml(&arena, "expected", words_for(wanted->expectation), wanted->expected, wanted->expected_length);
    print_yaml(&arena, "got", verdict->failed ? "Failed: " : "", verdict->got, verdict->got_length);
    (void)printf("  ...\n");
    arena_free(&arena);
}

/* ---- both ---- */

void report_case(struct report *report, const struct test_file *file, const struct test_step *step,
                 const struct test_verdict *verdict)
{
    report->count++;
    report->wrong += !verdict->is_right;
    if (report->is_tap) {
        print_tap_line(report, file, step, verdict->is_right);
        if (!verdict->is_right)
            print_tap_reason(file, step, verdict);
    } else if (!verdict->is_right) {
        print_wrong(report, file, step, verdict);
    }
}

void report_skipped(struct report *report, const struct test_file *file, const struct test_step *step)
{
    report->count++;
    report->skipped++;
    if (report->is_tap)
        print_tap_line(report, file, step, true);
}

void report_end(const struct report *report)
{
    if (report->is_tap)
        return;
    size_t run = report->count - report->skipped;
    if (report->wrong > 0)
        (void)printf("%s%zu of %zu cases wrong%s", colour(report, RED), report->wrong, run,
                     colour(report, PLAIN));
    else
        (void)printf("%s%zu case%s right%s", colour(report, GREEN), run, run == 1 ? "" : "s",
                     colour(report, PLAIN));
    if (report->skipped > 0)
        (void)printf(", %zu skipped", report->skipped);
    (void)putchar('\n');
}

void report_stop(const struct report *report, const char *why)
{
    if (!report->is_tap)
        return;
    (void)printf("Bail out! ");
    print_description(why);
    (void)putchar('\n');
}
