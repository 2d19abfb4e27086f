#include "config/conditionals.h"

#include <string.h>

enum conditional_kind { KIND_IF, KIND_ELSE_IF, KIND_ELSE, KIND_END };

struct conditional_directive {
    const char *name; /* ends at white space or at the line's end */
    enum conditional_kind kind;
    bool is_negated;
};

static const struct conditional_directive directives[] = {
    {".ifdef", KIND_IF, false},        {".ifndef", KIND_IF, true},  {".elifdef", KIND_ELSE_IF, false},
    {".elifndef", KIND_ELSE_IF, true}, {".else", KIND_ELSE, false}, {".endif", KIND_END, false},
};

bool conditionals_are_active(const struct conditionals *conditionals)
{
    return conditionals->depth == 0 || conditionals->stack[conditionals->depth - 1].is_active;
}

const struct conditional_directive *conditionals_directive(const struct value *line)
{
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        const struct conditional_directive *directive = &directives[i];
        size_t length = strlen(directive->name);
        if (line->length < length || memcmp(line->bytes, directive->name, length) != 0)
            continue;
        if (line->length == length || byte_is_space(line->bytes[length]))
            return directive;
    }
    return NULL;
}

static enum outcome begin(struct conditionals *conditionals, bool condition, struct config_place place,
                          struct arena *arena, struct error *error)
{
    if (conditionals->depth == CONDITIONALS_DEPTH_LIMIT)
        return place_error(error, arena, place, ".ifdef nested more than %d deep", CONDITIONALS_DEPTH_LIMIT);
    bool is_reached = conditionals_are_active(conditionals);
    conditionals->stack[conditionals->depth++] = (struct conditional){
        .place = place,
        .is_reached = is_reached,
        .is_taken = condition,
        .is_active = is_reached && condition,
    };
    return OUTCOME_DONE;
}

enum outcome conditionals_apply(struct conditionals *conditionals,
                                const struct conditional_directive *directive, bool macro_replaced,
                                struct config_place place, struct arena *arena, struct error *error)
{
    bool condition = directive->kind == KIND_ELSE || macro_replaced != directive->is_negated;
    if (directive->kind == KIND_IF)
        return begin(conditionals, condition, place, arena, error);
    if (conditionals->depth == 0)
        return place_error(error, arena, place, "%s without matching .ifdef", directive->name);
    if (directive->kind == KIND_END) {
        conditionals->depth--;
        return OUTCOME_DONE;
    }
    struct conditional *top = &conditionals->stack[conditionals->depth - 1];
    top->is_active = top->is_reached && !top->is_taken && condition;
    top->is_taken = top->is_taken || condition;
    return OUTCOME_DONE;
}

enum outcome conditionals_end(const struct conditionals *conditionals, struct config_place place,
                              struct arena *arena, struct error *error)
{
    if (conditionals->depth == 0)
        return OUTCOME_DONE;
    const struct config_place *opened = &conditionals->stack[conditionals->depth - 1].place;
    return place_error(error, arena, place,
                       "Unexpected end of configuration file: .endif missing for .ifdef at %s:%u",
                       opened->file, opened->line);
}
