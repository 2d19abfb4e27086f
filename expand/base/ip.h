/* IP addresses and networks as lists and conditions take them. */

#ifndef REXPAND_BASE_IP_H
#define REXPAND_BASE_IP_H

#include "base/buffer.h"

enum { IPV4_BYTES = 4, IPV6_BYTES = 16 };

struct ip_address {
    unsigned char bytes[IPV6_BYTES];
    size_t size; /* IPV4_BYTES or IPV6_BYTES */
};

/* Reads an address, and nothing else; the scope of an IPv6 address (%eth0) is
   left aside. */
bool ip_read(const struct value *text, struct ip_address *address);

/* Reads an address with or without a "/" and the number of bits that count;
   more than the address has are all of them. */
bool ip_read_network(const struct value *text, struct ip_address *address, unsigned *bits);

/* An IPv4 address that is written as an IPv6 one becomes what it is. */
void ip_unmap(struct ip_address *address);

/* Whether the first "bits" bits are the same. Addresses of different size never
   are. */
bool ip_is_in_network(const struct ip_address *address, const struct ip_address *network, unsigned bits);

/* Sets all bits behind the first "bits" to 0. */
void ip_mask(struct ip_address *address, unsigned bits);

/* Adds the address: with dots, or as eight groups of four hexadecimal digits with
   "separator" between them. */
void ip_add(struct buffer *out, const struct ip_address *address, char separator);

/* Whether an interface of this machine has the address. */
bool ip_is_local(const struct ip_address *address);

/* Whether it is in a list of them as local_interfaces has it (Exim specification,
   chapter 13): addresses that may have a port behind them, where 0.0.0.0 and ::0 stand for
   all that this machine has. */
bool ip_is_in_interfaces(struct arena *arena, const struct ip_address *address, const struct value *list);

#endif
