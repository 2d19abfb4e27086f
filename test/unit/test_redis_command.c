#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "lookups/redis/command.h"

/* Any pointer will do for a driver: only equality counts. */
static const char redis_row, other_row;
#define REDIS ((const struct lookup_driver *)(const void *)&redis_row)
#define OTHER ((const struct lookup_driver *)(const void *)&other_row)

/* A query in pieces: kind 'c' clean, 't' tainted, 'r' quoted by redis, 'o' quoted
   by another driver. "expected" shows the arguments between | or a message. */
static const struct {
    const char *what;
    struct {
        char kind;
        const char *text;
    } pieces[6];
    const char *expected;
} queries[] = {
    {"white space separates", {{'c', "  GET\tkey \n"}}, "GET|key"},
    {"a backslash protects", {{'c', "GET a\\ b\\\\c\\nd"}}, "GET|a b\\cnd"},
    {"two quotes are an empty argument", {{'c', "SET k \"\" EX 60"}}, "SET|k||EX|60"},
    {"quotes in a word are text", {{'c', "SET a\"\"b \\\"\\\" \"x\""}}, "SET|a\"\"b|\"\"|\"x\""},
    {"tainted bytes never split", {{'c', "GET user:"}, {'t', "a b\nFLUSHALL"}}, "GET|user:a b\nFLUSHALL"},
    {"tainted backslashes are bytes", {{'c', "GET "}, {'t', "a\\"}}, "GET|a\\"},
    {"tainted quotes are bytes", {{'c', "GET "}, {'t', "\"\""}}, "GET|\"\""},
    {"tainted text cannot end a word", {{'c', "GET "}, {'t', "a "}, {'c', "b c"}}, "GET|a b|c"},
    {"tainted empty text is an argument", {{'c', "SET k "}, {'t', ""}, {'c', " EX 60"}}, "SET|k||EX|60"},
    {"tainted empty text at the end", {{'c', "SET k "}, {'t', ""}}, "SET|k|"},
    {"tainted empty text in a word", {{'c', "SET a"}, {'t', ""}, {'c', "b v"}}, "SET|ab|v"},
    {"quoted text is unescaped", {{'c', "GET "}, {'r', "a\\ b\\\\\\\"c"}}, "GET|a b\\\"c"},
    {"quoted white space does not split", {{'c', "GET "}, {'r', "a b"}, {'c', " c"}}, "GET|a b|c"},
    {"quoted empty text", {{'c', "SET k "}, {'r', "\"\""}, {'c', " EX"}}, "SET|k||EX"},
    {"quoted empty text in a word", {{'c', "GET a"}, {'r', "\"\""}, {'c', "b"}}, "GET|ab"},
    {"another driver's quotes stay", {{'c', "GET "}, {'o', "a\\ b"}}, "GET|a\\ b"},
    {"a clean empty quote next to taint", {{'c', "GET \"\""}, {'t', "x"}}, "GET|\"\"x"},
    {"a tainted command",
     {{'t', "FLUSHALL"}},
     "the redis command itself comes from outside (its first word is tainted); only what stands behind it "
     "may"},
    {"a command that begins tainted",
     {{'r', "FL"}, {'c', "USHALL"}},
     "the redis command itself comes from outside (its first word is tainted); only what stands behind it "
     "may"},
    {"a tainted subcommand",
     {{'c', "config "}, {'t', "RESETSTAT"}},
     "the redis command itself comes from outside (its second word is tainted); only what stands behind it "
     "may"},
    {"a tainted script",
     {{'c', "EVAL "}, {'t', "return 1"}, {'c', " 0"}},
     "the redis command itself comes from outside (its second word is tainted); only what stands behind it "
     "may"},
    {"a tainted key of a script", {{'c', "EVAL return\\ 1 1 "}, {'t', "k"}}, "EVAL|return 1|1|k"},
    {"nothing", {{'c', ""}}, "the redis query is empty: a command is expected"},
    {"only white space", {{'c', " \t\n"}}, "the redis query is empty: a command is expected"},
    {"a lone backslash",
     {{'c', "GET \\"}},
     "the redis query ends with a backslash that has nothing behind it (write \\\\ for one)"},
    {"a clean backslash before taint",
     {{'c', "GET \\"}, {'t', "x"}},
     "the redis query ends with a backslash that has nothing behind it (write \\\\ for one)"},
    {"a refused command",
     {{'c', "select 1"}},
     "the redis command SELECT changes the connection that all lookups share and cannot be used in a lookup "
     "(database and password belong into redis_servers)"},
    {"a refused second word",
     {{'c', "CLIENT reply OFF"}},
     "the redis command CLIENT REPLY changes the connection that all lookups share and cannot be used in a "
     "lookup"},
};

static void build(struct arena *arena, struct buffer *out, size_t row)
{
    for (size_t i = 0; i < 6 && queries[row].pieces[i].text != NULL; i++) {
        size_t from = out->length;
        buffer_add_string(out, queries[row].pieces[i].text);
        char kind = queries[row].pieces[i].kind;
        if (kind != 'c')
            buffer_taint(out, from, kind == 'r' ? REDIS : kind == 'o' ? OTHER : NULL);
    }
    (void)arena;
}

static void test_redis_command_parse_makes_arguments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct arena arena;
        struct buffer query, shown;
        struct value value, text;
        struct error error;
        struct redis_command command;
        arena_init(&arena, 256, SIZE_MAX);
        buffer_init(&query, &arena);
        buffer_init(&shown, &arena);
        build(&arena, &query, i);
        assert_true(buffer_value(&query, &value));
        if (redis_command_parse(&command, &value, REDIS, &arena, &error) != OUTCOME_DONE)
            buffer_add_string(&shown, error.message);
        else
            for (size_t j = 0; j < command.count; j++) {
                if (j > 0)
                    buffer_add_byte(&shown, '|');
                buffer_add(&shown, command.arguments[j].bytes, command.arguments[j].length);
            }
        assert_true(buffer_value(&shown, &text));
        if (strcmp(text.bytes, queries[i].expected) != 0)
            fail_msg("%s: %s instead of %s", queries[i].what, text.bytes, queries[i].expected);
        arena_free(&arena);
    }
}

static void test_redis_command_parse_takes_any_number_of_arguments_and_nul_bytes(void **state)
{
    struct arena arena;
    struct buffer query;
    struct value value;
    struct error error;
    struct redis_command command;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    buffer_init(&query, &arena);
    buffer_add_string(&query, "MGET");
    for (int i = 0; i < 5000; i++)
        buffer_add(&query, " a\0b", 4);
    assert_true(buffer_value(&query, &value));
    assert_int_equal(redis_command_parse(&command, &value, NULL, &arena, &error), OUTCOME_DONE);
    assert_int_equal(command.count, 5001);
    assert_int_equal(command.arguments[5000].length, 3);
    assert_memory_equal(command.arguments[5000].bytes, "a\0b", 3);
    arena_free(&arena);
}

static void test_redis_command_parse_survives_refused_memory(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 2000; limit += 7) {
        struct arena arena;
        struct error error;
        struct redis_command command;
        struct value value = value_of_string("MGET 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18");
        arena_init(&arena, 16, limit);
        enum outcome outcome = redis_command_parse(&command, &value, NULL, &arena, &error);
        assert_true(outcome == OUTCOME_DONE || outcome == OUTCOME_FAILED);
        arena_free(&arena);
    }
}

static void test_redis_command_rows_are_sorted_and_unique(void **state)
{
    size_t count;
    const struct redis_command_row *rows = redis_command_rows(&count);

    (void)state;
    assert_true(count > 300);
    for (size_t i = 1; i < count; i++)
        if (strcmp(rows[i - 1].name, rows[i].name) >= 0)
            fail_msg("%s stands before %s", rows[i - 1].name, rows[i].name);
}

static void assert_row(const char *query, enum redis_effect effect, size_t key)
{
    struct arena arena;
    struct error error;
    struct redis_command command;
    struct value value = value_of_string(query);

    arena_init(&arena, 256, SIZE_MAX);
    assert_int_equal(redis_command_parse(&command, &value, NULL, &arena, &error), OUTCOME_DONE);
    if (command.effect != effect || redis_command_first_key(&command) != key)
        fail_msg("%s: effect %d, key %zu", query, (int)command.effect, redis_command_first_key(&command));
    arena_free(&arena);
}

static void test_redis_command_find_knows_effects_and_keys(void **state)
{
    (void)state;
    assert_row("get k", REDIS_READS, 1);
    assert_row("SET k v", REDIS_WRITES, 1);
    assert_row("ttl k", REDIS_READS_CHANGING, 1);
    assert_row("SRANDMEMBER k", REDIS_READS_CHANGING, 1);
    assert_row("OBJECT encoding k", REDIS_READS, 2);
    assert_row("OBJECT nonsense k", REDIS_WRITES, 0);
    assert_row("OBJECT", REDIS_WRITES, 0);
    assert_row("CONFIG SET a b", REDIS_WRITES, 0);
    assert_row("EVAL script 1 k a", REDIS_WRITES, 3);
    assert_row("EVAL script 0 a", REDIS_WRITES, 0);
    assert_row("EVAL_RO script 2 k l", REDIS_READS, 3);
    assert_row("XREAD COUNT 2 STREAMS s 0", REDIS_READS_CHANGING, 4);
    assert_row("NOSUCHCOMMAND k", REDIS_WRITES, 0);
    assert_row("GETX k", REDIS_WRITES, 0);
    assert_row("AVERYLONGNAMETHATNOCOMMANDHASEVERHAD k", REDIS_WRITES, 0);
    assert_row("ZUNION 2 a b", REDIS_READS, 2);
}

static void test_redis_quote_gives_one_argument_back(void **state)
{
    static const char *const texts[] = {"", "a", "a b", "\"\"", "\\", "a\\ \"b\"\n\t", "\"", " "};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int tainted = 0; tainted < 2; tainted++) {
            struct arena arena;
            struct buffer query;
            struct value value, text = value_of_string(texts[i]);
            struct error error;
            struct redis_command command;
            arena_init(&arena, 256, SIZE_MAX);
            buffer_init(&query, &arena);
            buffer_add_string(&query, "ECHO ");
            size_t from = query.length;
            redis_quote(&query, &text);
            if (tainted)
                buffer_taint(&query, from, REDIS);
            assert_true(buffer_value(&query, &value));
            assert_int_equal(redis_command_parse(&command, &value, REDIS, &arena, &error), OUTCOME_DONE);
            assert_int_equal(command.count, 2);
            assert_int_equal(command.arguments[1].length, text.length);
            assert_memory_equal(command.arguments[1].bytes, text.bytes, text.length);
            arena_free(&arena);
        }
}

static void test_redis_command_encode_is_binary_safe(void **state)
{
    const struct redis_argument arguments[] = {{"SET", 3}, {"", 0}, {"a\0\r\n", 4}};
    struct arena arena;
    struct buffer out;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    buffer_init(&out, &arena);
    redis_command_encode(&out, arguments, 3);
    assert_int_equal(out.length, 29);
    assert_memory_equal(out.bytes, "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\0\r\n\r\n", 29);
    arena_free(&arena);
}

static void test_redis_query_effect_looks_at_the_first_word(void **state)
{
    static const struct {
        const char *query;
        enum redis_effect effect;
    } cases[] = {
        {"GET x", REDIS_READS},      {"  get  x", REDIS_READS},  {"TTL x", REDIS_READS_CHANGING},
        {"SET x y", REDIS_WRITES},   {"NOSUCH x", REDIS_WRITES}, {"OBJECT FREQ x", REDIS_WRITES},
        {"SELECT 1", REDIS_REFUSED}, {"", REDIS_WRITES},         {"   ", REDIS_WRITES},
        {"G\\ET x", REDIS_WRITES},   {"\"\"", REDIS_WRITES},
    };
    static const struct taint_span tainted[] = {{3, 5, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value query = value_of_string(cases[i].query);
        assert_int_equal(redis_query_effect(&query), cases[i].effect);
    }
    /* What comes from outside may make another word of it. */
    struct value query = {.bytes = "GETxx x", .length = 7, .spans = tainted, .span_count = 1};
    assert_int_equal(redis_query_effect(&query), REDIS_WRITES);
    query = (struct value){.bytes = "GET xx", .length = 6, .spans = tainted, .span_count = 1};
    assert_int_equal(redis_query_effect(&query), REDIS_WRITES);
    static const struct taint_span behind[] = {{4, 6, NULL}};
    query.spans = behind;
    assert_int_equal(redis_query_effect(&query), REDIS_READS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_query_effect_looks_at_the_first_word),
        cmocka_unit_test(test_redis_command_parse_makes_arguments),
        cmocka_unit_test(test_redis_command_parse_takes_any_number_of_arguments_and_nul_bytes),
        cmocka_unit_test(test_redis_command_parse_survives_refused_memory),
        cmocka_unit_test(test_redis_command_rows_are_sorted_and_unique),
        cmocka_unit_test(test_redis_command_find_knows_effects_and_keys),
        cmocka_unit_test(test_redis_quote_gives_one_argument_back),
        cmocka_unit_test(test_redis_command_encode_is_binary_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
