#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/support/speaker.h"

static void test_map_keeps_the_taint_of_each_item(void **state)
{
    static const struct speech speeches[] = {
        {"${map{a:$local_part:b}{<$item>}}", "<a>:<[Ann]>:<b>"},
        {"${map{a:x${local_part}y}{$item}}", "a:x[Ann]y"},
        {"${map{a:b}{$local_part}}", "[Ann]:[Ann]"},
        {"${map{<;a;$local_part}{${uc:$item}}}", "A;[ANN]"},
        {"${map{${local_part}x:b}{${substr_2_2:$item}}}", "[n]x: "},
    };

    assert_speeches(*state, speeches);
}

static void test_map_doubles_separators_without_losing_taint(void **state)
{
    static const struct speech speeches[] = {
        {"${map{a:b}{$item:$local_part}}", "a::[Ann]:b::[Ann]"},
    };

    assert_speeches(*state, speeches);
}

static void test_filter_gives_items_as_they_stand(void **state)
{
    static const struct speech speeches[] = {
        {"${filter{a:$local_part:b}{eqi{$item}{ann}}}", "[Ann]"},
        {"${filter{a:x$local_part:b}{!eq{$item}{b}}}", "a:x[Ann]"},
    };

    assert_speeches(*state, speeches);
}

static void test_reduce_carries_the_taint_of_what_it_gathers(void **state)
{
    static const struct speech speeches[] = {
        {"${reduce{a:$local_part:b}{}{$value<$item>}}", "<a><[Ann]><b>"},
        {"${reduce{a:b}{$local_part}{$value$item}}", "[Ann]ab"},
        {"${reduce{a:$local_part}{0}{${eval:$value+1}}}", "2"},
        {"${reduce{a:$local_part}{x}{$item}}", "[Ann]"},
        {"${reduce{$local_part:a}{x}{$item}}", "a"},
        {"${reduce{$local_part:a:b:c}{}{${length_5:$value$item}}}", "[Ann]ab"},
    };

    assert_speeches(*state, speeches);
}

static void test_lists_take_no_separator_from_outside(void **state)
{
    static const struct speech speeches[] = {
        {"${map{$acl_m_list}{<$item>}}", "<[<;a;b]>:<[c]>"},
        {"${map{x$acl_m_list}{<$item>}}", "<x[<;a;b]>:<[c]>"},
        {"${map{<;$acl_c_list}{<$item>}}", "<[a:b]>;<[c]>"},
        {"${filter{$acl_m_list}{match{$item}{c}}}", "[c]"},
        {"${reduce{$acl_m_list}{}{$value<$item>}}", "<[<;a;b]><[c]>"},
        {"${listcount:$acl_m_list}", "2"},
        {"${listextract{2}{$acl_m_list}}", "[c]"},
        {"${map{<$acl_m_semicolon a;b}{<$item>}}", "<<[;] a;b>"},
    };

    speaker_set(*state, "acl_m_list", "<;a;b:c", false);
    speaker_set(*state, "acl_c_list", "a:b;c", false);
    speaker_set(*state, "acl_m_semicolon", ";", false);
    assert_speeches(*state, speeches);
}

static void test_items_put_the_outer_names_back(void **state)
{
    static const struct speech speeches[] = {
        {"${map{a:b}{${map{x:y}{$item}}$item}}", "x::ya:x::yb"},
        {"${reduce{a:b}{s}{${reduce{x:y}{}{$value$item}}$value$item}}", "xyxysab"},
        {"${map{a:b}{${extract{1}{,}{1,2}{$value}}$value}}", "1:1"},
    };

    assert_speeches(*state, speeches);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, speaker_setup, speaker_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_map_keeps_the_taint_of_each_item),
        TEST(test_map_doubles_separators_without_losing_taint),
        TEST(test_filter_gives_items_as_they_stand),
        TEST(test_reduce_carries_the_taint_of_what_it_gathers),
        TEST(test_lists_take_no_separator_from_outside),
        TEST(test_items_put_the_outer_names_back),
    };

    return cmocka_run_group_tests_name("item_list", tests, NULL, NULL);
}
