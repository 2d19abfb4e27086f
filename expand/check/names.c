/* Names of ACLs, routers and transports, where they are constant. */

#include <string.h>

#include "check/private.h"
#include "config/acls.h"
#include "lang/call.h"

/* One word, as all these names are. */
static bool is_name(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (!byte_is_alnum(text->bytes[i]) && text->bytes[i] != '_')
            return false;
    return text->length > 0;
}

/* The first word of what the string always is; false if it is not known, or no
   name. "first_only": arguments may follow. */
static bool constant_name(const struct checked_string *string, bool first_only, struct value *name)
{
    const struct node *root = string->program->root;
    const struct node *first = root->kind == NODE_SEQUENCE ? root->children[0] : root;
    size_t length = 0;

    if (first->kind != NODE_TEXT)
        return false;
    *name = first->text;
    while (first_only && length < name->length && !byte_is_space(name->bytes[length]))
        length++;
    bool is_whole = first == root || (first_only && length < name->length);
    if (first_only)
        name->length = length;
    return is_whole && is_name(name);
}

void check_acl(struct check *check, const struct check_text *text)
{
    static const struct facts no_facts;
    struct checked_string string;
    struct value name;

    if (string_open(&string, check, text)) {
        check_whole_string(&string);
        check_untainted(&string, string.program->root, &no_facts, "the name of an ACL");
        if (constant_name(&string, true, &name) && acl_verb_find(name.bytes, name.length) == ACL_VERBS &&
            config_acl_find(check->config, name.bytes, name.length) == NULL)
            report(check, text, 0, CHECK_NAME, "there is no ACL called \"%.*s\"", CALL_TEXT(&name));
    }
    string_close(&string);
}

void check_acl_node(struct checked_string *string, const struct node *name)
{
    const struct value *text = &name->text;

    if (name->kind == NODE_TEXT && is_name(text) && acl_verb_find(text->bytes, text->length) == ACL_VERBS &&
        config_acl_find(string->check->config, text->bytes, text->length) == NULL)
        report(string->check, string->text, name->offset, CHECK_NAME, "there is no ACL called \"%.*s\"",
               CALL_TEXT(text));
}

void check_driver_name(struct check *check, const struct check_text *text, enum config_driver_class class)
{
    struct checked_string string;
    struct value name;

    if (string_open(&string, check, text) && constant_name(&string, false, &name) &&
        config_driver_find(check->drivers[class], name.bytes, name.length) == NULL)
        report(check, text, 0, CHECK_NAME, "there is no %s called \"%.*s\"", driver_class_word(class),
               CALL_TEXT(&name));
    string_close(&string);
}
