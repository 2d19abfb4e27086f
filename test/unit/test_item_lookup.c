#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/node.h"
#include "test/support/speaker.h"
#include "test/support/temp_folder.h"

#ifdef LOOKUP_LSEARCH

static const char users[] = "ann: x$domain\nbob:\n";

/* "text" with @ in the place of the file's path. */
static void assert_asks(struct speaker *speaker, const char *text, const char *expected)
{
    struct temp_folder folder;
    char path[128];
    char whole[1024] = "";

    temp_folder_open(&folder);
    temp_folder_write(&folder, "users", users, sizeof users - 1);
    temp_folder_path(&folder, "users", path, sizeof path);
    for (const char *at = text; *at != '\0'; at++) {
        size_t used = strlen(whole);
        (void)snprintf(whole + used, sizeof whole - used, "%.*s", *at == '@' ? (int)strlen(path) : 1,
                       *at == '@' ? path : at);
    }
    char *got = NULL;
    if (speak(speaker, whole) == OUTCOME_DONE)
        got = strdup(speaker_show(speaker, &speaker->value));
    else
        got = strdup(speaker->error.message);
    temp_folder_close(&folder);
    bool is_right = strstr(got, expected) != NULL && (*expected != '\0' || *got == '\0');
    if (!is_right)
        print_error("%s: %s\n", text, got);
    free(got);
    assert_true(is_right);
}

static void test_lookup_gives_a_clean_value_for_a_tainted_key(void **state)
{
    assert_asks(*state, "${lookup{$local_part}lsearch{@}}", "x$domain");
    assert_asks(*state, "${lookup{$local_part}lsearch{@}{<$value>}{n}}", "<x$domain>");
    assert_asks(*state, "${lookup{bob}lsearch{@}{($value)}{n}}", "()");
    assert_asks(*state, "${expand:${lookup{$local_part}lsearch{@}}}", "x[ex.org]");
}

static void test_lookup_refuses_a_file_name_from_outside(void **state)
{
    speaker_set(*state, "acl_m_file", "/etc/passwd", false);
    assert_asks(*state, "${lookup{a}lsearch{$acl_m_file}}", "ainted");
    assert_asks(*state, "${lookup{a}lsearch{@$local_part}}", "ainted");
}

static void test_lookup_takes_its_no_branch_when_nothing_is_found(void **state)
{
    assert_asks(*state, "${lookup{eve}lsearch{@}{y}{none}}", "none");
    assert_asks(*state, "${lookup{eve}lsearch{@}{y}fail}", "\"lookup\" failed and \"fail\" requested");
    assert_asks(*state, "${lookup{eve}lsearch{@}}", "");
}

#endif

static void test_lookup_names_a_type_that_is_not_there(void **state)
{
    assert_speaks(*state, "${lookup nosuch{x}}", "failed: unknown lookup type \"nosuch\"");
    assert_speaks(*state, "${lookup{x}}", "failed: missing lookup type");
}

#ifdef LOOKUP_REDIS

static void test_quote_redis_marks_what_it_quoted(void **state)
{
    static const struct speech speeches[] = {
        {"a${quote_redis:$local_part}b", "a[redis|Ann]b"},
        {"${quote_redis:a b}", "a\\ b"},
        {"${quote_redis:x$local_part}", "[redis|xAnn]"},
        {"${lc:${quote_redis:$local_part}}$local_part", "[redis|ann][Ann]"},
        {"${quote_redis_x:a}", "failed: \"x\" unrecognized after \"${quote_redis\""},
        {"${quote_nosuch:a}", "failed: unknown lookup type \"nosuch\""},
    };

    assert_speeches(*state, speeches);
}

#endif

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
#ifdef LOOKUP_LSEARCH
        TEST(test_lookup_gives_a_clean_value_for_a_tainted_key),
        TEST(test_lookup_refuses_a_file_name_from_outside),
        TEST(test_lookup_takes_its_no_branch_when_nothing_is_found),
#endif
        TEST(test_lookup_names_a_type_that_is_not_there),
#ifdef LOOKUP_REDIS
        TEST(test_quote_redis_marks_what_it_quoted),
#endif
    };

    return cmocka_run_group_tests_name("lookup item", tests, NULL, NULL);
}
