#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/module.h"

#ifndef CRYPTO_LINKED
/* Whether the process has a library in its memory. */
static bool has_loaded(const char *library)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    bool found = false;

    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps) != NULL)
        found = strstr(line, library) != NULL;
    (void)fclose(maps);
    return found;
}

static void test_a_library_is_loaded_at_its_first_use(void **state)
{
    unsigned char digest[DIGEST_LONGEST];
    unsigned length;

    (void)state;
    assert_false(has_loaded("/libcrypto."));
    assert_true(digest_make(DIGEST_MD5, "", 0, digest, &length));
    assert_true(has_loaded("/libcrypto."));
}

static void test_a_module_gives_the_same_table_each_time(void **state)
{
    const char *problem = NULL;
    const void *table = module_find("rexpand_crypto.so", "rexpand_digests", &problem);

    (void)state;
    assert_non_null(table);
    assert_ptr_equal(module_find("rexpand_crypto.so", "rexpand_digests", &problem), table);
    assert_null(problem);
}

static void test_a_table_that_is_not_there_is_named(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_null(module_find("rexpand_crypto.so", "rexpand_nothing", &problem));
    assert_non_null(strstr(problem, "rexpand_nothing"));
}
#endif

static void test_a_module_that_is_not_there_is_named(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_null(module_find("rexpand_nowhere.so", "rexpand_nothing", &problem));
    assert_non_null(strstr(problem, "rexpand_nowhere.so"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef CRYPTO_LINKED
        cmocka_unit_test(test_a_library_is_loaded_at_its_first_use),
        cmocka_unit_test(test_a_module_gives_the_same_table_each_time),
        cmocka_unit_test(test_a_table_that_is_not_there_is_named),
#endif
        cmocka_unit_test(test_a_module_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
