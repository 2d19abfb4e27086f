/* Patterns for hosts, as far as an IP address can tell. */

#include <string.h>

#include "lang/env.h"
#include "match/private.h"

static const char net_prefix[] = "net";

static bool begins_with_net(const struct value *item)
{
    size_t length = strlen(net_prefix);

    return item->length >= length && memcmp(item->bytes, net_prefix, length) == 0;
}

/* net := "net" [ digits ] "-" . Gives how many bytes it took; 0: it is none.
   "*bits" is how many bits count, or -1. */
static size_t read_net(const struct value *item, int *bits)
{
    enum { MOST_BITS = 8 * IPV6_BYTES };
    size_t at = strlen(net_prefix);

    *bits = -1;
    for (; at < item->length && byte_is_digit(item->bytes[at]); at++) {
        *bits = (*bits < 0 ? 0 : *bits) * 10 + (item->bytes[at] - '0');
        if (*bits > MOST_BITS)
            *bits = MOST_BITS;
    }
    return at < item->length && item->bytes[at] == '-' ? at + 1 : 0;
}

/* The subject as a key: IPv6 with dots, for colons end the keys of most files;
   those of iplsearch are addresses and have them. */
static enum outcome make_key(struct matcher *matcher, const struct lookup_driver *driver, int bits,
                             struct value *key)
{
    struct ip_address address = matcher->address;
    struct buffer text;

    buffer_init(&text, matcher->run->arena);
    if (bits >= 0)
        ip_mask(&address, (unsigned)bits);
    ip_add(&text, &address, strcmp(driver->name, "iplsearch") == 0 ? ':' : '.');
    if (bits >= 0)
        buffer_format(&text, "/%d", bits);
    return buffer_value(&text, key) ? OUTCOME_DONE : error_no_memory(matcher->run->error);
}

static enum outcome check_lookup(struct matcher *matcher, const struct value *item, int bits,
                                 enum answer *answer)
{
    struct list_lookup lookup;
    struct lookup_answer found = {.found = false};
    struct value key;
    enum outcome outcome = read_lookup(matcher, item, LOOKUP_OF_HOST, &lookup);

    if (outcome == OUTCOME_DONE)
        outcome = make_key(matcher, lookup.driver, bits, &key);
    if (outcome == OUTCOME_DONE)
        outcome = ask_lookup(matcher, &lookup, &key, &found);
    *answer = outcome == OUTCOME_DONE && found.found ? ANSWER_YES : ANSWER_NO;
    return outcome;
}

/* What is no address and no lookup is the name of a host. */
static enum outcome check_lookup_or_name(struct matcher *matcher, const struct value *item,
                                         enum answer *answer)
{
    int bits = -1;
    size_t net = begins_with_net(item) ? read_net(item, &bits) : 0;
    struct value rest = value_slice(matcher->run->arena, item, net, item->length);
    bool is_name = item->bytes[0] == '*' || item->bytes[0] == '^' || !is_lookup(&rest) ||
                   (begins_with_net(item) && net == 0);

    *answer = ANSWER_UNKNOWN;
    return is_name ? OUTCOME_DONE : check_lookup(matcher, &rest, bits, answer);
}

bool is_own_address(const struct matcher *matcher, const struct ip_address *address)
{
    const struct env_options *options = &matcher->run->env->options;
    struct arena *arena = matcher->run->arena;
    bool is_own = options->interfaces.length == 0 ? ip_is_local(address)
                                                  : ip_is_in_interfaces(arena, address, &options->interfaces);

    return is_own || ip_is_in_interfaces(arena, address, &options->more_interfaces);
}

enum outcome check_host_item(struct matcher *matcher, const struct value *item, enum answer *answer)
{
    const struct ip_address *address = &matcher->address;
    struct ip_address network;
    unsigned bits;
    bool matches;

    if (value_equals_text(item, "*"))
        matches = true;
    else if (item->length == 0 || address->size == 0)
        matches = item->length == 0 && address->size == 0;
    else if (value_equals_text(item, "@[]"))
        matches = is_own_address(matcher, address);
    else if (ip_read_network(item, &network, &bits))
        matches = ip_is_in_network(address, &network, bits);
    else
        return check_lookup_or_name(matcher, item, answer);
    *answer = matches ? ANSWER_YES : ANSWER_NO;
    return OUTCOME_DONE;
}
