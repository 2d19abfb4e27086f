/* The table of conditions; nothing else. */

#include "conditions/conditions.h"
#include "lang/named_list.h"

#define NUMBERS(symbol, relation, words)                                                                     \
    {                                                                                                        \
        .name = (symbol), .arguments = 2, .effect = EFFECT_PURE, .run = cond_number, .data = (relation),     \
        .help = (words)                                                                                      \
    }
#define STRINGS(word, relation, words)                                                                       \
    {                                                                                                        \
        .name = (word), .arguments = 2, .effect = EFFECT_PURE, .run = cond_string, .data = (relation),       \
        .help = (words)                                                                                      \
    }
#define FOR(word, kind, words)                                                                               \
    {                                                                                                        \
        .name = (word), .effect = EFFECT_PURE, .parse = parse_for, .run = cond_for, .data = (kind),          \
        .help = (words)                                                                                      \
    }
#define IS_IP(word, families, words)                                                                         \
    {                                                                                                        \
        .name = (word), .arguments = 1, .effect = EFFECT_PURE, .run = cond_isip, .data = (families),         \
        .help = (words)                                                                                      \
    }
#define IN_LIST(word, kind, words)                                                                           \
    {                                                                                                        \
        .name = (word), .arguments = 2, .effect = EFFECT_PURE, .run = cond_inlist, .data = (kind),           \
        .help = (words)                                                                                      \
    }
#define NOT_COMPILED(word, words)                                                                            \
    {                                                                                                        \
        .name = (word), .arguments = 1, .effect = EFFECT_READS, .run = cond_not_compiled, .help = (words)    \
    }
#define NEVER(word, words)                                                                                   \
    {                                                                                                        \
        .name = (word), .effect = EFFECT_READS, .parse = parse_nothing, .run = cond_never, .help = (words)   \
    }
#define MATCH_LIST(word, kind, words)                                                                        \
    {                                                                                                        \
        .name = (word), .effect = EFFECT_READS, .parse = parse_match_list, .run = cond_match_list,           \
        .data = (kind), .help = (words)                                                                      \
    }

const struct condition_row condition_rows[] = {
    NUMBERS("<", RELATION_LESS, "the first number is less"),
    NUMBERS("<=", RELATION_LESS | RELATION_EQUAL, "the first number is less or equal"),
    NUMBERS("=", RELATION_EQUAL, "two numbers are equal"),
    NUMBERS("==", RELATION_EQUAL, "two numbers are equal"),
    NUMBERS(">", RELATION_GREATER, "the first number is greater"),
    NUMBERS(">=", RELATION_GREATER | RELATION_EQUAL, "the first number is greater or equal"),
    {.name = "acl",
     .effect = EFFECT_CHANGES,
     .parse = parse_group,
     .run = cond_acl,
     .data = GROUP_OF(1, 10),
     .help = "an ACL accepts"},
    {.name = "and",
     .effect = EFFECT_PURE,
     .parse = parse_and_or,
     .run = cond_and,
     .help = "all of several conditions are true"},
    {.name = "bool",
     .arguments = 1,
     .effect = EFFECT_PURE,
     .run = cond_bool,
     .data = BOOL_STRICT,
     .help = "a string says true or yes, or is a number other than 0; other words are an error"},
    {.name = "bool_lax",
     .arguments = 1,
     .effect = EFFECT_PURE,
     .run = cond_bool,
     .data = BOOL_LAX,
     .help = "a string is not empty, 0, no or false"},
    {.name = "crypteq",
     .arguments = 2,
     .effect = EFFECT_PURE,
     .run = cond_crypteq,
     .help = "a password belongs to a hash"},
    {.name = "def",
     .effect = EFFECT_PURE,
     .parse = parse_def,
     .run = cond_def,
     .help = "a variable is not empty"},
    STRINGS("eq", RELATION_EQUAL, "two strings are equal"),
    STRINGS("eqi", RELATION_EQUAL | RELATION_CASELESS, "two strings are equal but for case"),
    {.name = "exists",
     .arguments = 1,
     .effect = EFFECT_READS,
     .run = cond_exists,
     .help = "there is such a file"},
    NEVER("first_delivery", "the message is delivered for the first time"),
    FOR("forall", FOR_ALL, "a condition is true of all items of a list"),
    FOR("forall_json", FOR_ALL | FOR_JSON, "a condition is true of all elements of a JSON array"),
    FOR("forall_jsons", FOR_ALL | FOR_JSON | FOR_STRINGS, "the same of strings, without their quotes"),
    FOR("forany", FOR_ANY, "a condition is true of an item of a list"),
    FOR("forany_json", FOR_ANY | FOR_JSON, "a condition is true of an element of a JSON array"),
    FOR("forany_jsons", FOR_ANY | FOR_JSON | FOR_STRINGS, "the same of strings, without their quotes"),
    STRINGS("ge", RELATION_GREATER | RELATION_EQUAL, "the first string is greater or equal"),
    STRINGS("gei", RELATION_GREATER | RELATION_EQUAL | RELATION_CASELESS,
            "the first string is greater or equal, case left aside"),
    STRINGS("gt", RELATION_GREATER, "the first string is greater"),
    STRINGS("gti", RELATION_GREATER | RELATION_CASELESS, "the first string is greater, case left aside"),
    {.name = "inbound_srs",
     .effect = EFFECT_CHANGES,
     .parse = parse_inbound_srs,
     .run = cond_inbound_srs,
     .help = "a local part that srs_encode made; $srs_recipient is the address in it"},
    IN_LIST("inlist", INLIST_CASEFUL, "a string is an item of a list; $value is that item"),
    IN_LIST("inlisti", INLIST_CASELESS, "the same, case left aside"),
    IS_IP("isip", ISIP_4 | ISIP_6, "an IP address"),
    IS_IP("isip4", ISIP_4, "an IPv4 address"),
    IS_IP("isip6", ISIP_6, "an IPv6 address"),
    NOT_COMPILED("ldapauth", "an LDAP server accepts a password (not in this build)"),
    STRINGS("le", RELATION_LESS | RELATION_EQUAL, "the first string is less or equal"),
    STRINGS("lei", RELATION_LESS | RELATION_EQUAL | RELATION_CASELESS,
            "the first string is less or equal, case left aside"),
    STRINGS("lt", RELATION_LESS, "the first string is less"),
    STRINGS("lti", RELATION_LESS | RELATION_CASELESS, "the first string is less, case left aside"),
    {.name = "match",
     .arguments = 2,
     .second_is_pattern = true,
     .effect = EFFECT_PURE,
     .run = cond_match,
     .help = "a regular expression matches; $0 to $9 are what it captured"},
    MATCH_LIST("match_address", LIST_ADDRESS, "a mail address is in an address list"),
    MATCH_LIST("match_domain", LIST_DOMAIN, "a domain is in a domain list"),
    MATCH_LIST("match_ip", LIST_HOST, "an IP address is in a host list"),
    MATCH_LIST("match_local_part", LIST_LOCAL_PART, "a local part is in a local part list"),
    {.name = "or",
     .effect = EFFECT_PURE,
     .parse = parse_and_or,
     .run = cond_or,
     .help = "one of several conditions is true"},
    NOT_COMPILED("pam", "PAM accepts a user and a password (not in this build)"),
    NOT_COMPILED("pwcheck", "the pwcheck daemon accepts a password (not in this build)"),
    NEVER("queue_running", "a queue runner delivers the message"),
    NOT_COMPILED("radius", "a RADIUS server accepts a password (not in this build)"),
    {.name = "saslauthd",
     .effect = EFFECT_READS,
     .parse = parse_group,
     .run = cond_not_compiled,
     .data = GROUP_OF(2, 4),
     .help = "the saslauthd daemon accepts a password (not in this build)"},
};
const size_t condition_row_count = sizeof condition_rows / sizeof condition_rows[0];
