#include "base/ip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static bool is_in(const char *address_text, const char *network_text)
{
    struct ip_address address, network;
    struct value left = value_of_string(address_text);
    struct value right = value_of_string(network_text);
    unsigned bits;

    assert_true(ip_read(&left, &address));
    return ip_read_network(&right, &network, &bits) && ip_is_in_network(&address, &network, bits);
}

static void test_ip_is_in_network_counts_bits(void **state)
{
    (void)state;
    assert_true(is_in("10.1.2.3", "10.1.2.3"));
    assert_true(is_in("10.1.2.3", "10.1.2.2/31"));
    assert_false(is_in("10.1.2.3", "10.1.2.2/32"));
    assert_true(is_in("10.1.2.3", "99.0.0.0/0"));
    assert_false(is_in("10.1.2.3", "::/0"));
    assert_true(is_in("fe80::1", "fe80::/10"));
    assert_true(is_in("::1", "::1/999"));
    assert_false(is_in("::1", "::2/999"));
}

static void test_ip_read_network_wants_digits(void **state)
{
    static const char *const wrong[] = {"1.2.3.4/", "1.2.3.4/x", "1.2.3.4/-1", "1.2.3.4/8 ", "/8", "", "x"};
    struct ip_address network;
    unsigned bits;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct value text = value_of_string(wrong[i]);
        assert_false(ip_read_network(&text, &network, &bits));
    }
}

static void assert_shown(const char *text, unsigned bits, char separator, const char *shown)
{
    struct ip_address address;
    struct value value = value_of_string(text);
    struct arena arena;
    struct buffer out;

    arena_init(&arena, 256, SIZE_MAX);
    buffer_init(&out, &arena);
    assert_true(ip_read(&value, &address));
    ip_unmap(&address);
    ip_mask(&address, bits);
    ip_add(&out, &address, separator);
    assert_true(buffer_value(&out, &value));
    assert_string_equal(value.bytes, shown);
    arena_free(&arena);
}

static void test_ip_add_shows_what_is_left_of_an_address(void **state)
{
    (void)state;
    assert_shown("10.1.2.3", 24, '.', "10.1.2.0");
    assert_shown("::ffff:10.1.2.3", 32, '.', "10.1.2.3");
    assert_shown("2001:DB8::ff", 124, '.', "2001.0db8.0000.0000.0000.0000.0000.00f0");
    assert_shown("::1", 200, ':', "0000:0000:0000:0000:0000:0000:0000:0001");
}

static void test_ip_is_local_knows_the_loopback(void **state)
{
    struct ip_address address;
    struct value here = VALUE_LITERAL("127.0.0.1");
    struct value elsewhere = VALUE_LITERAL("192.0.2.77");

    (void)state;
    assert_true(ip_read(&here, &address));
    assert_true(ip_is_local(&address));
    assert_true(ip_read(&elsewhere, &address));
    assert_false(ip_is_local(&address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ip_is_in_network_counts_bits),
        cmocka_unit_test(test_ip_read_network_wants_digits),
        cmocka_unit_test(test_ip_add_shows_what_is_left_of_an_address),
        cmocka_unit_test(test_ip_is_local_knows_the_loopback),
    };

    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
