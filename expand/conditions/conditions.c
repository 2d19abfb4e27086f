/* The table of conditions; nothing else. */

#include "conditions/conditions.h"

#define NUMBERS(symbol, relation, words)                                                                     \
    {                                                                                                        \
        .name = (symbol), .arguments = 2, .effect = EFFECT_PURE, .run = cond_number, .data = (relation),     \
        .help = (words)                                                                                      \
    }
#define STRINGS(word, relation, words)                                                                       \
    {                                                                                                        \
        .name = (word), .arguments = 2, .effect = EFFECT_PURE, .run = cond_string, .data = (relation),       \
        .help = (words)                                                                                      \
    }

const struct condition_row condition_rows[] = {
    NUMBERS("<", RELATION_LESS, "the first number is less"),
    NUMBERS("<=", RELATION_LESS | RELATION_EQUAL, "the first number is less or equal"),
    NUMBERS("=", RELATION_EQUAL, "two numbers are equal"),
    NUMBERS("==", RELATION_EQUAL, "two numbers are equal"),
    NUMBERS(">", RELATION_GREATER, "the first number is greater"),
    NUMBERS(">=", RELATION_GREATER | RELATION_EQUAL, "the first number is greater or equal"),
    {.name = "and",
     .effect = EFFECT_PURE,
     .parse = parse_and_or,
     .run = cond_and,
     .help = "all of several conditions are true"},
    {.name = "bool",
     .arguments = 1,
     .effect = EFFECT_PURE,
     .run = cond_bool,
     .data = BOOL_STRICT,
     .help = "a string says true or yes, or is a number other than 0; other words are an error"},
    {.name = "bool_lax",
     .arguments = 1,
     .effect = EFFECT_PURE,
     .run = cond_bool,
     .data = BOOL_LAX,
     .help = "a string is not empty, 0, no or false"},
    {.name = "def",
     .effect = EFFECT_PURE,
     .parse = parse_def,
     .run = cond_def,
     .help = "a variable is not empty"},
    STRINGS("eq", RELATION_EQUAL, "two strings are equal"),
    STRINGS("eqi", RELATION_EQUAL | RELATION_CASELESS, "two strings are equal but for case"),
    STRINGS("ge", RELATION_GREATER | RELATION_EQUAL, "the first string is greater or equal"),
    STRINGS("gei", RELATION_GREATER | RELATION_EQUAL | RELATION_CASELESS,
            "the first string is greater or equal, case left aside"),
    STRINGS("gt", RELATION_GREATER, "the first string is greater"),
    STRINGS("gti", RELATION_GREATER | RELATION_CASELESS, "the first string is greater, case left aside"),
    STRINGS("le", RELATION_LESS | RELATION_EQUAL, "the first string is less or equal"),
    STRINGS("lei", RELATION_LESS | RELATION_EQUAL | RELATION_CASELESS,
            "the first string is less or equal, case left aside"),
    STRINGS("lt", RELATION_LESS, "the first string is less"),
    STRINGS("lti", RELATION_LESS | RELATION_CASELESS, "the first string is less, case left aside"),
    {.name = "match",
     .arguments = 2,
     .second_is_pattern = true,
     .effect = EFFECT_PURE,
     .run = cond_match,
     .help = "a regular expression matches; $0 to $9 are what it captured"},
    {.name = "or",
     .effect = EFFECT_PURE,
     .parse = parse_and_or,
     .run = cond_or,
     .help = "one of several conditions is true"},
};
const size_t condition_row_count = sizeof condition_rows / sizeof condition_rows[0];
