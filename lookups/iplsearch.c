/* The driver "iplsearch": a text file as for lsearch whose keys are IP addresses and
   networks. The first line that has the address counts. The first addresses are looked for from
   the file's start; then there is an index. */

#include <stdlib.h>

#include "lookups/lines.h"
#include "lookups/ranges.h"

extern const struct lookup_driver lookup_driver_iplsearch;

/* The networks of one kind of address, while they are gathered. */
struct network_list {
    struct placed_network *networks;
    size_t count;
    size_t room;
};

struct iplsearch_state {
    struct line_file file;
    struct ranges ipv4;
    struct ranges ipv6;
    uint32_t star; /* where the key "*" stands, + 1, or 0 */
    unsigned scans;
    bool is_indexed;
    bool has_no_index; /* it was tried */
};

/* What is asked for: an address, or "*", which defaults look for. */
struct wanted {
    bool is_star;
    struct ip_address address;
};

static bool read_network(const struct line_key *key, struct placed_network *network)
{
    unsigned bits;

    if (!ip_read_network(&key->text, &network->address, &bits))
        return false;
    network->bits = bits < network->address.size * 8 ? bits : (unsigned)network->address.size * 8;
    ip_mask(&network->address, network->bits);
    return true;
}

static bool is_star(const struct line_key *key)
{
    return key->text.length == 1 && key->text.bytes[0] == '*';
}

static bool scan(struct line_file *file, const struct wanted *wanted, struct value *line,
                 struct line_key *key)
{
    struct placed_network network;

    line_file_rewind(file);
    while (line_file_next(file, line)) {
        if (!line_key_read(file, line, key))
            continue;
        if (wanted->is_star ? is_star(key)
                            : read_network(key, &network) &&
                                  ip_is_in_network(&wanted->address, &network.address, network.bits))
            return true;
    }
    return false;
}

static bool keep(struct network_list *list, const struct placed_network *network)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 256 : list->room * 2;
        struct placed_network *networks = realloc(list->networks, room * sizeof *networks);
        if (networks == NULL)
            return false;
        list->networks = networks;
        list->room = room;
    }
    list->networks[list->count++] = *network;
    return true;
}

/* All networks of the file. False when memory runs out. */
static bool gather(struct iplsearch_state *state, struct network_list *ipv4, struct network_list *ipv6)
{
    struct value line;
    struct line_key key;
    struct placed_network network;

    line_file_go_to(&state->file, 0);
    for (size_t offset = 0; line_file_next(&state->file, &line); offset = state->file.next) {
        if (!line_key_read(&state->file, &line, &key))
            continue;
        network.place = (uint32_t)offset + 1;
        if (is_star(&key) && state->star == 0)
            state->star = network.place;
        else if (read_network(&key, &network) &&
                 !keep(network.address.size == IPV4_BYTES ? ipv4 : ipv6, &network))
            return false;
    }
    return !state->file.no_memory;
}

static void drop_index(struct iplsearch_state *state)
{
    ranges_free(&state->ipv4);
    ranges_free(&state->ipv6);
    state->star = 0;
}

/* The copy of the file is one of the three times its size that all may take. */
static bool build_index(struct iplsearch_state *state)
{
    struct network_list ipv4 = {.count = 0};
    struct network_list ipv6 = {.count = 0};
    bool is_built = line_file_load(&state->file) && gather(state, &ipv4, &ipv6) &&
                    ranges_build(&state->ipv4, IPV4_BYTES, ipv4.networks, ipv4.count) &&
                    ranges_build(&state->ipv6, IPV6_BYTES, ipv6.networks, ipv6.count) &&
                    ranges_bytes(&state->ipv4) + ranges_bytes(&state->ipv6) <= 2 * state->file.length;

    free(ipv4.networks);
    free(ipv6.networks);
    if (!is_built)
        drop_index(state);
    return is_built;
}

static bool has_index(struct iplsearch_state *state)
{
    if (state->is_indexed || state->has_no_index)
        return state->is_indexed;
    if (state->scans < SCANS_BEFORE_INDEX) {
        state->scans++;
        return false;
    }
    state->is_indexed = build_index(state);
    state->has_no_index = !state->is_indexed;
    return state->is_indexed;
}

static bool find_in_index(struct iplsearch_state *state, const struct wanted *wanted, struct value *line,
                          struct line_key *key)
{
    uint32_t place =
        wanted->is_star
            ? state->star
            : ranges_find(wanted->address.size == IPV4_BYTES ? &state->ipv4 : &state->ipv6, &wanted->address);

    if (place == 0)
        return false;
    line_file_go_to(&state->file, place - 1);
    return line_file_next(&state->file, line) && line_key_read(&state->file, line, key);
}

static enum outcome read_wanted(const struct lookup_request *request, struct wanted *wanted)
{
    wanted->is_star = value_equals_text(&request->key, "*");
    if (wanted->is_star)
        return OUTCOME_DONE;
    if (!ip_read(&request->key, &wanted->address))
        return error_set(request->error, request->arena, OUTCOME_DEFERRED,
                         "\"%.*s\" is not a valid iplsearch key (an IP address, with optional CIDR mask, is "
                         "wanted): in a host list, use net-iplsearch as the search type",
                         (int)request->key.length, request->key.bytes);
    ip_unmap(&wanted->address);
    return OUTCOME_DONE;
}

static enum outcome iplsearch_find(void *opened, const struct lookup_request *request,
                                   struct lookup_answer *answer)
{
    struct iplsearch_state *state = opened;
    struct wanted wanted;
    struct value line;
    struct line_key key;
    bool is_full;
    enum outcome outcome = line_read_ret(request, &is_full);

    if (outcome == OUTCOME_DONE)
        outcome = read_wanted(request, &wanted);
    if (outcome != OUTCOME_DONE)
        return outcome;
    answer->found = has_index(state) ? find_in_index(state, &wanted, &line, &key)
                                     : scan(&state->file, &wanted, &line, &key);
    if (!answer->found)
        return line_file_outcome(&state->file, request);
    return line_answer(&state->file, &line, &key, is_full, request, answer);
}

static void iplsearch_close(void *opened)
{
    struct iplsearch_state *state = opened;

    drop_index(state);
    line_file_close(&state->file);
    free(state);
}

static enum outcome iplsearch_open(struct lookups *lookups, const struct lookup_request *request,
                                   void **opened)
{
    struct iplsearch_state *state = calloc(1, sizeof *state);

    (void)lookups;
    if (state == NULL)
        return error_no_memory(request->error);
    enum outcome outcome = line_file_open(&state->file, request);
    if (outcome == OUTCOME_DONE)
        *opened = state;
    else
        iplsearch_close(state);
    return outcome;
}

static bool iplsearch_check(void *opened, const struct lookup_request *request)
{
    const struct iplsearch_state *state = opened;

    return line_file_is_current(&state->file, request);
}

const struct lookup_driver lookup_driver_iplsearch = {
    .name = "iplsearch",
    .built_by = "LOOKUP_IPLSEARCH",
    .help =
        "a text file with an IP address or network and its data a line: ${lookup{192.0.2.1}iplsearch{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .options = line_options,
    .option_count = LINE_OPTIONS,
    .open = iplsearch_open,
    .check = iplsearch_check,
    .find = iplsearch_find,
    .close = iplsearch_close,
    .quote = lookup_quote_nothing,
};
