#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lookups/redis/slots.h"
#include "lookups/redis/topology.h"

static unsigned slot(const char *key)
{
    return redis_slot(key, strlen(key));
}

/* The specification's own vector, and what CLUSTER KEYSLOT of Redis 7.0 says. */
static void test_redis_slot_is_that_of_the_servers(void **state)
{
    (void)state;
    assert_int_equal(redis_crc16("123456789", 9), 0x31c3);
    assert_int_equal(slot("foo"), 12182);
    assert_int_equal(slot("bar"), 5061);
    assert_int_equal(slot("hello"), 866);
    assert_int_equal(slot(""), 0);
    assert_int_equal(redis_slot("a\0b", 3), redis_slot("{a\0b}x", 6));
    assert_int_not_equal(redis_slot("a\0b", 3), slot("a"));
}

static void test_redis_slot_looks_at_the_first_tag_only(void **state)
{
    (void)state;
    assert_int_equal(slot("{user1000}.following"), slot("user1000"));
    assert_int_equal(slot("{user1000}.followers"), slot("{user1000}.following"));
    assert_int_not_equal(slot("foo{}{bar}"), slot("bar"));
    assert_int_equal(slot("foo{{bar}}zap"), slot("{bar"));
    assert_int_equal(slot("foo{bar}{zap}"), slot("bar"));
    assert_int_not_equal(slot("foo{bar"), slot("bar"));
    assert_int_not_equal(slot("foo}bar{"), slot("bar"));
    assert_int_equal(redis_slot("{bar}", 4), redis_slot("{bar", 4));
}

static void test_redis_address_read_takes_what_names_and_addresses_are_made_of(void **state)
{
    static const struct {
        const char *text;
        const char *host; /* NULL: refused */
        unsigned port;
    } cases[] = {
        {"127.0.0.1:6379", "127.0.0.1", 6379},
        {":6380", "asked", 6380},
        {"::1:6379", "::1", 6379},
        {"[2001:db8::1]:6379", "2001:db8::1", 6379},
        {"fe80::1%eth0:1", "fe80::1%eth0", 1},
        {"node-1.example.net:65535", "node-1.example.net", 65535},
        {"?:6379", NULL, 0},
        {"host:", NULL, 0},
        {"host:0", NULL, 0},
        {"host:65536", NULL, 0},
        {"host:99999999999999999999", NULL, 0},
        {"host:6379x", NULL, 0},
        {"host", NULL, 0},
        {"", NULL, 0},
        {"a b:1", NULL, 0},
        {"a/b:1", NULL, 0},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1024, SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct redis_address address;
        bool is_read = redis_address_read(&address, cases[i].text, strlen(cases[i].text), "asked", &arena);
        assert_int_equal(is_read, cases[i].host != NULL);
        if (!is_read)
            continue;
        assert_string_equal(address.host, cases[i].host);
        assert_int_equal(address.port, cases[i].port);
    }
    struct redis_address address;
    assert_false(redis_address_read(&address, "a\0b:1", 5, "asked", &arena));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_slot_is_that_of_the_servers),
        cmocka_unit_test(test_redis_slot_looks_at_the_first_tag_only),
        cmocka_unit_test(test_redis_address_read_takes_what_names_and_addresses_are_made_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
