#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "lang/address.h"

static const struct address_rules usual = {0};

static void test_address_parse_takes_addresses_apart(void **state)
{
    static const struct {
        const char *text;
        const char *local_part; /* NULL: no address */
        const char *domain;
    } cases[] = {
        {"ann@ex.org", "ann", "ex.org"},
        {" ann@ex.org ", "ann", "ex.org"},
        {"ann", "ann", ""},
        {"<ann@ex.org>", "ann", "ex.org"},
        {"Ann <ann@ex.org>", "ann", "ex.org"},
        {"\"A. <x@y>\" <ann@ex.org> (c)", "ann", "ex.org"},
        {"Ann Q. Bee <ann@ex.org>", "ann", "ex.org"},
        {"ann(c(d)\\))@(x)ex.org(e)", "ann", "ex.org"},
        {"\"a b\"@ex.org", "\"a b\"", "ex.org"},
        {"\"a\\\"b\"@ex.org", "\"a\\\"b\"", "ex.org"},
        {"a.b..c@ex.org", "a.b..c", "ex.org"},
        {"ann@[127.0.0.1]", "ann", "[127.0.0.1]"},
        {"ann @ ex . org", "ann", "ex.org"},
        {"<@a.b,@c.d:ann@ex.org>", "ann", "ex.org"},
        {"a+b=c!%@ex.org", "a+b=c!%", "ex.org"},
        {"", NULL, NULL},
        {" ", NULL, NULL},
        {"@ex.org", NULL, NULL},
        {"a b@ex.org", NULL, NULL},
        {"ann@", NULL, NULL},
        {"ann@ex..org", NULL, NULL},
        {"ann@-ex.org", NULL, NULL},
        {"ann@ex.org x", NULL, NULL},
        {"ann@a@b", NULL, NULL},
        {"<ann@ex.org", NULL, NULL},
        {"ann@[127.0.0.1", NULL, NULL},
        {"\"ann@ex.org", NULL, NULL},
        {"a@b, c@d", NULL, NULL},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value text = value_of_string(cases[i].text);
        struct value local_part, domain;
        bool is_address = address_parse(&arena, &usual, &text, &local_part, &domain);
        if (is_address != (cases[i].local_part != NULL))
            fail_msg("\"%s\" is %san address", cases[i].text, is_address ? "" : "not ");
        if (!is_address)
            continue;
        assert_string_equal(local_part.bytes, cases[i].local_part);
        assert_string_equal(domain.bytes, cases[i].domain);
    }
    arena_free(&arena);
}

static void test_address_parse_survives_any_bytes(void **state)
{
    static const char *const pieces[] = {"\\", "\"", "(", ")", "<", ">", "@",
                                         ",",  ".",  "a", "[", "]", ":", " "};
    enum { PIECES = sizeof pieces / sizeof pieces[0] };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    for (size_t number = 0; number < (size_t)PIECES * PIECES * PIECES * PIECES; number++) {
        char text[5];
        size_t rest = number;
        for (size_t i = 0; i < 4; i++) {
            text[i] = pieces[rest % PIECES][0];
            rest /= PIECES;
        }
        /* Without a NUL behind it, so that a step too far is seen by the sanitizer. */
        struct value value = value_tainted(memcpy(arena_alloc_text(&arena, 4), text, 4), 4);
        struct value local_part, domain;
        if (address_parse(&arena, &usual, &value, &local_part, &domain)) {
            assert_true(local_part.length <= 4);
            assert_true(domain.length <= 4);
        }
        arena_reset(&arena, SIZE_MAX);
    }
    arena_free(&arena);
}

static void test_address_parse_refuses_comments_without_end(void **state)
{
    struct arena arena;
    struct value local_part, domain;
    char text[100000];
    struct value value = value_clean(text, sizeof text);

    (void)state;
    memset(text, '(', sizeof text);
    arena_init(&arena, 1024, SIZE_MAX);
    assert_false(address_parse(&arena, &usual, &value, &local_part, &domain));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_parse_takes_addresses_apart),
        cmocka_unit_test(test_address_parse_survives_any_bytes),
        cmocka_unit_test(test_address_parse_refuses_comments_without_end),
    };

    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
