/* ipv6denorm, ipv6norm, mask, reverse_ip. */

#include <arpa/inet.h>
#include <string.h>

#include "lang/scan.h"
#include "operators/operators.h"

enum { IPV4_BYTES = 4, IPV6_BYTES = 16, GROUPS = IPV6_BYTES / 2, LONGEST_ADDRESS = 64 };

struct ip_address {
    unsigned char bytes[IPV6_BYTES];
    size_t size; /* IPV4_BYTES or IPV6_BYTES */
};

/* A network: an address, and how many bits of it count. */
struct ip_network {
    struct ip_address address;
    bool has_mask;
    unsigned bits; /* more than the address has is possible here */
};

/* An address without scope. */
static bool read_bare_address(const char *text, size_t length, struct ip_address *address)
{
    char copy[LONGEST_ADDRESS];

    if (length >= sizeof copy || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool is_ipv6 = memchr(text, ':', length) != NULL;
    address->size = is_ipv6 ? IPV6_BYTES : IPV4_BYTES;
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, copy, address->bytes) == 1;
}

/* The bits behind a "/": white space and "+" may stand in front of them, and
   nothing is 0. */
static bool read_bits(const char *text, size_t length, unsigned *bits)
{
    enum { TOO_MANY = 1000 };
    size_t at = 0;

    *bits = 0;
    if (length == 0)
        return true;
    while (at < length && byte_is_space(text[at]))
        at++;
    if (at < length && text[at] == '+')
        at++;
    if (at == length)
        return false;
    for (; at < length && byte_is_digit(text[at]); at++)
        if (*bits < TOO_MANY)
            *bits = *bits * 10 + (unsigned)(text[at] - '0');
    return at == length;
}

static bool is_graphic(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return true;
}

/* network := address "/" bits | address [ "%" scope ] , the scope being left
   aside. */
static bool read_network(const char *text, size_t length, struct ip_network *network)
{
    const char *slash = length == 0 ? NULL : memchr(text, '/', length);
    const char *percent = length == 0 ? NULL : memchr(text, '%', length);

    network->has_mask = slash != NULL;
    if (slash != NULL)
        return read_bare_address(text, (size_t)(slash - text), &network->address) &&
               read_bits(slash + 1, (size_t)(text + length - slash) - 1, &network->bits);
    if (percent == NULL)
        return read_bare_address(text, length, &network->address);
    return read_bare_address(text, (size_t)(percent - text), &network->address) &&
           network->address.size == IPV6_BYTES && is_graphic(percent, (size_t)(text + length - percent));
}

static unsigned group_of(const struct ip_address *address, size_t index)
{
    return (unsigned)(address->bytes[2 * index] << 8 | address->bytes[2 * index + 1]);
}

/* ---- writing them ---- */

static void add_full(struct buffer *out, const struct ip_address *address, char separator)
{
    for (size_t i = 0; i < GROUPS; i++) {
        if (i > 0)
            buffer_add_byte(out, separator);
        buffer_format(out, "%04x", group_of(address, i));
    }
}

/* The longest run of groups that are 0, the first of several. */
static size_t longest_zeros(const struct ip_address *address, size_t *count)
{
    size_t begin = 0;

    *count = 0;
    for (size_t from = 0; from < GROUPS; from++) {
        size_t to = from;
        while (to < GROUPS && group_of(address, to) == 0)
            to++;
        if (to - from <= *count)
            continue;
        *count = to - from;
        begin = from;
    }
    return begin;
}

static void add_short(struct buffer *out, const struct ip_address *address)
{
    size_t count;
    size_t zeros = longest_zeros(address, &count);

    for (size_t i = 0; i < GROUPS; i++) {
        if (count > 0 && i == zeros) {
            buffer_add_string(out, "::");
            i += count - 1;
            continue;
        }
        if (i > 0 && !(count > 0 && i == zeros + count))
            buffer_add_byte(out, ':');
        buffer_format(out, "%x", group_of(address, i));
    }
}

static void add_ipv4(struct buffer *out, const struct ip_address *address)
{
    const unsigned char *bytes = address->bytes;

    buffer_format(out, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* ---- operators ---- */

static enum outcome taint_result(struct call *call, size_t from, const struct value *text)
{
    if (value_is_tainted(text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

static enum outcome fail_no_address(struct call *call, const struct value *text)
{
    return call_failed(call, "\"%.*s\" is not an IP address", CALL_TEXT(text));
}

/* An IPv4 address as the IPv6 address that stands for it. */
static void map_to_ipv6(struct ip_address *address)
{
    static const unsigned char prefix[IPV6_BYTES - IPV4_BYTES] = {[10] = 0xff, [11] = 0xff};

    if (address->size == IPV6_BYTES)
        return;
    memcpy(address->bytes + sizeof prefix, address->bytes, IPV4_BYTES);
    memcpy(address->bytes, prefix, sizeof prefix);
    address->size = IPV6_BYTES;
}

static enum outcome read_ipv6(struct call *call, struct value *text, struct ip_address *address)
{
    struct ip_network network;
    enum outcome outcome = call_argument(call, 0, text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!read_network(text->bytes, text->length, &network) || network.has_mask)
        return fail_no_address(call, text);
    *address = network.address;
    map_to_ipv6(address);
    return OUTCOME_DONE;
}

enum outcome op_ipv6denorm(struct call *call)
{
    struct value text;
    struct ip_address address;
    size_t from = call->out->length;
    enum outcome outcome = read_ipv6(call, &text, &address);

    if (outcome != OUTCOME_DONE)
        return outcome;
    add_full(call->out, &address, ':');
    return taint_result(call, from, &text);
}

enum outcome op_ipv6norm(struct call *call)
{
    struct value text;
    struct ip_address address;
    size_t from = call->out->length;
    enum outcome outcome = read_ipv6(call, &text, &address);

    if (outcome != OUTCOME_DONE)
        return outcome;
    add_short(call->out, &address);
    return taint_result(call, from, &text);
}

static void clear_behind(struct ip_address *address, unsigned bits)
{
    for (size_t i = 0; i < address->size; i++) {
        unsigned kept = bits > 8 * i ? bits - (unsigned)(8 * i) : 0;
        if (kept < 8)
            address->bytes[i] = (unsigned char)(address->bytes[i] & (0xff00U >> kept));
    }
}

/* ${mask_n:…} writes IPv6 addresses short, ${mask:…} as keys of a lookup file,
   in which a colon would end them. */
enum outcome op_mask(struct call *call)
{
    const struct value *word = &call->node->text;
    struct ip_network network;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!read_network(text.bytes, text.length, &network))
        return fail_no_address(call, &text);
    if (!network.has_mask)
        return call_failed(call, "missing mask value in \"%.*s\"", CALL_TEXT(&text));
    if (network.bits > 8 * network.address.size)
        return call_failed(call, "mask value too big in \"%.*s\"", CALL_TEXT(&text));
    clear_behind(&network.address, network.bits);
    if (network.address.size == IPV4_BYTES)
        add_ipv4(call->out, &network.address);
    else if (word->length > 0 && word->bytes[0] == 'n')
        add_short(call->out, &network.address);
    else
        add_full(call->out, &network.address, '.');
    buffer_format(call->out, "/%u", network.bits);
    return taint_result(call, from, &text);
}

/* ---- reverse_ip ---- */

static void add_reversed(struct buffer *out, const struct ip_address *address)
{
    for (size_t i = address->size; i-- > 0;) {
        unsigned byte = address->bytes[i];
        if (address->size == IPV4_BYTES)
            buffer_format(out, "%u", byte);
        else
            buffer_format(out, "%x.%x", byte & 15, byte >> 4);
        if (i > 0)
            buffer_add_byte(out, '.');
    }
}

enum outcome op_reverse_ip(struct call *call)
{
    static const char mapped[] = "::ffff:";
    struct ip_network network;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    /* An IPv4 address that is written as such inside an IPv6 address is meant. */
    struct value plain = text;
    if (text.length > sizeof mapped - 1 && memcmp(text.bytes, mapped, sizeof mapped - 1) == 0 &&
        memchr(text.bytes, '.', text.length) != NULL) {
        plain.bytes += sizeof mapped - 1;
        plain.length -= sizeof mapped - 1;
    }
    if (!read_network(plain.bytes, plain.length, &network))
        return call_failed(call, "reverse_ip() not given an IP address [%.*s]", CALL_TEXT(&text));
    add_reversed(call->out, &network.address);
    return taint_result(call, from, &text);
}
