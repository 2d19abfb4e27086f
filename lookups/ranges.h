/* Which of many networks an address is in, when the one that comes first in a file
   counts. Networks are one inside the other or apart, never half: they cut all addresses
   into ranges, and each range has one answer. */

#ifndef REXPAND_LOOKUPS_RANGES_H
#define REXPAND_LOOKUPS_RANGES_H

#include <stdint.h>

#include "base/ip.h"

/* A network and where in the file it stands. */
struct placed_network {
    struct ip_address address; /* its bits behind "bits" are 0 */
    unsigned bits;
    uint32_t place; /* above 0; the smaller is the first */
};

/* Of addresses of one size: where each range begins, in ascending order, and its
   place: an address's bytes and four more, one record after the other. */
struct ranges {
    size_t address_size;
    unsigned char *records;
    size_t count;
};

/* Makes the ranges of "count" networks of one size of address, which are sorted.
   False when memory runs out. */
bool ranges_build(struct ranges *ranges, size_t address_size, struct placed_network *networks, size_t count);
void ranges_free(struct ranges *ranges);
size_t ranges_bytes(const struct ranges *ranges);

/* The place of the first network that has the address; 0: none has. */
uint32_t ranges_find(const struct ranges *ranges, const struct ip_address *address);

#endif
