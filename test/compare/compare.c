/* Compares rexpand with Exim on strings that a generator makes.

     compare REXPAND COUNT SEED [SHOWN]
       REXPAND  the path of the command
       COUNT    how many strings
       SEED     which ones; the same seed gives the same strings
       SHOWN    how many differences are made short and printed (20)

   Every other string has some damage done to it. Exit status 1 when there was a
   difference that known.c does not name, or a construct that hardly appeared. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escapes.h"
#include "test/compare/generate.h"
#include "test/compare/known.h"
#include "test/compare/shrink.h"

enum { STRINGS_A_ROUND = 2000 };

struct comparison {
    struct comparer comparer;
    size_t count;
    uint64_t seed;
    size_t most_shown;
    char *data;
    struct generator generator;
    struct coverage coverage;
    size_t *known; /* how often each known difference was met */
    size_t differences;
    size_t shown;
    struct arena shown_arena;
    const char **shown_strings;
};

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "compare: %s\n", what);
    exit(2);
}

/* ---- strings ---- */

/* A string that begins with an upper-case letter may be a macro's definition,
   and Exim says nothing about one; a dash begins an option. */
static bool is_no_string(const char *text)
{
    return (*text >= 'A' && *text <= 'Z') || *text == '-';
}

/* A string that cannot be asked for as it is loses what stands in the way. */
static const char *make_askable(struct arena *arena, const char *text)
{
    char *made = arena_copy(arena, text, strlen(text));

    if (made == NULL)
        give_up("out of memory");
    for (size_t at = 0; at < strlen(made); at++)
        if (byte_is_space(made[at]))
            made[at] = ' ';
    while (!expander_takes(made) && *made == ' ')
        made++;
    while (!expander_takes(made))
        made[strlen(made) - 1] = '\0';
    return made;
}

static const char *make_string(struct comparison *comparison, struct arena *arena, size_t number)
{
    struct buffer out;
    struct buffer damaged;
    struct value text;

    buffer_init(&out, arena);
    generate(&comparison->generator, comparison->seed, number, &out);
    if (!buffer_value(&out, &text))
        give_up("out of memory");
    if (number % 2 == 1) {
        buffer_init(&damaged, arena);
        damage(&comparison->generator, text.bytes, text.length, &damaged);
        if (!buffer_value(&damaged, &text))
            give_up("out of memory");
    }
    const char *made = text.bytes;
    if (is_no_string(made))
        made = arena_format(arena, "x%s", made);
    return made == NULL || expander_takes(made) ? made : make_askable(arena, made);
}

/* ---- differences ---- */

/* Text of a line of a file of cases, with @DATA@ for the folder. */
static void print_text(const struct comparison *comparison, const char *text, size_t length, bool escaped)
{
    struct arena arena;
    struct buffer out;
    struct value shown = value_clean(text, length);
    size_t folder = strlen(comparison->data);

    arena_init(&arena, 4096, SIZE_MAX);
    buffer_init(&out, &arena);
    if (escaped)
        escapes_add(&out, text, length);
    if (escaped && !buffer_value(&out, &shown))
        give_up("out of memory");
    for (size_t i = 0; i < shown.length;) {
        if (shown.length - i >= folder && memcmp(shown.bytes + i, comparison->data, folder) == 0) {
            (void)fputs("@DATA@", stdout);
            i += folder;
        } else {
            (void)putchar(shown.bytes[i++]);
        }
    }
    arena_free(&arena);
}

static void print_answer(const struct comparison *comparison, const struct expansion *answer)
{
    static const char failed[] = "Failed: ";
    size_t prefix = sizeof failed - 1;

    if (answer->bytes == NULL) {
        (void)printf("(it stops)");
    } else if (answer->length >= prefix && memcmp(answer->bytes, failed, prefix) == 0) {
        (void)printf("!! ");
        print_text(comparison, answer->bytes + prefix, answer->length - prefix, true);
    } else {
        (void)printf("=> ");
        print_text(comparison, answer->bytes, answer->length, true);
    }
    (void)putchar('\n');
}

/* A case as test/language has them, with what rexpand says above it. */
static void print_case(const struct comparison *comparison, const char *text)
{
    const struct comparer *comparer = &comparison->comparer;
    struct expansion exim;
    struct expansion ours;
    bool has_lines = strchr(text, '\n') != NULL;

    expander_ask_singly(comparer->exim, &text, 1, &exim);
    expander_ask_singly(comparer->rexpand, &text, 1, &ours);
    (void)printf("# rexpand: ");
    print_answer(comparison, &ours);
    if (has_lines)
        (void)printf("<<END\n");
    print_text(comparison, text, strlen(text), false);
    (void)printf("%s", has_lines ? "\nEND\n" : " ");
    print_answer(comparison, &exim);
    (void)fflush(stdout);
    expansions_free(&exim, 1);
    expansions_free(&ours, 1);
}

static void show_difference(struct comparison *comparison, const char *text)
{
    struct arena arena;

    if (comparison->shown == comparison->most_shown)
        return;
    arena_init(&arena, 65536, SIZE_MAX);
    const char *shortest = shrink(&comparison->comparer, &arena, text);
    bool is_new = true;
    for (size_t i = 0; i < comparison->shown && is_new; i++)
        is_new = strcmp(comparison->shown_strings[i], shortest) != 0;
    if (is_new) {
        char *copy = arena_copy(&comparison->shown_arena, shortest, strlen(shortest));
        if (copy == NULL)
            give_up("out of memory");
        comparison->shown_strings[comparison->shown++] = copy;
        print_case(comparison, shortest);
    }
    arena_free(&arena);
}

/* Two answers that differ. What was seen among other strings has to be seen alone
   too. */
static void take_difference(struct comparison *comparison, const char *text)
{
    const struct comparer *comparer = &comparison->comparer;
    struct expansion exim;
    struct expansion ours;

    expander_ask_singly(comparer->exim, &text, 1, &exim);
    expander_ask_singly(comparer->rexpand, &text, 1, &ours);
    bool differ = exim.bytes == NULL || ours.bytes == NULL || exim.length != ours.length ||
                  memcmp(exim.bytes, ours.bytes, ours.length) != 0;
    size_t known = differ ? known_find(text, &exim, &ours) : known_count;
    expansions_free(&exim, 1);
    expansions_free(&ours, 1);
    if (differ && known < known_count) {
        comparison->known[known]++;
    } else if (differ) {
        comparison->differences++;
        show_difference(comparison, text);
    }
}

static void compare_round(struct comparison *comparison, size_t from, size_t count)
{
    const char *strings[STRINGS_A_ROUND];
    static struct expansion exim[STRINGS_A_ROUND];
    static struct expansion ours[STRINGS_A_ROUND];
    struct arena arena;

    arena_init(&arena, 1024 * 1024, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        strings[i] = make_string(comparison, &arena, from + i);
    expander_ask(comparison->comparer.exim, strings, count, exim);
    expander_ask(comparison->comparer.rexpand, strings, count, ours);
    for (size_t i = 0; i < count; i++)
        if (exim[i].bytes == NULL || ours[i].bytes == NULL || exim[i].length != ours[i].length ||
            memcmp(exim[i].bytes, ours[i].bytes, ours[i].length) != 0)
            take_difference(comparison, strings[i]);
    expansions_free(exim, count);
    expansions_free(ours, count);
    arena_free(&arena);
}

/* ---- what was seen ---- */

static void print_known(const struct comparison *comparison)
{
    (void)printf("\nDifferences that are meant:\n");
    for (size_t i = 0; i < known_count; i++)
        if (comparison->known[i] > 0)
            (void)printf("%8zu  %s\n", comparison->known[i], known_differences[i].reason);
}

/* How often each construct was written; gives how many hardly were. */
static size_t print_coverage(const struct comparison *comparison)
{
    static const char *const headings[KINDS] = {"Items", "Operators", "Conditions", "Variables"};
    size_t wanted = comparison->count / 4000;
    size_t rare = 0;

    for (int kind = 0; kind < KINDS; kind++) {
        (void)printf("\n%s:", headings[kind]);
        for (size_t row = 0; row < comparison->coverage.rows[kind]; row++) {
            const char *name = "";
            const char *help;
            size_t count = comparison->coverage.counts[kind][row];
            (void)rexpand_describe((enum rexpand_kind)kind, row, &name, &help);
            if (left_out((enum rexpand_kind)kind, name) != NULL)
                continue;
            (void)printf(" %s %zu%s", name, count, count < wanted ? " (too few)" : "");
            rare += count < wanted;
        }
        (void)putchar('\n');
    }
    return rare;
}

int main(int argc, char **argv)
{
    struct comparison comparison = {.comparer.exim = exim_path(), .most_shown = 20};

    if (argc < 4)
        give_up("usage: compare REXPAND COUNT SEED [SHOWN]");
    if (comparison.comparer.exim == NULL)
        give_up("there is no exim4 here to compare with");
    comparison.comparer.rexpand = argv[1];
    comparison.count = strtoul(argv[2], NULL, 10);
    comparison.seed = strtoull(argv[3], NULL, 10);
    if (argc > 4)
        comparison.most_shown = strtoul(argv[4], NULL, 10);
    comparison.data = realpath("test/language/data", NULL);
    comparison.known = calloc(known_count, sizeof *comparison.known);
    comparison.shown_strings = calloc(comparison.most_shown + 1, sizeof *comparison.shown_strings);
    if (comparison.data == NULL)
        give_up("no folder test/language/data: run this from the top folder");
    if (comparison.known == NULL || comparison.shown_strings == NULL || !coverage_open(&comparison.coverage))
        give_up("out of memory");
    arena_init(&comparison.shown_arena, 4096, SIZE_MAX);
    comparison.generator = (struct generator){.data = comparison.data, .coverage = &comparison.coverage};
    (void)printf("%zu strings, seed %llu\n\n", comparison.count, (unsigned long long)comparison.seed);
    for (size_t from = 0; from < comparison.count; from += STRINGS_A_ROUND) {
        size_t left = comparison.count - from;
        compare_round(&comparison, from, left < STRINGS_A_ROUND ? left : STRINGS_A_ROUND);
    }
    print_known(&comparison);
    size_t rare = print_coverage(&comparison);
    (void)printf("\n%zu strings, seed %llu: %zu differences that are not meant\n", comparison.count,
                 (unsigned long long)comparison.seed, comparison.differences);
    arena_free(&comparison.shown_arena);
    coverage_close(&comparison.coverage);
    free(comparison.shown_strings);
    free(comparison.known);
    free(comparison.data);
    return comparison.differences > 0 || rare > 0;
}
