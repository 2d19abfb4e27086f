#include <stdlib.h>
#include <string.h>

#include "lang/gather.h"
#include "lang/node.h"
#include "lang/parse.h"
#include "lang/regex.h"
#include "lang/row.h"
#include "lang/scan.h"

/* A program's tree is some twenty times its text; the bound only keeps a
   hostile text from taking all memory. */
enum { FIRST_CHUNK = 1024 };
static const size_t program_limit = (size_t)1024 * 1024 * 1024;

static void parse_program(struct program *program, bool is_foreign)
{
    struct parser parser = {
        .program = program,
        .arena = &program->arena,
        .text = program->source.bytes,
        .length = program->source.length,
        .is_foreign = is_foreign,
    };

    (void)parse_sequence(&parser, false, &program->root);
    if (program->has_gatherable && program->root != NULL && program->mistake.message == NULL)
        gather_mark(program);
}

static struct program *compile(const char *text, size_t length, bool is_foreign)
{
    struct program *program = calloc(1, sizeof *program);

    if (program == NULL)
        return NULL;
    arena_init(&program->arena, length < SIZE_MAX / 4 ? FIRST_CHUNK + length * 2 : length, program_limit);
    program->mistake.offset = ERROR_NO_OFFSET;
    char *copy = arena_copy(&program->arena, text, length);
    if (copy == NULL) {
        program_free(program);
        return NULL;
    }
    program->source = value_clean(copy, length);
    parse_program(program, is_foreign);
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

struct program *program_compile_foreign(const char *text, size_t length)
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

/* The byte of the source that comes behind the one at "at", or behind an escape
   there. */
static size_t step(const struct value *source, size_t at, bool is_verbatim)
{
    size_t used = 1;

    if (source->bytes[at] == '\\' && !is_verbatim && source->length - at >= 2)
        (void)scan_escape(source->bytes + at, source->length - at, &used);
    return at + used;
}

void program_text_places(const struct program *program, const struct node *text, size_t *places)
{
    const struct value *source = &program->source;
    const char *bytes = source->bytes;
    size_t at = text->offset;
    bool is_verbatim = false;

    for (size_t i = 0; i <= text->text.length; i++) {
        while (at + 1 < source->length && bytes[at] == '\\' && bytes[at + 1] == 'N') {
            is_verbatim = !is_verbatim;
            at += 2;
        }
        places[i] = at;
        /* What was folded has no bytes of its own. */
        if (at < source->length && (bytes[at] != '$' || is_verbatim))
            at = step(source, at, is_verbatim);
    }
}
