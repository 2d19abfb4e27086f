/* What a string says before it is evaluated: conditions with one answer only, and
   constructs that must fail. A macro may make a thing constant on purpose, so that what
   came out of one is left alone. */

#include <string.h>

#include "check/private.h"
#include "lang/call.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/scan.h"
#include "lookups/types.h"

/* How much of the source a message shows. */
enum { SHOWN = 60 };

static bool has_macro(const struct checked_string *string, const struct node *node)
{
    return text_has_macro(string->text, node->offset, node->end);
}

/* Whether a word in a constant may be meant to be a macro that is not defined. */
static bool has_macro_word(const struct node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        if (text_has_macro_word(&node->children[i]->text))
            return true;
    return false;
}

static struct value source_of(const struct checked_string *string, const struct node *node)
{
    size_t length = node->end - node->offset;

    return value_clean(string->program->source.bytes + node->offset, length < SHOWN ? length : SHOWN);
}

static bool is_constant(const struct node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        if (node->children[i]->kind != NODE_TEXT)
            return false;
    return node->child_count > 0;
}

static bool is_blank(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (!byte_is_space(text->bytes[i]))
            return false;
    return true;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* ---- conditions ---- */

/* What is pure and whose strings are all known has its answer now. */
static void check_constant_condition(struct checked_string *string, const struct node *node)
{
    struct check *check = string->check;
    struct value source = source_of(string, node);
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct run run;
    bool truth = false;

    env_begin(check->env, &run, &error);
    run.program = string->program;
    enum outcome outcome = evaluate_condition(&run, node, &truth);
    if (outcome == OUTCOME_DONE)
        report(check, string->text, node->offset, CHECK_CONSTANT, "this condition is always %s: %s%.*s",
               truth ? "true" : "false", node->negated ? "!" : "", CALL_TEXT(&source));
    else
        report(check, string->text, node->offset, CHECK_FAILS, "this condition always fails: %s",
               error.message == NULL ? "no reason given" : error.message);
}

/* A comparison of numbers with something that is none. */
static bool check_numbers(struct checked_string *string, const struct node *node)
{
    static const char *const relations[] = {"<", "<=", "=", "==", ">", ">=", NULL};
    long long ignored;

    if (!is_one_of(node->row.condition->name, relations))
        return false;
    for (size_t i = 0; i < node->child_count; i++) {
        const struct node *child = node->children[i];
        if (child == NULL || child->kind != NODE_TEXT ||
            scan_integer(&child->text, &ignored) == SCAN_NUMBER_OK)
            continue;
        report(string->check, string->text, child->offset, CHECK_FAILS,
               "\"%.*s\" is not a number, so that the condition \"%s\" always fails", CALL_TEXT(&child->text),
               node->row.condition->name);
        return true;
    }
    return false;
}

static bool has_letter_of(const struct value *text, bool upper)
{
    for (size_t i = 0; i < text->length; i++)
        if (byte_is_letter(text->bytes[i]) && (byte_lower(text->bytes[i]) != text->bytes[i]) == upper)
            return true;
    return false;
}

/* eq{${lc:…}}{Word} */
static bool check_case(struct checked_string *string, const struct node *node, size_t folded, size_t constant)
{
    const struct node *one = node->children[folded];
    const struct node *other = node->children[constant];

    if (one == NULL || other == NULL || one->kind != NODE_OPERATOR || other->kind != NODE_TEXT)
        return false;
    bool is_lower = strcmp(one->row.operation->name, "lc") == 0;
    bool is_upper = strcmp(one->row.operation->name, "uc") == 0;
    if (!(is_lower && has_letter_of(&other->text, true)) && !(is_upper && has_letter_of(&other->text, false)))
        return false;
    report(string->check, string->text, other->offset, CHECK_NEVER,
           "\"%.*s\" is not in %s case and never equals what ${%s:…} gives", CALL_TEXT(&other->text),
           is_lower ? "lower" : "upper", one->row.operation->name);
    return true;
}

/* What makes a list: an empty one has no items. */
static const struct node *list_of(const struct node *node)
{
    static const char *const first[] = {
        "forall", "forall_json", "forall_jsons", "forany", "forany_json", "forany_jsons", NULL};
    static const char *const second[] = {"inlist", "inlisti", NULL};
    const char *name = node->row.condition->name;

    if (is_one_of(name, first) && node->child_count > 0)
        return node->children[0];
    return is_one_of(name, second) && node->child_count > 1 ? node->children[1] : NULL;
}

void check_condition(struct checked_string *string, const struct node *node)
{
    static const char *const groups[] = {"and", "or", "def", "crypteq", NULL};
    const struct condition_row *row = node->row.condition;
    const struct node *list = list_of(node);

    if (has_macro(string, node) || is_one_of(row->name, groups))
        return;
    if (list != NULL && list->kind == NODE_TEXT && is_blank(&list->text)) {
        report(string->check, string->text, node->offset, CHECK_CONSTANT,
               "this condition is always false: the list of \"%s\" is empty", row->name);
        return;
    }
    if (check_numbers(string, node))
        return;
    if (row->effect == EFFECT_PURE && node->condition == NULL && is_constant(node)) {
        if (!has_macro_word(node))
            check_constant_condition(string, node);
        return;
    }
    if (strcmp(row->name, "eq") == 0 && node->child_count == 2 && !check_case(string, node, 0, 1))
        (void)check_case(string, node, 1, 0);
}

/* ---- items ---- */

void check_item_constants(struct checked_string *string, const struct node *node)
{
    const char *name = node->row.item->name;
    bool is_list_item = strcmp(name, "listextract") == 0;
    const struct node *key = node->child_count == 0 ? NULL : node->children[0];
    long long number;

    if ((!is_list_item && strcmp(name, "extract") != 0) || key == NULL || key->kind != NODE_TEXT ||
        has_macro(string, node))
        return;
    if (is_blank(&key->text))
        report(string->check, string->text, node->offset, CHECK_FAILS,
               "first argument of \"%s\" must not be empty", name);
    else if (!is_list_item)
        return;
    else if (scan_integer(&key->text, &number) != SCAN_NUMBER_OK)
        report(string->check, string->text, key->offset, CHECK_FAILS,
               "first argument of \"listextract\" must be numeric");
    else if (number == 0)
        report(string->check, string->text, key->offset, CHECK_NEVER,
               "the items of a list are counted from 1: item 0 is never there");
}

/* ---- operators ---- */

/* ${quote_TYPE:…} is looked up only when it is reached. */
static void check_quote(struct checked_string *string, const struct node *node)
{
    const struct value *word = &node->text;
    size_t length = 0;

    while (length < word->length && word->bytes[length] != '_')
        length++;
    if (length == 0 || lookup_type_find(word->bytes, length) != NULL ||
        lookup_driver_find(word->bytes, length) != NULL)
        return;
    report(string->check, string->text, node->offset, CHECK_NAME, "unknown lookup type \"%.*s\"", (int)length,
           word->bytes);
}

/* Whether any of the lists has the name. */
static bool is_named_list(const struct config *config, const struct value *name)
{
    for (size_t i = 0; i < CONFIG_LIST_KINDS; i++)
        if (config_list_find(config, (enum config_list_kind)i, name->bytes, name->length) != NULL)
            return true;
    return false;
}

static void check_list_name(struct checked_string *string, const struct node *node)
{
    const struct node *child = node->children[0];
    struct value name = child->text;

    if (child->kind != NODE_TEXT)
        return;
    if (name.length > 0 && name.bytes[0] == '+')
        name = value_clean(name.bytes + 1, name.length - 1);
    if (!is_named_list(string->check->config, &name))
        report(string->check, string->text, child->offset, CHECK_NAME, "\"%.*s\" is not a named list",
               CALL_TEXT(&name));
}

/* They fail only where the system lacks a library: no fault of the string. */
static const char *const digests[] = {"md5", "sha1", "sha2", "sha256", "sha3", NULL};

void check_operator_constants(struct checked_string *string, const struct node *node)
{
    const struct operator_row *row = node->row.operation;
    struct error error = {.offset = ERROR_NO_OFFSET};
    struct value ignored;
    struct run run;

    if (node->child_count == 0)
        return;
    if (strcmp(row->name, "quote") == 0) {
        check_quote(string, node);
        return;
    }
    if (strcmp(row->name, "listnamed") == 0)
        check_list_name(string, node);
    if (row->effect != EFFECT_PURE || !is_constant(node) || is_one_of(row->name, digests))
        return;
    /* It is here still, so that the compiler could not put its result in place. */
    env_begin(string->check->env, &run, &error);
    run.program = string->program;
    if (evaluate_value(&run, node, &ignored) == OUTCOME_FAILED)
        report(string->check, string->text, node->offset, CHECK_FAILS, "this always fails: %s",
               error.message == NULL ? "no reason given" : error.message);
}
