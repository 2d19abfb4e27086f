#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "rexpand.h"

static struct rexpand_program *compile(const char *text)
{
    struct rexpand_program *program = rexpand_compile(text, strlen(text), NULL);

    assert_non_null(program);
    return program;
}

static enum rexpand_outcome expand(struct rexpand_env *env, const char *text, struct rexpand_result *result)
{
    return rexpand_expand(env, text, strlen(text), result);
}

static void test_rexpand_evaluate_gives_one_of_three_outcomes_without_a_lookup(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;

    (void)state;
    assert_true(rexpand_env_set(env, "local_part", "ann", 3, false));
    assert_int_equal(expand(env, "a${uc:$local_part}", &result), REXPAND_DONE);
    assert_int_equal(result.outcome, REXPAND_DONE);
    assert_string_equal(result.bytes, "aANN");
    assert_int_equal(result.length, 4);
    assert_true(result.is_tainted);
    assert_null(result.message);
    assert_true(result.offset == REXPAND_NO_OFFSET);
    assert_int_equal(expand(env, "abc${if eq{a}{b}{y}fail}", &result), REXPAND_FORCED_FAILURE);
    assert_string_equal(result.message, "\"if\" failed and \"fail\" requested");
    assert_int_equal(result.offset, 3);
    assert_string_equal(result.bytes, "");
    assert_int_equal(result.length, 0);
    assert_false(result.is_tainted);
    assert_int_equal(expand(env, "abc${eval:1/0}", &result), REXPAND_FAILED);
    assert_int_equal(result.outcome, REXPAND_FAILED);
    assert_int_equal(result.offset, 3);
    assert_int_equal(expand(env, "", &result), REXPAND_DONE);
    assert_string_equal(result.bytes, "");
    rexpand_env_free(env);
    rexpand_env_free(NULL);
}

static void test_rexpand_compile_tells_the_first_mistake_at_once(void **state)
{
    struct rexpand_mistake mistake = {0};
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;
    struct rexpand_program *program = rexpand_compile("ab$nosuch", 9, &mistake);

    (void)state;
    assert_string_equal(mistake.message, "unknown variable name \"nosuch\"");
    assert_int_equal(mistake.offset, 2);
    assert_int_equal(rexpand_evaluate(program, env, &result), REXPAND_FAILED);
    assert_string_equal(result.message, mistake.message);
    assert_int_equal(result.offset, 2);
    rexpand_program_free(program);
    program = rexpand_compile("ab", 2, &mistake);
    assert_null(mistake.message);
    rexpand_program_free(program);
    rexpand_program_free(NULL);
    rexpand_env_free(env);
}

static void test_rexpand_program_tells_what_it_reads(void **state)
{
    struct rexpand_program *program = compile("${if def:tls_out_tlsa_usage{y}}");
    struct rexpand_program *constant = compile("${lc:A}");

    (void)state;
    assert_true(rexpand_program_reads(program, "tls_out_tlsa_usage"));
    assert_false(rexpand_program_reads(program, "domain"));
    assert_false(rexpand_program_is_constant(program));
    assert_true(rexpand_program_is_constant(constant));
    rexpand_program_free(program);
    rexpand_program_free(constant);
}

static void test_rexpand_result_lives_until_the_next_call(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;

    (void)state;
    /* Constant text of a program that the cache does not keep. */
    char *text = malloc(100000);
    assert_non_null(text);
    memset(text, 'x', 100000);
    assert_int_equal(rexpand_expand(env, text, 100000, &result), REXPAND_DONE);
    free(text);
    rexpand_env_tidy(env);
    assert_int_equal(result.length, 100000);
    for (size_t i = 0; i < result.length; i++)
        assert_int_equal(result.bytes[i], 'x');
    assert_int_equal(expand(env, "$nosuch", &result), REXPAND_FAILED);
    rexpand_env_tidy(env);
    assert_string_equal(result.message, "unknown variable name \"nosuch\"");
    rexpand_env_free(env);
}

static void test_rexpand_evaluate_may_use_a_program_after_others(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_program *first = compile("a$domain");
    struct rexpand_program *second = compile("b");
    struct rexpand_result result;

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_true(rexpand_env_set(env, "domain", i % 2 == 0 ? "x" : "y", 1, true));
        assert_int_equal(rexpand_evaluate(second, env, &result), REXPAND_DONE);
        assert_int_equal(expand(env, "c$domain", &result), REXPAND_DONE);
        assert_int_equal(rexpand_evaluate(first, env, &result), REXPAND_DONE);
        assert_string_equal(result.bytes, i % 2 == 0 ? "ax" : "ay");
        assert_false(result.is_tainted);
    }
    rexpand_program_free(first);
    rexpand_program_free(second);
    rexpand_env_free(env);
}

static void test_rexpand_env_limit_bounds_bytes_and_time(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;
    static const char many[] =
        "${map{1:2:3:4:5:6:7:8:9:0}{${map{1:2:3:4:5:6:7:8:9:0}{${map{1:2:3:4:5:6:7:8:9:0}{"
        "${map{1:2:3:4:5:6:7:8:9:0}{${map{1:2:3:4:5:6:7:8:9:0}{${map{1:2:3:4:5:6:7:8:9:0}{"
        "${map{1:2:3:4:5:6:7:8:9:0}{${map{1:2:3:4:5:6:7:8:9:0}{${if eq{$item}{x}{y}}}}}}}}}}}}}}}}}}";

    (void)state;
    rexpand_env_limit(env, 100000, 0);
    assert_int_equal(expand(env, many, &result), REXPAND_FAILED);
    assert_non_null(strstr(result.message, "out of memory"));
    rexpand_env_limit(env, SIZE_MAX, 0.05);
    assert_int_equal(expand(env, many, &result), REXPAND_FAILED);
    assert_non_null(strstr(result.message, "took longer than its time limit"));
    assert_int_equal(expand(env, "${lc:A}", &result), REXPAND_DONE);
    rexpand_env_free(env);
}

static void test_rexpand_env_set_option_says_what_is_wrong(void **state)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    char *message = NULL;

    (void)state;
    assert_false(rexpand_env_set_option(env, "nosuch", "1", &message));
    assert_non_null(message);
    assert_non_null(strstr(message, "nosuch"));
    free(message);
    assert_false(rexpand_env_set_option(env, "nosuch", "1", NULL));
    assert_false(rexpand_env_set(env, "nosuch", "1", 1, true));
    rexpand_env_free(env);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 2000 };

struct worker {
    pthread_t thread;
    const struct rexpand_program *const *programs;
    int number;
    int wrong;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    char name[] = {'A', (char)('0' + worker->number), '\0'};
    const char *const expected[] = {name, "y", "x:x", NULL};
    struct rexpand_result result;

    if (env == NULL || !rexpand_env_set(env, "local_part", name, 2, false)) {
        rexpand_env_free(env);
        worker->wrong = 1;
        return NULL;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < 3; i++) {
            enum rexpand_outcome outcome = rexpand_evaluate(worker->programs[i], env, &result);
            worker->wrong += outcome != REXPAND_DONE || strcmp(result.bytes, expected[i]) != 0;
        }
        worker->wrong += rexpand_evaluate(worker->programs[3], env, &result) != REXPAND_FAILED;
        worker->wrong += rexpand_expand(env, "${sg{$local_part}{A}{}}", 23, &result) != REXPAND_DONE ||
                         strcmp(result.bytes, name + 1) != 0;
        struct rexpand_program *own = rexpand_compile("${uc:$local_part}", 17, NULL);
        worker->wrong += rexpand_evaluate(own, env, &result) != REXPAND_DONE;
        rexpand_program_free(own);
    }
    rexpand_env_free(env);
    return NULL;
}

static void test_rexpand_env_answer_answers_lookups(void **state)
{
    static const char text[] = "${lookup nisplus{a}{<$value>}{none}}";
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    struct rexpand_result result;
    char *message = NULL;

    (void)state;
    assert_int_equal(rexpand_expand(env, text, sizeof text - 1, &result), REXPAND_FAILED);
    assert_string_equal(result.message, "unknown lookup type \"nisplus\"");
    assert_true(rexpand_env_answer(env, "nisplus", NULL, "a", 1, REXPAND_ANSWER_FOUND, "x\0y", 3, &message));
    assert_int_equal(rexpand_expand(env, text, sizeof text - 1, &result), REXPAND_DONE);
    assert_int_equal(result.length, 5);
    assert_memory_equal(result.bytes, "<x\0y>", 5);
    assert_true(rexpand_env_answer(env, "nisplus", NULL, "a", 1, REXPAND_ANSWER_NOT_FOUND, "", 0, NULL));
    assert_int_equal(rexpand_expand(env, text, sizeof text - 1, &result), REXPAND_DONE);
    assert_memory_equal(result.bytes, "none", 4);
    assert_true(rexpand_env_answer(env, "nisplus", NULL, "a", 1, REXPAND_ANSWER_DEFERRED, "later", 5, NULL));
    assert_int_equal(rexpand_expand(env, text, sizeof text - 1, &result), REXPAND_DEFERRED);
    assert_string_equal(result.message, "lookup of \"a\" gave DEFER: later");
    assert_false(rexpand_env_answer(env, "nosuch", NULL, "a", 1, REXPAND_ANSWER_FOUND, "", 0, &message));
    assert_string_equal(message, "there is no lookup \"nosuch\"");
    free(message);
    rexpand_env_answers_only(env, true);
    assert_int_equal(rexpand_expand(env, "${lookup nisplus{b}}", 20, &result), REXPAND_FAILED);
    assert_string_equal(result.message, "there is no fixed answer for the lookup nisplus:b");
    rexpand_env_free(env);
}

static void test_rexpand_evaluate_shares_programs_between_threads(void **state)
{
    struct rexpand_program *made[] = {
        compile("${uc:$local_part}"),
        compile("${if and{{match{$local_part}{^(A)(\\\\d)\\$}}{eq{$1}{A}}}{y}{n}}"),
        compile("${map{a:b}{${if def:local_part{x}}}}"),
        compile("${lc:$local_part}${nosuch:"),
    };
    const struct rexpand_program *programs[] = {made[0], made[1], made[2], made[3]};
    struct worker workers[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.programs = programs, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
    for (size_t i = 0; i < 4; i++)
        rexpand_program_free(made[i]);
}

/* ---- tables ---- */

static void test_rexpand_describe_goes_through_every_table(void **state)
{
    static const struct {
        enum rexpand_kind kind;
        const char *name;
    } known[] = {
        {REXPAND_ITEM, "if"},         {REXPAND_ITEM, "lookup"},     {REXPAND_OPERATOR, "lc"},
        {REXPAND_CONDITION, "match"}, {REXPAND_VARIABLE, "domain"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *name = NULL;
        const char *help = NULL;
        bool found = false;
        for (size_t index = 0; rexpand_describe(known[i].kind, index, &name, &help); index++) {
            assert_non_null(help);
            found = found || strcmp(name, known[i].name) == 0;
        }
        assert_true(found);
        assert_false(rexpand_describe(known[i].kind, SIZE_MAX, &name, &help));
    }
}

static void test_rexpand_about_names_each_lookup_of_the_build(void **state)
{
    const char *name;
    const char *help;
    char *about = rexpand_about();

    (void)state;
    assert_non_null(about);
    assert_non_null(strstr(about, rexpand_version()));
    for (size_t i = 0; rexpand_describe(REXPAND_LOOKUP, i, &name, &help); i++)
        assert_non_null(strstr(about, name));
    free(about);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rexpand_evaluate_gives_one_of_three_outcomes_without_a_lookup),
        cmocka_unit_test(test_rexpand_compile_tells_the_first_mistake_at_once),
        cmocka_unit_test(test_rexpand_program_tells_what_it_reads),
        cmocka_unit_test(test_rexpand_result_lives_until_the_next_call),
        cmocka_unit_test(test_rexpand_evaluate_may_use_a_program_after_others),
        cmocka_unit_test(test_rexpand_env_limit_bounds_bytes_and_time),
        cmocka_unit_test(test_rexpand_env_set_option_says_what_is_wrong),
        cmocka_unit_test(test_rexpand_env_answer_answers_lookups),
        cmocka_unit_test(test_rexpand_evaluate_shares_programs_between_threads),
        cmocka_unit_test(test_rexpand_describe_goes_through_every_table),
        cmocka_unit_test(test_rexpand_about_names_each_lookup_of_the_build),
    };

    return cmocka_run_group_tests_name("rexpand", tests, NULL, NULL);
}
