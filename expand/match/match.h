/* Lists of domains, local parts, addresses and hosts, and whether something is
   in one (Exim specification, chapter 10). */

#ifndef REXPAND_MATCH_MATCH_H
#define REXPAND_MATCH_MATCH_H

#include "lang/named_list.h"

struct match_result {
    bool matches;
    bool has_value;
    struct value value;              /* what the item that decided says: $value, $domain_data and the like */
    const struct captures *captures; /* $0 and so on from now on; NULL: what they were */
};

/* Whether "subject" is in "list", which is not expanded any more. Of a host list
   the subject is an IP address, or empty; names of hosts are not looked for.
   OUTCOME_DEFERRED and OUTCOME_FAILED with Exim's message, which names the list. */
enum outcome match_list(struct run *run, enum list_kind kind, const struct value *subject,
                        const struct value *list, struct match_result *result) MUST_CHECK;

#endif
