#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/editor.h"

/* Whether "name" is among what could stand for the end of "text". */
static bool offers(const char *text, const char *name)
{
    size_t from = 0;
    const char *candidate;

    for (size_t i = 0; (candidate = editor_complete(text, strlen(text), i, &from)) != NULL; i++) {
        assert_true(from <= strlen(text));
        assert_int_equal(strncmp(candidate, text + from, strlen(text) - from), 0);
        if (strcmp(candidate, name) == 0)
            return true;
    }
    return false;
}

static void test_editor_complete_offers_what_may_stand_there(void **state)
{
    static const struct {
        const char *text;
        const char *offered;
        const char *not_offered; /* NULL: nothing to say */
    } cases[] = {
        {"$loc", "local_part", "local_part_"},
        {"a $dom", "domain", NULL},
        {"$", "domain", "lc"},
        {"${l", "lc", "eq"},
        {"${", "if", "eqi"},
        {"${ma", "map", NULL},
        {"${local", "local_part", NULL},
        {"${if e", "eqi", "extract"},
        {"${if !e", "eq", "extract"},
        {"${if and{{m", "match", "map"},
        {"${if or{{eq{a}{b}}{e", "eqi", NULL},
        {"${if or{ {eq{a}{b}} { !e", "eqi", "extract"},
        {"${filter{a:b}{e", "eqi", "extract"},
        {"${if def:loc", "local_part", "eq"},
        {"${uc:${lc:$dom", "domain", NULL},
#ifdef LOOKUP_REDIS
        {"${lookup r", "redis", "reduce"},
        {"${quote_r", "redis", "reduce"},
#endif
#ifdef LOOKUP_LSEARCH
        {"${lookup{key}l", "lsearch", "lc"},
        {"${lookup {key} l", "lsearch", "lc"},
#endif
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!offers(cases[i].text, cases[i].offered))
            fail_msg("%s does not offer %s", cases[i].text, cases[i].offered);
        if (cases[i].not_offered != NULL && offers(cases[i].text, cases[i].not_offered))
            fail_msg("%s offers %s", cases[i].text, cases[i].not_offered);
    }
}

static void test_editor_complete_offers_nothing_in_plain_text(void **state)
{
    static const char *const texts[] = {"",
                                        "abc",
                                        "${nosuch",
                                        "$nosuch",
                                        "{e",
                                        "a e",
                                        "${if eq{e",
                                        "${if and{{eq{a}{b}}}{e",
                                        "${if eq{${lc:x}}{e",
                                        "${filter{e",
                                        "${map{a}{e"};
    size_t from;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (editor_complete(texts[i], strlen(texts[i]), 0, &from) != NULL)
            fail_msg("%s offers something", texts[i]);
}

static void test_editor_complete_replaces_the_name_alone(void **state)
{
    size_t from;

    (void)state;
    assert_string_equal(editor_complete("a$local_p", 9, 0, &from), "local_part");
    assert_int_equal(from, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editor_complete_offers_what_may_stand_there),
        cmocka_unit_test(test_editor_complete_offers_nothing_in_plain_text),
        cmocka_unit_test(test_editor_complete_replaces_the_name_alone),
    };

    return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
