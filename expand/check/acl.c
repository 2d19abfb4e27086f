/* The ACLs: each condition by what its text is. */

#include <string.h>

#include "check/private.h"
#include "config/acls.h"
#include "lang/call.h"

/* Lists of regular expressions, expanded as a whole. */
static void check_patterns(struct check *check, const struct check_text *text)
{
    struct check_text item;
    char separator = '\0';
    size_t at = 0;

    check_string(check, text);
    if (memchr(text->text.bytes, '$', text->text.length) != NULL ||
        memchr(text->text.bytes, '\\', text->text.length) != NULL)
        return; /* expansion makes another text of it */
    while (text_next_item(check, text, &at, &separator, &item))
        check_pattern(check, &item);
}

/* The words that the text of a condition begins with. */
static void check_first_word(struct check *check, const struct check_text *text, const char *const *words,
                             const char *what)
{
    size_t length = 0;

    while (length < text->text.length &&
           (byte_is_alnum(text->text.bytes[length]) || text->text.bytes[length] == '_'))
        length++;
    for (; *words != NULL; words++)
        if (strlen(*words) == length && strncasecmp(*words, text->text.bytes, length) == 0)
            return;
    if (length > 0 && (length == text->text.length || text->text.bytes[length] != '$'))
        report(check, text, 0, CHECK_SYNTAX, "\"%.*s\" is nothing that \"%s\" knows", (int)length,
               text->text.bytes, what);
}

static void check_verify(struct check *check, const struct check_text *text)
{
    static const char *const words[] = {
        "arc",  "certificate", "csa",       "header_names_ascii",  "header_sender", "header_syntax",
        "helo", "not_blind",   "recipient", "reverse_host_lookup", "sender",        NULL};

    check_string(check, text);
    check_first_word(check, text, words, "verify");
}

static void check_control(struct check *check, const struct check_text *text)
{
    size_t length = 0;

    check_string(check, text);
    while (length < text->text.length && text->text.bytes[length] != '/' &&
           !byte_is_space(text->text.bytes[length]))
        length++;
    struct value name = value_clean(text->text.bytes, length);
    if (length == 0 || memchr(name.bytes, '$', length) != NULL || memchr(name.bytes, '=', length) != NULL ||
        acl_control_row_find(name.bytes, length) != NULL)
        return;
    report(check, text, 0, CHECK_SYNTAX, "\"%.*s\" is nothing that \"control\" knows", CALL_TEXT(&name));
}

/* Conditions that are more than their kind of text says. */
static const struct condition_row_check {
    const char *name;
    void (*check)(struct check *check, const struct check_text *text);
} special[] = {
    {"control", check_control},
    {"mime_regex", check_patterns},
    {"regex", check_patterns},
    {"verify", check_verify},
};

static void check_text_of(struct check *check, const struct acl_row *row, const struct check_text *text)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (strcmp(special[i].name, row->name) == 0) {
            special[i].check(check, text);
            return;
        }
    switch (row->text) {
    case ACL_TEXT_NONE:
        return;
    case ACL_TEXT_NAME:
        check_acl(check, text);
        return;
    case ACL_TEXT_ADDRESSES:
        check_list(check, text, LIST_ADDRESS);
        return;
    case ACL_TEXT_DOMAINS:
        check_list(check, text, LIST_DOMAIN);
        return;
    case ACL_TEXT_HOSTS:
        check_list(check, text, LIST_HOST);
        return;
    case ACL_TEXT_LOCAL_PARTS:
        check_list(check, text, LIST_LOCAL_PART);
        return;
    case ACL_TEXT_STRING:
    case ACL_TEXT_MESSAGE:
    case ACL_TEXT_STRINGS:
        check_string(check, text);
        return;
    }
}

static void check_acl_condition(struct check *check, const struct acl_condition *condition)
{
    struct arena_mark mark = arena_mark(&check->scratch);
    struct check_text text;

    if (condition->text.bytes != NULL &&
        text_of_line(check, condition->line, condition->offset, condition->text.length, &text))
        check_text_of(check, condition->row, &text);
    arena_release(&check->scratch, mark);
}

void check_acls(struct check *check)
{
    for (const struct acl *acl = config_acls(check->config); acl != NULL; acl = acl->next)
        for (const struct acl_statement *statement = acl->statements; statement != NULL;
             statement = statement->next)
            for (const struct acl_condition *condition = statement->conditions; condition != NULL;
                 condition = condition->next)
                check_acl_condition(check, condition);
}
