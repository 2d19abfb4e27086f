#include "cli/run_cases.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/acl_case.h"
#include "rexpand.h"

/* ---- the world ---- */

static void close_session(struct test_world *world)
{
    if (world->is_open)
        session_close(&world->session);
    world->is_open = false;
}

void test_world_open(struct test_world *world, const struct options *given)
{
    *world = (struct test_world){.given = given};
    arena_init(&world->texts, 1024, SIZE_MAX);
}

void test_world_close(struct test_world *world)
{
    close_session(world);
    session_close(&world->patterns);
    free(world->now.definitions);
    free(world->now.assignments);
    arena_free(&world->texts);
}

static bool add_definition(struct test_world *world, const char *definition)
{
    struct options *now = &world->now;

    if (now->definition_count == world->definition_room) {
        size_t room = world->definition_room * 2 + 8;
        const char **larger = realloc(now->definitions, room * sizeof *larger);
        if (larger == NULL)
            return false;
        now->definitions = larger;
        world->definition_room = room;
    }
    now->definitions[now->definition_count++] = definition;
    return true;
}

static bool add_assignment(struct test_world *world, const struct assignment *assignment)
{
    struct options *now = &world->now;

    if (now->assignment_count == world->assignment_room) {
        size_t room = world->assignment_room * 2 + 16;
        struct assignment *larger = realloc(now->assignments, room * sizeof *larger);
        if (larger == NULL)
            return false;
        now->assignments = larger;
        world->assignment_room = room;
    }
    now->assignments[now->assignment_count++] = *assignment;
    return true;
}

bool test_world_reset(struct test_world *world)
{
    const struct options *given = world->given;

    close_session(world);
    world->now.config_path = given->config_path;
    world->now.answers_only = given->answers_only;
    world->now.message_path = given->message_path;
    world->now.sender = given->sender;
    world->now.dots_are_text = given->dots_are_text;
    world->now.definition_count = 0;
    world->now.assignment_count = 0;
    for (size_t i = 0; i < given->definition_count; i++)
        if (!add_definition(world, given->definitions[i]))
            return false;
    for (size_t i = 0; i < given->assignment_count; i++)
        if (!add_assignment(world, &given->assignments[i]))
            return false;
    return true;
}

/* ---- directives ---- */

static bool open_session(struct test_world *world, char **message)
{
    int status;

    if (!world->is_open)
        world->is_open = session_make(&world->session, &world->now, message, &status);
    return world->is_open;
}

/* At once, so that what is wrong with it is said in its own line. */
static bool assign(struct test_world *world, const struct assignment *assignment, char **message)
{
    return open_session(world, message) && add_assignment(world, assignment) &&
           session_assign(&world->session, assignment, message);
}

/* What a variable has without @set is known only to a new session. */
static void unset(struct test_world *world, const char *name)
{
    struct options *now = &world->now;
    size_t kept = 0;

    for (size_t i = 0; i < now->assignment_count; i++) {
        const struct assignment *assignment = &now->assignments[i];
        bool is_variable = assignment->kind == ASSIGN_TAINTED || assignment->kind == ASSIGN_CLEAN;
        if (!is_variable || strcmp(assignment->name, name) != 0)
            now->assignments[kept++] = *assignment;
    }
    now->assignment_count = kept;
    close_session(world);
}

static bool carry_out(struct test_world *world, const struct test_step *step, char **message)
{
    switch (step->kind) {
    case STEP_ASSIGN:
        return assign(world, &step->assignment, message);
    case STEP_CONFIG:
        close_session(world);
        world->now.config_path = step->text;
        return true;
    case STEP_DEFINE:
        close_session(world);
        return add_definition(world, step->text);
    case STEP_UNSET:
        unset(world, step->text);
        return true;
    case STEP_ANSWERS:
        world->now.answers_only = strcmp(step->text, "only") == 0;
        if (world->is_open)
            rexpand_env_answers_only(world->session.env, world->now.answers_only);
        return true;
    case STEP_RESET:
        return test_world_reset(world);
    case STEP_CASE:
        break;
    }
    return true;
}

/* ---- cases ---- */

/* Whether the pattern matches, as the language's own condition "match" has
   it. False as well, with a message, when it is no regular expression. */
static bool matches(struct test_world *world, const struct test_case *wanted, const char *text, size_t length,
                    bool *truth, char **message)
{
    static const char condition[] = "${if match{$acl_m_text}{$acl_m_pattern}{yes}{no}}";
    static const struct options plain;
    struct rexpand_result result;
    int status;

    if (world->patterns.env == NULL && !session_make(&world->patterns, &plain, message, &status))
        return false;
    struct rexpand_env *env = world->patterns.env;
    if (!rexpand_env_set(env, "acl_m_text", text, length, true) ||
        !rexpand_env_set(env, "acl_m_pattern", wanted->expected, wanted->expected_length, true))
        return false;
    if (rexpand_expand(env, condition, sizeof condition - 1, &result) == REXPAND_DONE) {
        *truth = result.length == 3;
        return true;
    }
    *message = strdup(result.message);
    return false;
}

static bool judge(struct test_world *world, const struct test_case *wanted, struct test_verdict *verdict,
                  char **message)
{
    bool wants_failure = wanted->expectation == EXPECT_MESSAGE || wanted->expectation == EXPECT_MESSAGE_LIKE;

    verdict->is_right = false;
    if (wanted->expectation == EXPECT_RESULT_LIKE || wanted->expectation == EXPECT_MESSAGE_LIKE) {
        if (!matches(world, wanted, verdict->got, verdict->got_length, &verdict->is_right, message))
            return false;
    } else {
        verdict->is_right = verdict->got_length == wanted->expected_length &&
                            memcmp(verdict->got, wanted->expected, wanted->expected_length) == 0;
    }
    verdict->is_right = verdict->is_right && verdict->failed == wants_failure;
    return true;
}

/* False when memory runs out. */
static bool run_acl(struct test_world *world, const char *text, size_t length, struct test_verdict *verdict)
{
    const struct value call = value_clean(text, length);
    struct value got;

    arena_reset(&world->texts, 4096);
    if (!acl_case_run(world->session.env, &world->texts, &call, &verdict->failed, &got))
        return false;
    verdict->got = got.bytes;
    verdict->got_length = got.length;
    return true;
}

/* As `rexpand -be`: macros first, if anything may define one. */
static bool run_case(struct test_world *world, const struct test_case *wanted, struct test_verdict *verdict,
                     char **message)
{
    char *text = (char *)(uintptr_t)wanted->expression;
    size_t length = wanted->expression_length;
    struct session *session = &world->session;
    struct rexpand_result result;
    bool has_macros = world->now.config_path != NULL || world->now.definition_count > 0;
    char *complaint = NULL;

    rexpand_env_tidy(session->env);
    if (has_macros && !rexpand_config_replace_macros(session->config, &text, &length, &complaint)) {
        *message = complaint;
        return false;
    }
    if (wanted->is_acl) {
        bool has_memory = run_acl(world, text, length, verdict);
        if (text != wanted->expression)
            free(text);
        return has_memory && judge(world, wanted, verdict, message);
    }
    bool done = rexpand_expand(session->env, text, length, &result) == REXPAND_DONE;
    if (text != wanted->expression)
        free(text);
    verdict->failed = !done;
    verdict->got = done ? result.bytes : result.message;
    verdict->got_length = done ? result.length : strlen(result.message);
    return judge(world, wanted, verdict, message);
}

static bool do_step(struct test_world *world, const struct test_step *step, struct test_verdict *verdict,
                    char **message)
{
    if (step->kind != STEP_CASE)
        return carry_out(world, step, message);
    return open_session(world, message) && run_case(world, &step->as_case, verdict, message);
}

bool test_world_step(struct test_world *world, const struct test_file *file, const struct test_step *step,
                     struct test_verdict *verdict, char **message)
{
    char *why = NULL;

    *message = NULL;
    if (do_step(world, step, verdict, &why))
        return true;
    if (asprintf(message, "%s:%zu: %s", file->path, step->line, why == NULL ? "out of memory" : why) < 0)
        *message = NULL;
    free(why);
    return false;
}
