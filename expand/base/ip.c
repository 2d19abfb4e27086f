#include "base/ip.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <string.h>

#include "base/list.h"

enum { LONGEST_ADDRESS = 64, TOO_MANY_BITS = 1000 };

static bool read_bare(const char *text, size_t length, struct ip_address *address)
{
    char copy[LONGEST_ADDRESS];

    if (length == 0 || length >= sizeof copy || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool is_ipv6 = strchr(copy, ':') != NULL;
    address->size = is_ipv6 ? IPV6_BYTES : IPV4_BYTES;
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, copy, address->bytes) == 1;
}

bool ip_read(const struct value *text, struct ip_address *address)
{
    const char *scope = text->length == 0 ? NULL : memchr(text->bytes, '%', text->length);

    if (scope == NULL)
        return read_bare(text->bytes, text->length, address);
    return read_bare(text->bytes, (size_t)(scope - text->bytes), address) && address->size == IPV6_BYTES;
}

/* digits, at least one */
static bool read_bits(const char *text, size_t length, unsigned *bits)
{
    *bits = 0;
    for (size_t i = 0; i < length; i++) {
        if (!byte_is_digit(text[i]))
            return false;
        if (*bits < TOO_MANY_BITS)
            *bits = *bits * 10 + (unsigned)(text[i] - '0');
    }
    return length > 0;
}

bool ip_read_network(const struct value *text, struct ip_address *address, unsigned *bits)
{
    const char *slash = text->length == 0 ? NULL : memchr(text->bytes, '/', text->length);
    struct value bare = *text;

    *bits = TOO_MANY_BITS;
    if (slash == NULL)
        return ip_read(text, address);
    bare.length = (size_t)(slash - text->bytes);
    return ip_read(&bare, address) && read_bits(slash + 1, text->length - bare.length - 1, bits);
}

void ip_unmap(struct ip_address *address)
{
    static const unsigned char mapped[IPV6_BYTES - IPV4_BYTES] = {[10] = 0xff, [11] = 0xff};

    if (address->size != IPV6_BYTES || memcmp(address->bytes, mapped, sizeof mapped) != 0)
        return;
    memcpy(address->bytes, address->bytes + sizeof mapped, IPV4_BYTES);
    address->size = IPV4_BYTES;
}

void ip_mask(struct ip_address *address, unsigned bits)
{
    for (size_t i = 0; i < address->size; i++) {
        if (bits < 8)
            address->bytes[i] = (unsigned char)(address->bytes[i] & (0xff00U >> bits));
        bits = bits < 8 ? 0 : bits - 8;
    }
}

bool ip_is_in_network(const struct ip_address *address, const struct ip_address *network, unsigned bits)
{
    struct ip_address left = *address;
    struct ip_address right = *network;

    ip_mask(&left, bits);
    ip_mask(&right, bits);
    return left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
}

void ip_add(struct buffer *out, const struct ip_address *address, char separator)
{
    const unsigned char *bytes = address->bytes;

    if (address->size == IPV4_BYTES) {
        buffer_format(out, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        return;
    }
    for (size_t i = 0; i < IPV6_BYTES; i += 2) {
        if (i > 0)
            buffer_add_byte(out, separator);
        buffer_format(out, "%02x%02x", bytes[i], bytes[i + 1]);
    }
}

/* The bytes of an interface's address; NULL for one of another family. */
static const void *interface_bytes(const struct sockaddr *address, size_t size)
{
    if (address == NULL)
        return NULL;
    if (address->sa_family == AF_INET && size == IPV4_BYTES)
        return &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (address->sa_family == AF_INET6 && size == IPV6_BYTES)
        return &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return NULL;
}

bool ip_is_local(const struct ip_address *address)
{
    struct ifaddrs *interfaces = NULL;
    bool found = false;

    if (getifaddrs(&interfaces) != 0)
        return false;
    for (const struct ifaddrs *next = interfaces; next != NULL && !found; next = next->ifa_next) {
        const void *bytes = interface_bytes(next->ifa_addr, address->size);
        found = bytes != NULL && memcmp(bytes, address->bytes, address->size) == 0;
    }
    freeifaddrs(interfaces);
    return found;
}

/* address := IP | "[" IP "]" [ ":" port ] | IP "." port */
static bool read_interface(struct arena *arena, const struct value *item, struct ip_address *address)
{
    struct value text = *item;
    const char *end = NULL;

    if (text.length > 0 && text.bytes[0] == '[') {
        end = memchr(text.bytes, ']', text.length);
        text = value_slice(arena, item, 1, end == NULL ? 0 : (size_t)(end - text.bytes) - 1);
    }
    if (end != NULL || ip_read(&text, address))
        return end == NULL || ip_read(&text, address);
    end = text.length == 0 ? NULL : memrchr(text.bytes, '.', text.length);
    text = value_slice(arena, item, 0, end == NULL ? 0 : (size_t)(end - text.bytes));
    return ip_read(&text, address);
}

static bool is_zero(const struct ip_address *address)
{
    for (size_t i = 0; i < address->size; i++)
        if (address->bytes[i] != 0)
            return false;
    return true;
}

bool ip_is_in_interfaces(struct arena *arena, const struct ip_address *address, const struct value *list)
{
    struct list_reader reader;
    struct value item;
    struct ip_address interface;

    list_open(&reader, arena, list, ':');
    while (list_next(&reader, &item)) {
        if (!read_interface(arena, &item, &interface))
            continue;
        if (is_zero(&interface) ? interface.size == address->size && ip_is_local(address)
                                : ip_is_in_network(address, &interface, (unsigned)interface.size * 8))
            return true;
    }
    return false;
}
