#include "cli/answer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cli/escapes.h"

static const char out_of_memory[] = "out of memory";

/* Finds the mark behind the query: " => " or " !! " if there is one, else the
   first "=". Gives its length, 0 if there is none. */
static size_t find_mark(const struct value *text, size_t *at, bool *is_refusal)
{
    static const char *const marks[] = {" =>", " !!"};

    *is_refusal = false;
    for (*at = 0; *at + 3 <= text->length; (*at)++) {
        for (size_t i = 0; i < 2; i++) {
            if (memcmp(text->bytes + *at, marks[i], 3) != 0)
                continue;
            *is_refusal = i == 1;
            if (*at + 3 == text->length)
                return 3;
            if (text->bytes[*at + 3] == ' ')
                return 4;
        }
    }
    const char *equals = text->length == 0 ? NULL : memchr(text->bytes, '=', text->length);
    if (equals == NULL)
        return 0;
    *at = (size_t)(equals - text->bytes);
    *is_refusal = false;
    return 1;
}

static const char *read_refusal(struct fixed_answer *answer)
{
    static const char deferred[] = "deferred: ";
    enum { DEFERRED = sizeof deferred - 1 };
    struct value *words = &answer->value;

    if (value_equals_text(words, "not found")) {
        answer->kind = REXPAND_ANSWER_NOT_FOUND;
        return NULL;
    }
    if (words->length <= DEFERRED || memcmp(words->bytes, deferred, DEFERRED) != 0)
        return "behind !! stands \"not found\" or \"deferred: \" and the reason";
    answer->kind = REXPAND_ANSWER_DEFERRED;
    *words = value_clean(words->bytes + DEFERRED, words->length - DEFERRED);
    return NULL;
}

/* DRIVER[,FILE]:QUERY */
static const char *read_question(struct arena *arena, const char *text, size_t length,
                                 struct fixed_answer *answer)
{
    const char *colon = memchr(text, ':', length);
    const char *comma;

    if (colon == NULL || colon == text)
        return "in front of the query stands the lookup's name and a colon: redis:GET x";
    size_t name_length = (size_t)(colon - text);
    comma = memchr(text, ',', name_length);
    if (comma != NULL) {
        answer->file = arena_copy(arena, comma + 1, (size_t)(colon - comma) - 1);
        if (answer->file == NULL)
            return out_of_memory;
        name_length = (size_t)(comma - text);
    }
    answer->driver = arena_copy(arena, text, name_length);
    answer->query = value_clean(colon + 1, length - (size_t)(colon - text) - 1);
    return answer->driver == NULL ? out_of_memory : NULL;
}

bool fixed_answer_read(struct arena *arena, const struct value *text, struct fixed_answer *answer,
                       const char **problem)
{
    bool is_refusal;
    size_t at;
    size_t mark = find_mark(text, &at, &is_refusal);
    char *copy = arena_copy(arena, text->bytes, text->length);

    *answer = (struct fixed_answer){.kind = REXPAND_ANSWER_FOUND};
    *problem = copy == NULL ? out_of_memory
               : mark == 0  ? "this is not DRIVER:QUERY=VALUE, nor has it => VALUE or !! behind the query"
                            : read_question(arena, copy, at, answer);
    if (*problem != NULL)
        return false;
    answer->value = value_clean(copy + at + mark, text->length - at - mark);
    escapes_undo(&answer->value);
    if (is_refusal)
        *problem = read_refusal(answer);
    return *problem == NULL;
}

bool fixed_answer_give(struct rexpand_env *env, const struct value *text, char **message)
{
    struct arena arena;
    struct fixed_answer answer;
    const char *problem;

    *message = NULL;
    arena_init(&arena, 1024, SIZE_MAX);
    bool done = fixed_answer_read(&arena, text, &answer, &problem);
    if (done)
        done = rexpand_env_answer(env, answer.driver, answer.file, answer.query.bytes, answer.query.length,
                                  answer.kind, answer.value.bytes, answer.value.length, message);
    else if (asprintf(message, "answer \"%.*s\": %s", (int)text->length, text->bytes, problem) < 0)
        *message = NULL;
    arena_free(&arena);
    return done;
}
