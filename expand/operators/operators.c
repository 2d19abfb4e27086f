/* The table of operators; nothing else. */

#include "operators/operators.h"

#define ROW(word, shape, kind, function, words)                                                              \
    {                                                                                                        \
        .name = (word), .form = (shape), .effect = (kind), .run = (function), .help = (words)                \
    }

#define BY_OPTIONS(word, function, words)                                                                    \
    {                                                                                                        \
        .name = (word), .form = OPERATOR_PLAIN, .effect = EFFECT_PURE, .follows_options = true,              \
        .run = (function), .help = (words)                                                                   \
    }
#define OR_CERTIFICATE(word, function, words)                                                                \
    {                                                                                                        \
        .name = (word), .form = OPERATOR_PLAIN, .effect = EFFECT_PURE, .takes_certificate = true,            \
        .run = (function), .help = (words)                                                                   \
    }

const struct operator_row operator_rows[] = {
    BY_OPTIONS("address", op_address, "the mail address in a text as header fields have it"),
    BY_OPTIONS("addresses", op_addresses, "the mail addresses of a header field, as a list"),
    ROW("base32", OPERATOR_PLAIN, EFFECT_PURE, op_base32, "a decimal number in base 32"),
    ROW("base32d", OPERATOR_PLAIN, EFFECT_PURE, op_base32d, "a number in base 32 as a decimal one"),
    ROW("base62", OPERATOR_PLAIN, EFFECT_PURE, op_base62, "a decimal number as six digits of base 62"),
    ROW("base62d", OPERATOR_PLAIN, EFFECT_PURE, op_base62d, "a number in base 62 as a decimal one"),
    OR_CERTIFICATE("base64", op_base64, "encoded in base64"),
    ROW("base64d", OPERATOR_PLAIN, EFFECT_PURE, op_base64d, "decoded from base64"),
    BY_OPTIONS("domain", op_domain, "the domain of a mail address"),
    BY_OPTIONS("escape", op_escape, "with bytes that do not print as escapes"),
    ROW("escape8bit", OPERATOR_PLAIN, EFFECT_PURE, op_escape8bit, "with bytes beyond ASCII as escapes"),
    ROW("eval", OPERATOR_PLAIN, EFFECT_PURE, op_eval, "the value of an arithmetic expression"),
    ROW("eval10", OPERATOR_PLAIN, EFFECT_PURE, op_eval10, "as eval, with decimal numbers only"),
    ROW("expand", OPERATOR_PLAIN, EFFECT_CHANGES, op_expand, "expanded a second time"),
    ROW("from_utf8", OPERATOR_PLAIN, EFFECT_PURE, op_from_utf8, "from UTF-8 to ISO-8859-1"),
    ROW("h", OPERATOR_NUMBERS, EFFECT_PURE, op_hash, "as hash"),
    ROW("hash", OPERATOR_NUMBERS, EFFECT_PURE, op_hash, "a text of given length made from a longer one"),
    ROW("headerwrap", OPERATOR_OPTIONS, EFFECT_PURE, op_headerwrap, "broken into lines for a header field"),
    ROW("hex2b64", OPERATOR_PLAIN, EFFECT_PURE, op_hex2b64, "from hexadecimal digits to base64"),
    ROW("hexquote", OPERATOR_PLAIN, EFFECT_PURE, op_hexquote, "with bytes that do not print as \\x escapes"),
    ROW("ipv6denorm", OPERATOR_PLAIN, EFFECT_PURE, op_ipv6denorm, "an IP address as IPv6, in full length"),
    ROW("ipv6norm", OPERATOR_PLAIN, EFFECT_PURE, op_ipv6norm, "an IP address as IPv6, shortened"),
    ROW("l", OPERATOR_NUMBER, EFFECT_PURE, op_length, "as length"),
    ROW("lc", OPERATOR_PLAIN, EFFECT_PURE, op_lc, "in lower case"),
    ROW("length", OPERATOR_NUMBER, EFFECT_PURE, op_length, "its first characters"),
    ROW("listcount", OPERATOR_PLAIN, EFFECT_PURE, op_listcount, "how many items a list has"),
    ROW("listnamed", OPERATOR_WORD, EFFECT_READS, op_listnamed,
        "the items of a named list, as they are written"),
    BY_OPTIONS("local_part", op_local_part, "the local part of a mail address"),
    ROW("mask", OPERATOR_WORD, EFFECT_PURE, op_mask, "the network of an IP address and a number of bits"),
    OR_CERTIFICATE("md5", op_md5, "its MD5 digest, in lower-case hexadecimal"),
    ROW("nh", OPERATOR_NUMBERS, EFFECT_PURE, op_nhash, "as nhash"),
    ROW("nhash", OPERATOR_NUMBERS, EFFECT_PURE, op_nhash, "a number, or two, made from a text"),
    ROW("quote", OPERATOR_WORD, EFFECT_PURE, op_quote,
        "in double quotes where they are needed; quote_NAME: for the lookup NAME"),
    ROW("quote_local_part", OPERATOR_PLAIN, EFFECT_PURE, op_quote_local_part,
        "in double quotes where a local part needs them"),
    ROW("randint", OPERATOR_PLAIN, EFFECT_READS, op_randint, "a random number less than this one"),
    ROW("reverse_ip", OPERATOR_PLAIN, EFFECT_PURE, op_reverse_ip,
        "an IP address turned round, as DNS has it"),
    ROW("rfc2047", OPERATOR_PLAIN, EFFECT_READS, op_rfc2047,
        "with what a header field may not hold in encoded words"),
    ROW("rfc2047d", OPERATOR_PLAIN, EFFECT_READS, op_rfc2047d, "with its encoded words decoded"),
    ROW("rxquote", OPERATOR_PLAIN, EFFECT_PURE, op_rxquote,
        "with a backslash where a regular expression needs one"),
    ROW("s", OPERATOR_SIGNED, EFFECT_PURE, op_substr, "as substr"),
    OR_CERTIFICATE("sha1", op_sha1, "its SHA-1 digest, in upper-case hexadecimal"),
    ROW("sha2", OPERATOR_WORD, EFFECT_PURE, op_sha2, "its SHA-2 digest of 256, 384 or 512 bits"),
    OR_CERTIFICATE("sha256", op_sha256, "its SHA-256 digest, in upper-case hexadecimal"),
    ROW("sha3", OPERATOR_WORD, EFFECT_PURE, op_sha3, "its SHA-3 digest of 224, 256, 384 or 512 bits"),
    ROW("stat", OPERATOR_PLAIN, EFFECT_READS, op_stat, "what is known about a file"),
    ROW("str2b64", OPERATOR_PLAIN, EFFECT_PURE, op_str2b64, "encoded in base64 (old name of base64)"),
    ROW("strlen", OPERATOR_PLAIN, EFFECT_PURE, op_strlen, "how many bytes long it is"),
    ROW("substr", OPERATOR_SIGNED, EFFECT_PURE, op_substr, "part of it by offset and length"),
    ROW("time_eval", OPERATOR_PLAIN, EFFECT_PURE, op_time_eval, "the seconds of a time such as 1d12h"),
    ROW("time_interval", OPERATOR_PLAIN, EFFECT_PURE, op_time_interval, "seconds as a time such as 1d12h"),
    ROW("uc", OPERATOR_PLAIN, EFFECT_PURE, op_uc, "in upper case"),
    ROW("utf8_domain_from_alabel", OPERATOR_PLAIN, EFFECT_PURE, op_utf8_domain_from_alabel,
        "a domain in UTF-8"),
    ROW("utf8_domain_to_alabel", OPERATOR_PLAIN, EFFECT_PURE, op_utf8_domain_to_alabel, "a domain in ASCII"),
    ROW("utf8_localpart_from_alabel", OPERATOR_PLAIN, EFFECT_PURE, op_utf8_localpart_from_alabel,
        "a local part in UTF-8"),
    ROW("utf8_localpart_to_alabel", OPERATOR_PLAIN, EFFECT_PURE, op_utf8_localpart_to_alabel,
        "a local part in ASCII"),
    ROW("utf8clean", OPERATOR_PLAIN, EFFECT_PURE, op_utf8clean, "with ? for what is not valid UTF-8"),
    ROW("xtextd", OPERATOR_PLAIN, EFFECT_PURE, op_xtextd, "decoded from xtext"),
};
const size_t operator_row_count = sizeof operator_rows / sizeof operator_rows[0];
