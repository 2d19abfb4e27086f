#include "test/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void asker_open(struct asker *asker)
{
    *asker = (struct asker){.lookups = lookups_new()};
    assert_non_null(asker->lookups);
    arena_init(&asker->arena, 4096, SIZE_MAX);
}

void asker_close(struct asker *asker)
{
    lookups_free(asker->lookups);
    arena_free(&asker->arena);
}

void asker_set(struct asker *asker, const char *name, const char *text)
{
    if (lookups_set(asker->lookups, name, text, &asker->arena, &asker->error) != OUTCOME_DONE)
        fail_msg("%s = %s: %s", name, text, asker->error.message);
}

static enum outcome find(struct asker *asker, const char *driver, const struct value *key, const char *file,
                         const char *options)
{
    struct lookup_request request = {
        .driver = lookup_driver_find(driver, strlen(driver)),
        .key = *key,
        .file = value_of_string(file),
        .options = value_of_string(options),
        .arena = &asker->arena,
        .error = &asker->error,
        .deadline = CLOCK_NEVER,
    };

    assert_non_null(request.driver);
    arena_reset(&asker->arena, 64 * 1024);
    return lookup_find(asker->lookups, &request, &asker->answer);
}

enum outcome ask_value(struct asker *asker, const struct value *query, const char *options)
{
    return find(asker, "redis", query, "", options);
}

enum outcome ask(struct asker *asker, const char *query)
{
    struct value value = value_of_string(query);

    return ask_value(asker, &value, "");
}

enum outcome ask_file(struct asker *asker, const char *driver, const char *key, const char *file)
{
    struct value value = value_of_string(key);

    return find(asker, driver, &value, file, "");
}

void assert_result_at(struct asker *asker, enum outcome outcome, const char *expected, const char *file,
                      int line)
{
    static const char *const names[] = {[OUTCOME_FAILED] = "failed: ",
                                        [OUTCOME_DEFERRED] = "deferred: ",
                                        [OUTCOME_FORCED_FAILURE] = "forced: "};
    char text[4096];

    if (outcome == OUTCOME_DONE) {
        (void)snprintf(text, sizeof text, "%.*s",
                       asker->answer.found ? (int)asker->answer.value.length : (int)strlen("(none)"),
                       asker->answer.found ? asker->answer.value.bytes : "(none)");
        _assert_string_equal(text, expected, file, line);
        return;
    }
    (void)snprintf(text, sizeof text, "%s%s", names[outcome], asker->error.message);
    const char *behind = strchr(expected, ' ');
    if (strncmp(text, expected, strlen(names[outcome])) != 0 || behind == NULL ||
        strstr(text, behind + 1) == NULL)
        _assert_string_equal(text, expected, file, line);
}

void assert_answer_at(struct asker *asker, const char *query, const char *expected, const char *file,
                      int line)
{
    assert_result_at(asker, ask(asker, query), expected, file, line);
}
