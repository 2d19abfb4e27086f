#include "lookups/ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (unsigned)(*state >> 40);
}

/* Few different bits, so that networks lie in each other. */
static void make_address(struct ip_address *address, size_t size, uint64_t *state)
{
    static const unsigned char bytes[] = {0, 0xff, 0x80, 0x7f};

    address->size = size;
    for (size_t i = 0; i < size; i++)
        address->bytes[i] = bytes[next_random(state) % sizeof bytes];
}

static uint32_t find_slowly(const struct placed_network *networks, size_t count,
                            const struct ip_address *address)
{
    uint32_t place = 0;

    for (size_t i = 0; i < count; i++)
        if (ip_is_in_network(address, &networks[i].address, networks[i].bits) &&
            (place == 0 || networks[i].place < place))
            place = networks[i].place;
    return place;
}

static void compare(size_t size, size_t count, uint64_t seed)
{
    struct placed_network *networks = calloc(count + 1, sizeof *networks);
    struct ranges ranges;
    struct ip_address address;

    assert_non_null(networks);
    for (size_t i = 0; i < count; i++) {
        make_address(&networks[i].address, size, &seed);
        networks[i].bits = next_random(&seed) % ((unsigned)size * 8 + 1);
        networks[i].place = (uint32_t)i + 1;
        ip_mask(&networks[i].address, networks[i].bits);
    }
    assert_true(ranges_build(&ranges, size, networks, count));
    assert_true(ranges.count <= 2 * count);
    for (int i = 0; i < 500; i++) {
        make_address(&address, size, &seed);
        assert_int_equal(ranges_find(&ranges, &address), find_slowly(networks, count, &address));
    }
    ranges_free(&ranges);
    free(networks);
}

static void test_ranges_find_the_first_network_of_a_file(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        compare(IPV4_BYTES, seed * 3 % 70, seed);
        compare(IPV6_BYTES, seed * 7 % 70, seed);
    }
    compare(IPV4_BYTES, 1, 3);
    compare(IPV4_BYTES, 2000, 4);
    compare(IPV6_BYTES, 2000, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ranges_find_the_first_network_of_a_file)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
