/* What evaluating a program again takes from the heap: nothing. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"

/* The sanitizer has an allocator of its own, which cannot be stood in front of. */
#ifndef __SANITIZE_ADDRESS__

static size_t allocations;

/* The C library's own allocator, by names that it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) /* NOLINT(readability-inconsistent-declaration-parameter-name) */
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) /* NOLINT(readability-inconsistent-declaration-parameter-name) */
{
    allocations++;
    return __libc_realloc(old, size);
}

enum { LIST_ITEMS = 1000, LONGEST_LIST = 8 * 1024 };

static void set(struct rexpand_env *env, const char *name, const char *value)
{
    assert_true(rexpand_env_set(env, name, value, strlen(value), false));
}

static struct rexpand_env *make_env(void)
{
    char list[LONGEST_LIST] = "";
    size_t length = 0;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    assert_non_null(env);
    for (int i = 1; i <= LIST_ITEMS; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, i == 1 ? "%d" : ":%d", i);
    set(env, "acl_m_list", list);
    set(env, "sender_address", "Ann.Example@Example.NET");
    set(env, "sender_host_address", "192.0.2.7");
    return env;
}

/* How many allocations the evaluation takes once it is no longer the first. */
static size_t count_allocations(struct rexpand_env *env, const char *text)
{
    enum { FIRST_EVALUATIONS = 4 };
    struct rexpand_program *program = rexpand_compile(text, strlen(text), NULL);
    struct rexpand_result result;
    size_t before = 0;

    assert_non_null(program);
    for (int i = 0; i <= FIRST_EVALUATIONS; i++) {
        before = allocations;
        if (rexpand_evaluate(program, env, &result) != REXPAND_DONE)
            fail_msg("%s: %s", text, result.message);
    }
    size_t count = allocations - before;
    rexpand_program_free(program);
    return count;
}

static void test_evaluating_again_takes_nothing_from_the_heap(void **state)
{
    static const char *const texts[] = {
        "text",
        "from=$sender_address host=[$sender_host_address] $acl_m_list",
        "${if match{$sender_address}{\\N^([^@]+)@([^@]+)$\\N}{user=$1 domain=${lc:$2}}{rejected}}",
        "${if and{{def:sender_address}{or{{eqi{$sender_address}{x}}{isip4{$sender_host_address}}}}}{a}{b}}",
        "${if forany{$acl_m_list}{eq{$item}{1000}}{yes}{no}}",
        "${if inlist{1000}{$acl_m_list}{$value}{no}}",
        "${if match_domain{a.example}{*.example : !b.example}{yes}{no}}",
        "${if match_ip{192.0.2.7}{192.0.2.0/24 : 198.51.100.1}{yes}{no}}",
        "${map{$acl_m_list}{<$item>}}",
        "${filter{$acl_m_list}{match{$item}{7\\$}}}",
        "${reduce{$acl_m_list}{0}{${eval:$value+$item}}}",
        "${sort{$acl_m_list}{>}{$item}}",
        "${sg{$acl_m_list}{\\N(\\d)(\\d)\\N}{$2$1,}}",
        "${sg{$acl_m_list}{:}{, }}",
        "${tr{$acl_m_list}{:}{/}}",
        "${extract{b}{a=1 b=$sender_address c=3}{<$value>}{none}}",
        "${extract{3}{.}{$sender_host_address}}",
        "${extract json{a}{\\{\"a\":\"$sender_address\"\\}}}",
        "${listextract{500}{$acl_m_list}}",
        "${uc:${length_5:${quote:$sender_address}}}${substr_2_3:$sender_address}",
        "${base64d:${base64:$sender_address}}${hexquote:$sender_address}${escape:$sender_address}",
        "${address:Ann <$sender_address>}${domain:$sender_address}${local_part:$sender_address}",
        "${expand:\\${lc:ABC\\}}",
        "${mask:$sender_host_address/24} ${reverse_ip:$sender_host_address}",
    };
    struct rexpand_env *env = make_env();
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t count = count_allocations(env, texts[i]);
        if (count > 0)
            print_error("%zu allocations: %s\n", count, texts[i]);
        wrong += count > 0;
    }
    assert_int_equal(wrong, 0);
    rexpand_env_free(env);
}

/* And the count is one. */
static void test_allocations_are_counted(void **state)
{
    size_t before = allocations;
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    (void)state;
    assert_true(allocations > before);
    rexpand_env_free(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evaluating_again_takes_nothing_from_the_heap),
        cmocka_unit_test(test_allocations_are_counted),
    };

    return cmocka_run_group_tests_name("allocations", tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
