#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/parse.h"
#include "test/support/speaker.h"

static void test_program_compile_says_where_the_first_mistake_is(void **state)
{
    static const struct {
        const char *text;
        const char *message; /* NULL: no mistake; else its beginning */
        size_t offset;
    } cases[] = {
        {"", NULL, 0},
        {"plain } text {", NULL, 0},
        {"${if eq{a}{b}{y}{n}}", NULL, 0},
        {"a$", "$ not followed by letter, digit, or {", 1},
        {"a$$b", "$ not followed by", 1},
        {"ab\\", "\\ at end of string", 2},
        {"ab$nosuch", "unknown variable name \"nosuch\"", 2},
        {"ab${nosuch}", "unknown variable in \"${nosuch}\"", 2},
        {"ab${nosuch:x}", "unknown expansion operator \"nosuch\"", 2},
        {"ab${nosuch{x}}", "\"${nosuch\" is not a known operator", 2},
        {"ab${-}", "letter or digit expected after ${", 4},
        {"${lc:abc", "missing } at end of string", 8},
        {"${1", "} expected after number", 3},
        {"${if nosuch{a}{y}}", "unknown condition \"nosuch\"", 5},
        {"${if {a}{y}}", "condition name expected", 5},
        {"${if eq{a}b{y}}", "missing 2nd string in {} after \"eq\"", 10},
        {"${if eq{a}{b}{y}{n}x}", "curly-bracket problem", 19},
        {"${if eq{a}{b}{y}x}", "syntax error in \"if\" item - \"fail\" expected", 16},
        {"${sg{a}{b}}", "Not enough arguments for 'sg' (min is 3)", 10},
        {"${substr{1}{2}{a}{b}}", "Too many arguments for 'substr' (max is 3)", 17},
        {"${map{a:b}x}", "missing '{' for last arg of map", 10},
        {"${length_x:abc}", "non-digit after underscore in \"length_x\"", 0},
        {"${if eq{a}{b}{${s:abc}}{$nosuch}}", "missing values after s", 14},
        {"a${extract{1}}", "missing '{' for arg 2 of extract", 13},
        {"${lookup nosuch{x}}", "unknown lookup type \"nosuch\"", 9},
        {"${if and{{eq{a}{b}}{nosuch}}{y}}", "unknown condition \"nosuch\" inside \"and{...}\"", 20},
        {"${if def:nosuch{y}}", "unknown variable \"nosuch\" after \"def:\"", 9},
        {"${uc:${lc:$nosuch}}", "unknown variable name \"nosuch\"", 10},
        {"x$nosuch$also", "unknown variable name \"nosuch\"", 1},
        {"${if eq{$nosuch", "unknown variable name \"nosuch\"", 8},
        {"$acl_mx", "unknown variable name \"acl_mx\" (6th character", 0},
        {"$acl_z", "unknown variable name \"acl_z\" (user-defined", 0},
        {"${if eq{$h_a}{b}{y}{n}}", "missing } at end of string - could be header name not terminated", 23},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct program *program = program_compile(cases[i].text, strlen(cases[i].text));
        assert_non_null(program);
        const struct error *mistake = program->doubt.message != NULL ? &program->doubt : &program->mistake;
        if (cases[i].message == NULL) {
            assert_null(mistake->message);
        } else if (mistake->message == NULL ||
                   strncmp(mistake->message, cases[i].message, strlen(cases[i].message)) != 0 ||
                   mistake->offset != cases[i].offset) {
            fail_msg("%s: %s at %zu", cases[i].text,
                     mistake->message == NULL ? "no mistake" : mistake->message, mistake->offset);
        }
        program_free(program);
    }
}

/* Exim reads and evaluates in one go, from left to right. */
static void test_a_failure_left_of_a_mistake_comes_first(void **state)
{
    static const struct speech speeches[] = {
        {"${if eq{a}{b}{y}fail}$nosuch", "forced: \"if\" failed and \"fail\" requested"},
        {"${eval:1/0}${lc:",
         "failed: error in expression evaluation: divide by zero (after processing \"1/0\")"},
        {"${if ={x}{1}{y}{$nosuch}}", "failed: integer expected but \"x\" found"},
        {"${if eq{${eval:x}}{$nosuch}{y}}",
         "failed: error in expression evaluation: expecting number or opening parenthesis (after "
         "processing \"\")"},
        {"${if eq{a}{a}{y}{$nosuch}}", "failed: unknown variable name \"nosuch\""},
        {"${if or{{eq{a}{a}}{nosuch}}{y}}",
         "failed: unknown condition \"nosuch\" inside \"or{...}\" condition"},
        {"${if and{{={x}{1}}{nosuch}}{y}}",
         "failed: integer expected but \"x\" found inside \"and{...}\" condition"},
    };

    assert_speeches(*state, speeches);
}

static char *nest(const char *beginning, const char *opening, size_t times)
{
    size_t first = strlen(beginning);
    size_t step = strlen(opening);
    char *text = malloc(first + step * times + 1);

    assert_non_null(text);
    memcpy(text, beginning, first);
    for (size_t i = 0; i < times; i++)
        memcpy(text + first + i * step, opening, step);
    text[first + step * times] = '\0';
    return text;
}

static void test_parse_refuses_to_nest_beyond_its_limit(void **state)
{
    static const char *const openings[][2] = {
        {"", "${lc:"}, {"", "${if eq{"},   {"${if ", "and{{"}, {"${if ", "!or{{"},  {"", "${map{"},
        {"", "${sg{"}, {"", "${extract{"}, {"", "${lookup{"},  {"", "${if match{"}, {"", "${filter{"},
    };

    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        char *text = nest(openings[i][0], openings[i][1], 100000);
        struct program *program = program_compile(text, strlen(text));
        assert_non_null(program);
        assert_non_null(program->mistake.message);
        if (strstr(program->mistake.message, "nested too deeply") == NULL)
            fail_msg("%s: %.100s", openings[i][1], program->mistake.message);
        program_free(program);
        assert_int_equal(speak(*state, text), OUTCOME_FAILED);
        free(text);
    }
    char *braces = nest("", "{", 100000);
    assert_int_equal(speak(*state, braces), OUTCOME_DONE);
    free(braces);
}

static void test_parse_takes_nesting_up_to_its_limit(void **state)
{
    struct speaker *speaker = *state;
    char *text = nest("", "${lc:", PARSE_DEPTH_LIMIT);
    size_t length = strlen(text);

    char *longer = realloc(text, length + PARSE_DEPTH_LIMIT + 12);
    assert_non_null(longer);
    text = longer;
    memcpy(text + length, "$local_part", 11);
    memset(text + length + 11, '}', PARSE_DEPTH_LIMIT);
    text[length + 11 + PARSE_DEPTH_LIMIT] = '\0';
    assert_speaks(speaker, text, "[ann]");
    free(text);
}

static void test_parse_makes_one_text_of_literal_parts(void **state)
{
    static const char *const texts[] = {"",   "abc", "a\\x41\\\\b", "\\N$x{\\N}", "${lc:ABC}d${uc:e}\\n",
                                        "a}b"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct program *program = program_compile(texts[i], strlen(texts[i]));
        assert_int_equal(program->root->kind, NODE_TEXT);
        program_free(program);
    }
}

static void test_parse_keeps_nul_bytes(void **state)
{
    struct speaker *speaker = *state;

    assert_int_equal(speak_bytes(speaker, "a\0${uc:b\0c}\0", 12), OUTCOME_DONE);
    assert_int_equal(speaker->value.length, 6);
    assert_memory_equal(speaker->value.bytes, "a\0B\0C\0", 6);
    assert_int_equal(speak_bytes(speaker, "${uc\0:b}", 8), OUTCOME_FAILED);
    assert_int_equal(speak_bytes(speaker, "$\0", 2), OUTCOME_FAILED);
}

/* Whatever is cut off, something is said and nothing breaks. */
static void test_parse_ends_well_wherever_the_text_ends(void **state)
{
    static const char text[] =
        "a\\x41\\N$\\N${if and{{eq{$local_part}{b}}{!match{c}{\\Nd(.)\\N}}{def:h_a:}}{$1${2}}fail}"
        "${lookup{k}lsearch,ret=full{/nosuch}{$value}{n}}${map{<;a;b}{${reduce{a:b}{0}{$item$value}}}}"
        "${extract{2}{:}{a:b}{$value}{n}}${extract{$domain}{a=b}{c}fail}${substr_-2_1:abc}${hash_3_4:abc}"
        "${filter{a:b}{<{1}{2}}}${sg{a}{b}{c}}${listextract{1}{a:b}{$value}fail}${env{X}{y}{z}}$h_x: ";

    for (size_t length = 0; length < sizeof text; length++)
        (void)speak_bytes(*state, text, length);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_program_compile_says_where_the_first_mistake_is),
        TEST(test_a_failure_left_of_a_mistake_comes_first),
        TEST(test_parse_refuses_to_nest_beyond_its_limit),
        TEST(test_parse_takes_nesting_up_to_its_limit),
        TEST(test_parse_makes_one_text_of_literal_parts),
        TEST(test_parse_keeps_nul_bytes),
        TEST(test_parse_ends_well_wherever_the_text_ends),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
