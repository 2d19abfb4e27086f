/* Rules that are words on a line: for rewriting, for retrying, and for the
   manualroute router. */

#include <string.h>

#include "check/private.h"
#include "lang/call.h"

/* ---- rewriting ---- */

/* With the flag S the pattern is for what an SMTP client sends, not for
   addresses. */
static bool has_flag(const struct check_text *flags, char flag)
{
    return flags->text.length > 0 && memchr(flags->text.bytes, flag, flags->text.length) != NULL;
}

static void check_flags(struct check *check, const struct check_text *flags)
{
    static const char known[] = "EFQRSTbcfhqrstw \t";

    for (size_t i = 0; i < flags->text.length; i++)
        if (memchr(known, flags->text.bytes[i], sizeof known - 1) == NULL)
            report(check, flags, i, CHECK_SYNTAX,
                   "unknown rewrite flag character '%c' (could be missing quotes round replacement item)",
                   flags->text.bytes[i]);
}

/* rule := pattern replacement flags */
void check_rewrite_rule(struct check *check, const struct check_text *text)
{
    struct check_text pattern;
    struct check_text replacement;
    size_t at = 0;

    if (!text_next_word(check, text, "\"", &at, &pattern))
        return;
    if (!text_next_word(check, text, "\"", &at, &replacement)) {
        report(check, text, text->text.length, CHECK_SYNTAX, "missing rewrite replacement string");
        return;
    }
    struct check_text flags = text_part(text, at, text->text.length - at);
    check_flags(check, &flags);
    if (has_flag(&flags, 'S') && (pattern.text.length == 0 || pattern.text.bytes[0] != '^'))
        report(check, &pattern, 0, CHECK_SYNTAX,
               "rewrite rule has the S flag but is not a regular expression");
    if (has_flag(&flags, 'S'))
        check_string(check, &pattern);
    else
        check_list(check, &pattern, LIST_ADDRESS);
    check_string(check, &replacement);
}

void check_rewrite_rules(struct check *check, const struct check_text *text)
{
    struct check_text rule;
    char separator = '\0';
    size_t at = 0;

    while (text_next_item(check, text, &at, &separator, &rule))
        check_rewrite_rule(check, &rule);
}

/* ---- retrying ---- */

/* rule := pattern error [ "senders=" addresses ] times */
void check_retry_rule(struct check *check, const struct check_text *text)
{
    static const char senders[] = "senders=";
    const size_t prefix = sizeof senders - 1;
    struct check_text word;
    size_t at = 0;

    if (!text_next_word(check, text, "\"", &at, &word))
        return;
    check_list(check, &word, LIST_ADDRESS);
    if (!text_next_word(check, text, "\"", &at, &word)) /* the error */
        return;
    if (!text_next_word(check, text, "\"", &at, &word))
        return;
    if (word.text.length < prefix || memcmp(word.text.bytes, senders, prefix) != 0)
        return;
    struct check_text list = text_part(&word, prefix, word.text.length - prefix);
    check_list(check, &list, LIST_ADDRESS);
}

/* ---- routing ---- */

/* rule := pattern [ hosts ] options , rules being separated by semicolons */
void check_route_list(struct check *check, const struct check_text *text)
{
    struct check_text rule;
    char separator = ';';
    size_t at = 0;

    while (text_next_item(check, text, &at, &separator, &rule)) {
        struct check_text word;
        size_t inside = 0;
        if (!text_next_word(check, &rule, "\"", &inside, &word))
            continue;
        check_list(check, &word, LIST_DOMAIN);
        if (text_next_word(check, &rule, "\"", &inside, &word))
            check_string(check, &word);
    }
}
