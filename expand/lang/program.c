#include <stdlib.h>
#include <string.h>

#include "lang/node.h"
#include "lang/parse.h"
#include "lang/regex.h"
#include "lang/row.h"

/* A program's tree is some twenty times its text; the bound only keeps a
   hostile text from taking all memory. */
enum { FIRST_CHUNK = 1024 };
static const size_t program_limit = (size_t)1024 * 1024 * 1024;

static void parse_program(struct program *program)
{
    struct parser parser = {
        .program = program,
        .arena = &program->arena,
        .text = program->source.bytes,
        .length = program->source.length,
    };

    (void)parse_sequence(&parser, false, &program->root);
}

static struct program *compile(const char *text, size_t length, bool takes_absent_lookups)
{
    struct program *program = calloc(1, sizeof *program);

    if (program == NULL)
        return NULL;
    arena_init(&program->arena, length < SIZE_MAX / 4 ? FIRST_CHUNK + length * 2 : length, program_limit);
    program->mistake.offset = ERROR_NO_OFFSET;
    program->takes_absent_lookups = takes_absent_lookups;
    char *copy = arena_copy(&program->arena, text, length);
    if (copy == NULL) {
        program_free(program);
        return NULL;
    }
    program->source = value_clean(copy, length);
    parse_program(program);
    if (program->root == NULL) {
        program_free(program);
        return NULL;
    }
    return program;
}

struct program *program_compile(const char *text, size_t length)
{
    return compile(text, length, false);
}

struct program *program_compile_for_answers(const char *text, size_t length)
{
    return compile(text, length, true);
}

void program_free(struct program *program)
{
    if (program == NULL)
        return;
    regex_free(program->regexes);
    arena_free(&program->arena);
    free(program);
}

void program_prepare_for_many_runs(struct program *program)
{
    struct error ignored; /* a wrong pattern is reported when it is reached */

    for (const struct constant_pattern *pattern = program->patterns; pattern != NULL;
         pattern = pattern->next) {
        struct regex *regex;
        if (regex_new(&program->arena, pattern->text, &regex, &ignored) != OUTCOME_DONE)
            continue;
        regex_chain(&program->regexes, regex);
        pattern->node->regex = regex;
    }
    program->patterns = NULL;
    regex_make_fast(program->regexes);
}

bool program_reads(const struct program *program, const char *name, size_t length)
{
    const struct variable_row *row = variable_row_find(name, length);

    for (size_t i = 0; row != NULL && i < program->read_count; i++)
        if (program->reads[i] == row)
            return true;
    return false;
}

bool program_is_constant(const struct program *program)
{
    return program->root->kind == NODE_TEXT;
}
