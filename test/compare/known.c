#include "test/compare/known.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct known_difference known_differences[] = {
    {"a NUL byte is a byte like any other; Exim ends the string there",
     "\\\\(x0?0?([^0-9a-fA-F]|$)|x00|0{1,3}([^0-7]|$)|000|400)|base64d", NULL, NULL},
    {"Exim crashes on text that is no array", "for(all|any)_jsons?", "", NULL},
    {"Exim looks at JSON in a branch that is not taken", "_jsons?",
     "wrapping string result for extract jsons", NULL},
    {"Exim makes addresses of SRS in a branch that is not taken", "srs_encode",
     "expected word or|malformed address|missing or malformed|address", NULL},
    {"ACLs are not in this version", "[$][{]acl", "^Failed: ", "^Failed: "},
    {"`${env` without an argument says what is missing", "[$][{]env", "^Failed: ($| inside)",
     "missing '[{]' for arg 1 of env"},
    {"Exim crashes on a folder name of separators only", "imapfolder", "", NULL},
    {"Exim crashes on an A-label of nothing", "_from_alabel", "", NULL},
    {"Exim has no word for an item of a host list that is no address", "match_",
     "unable to complete match against .*: NULL", NULL},
    {"Exim knows no scope in front of a mask", "match_ip.*%[^;}]*/", NULL, NULL},
    {"Exim leaves captures set behind the item", "prvscheck.*[$][{]?[0-9]", NULL, NULL},
    {"Exim crashes on a variable of a delivery", "reply_address", "", NULL},
    {"Exim crashes on text that is no UTF-8", "utf8clean", "", NULL},
    {"a file name that is not absolute is refused before anything is opened", "lookup", "failed to open",
     "absolute file name expected"},
    {"Exim tries the condition of a forany that it passes over", "(forany|forall|filter)",
     "inside .(for(any|all)(_jsons?)?|filter).",
     "!inside .(for(any|all)(_jsons?)?|filter). (condition|item)"},
    {"Exim looks at what is constant of an argument in a branch that is not taken",
     "bool|substr|length|hash|listextract|sg",
     "unrecognised boolean|is not a .*number|must be numeric|regular expression error|count .* too big",
     NULL},
    {"Exim takes what may be a certificate's name for no expression", "(base64|md5|sha1|sha256):[$]",
     "^Failed: missing [}] at end of string", NULL},
    {"Exim finds an empty item in a list that is a separator only",
     "listextract[{].*[{] *<(.|\\\\x?[0-9a-z]+)[ ]*[}]", NULL, NULL},
    {"Exim cuts names", "[A-Za-z0-9_]{256}", NULL, NULL},
    {"Exim counts lengths in 32 bits",
     "(substr|s|length|l|hash|h|nhash|nh|extract|listextract)[_{].*[0-9]{10}", "", NULL},
    {"Exim stops where a list cannot be matched", "match_(domain|address|local_part|ip)", "", NULL},
    {"Exim divides by zero", "nh(ash)?", "", NULL},
    {"Exim crashes on a hash of no letters", "[$][{]h(ash)?[_{]", "", NULL},
    {"Exim crashes on a list that begins with an empty item", "[$][{]sort", "", NULL},
    {"Exim loses empty items",
     "[$][{]sort *[{](.*(: *:|([,;|/+.?=<] *){2}|(\\\\x01 *){2}|: *(\\\\n|\\\\t|[ \n\t])*:|(\\\\n *){2})| "
     "*:)",
     NULL, NULL},
    {"Exim has no words for a condition that does not exist", "[$][{]sort", "^Failed: ($| inside)",
     "unknown condition"},
    {"Exim loses what stands behind the IPv6 form of an IPv4 address", "ipv6norm:[^}]*[}].", NULL, NULL},
    {"Exim loses a colon where all is 0", "ipv6norm|mask_n", "(^|[^:]):(/|[^:]|$)", "::"},
    {"what is no UTF-8 ends the string in Exim", "from_utf8", NULL, NULL},
    {"Exim looks at the lower 32 bits of a length or position",
     "(substr|s|length|l|hash|h|nhash|nh|extract|listextract|json|jsons)[_{].*[0-9]{10}", NULL, NULL},
    {"Exim takes bytes for digits that are none", "from_alabel", NULL, "error converting alabel"},
    {"Exim loses a colon where all in front is 0", "(ipv6norm|mask_n):::", NULL, NULL},
    {"Exim reads no more than 255 bytes of a header field's name", "h(eader)?_[!-9;-~]{200,}", NULL, NULL},
    {"Exim's times have 32 bits and begin again behind them", "time_eval:[^}]*[0-9]{5,}", NULL, NULL},
    {"Exim takes other sums for overflows", "eval", NULL, "overflow in (sum|difference|product)"},
    {"Exim takes other sums for overflows", "eval", "overflow in (sum|difference|product)", NULL},
    {"in a branch that is not taken Exim has other words for the end of extract", "extract",
     "missing '[}]' closing extract|missing [}] at end|curly-bracket problem|syntax error in .extract. item",
     "missing '[}]' closing extract|curly-bracket problem|syntax error in .extract. item|missing '[{]' for "
     "arg 1 of extract"},
    {"Exim knows a swallowed brace behind any argument of extract", "extract",
     "missing or misplaced [{] or [}]", "missing '[{]' for arg . of extract"},
    {"its value is one moment's or one installation's",
     "[$][{]?(authenticated_(id|sender)|compile_|config_(dir|file)|exim_version|load_average|log_(inodes|"
     "space)|pid|"
     "primary_hostname|qualify_|queue_size|sender_(address|ident)|smtp_active_hostname|spool_|tod_|version_"
     "number)",
     NULL, NULL},
    {"Exim takes a directory for an empty file", "match_", NULL, "is not a regular file"},
    {"Exim takes no bytes beyond ASCII for a scope", "(isip6?|match_ip)[{][^}]*%[^}]*[^ -~]", NULL, NULL},
    {"Exim numbers its regex variables apart", "certextract", "no variable named", "is not a certificate"},
    {"Exim has no word for an unknown type of lookup", "match_", NULL, "unknown lookup type"},
    {"Exim tries the condition of a forany that it passes over", "filter", "inside .filter. item",
     "inside .filter. condition"},
    {"Exim drops a quote that is quoted", "srs_encode.*\\\\\"", NULL, NULL},
    {"the strings of an extract with a key that is not constant are shared out first", "extract",
     "^Failed: ", "did not close with '[}]'$"},
    {"of two unknown character sets Exim names the last", "rfc2047d", "iconv_open", "iconv_open"},
    {"the digest of a certificate is not in this version",
     "(md5|sha1|sha256|sha3|base64)[^:]*:[$]tls_(in|out)_", NULL, NULL},
    {"Exim encodes a separator that does not print", "imapfolder[{].*[}][ \n\t]*[{](\\\\[^}]*|[^ -~])[}]",
     NULL, NULL},
    {"Exim takes no domain literal in angle brackets or behind a route", "@\\[", NULL, "\\["},
    {"Exim leaves $value set behind an inner reduce", "reduce.*reduce", NULL, NULL},
    {"Exim's times have 32 bits", "time_(eval|interval):[^}]*[0-9]{5}", NULL, NULL},
    {"Exim looks at the separator in a branch that is not taken", "imapfolder",
     "IMAP folder separator must be one character", NULL},
};
const size_t known_count = sizeof known_differences / sizeof known_differences[0];

static bool fits(const char *pattern, const char *text)
{
    regex_t compiled;
    bool is_negated = *pattern == '!';

    pattern += is_negated;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        (void)fprintf(stderr, "compare: bad pattern in the table of known differences: %s\n", pattern);
        exit(2);
    }
    bool result = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return result != is_negated;
}

static bool exim_fits(const char *pattern, const struct expansion *exim)
{
    if (pattern == NULL)
        return exim->bytes != NULL;
    return *pattern == '\0' ? exim->bytes == NULL : exim->bytes != NULL && fits(pattern, exim->bytes);
}

size_t known_find(const char *expression, const struct expansion *exim, const struct expansion *ours)
{
    for (size_t i = 0; i < known_count; i++) {
        const struct known_difference *known = &known_differences[i];
        if ((known->expression == NULL || fits(known->expression, expression)) &&
            exim_fits(known->exim, exim) && ours->bytes != NULL &&
            (known->ours == NULL || fits(known->ours, ours->bytes)))
            return i;
    }
    return known_count;
}
