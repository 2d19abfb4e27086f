#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/eval.h"
#include "test/support/speaker.h"

static void test_evaluate_ends_at_the_limit_of_bytes(void **state)
{
    struct speaker *speaker = *state;
    char *text = malloc(100001);

    assert_non_null(text);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    speaker_set(speaker, "acl_m_big", text, true);
    free(text);
    speaker->env->bytes_limit = 256 * 1024;
    assert_int_equal(speak(speaker, "$acl_m_big${lc:$acl_m_clean}"), OUTCOME_DONE);
    assert_speaks(speaker, "$acl_m_big$acl_m_big$acl_m_big$acl_m_big",
                  "failed: out of memory: the result or its parts are larger than the limit allows");
    assert_speaks(speaker, "${map{a:b:c:d:e:f}{$acl_m_big}}",
                  "failed: out of memory: the result or its parts are larger than the limit allows inside "
                  "\"map\" item");
    assert_speaks(speaker, "${lc:$acl_m_clean}", "clean");
}

static void test_evaluate_holds_the_limit_after_a_larger_evaluation(void **state)
{
    struct speaker *speaker = *state;

    speaker_set(speaker, "acl_m_x", "0123456789012345678901234567890123456789012345678901234567890123456789",
                true);
    const char *text = "${map{1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9}{${map{1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9}"
                       "{$acl_m_x$acl_m_x$acl_m_x}}}}";
    assert_int_equal(speak(speaker, text), OUTCOME_DONE);
    speaker->env->bytes_limit = 20000;
    assert_int_equal(speak(speaker, text), OUTCOME_FAILED);
}

/* A text whose evaluation takes far longer than any limit here. */
static const char endless[] =
    "${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{"
    "${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{"
    "${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{${reduce{1:2:3:4:5:6:7:8:9:0}{0}{"
    "${lc:$item}}}}}}}}}}}}}}}}}}}";

static void test_evaluate_ends_at_the_limit_of_time(void **state)
{
    struct speaker *speaker = *state;
    nanoseconds start = clock_now();

    speaker->env->time_limit = 100 * NANOSECONDS_PER_MILLISECOND;
    assert_int_equal(speak(speaker, endless), OUTCOME_FAILED);
    assert_non_null(strstr(speaker->error.message, "the expansion took longer than its time limit"));
    nanoseconds spent = clock_now() - start;
    assert_in_range(spent, 100 * NANOSECONDS_PER_MILLISECOND, 5 * NANOSECONDS_PER_SECOND);
    assert_speaks(speaker, "${lc:$acl_m_clean}", "clean");
}

static void test_evaluate_text_ends_when_it_goes_on_for_ever(void **state)
{
    struct speaker *speaker = *state;

    speaker_set(speaker, "acl_m_x", "${expand:$acl_m_x}", true);
    assert_int_equal(speak(speaker, "$acl_m_x${expand:$acl_m_x}"), OUTCOME_FAILED);
    assert_non_null(strstr(speaker->error.message, "nested too deeply: the limit is"));
    assert_in_range(strlen(speaker->error.message), 1, ERROR_LONGEST);
    speaker_set(speaker, "acl_m_x", "${map{a}{${if or{{eq{${expand:$acl_m_x}}{}}}}}}", true);
    assert_int_equal(speak(speaker, "${expand:$acl_m_x}"), OUTCOME_FAILED);
    assert_non_null(strstr(speaker->error.message, "nested too deeply: the limit is"));
    assert_in_range(strlen(speaker->error.message), 1, ERROR_LONGEST);
    assert_speaks(speaker, "${lc:$acl_m_clean}", "clean");
}

static void test_evaluate_text_refuses_what_came_from_outside(void **state)
{
    static const struct speech speeches[] = {
        {"${expand:$local_part}", "failed: internal expansion of \"Ann\" failed: attempt to expand tainted "
                                  "string 'Ann'"},
        {"${expand:\\${lc:$local_part\\}}",
         "failed: internal expansion of \"${lc:Ann}\" failed: attempt to expand tainted string '${lc:Ann}'"},
        {"${expand:\\$local_part}", "[Ann]"},
        {"${expand:\\${lc:\\$acl_m_clean\\}}", "clean"},
        {"${expand:${substr_0_0:$local_part}x}", "x"},
    };

    assert_speeches(*state, speeches);
}

static void test_evaluate_text_sees_the_names_that_items_bound(void **state)
{
    static const struct speech speeches[] = {
        {"${map{a:b}{${expand:<\\$item>}}}", "<a>:<b>"},
        {"${if match{$local_part}{(n+)}{${expand:\\$1}}}", "[nn]"},
        {"${reduce{a:b}{x}{${expand:\\$value\\$item}}}", "xab"},
        {"${expand:\\${if match\\{abc\\}\\{b\\}\\{\\}\\}}$0", ""},
    };

    assert_speeches(*state, speeches);
}

static void test_evaluate_gives_the_place_of_a_failure(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {
        {"ab${eval:x}", 2},
        {"ab${if ={x}{1}{y}}", 7},
        {"ab${uc:${eval:1/0}}", 7},
        {"ab${sg{$domain}{(}{x}}", 2},
        {"ab${expand:${lc:x}\\${eval:x\\}}", 2},
        {"${map{a:b}{$domain${eval:$item}}}", 18},
    };
    struct speaker *speaker = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(speak(speaker, cases[i].text), OUTCOME_FAILED);
        if (speaker->error.offset != cases[i].offset)
            fail_msg("%s: %zu", cases[i].text, speaker->error.offset);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_evaluate_ends_at_the_limit_of_bytes),
        TEST(test_evaluate_holds_the_limit_after_a_larger_evaluation),
        TEST(test_evaluate_ends_at_the_limit_of_time),
        TEST(test_evaluate_text_ends_when_it_goes_on_for_ever),
        TEST(test_evaluate_text_refuses_what_came_from_outside),
        TEST(test_evaluate_text_sees_the_names_that_items_bound),
        TEST(test_evaluate_gives_the_place_of_a_failure),
    };

    return cmocka_run_group_tests_name("eval", tests, NULL, NULL);
}
