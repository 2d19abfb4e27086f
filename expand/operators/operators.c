/* The table of operators; nothing else. */

#include "operators/operators.h"

#define ROW(word, shape, kind, function, words)                                                              \
    {                                                                                                        \
        .name = (word), .form = (shape), .effect = (kind), .run = (function), .help = (words)                \
    }

const struct operator_row operator_rows[] = {
    ROW("base64", OPERATOR_PLAIN, EFFECT_PURE, op_base64, "encoded in base64"),
    ROW("domain", OPERATOR_PLAIN, EFFECT_PURE, op_domain, "the domain of a mail address"),
    ROW("escape", OPERATOR_PLAIN, EFFECT_PURE, op_escape, "with bytes that do not print as escapes"),
    ROW("eval", OPERATOR_PLAIN, EFFECT_PURE, op_eval, "the value of an arithmetic expression"),
    ROW("eval10", OPERATOR_PLAIN, EFFECT_PURE, op_eval10, "as eval, with decimal numbers only"),
    ROW("expand", OPERATOR_PLAIN, EFFECT_CHANGES, op_expand, "expanded a second time"),
    ROW("h", OPERATOR_NUMBERS, EFFECT_PURE, op_hash, "as hash"),
    ROW("hash", OPERATOR_NUMBERS, EFFECT_PURE, op_hash, "a text of given length made from a longer one"),
    ROW("l", OPERATOR_NUMBER, EFFECT_PURE, op_length, "as length"),
    ROW("lc", OPERATOR_PLAIN, EFFECT_PURE, op_lc, "in lower case"),
    ROW("length", OPERATOR_NUMBER, EFFECT_PURE, op_length, "its first characters"),
    ROW("listcount", OPERATOR_PLAIN, EFFECT_PURE, op_listcount, "how many items a list has"),
    ROW("listnamed", OPERATOR_WORD, EFFECT_READS, op_listnamed,
        "the items of a named list, as they are written"),
    ROW("local_part", OPERATOR_PLAIN, EFFECT_PURE, op_local_part, "the local part of a mail address"),
    ROW("md5", OPERATOR_PLAIN, EFFECT_PURE, op_md5, "its MD5 digest, in lower-case hexadecimal"),
    ROW("quote", OPERATOR_WORD, EFFECT_PURE, op_quote,
        "in double quotes where they are needed; quote_NAME: for the lookup NAME"),
    ROW("s", OPERATOR_SIGNED, EFFECT_PURE, op_substr, "as substr"),
    ROW("sha1", OPERATOR_PLAIN, EFFECT_PURE, op_sha1, "its SHA-1 digest, in upper-case hexadecimal"),
    ROW("sha256", OPERATOR_PLAIN, EFFECT_PURE, op_sha256, "its SHA-256 digest, in upper-case hexadecimal"),
    ROW("str2b64", OPERATOR_PLAIN, EFFECT_PURE, op_base64, "encoded in base64 (old name of base64)"),
    ROW("strlen", OPERATOR_PLAIN, EFFECT_PURE, op_strlen, "how many bytes long it is"),
    ROW("substr", OPERATOR_SIGNED, EFFECT_PURE, op_substr, "part of it by offset and length"),
    ROW("uc", OPERATOR_PLAIN, EFFECT_PURE, op_uc, "in upper case"),
};
const size_t operator_row_count = sizeof operator_rows / sizeof operator_rows[0];
