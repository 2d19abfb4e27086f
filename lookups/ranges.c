#include "lookups/ranges.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = IPV6_BYTES * 8 + 1 };

/* Networks around the place that is being looked at, the narrowest on top. */
struct nest {
    struct {
        unsigned char last[IPV6_BYTES]; /* its last address */
        uint32_t place;                 /* the first of it and of those around it */
    } networks[DEEPEST];
    size_t depth;
};

static int compare_networks(const void *left_network, const void *right_network)
{
    const struct placed_network *left = left_network;
    const struct placed_network *right = right_network;
    int order = memcmp(left->address.bytes, right->address.bytes, left->address.size);

    if (order != 0)
        return order;
    if (left->bits != right->bits)
        return left->bits < right->bits ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

static size_t record_size(const struct ranges *ranges)
{
    return ranges->address_size + sizeof(uint32_t);
}

static unsigned char *record_at(const struct ranges *ranges, size_t index)
{
    return ranges->records + index * record_size(ranges);
}

/* From "begin" on the answer is "place". */
static void add(struct ranges *ranges, const unsigned char *begin, uint32_t place)
{
    if (ranges->count > 0 && memcmp(record_at(ranges, ranges->count - 1), begin, ranges->address_size) == 0)
        ranges->count--;
    unsigned char *record = record_at(ranges, ranges->count++);
    memcpy(record, begin, ranges->address_size);
    memcpy(record + ranges->address_size, &place, sizeof place);
}

static void find_last(const struct placed_network *network, unsigned char *last)
{
    unsigned bits = network->bits;

    for (size_t i = 0; i < network->address.size; i++) {
        last[i] = (unsigned char)(network->address.bytes[i] | (bits < 8 ? 0xffU >> bits : 0));
        bits = bits < 8 ? 0 : bits - 8;
    }
}

/* The address behind; false: there is none. */
static bool increment(unsigned char *address, size_t size)
{
    while (size > 0)
        if (++address[--size] != 0)
            return true;
    return false;
}

/* Leaves the networks that end in front of "begin" (NULL: all). */
static void leave(struct ranges *ranges, struct nest *nest, const unsigned char *begin)
{
    while (nest->depth > 0) {
        unsigned char *last = nest->networks[nest->depth - 1].last;
        if (begin != NULL && memcmp(last, begin, ranges->address_size) >= 0)
            return;
        nest->depth--;
        if (increment(last, ranges->address_size))
            add(ranges, last, nest->depth == 0 ? 0 : nest->networks[nest->depth - 1].place);
    }
}

static void enter(struct ranges *ranges, struct nest *nest, const struct placed_network *network)
{
    uint32_t place = network->place;

    if (nest->depth > 0 && nest->networks[nest->depth - 1].place < place)
        place = nest->networks[nest->depth - 1].place;
    add(ranges, network->address.bytes, place);
    nest->networks[nest->depth].place = place;
    find_last(network, nest->networks[nest->depth++].last);
}

/* The same network again changes nothing: the first of them counts. */
static bool is_repeated(const struct placed_network *networks, size_t i)
{
    return i > 0 && networks[i].bits == networks[i - 1].bits &&
           memcmp(networks[i].address.bytes, networks[i - 1].address.bytes, networks[i].address.size) == 0;
}

bool ranges_build(struct ranges *ranges, size_t address_size, struct placed_network *networks, size_t count)
{
    struct nest nest = {.depth = 0};

    *ranges = (struct ranges){.address_size = address_size};
    if (count == 0)
        return true;
    qsort(networks, count, sizeof *networks, compare_networks);
    /* Each network begins a range, and another begins behind it. */
    ranges->records = calloc(2 * count, record_size(ranges));
    if (ranges->records == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(networks, i))
            continue;
        leave(ranges, &nest, networks[i].address.bytes);
        enter(ranges, &nest, &networks[i]);
    }
    leave(ranges, &nest, NULL);
    unsigned char *records = realloc(ranges->records, ranges->count * record_size(ranges));
    if (records != NULL)
        ranges->records = records;
    return true;
}

void ranges_free(struct ranges *ranges)
{
    free(ranges->records);
    *ranges = (struct ranges){.records = NULL};
}

size_t ranges_bytes(const struct ranges *ranges)
{
    return ranges->count * record_size(ranges);
}

uint32_t ranges_find(const struct ranges *ranges, const struct ip_address *address)
{
    size_t low = 0;
    size_t high = ranges->count;
    uint32_t place = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(record_at(ranges, middle), address->bytes, ranges->address_size) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0)
        memcpy(&place, record_at(ranges, low - 1) + ranges->address_size, sizeof place);
    return place;
}
