#include "test/support/speaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/eval.h"
#include "lang/node.h"

void speaker_set(struct speaker *speaker, const char *name, const char *text, bool clean)
{
    bool no_memory;

    if (!env_set(speaker->env, name, strlen(name), text, strlen(text), clean, &no_memory))
        fail_msg("cannot set %s", name);
}

void speaker_open(struct speaker *speaker)
{
    *speaker = (struct speaker){.env = env_new()};
    assert_non_null(speaker->env);
    speaker_set(speaker, "local_part", "Ann", false);
    speaker_set(speaker, "domain", "ex.org", false);
    speaker_set(speaker, "acl_m_clean", "Clean", true);
}

void speaker_close(struct speaker *speaker)
{
    env_free(speaker->env);
}

enum outcome speak_bytes(struct speaker *speaker, const char *text, size_t length)
{
    struct run run;
    struct value value = {0};
    struct program *program = program_compile(text, length);

    assert_non_null(program);
    env_begin(speaker->env, &run, &speaker->error);
    speaker->outcome = evaluate_program(&run, program, &value);
    speaker->value = value_clean("", 0);
    speaker->env->arena.limit = SIZE_MAX;
    if (speaker->outcome == OUTCOME_DONE) {
        /* What is the program's own goes with it. */
        struct buffer copy;
        buffer_init(&copy, &speaker->env->arena);
        buffer_add_value(&copy, &value);
        assert_true(buffer_value(&copy, &speaker->value));
    } else {
        const char *message = speaker->error.message;
        assert_non_null(message);
        speaker->error.message = arena_copy(&speaker->env->arena, message, strlen(message));
    }
    program_free(program);
    return speaker->outcome;
}

enum outcome speak(struct speaker *speaker, const char *text)
{
    return speak_bytes(speaker, text, strlen(text));
}

const char *speaker_show(struct speaker *speaker, const struct value *value)
{
    FILE *out = fmemopen(speaker->shown, sizeof speaker->shown, "w");
    size_t at = 0;

    assert_non_null(out);
    speaker->shown[0] = '\0';
    for (size_t i = 0; i < value->span_count; i++) {
        const struct taint_span *span = &value->spans[i];
        size_t end = span->end < value->length ? span->end : value->length;
        assert_true(at <= span->begin && span->begin <= end);
        (void)fprintf(out, "%.*s[%s%s%.*s]", (int)(span->begin - at), value->bytes + at,
                      span->quoter == NULL ? "" : span->quoter->name, span->quoter == NULL ? "" : "|",
                      (int)(end - span->begin), value->bytes + span->begin);
        at = end;
    }
    (void)fprintf(out, "%.*s", (int)(value->length - at), value->bytes + at);
    assert_int_equal(fclose(out), 0);
    return speaker->shown;
}

void assert_speaks_at(struct speaker *speaker, const char *text, const char *expected, const char *file,
                      int line)
{
    static const char *const names[] = {[OUTCOME_FAILED] = "failed: ",
                                        [OUTCOME_DEFERRED] = "deferred: ",
                                        [OUTCOME_FORCED_FAILURE] = "forced: "};
    char got[sizeof speaker->shown + 16];

    if (speak(speaker, text) == OUTCOME_DONE)
        (void)snprintf(got, sizeof got, "%s", speaker_show(speaker, &speaker->value));
    else
        (void)snprintf(got, sizeof got, "%s%s", names[speaker->outcome], speaker->error.message);
    if (strcmp(got, expected) == 0)
        return;
    print_error("%s\n", text);
    _assert_string_equal(got, expected, file, line);
}

void assert_speeches_at(struct speaker *speaker, const struct speech *speeches, size_t count,
                        const char *file, int line)
{
    for (size_t i = 0; i < count; i++)
        assert_speaks_at(speaker, speeches[i].text, speeches[i].expected, file, line);
}

int speaker_setup(void **state)
{
    struct speaker *speaker = malloc(sizeof *speaker);

    if (speaker == NULL)
        return -1;
    speaker_open(speaker);
    *state = speaker;
    return 0;
}

int speaker_teardown(void **state)
{
    speaker_close(*state);
    free(*state);
    return 0;
}
