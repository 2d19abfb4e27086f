/* A string that is expanded: what the compiler says of it, and what its program
   shows. */

#include <string.h>

#include "check/private.h"
#include "conditions/conditions.h"
#include "items/items.h"
#include "lang/call.h"
#include "lang/regex.h"
#include "lookups/types.h"

/* Strings in strings in strings: no person goes deeper. */
enum { NESTING_LIMIT = 10 };

static void walk(struct checked_string *string, const struct node *node, const struct facts *facts);

bool string_open(struct checked_string *string, struct check *check, const struct check_text *text)
{
    *string = (struct checked_string){.check = check, .text = text};
    string->program = program_compile_foreign(text->text.bytes, text->text.length);
    if (string->program == NULL) {
        check->failed = true;
        return false;
    }
    const struct error *mistake = &string->program->mistake;
    if (mistake->message == NULL)
        return true;
    report(check, text, mistake->offset == ERROR_NO_OFFSET ? 0 : mistake->offset, CHECK_SYNTAX, "%s",
           mistake->message);
    return false;
}

void string_close(struct checked_string *string)
{
    program_free(string->program);
}

bool text_of_node(struct checked_string *string, const struct node *node, struct check_text *text)
{
    size_t length = node->text.length;
    size_t *places = arena_calloc(&string->check->scratch, length + 1, sizeof *places);

    if (places == NULL) {
        string->check->failed = true;
        return false;
    }
    program_text_places(string->program, node, places);
    for (size_t i = 0; i <= length; i++)
        places[i] = string->text->places[places[i]];
    *text = (struct check_text){.line = string->text->line, .text = node->text, .places = places};
    return true;
}

/* ---- regular expressions ---- */

void check_pattern(struct check *check, const struct check_text *pattern)
{
    char message[128];
    size_t offset = 0;

    if (!regex_check(&pattern->text, message, sizeof message, &offset))
        report(check, pattern, offset, CHECK_REGEX, "regular expression error in \"%.*s\": %s at offset %zu",
               CALL_TEXT(&pattern->text), message, offset);
}

void check_pattern_node(struct checked_string *string, const struct node *pattern)
{
    struct check_text text;

    if (pattern->kind == NODE_TEXT && text_of_node(string, pattern, &text))
        check_pattern(string->check, &text);
}

/* ---- what comes from outside ---- */

void report_tainted(struct checked_string *string, const struct node *culprit, const char *as_what)
{
    const char *remedy = taint_remedy(culprit);
    report(string->check, string->text, culprit->offset, CHECK_TAINTED,
           "%s comes from outside (it is tainted) and is refused as %s: %s%s",
           taint_name(string->check, culprit), as_what,
           remedy == NULL ? "use it as the key of a lookup and take the result" : "use $",
           remedy == NULL ? "" : remedy);
}

void check_untainted(struct checked_string *string, const struct node *node, const struct facts *facts,
                     const char *as_what)
{
    const struct node *culprit = find_taint(node, facts, NULL);

    if (culprit != NULL)
        report_tainted(string, culprit, as_what);
}

void report_unquoted(struct checked_string *string, const struct node *culprit,
                     const struct lookup_type *type)
{
    const char *name = taint_name(string->check, culprit);

    report(string->check, string->text, culprit->offset, CHECK_UNQUOTED,
           "%s comes from outside and stands unquoted in a query for %s: write ${quote_%s:%s}", name,
           type->name, type->quoter, name);
}

/* ---- items ---- */

/* Arguments that may not come from outside. */
static const struct clean_row {
    const char *item;
    size_t argument;
    const char *as_what;
} clean_rows[] = {
    {"acl", 0, "the name of an ACL"},
    {"dlfunc", 0, "the name of a file"},
    {"readfile", 0, "the name of a file"},
    {"readsocket", 0, "the address of a server"},
};

static void check_clean_arguments(struct checked_string *string, const struct node *node,
                                  const struct facts *facts)
{
    for (size_t i = 0; i < sizeof clean_rows / sizeof clean_rows[0]; i++) {
        const struct clean_row *row = &clean_rows[i];
        if (strcmp(row->item, node->row.item->name) == 0 && node->child_count > row->argument)
            check_untainted(string, node->children[row->argument], facts, row->as_what);
    }
}

static void check_lookup(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    const struct lookup_type *type = item_lookup_type(node);

    if (type == NULL || node->child_count == 0)
        return;
    if (type->style == LOOKUP_SINGLE_KEY && type->has_file && node->child_count > 1)
        check_untainted(string, node->children[1], facts, "the name of a file");
    if (type->quoter == NULL)
        return;
    const struct node *culprit = find_taint(node->children[0], facts, type->quoter);
    if (culprit != NULL)
        report_unquoted(string, culprit, type);
}

/* The arguments of a command that are expanded when it is run. */
static void check_run(struct checked_string *string, const struct node *node)
{
    struct value command = item_run_command(node);

    if (command.bytes == NULL)
        return;
    struct check_text text =
        text_part(string->text, (size_t)(command.bytes - string->program->source.bytes), command.length);
    check_command(string->check, &text, true);
}

static void walk_children(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    for (size_t i = 0; i < node->child_count; i++)
        walk(string, node->children[i], facts);
}

static void walk_item(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    const struct item_row *row = node->row.item;
    struct facts inside = facts_inside(node, facts);

    walk_children(string, node, facts);
    check_clean_arguments(string, node, facts);
    check_item_constants(string, node);
    if (row->second_is_pattern && node->child_count > 1)
        check_pattern_node(string, node->children[1]);
    if (strcmp(row->name, "acl") == 0 && node->child_count > 0)
        check_acl_node(string, node->children[0]);
    if (strcmp(row->name, "lookup") == 0)
        check_lookup(string, node, facts);
    if (strcmp(row->name, "run") == 0)
        check_run(string, node);
    if (node->condition != NULL)
        walk(string, node->condition, strcmp(row->name, "if") == 0 ? facts : &inside);
    if (node->yes != NULL)
        walk(string, node->yes, &inside);
    if (node->no != NULL)
        walk(string, node->no, facts);
}

/* ---- operators ---- */

/* ${expand:…} of what is known now, and of what may not be expanded. */
static void check_expand(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    struct check *check = string->check;
    const struct node *source = node->children[0];
    struct check_text text;

    if (source->kind != NODE_TEXT) {
        check_untainted(string, source, facts, "a string to expand");
        return;
    }
    if (check->depth >= NESTING_LIMIT || !text_of_node(string, source, &text))
        return;
    check->depth++;
    check_string(check, &text);
    check->depth--;
}

static void walk_operator(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    walk_children(string, node, facts);
    if (node->child_count > 0 && strcmp(node->row.operation->name, "expand") == 0)
        check_expand(string, node, facts);
    check_operator_constants(string, node);
}

/* ---- conditions ---- */

/* The list of match_domain and its kind is not expanded: a text node for it. */
static void check_match_list(struct checked_string *string, const struct node *node,
                             const struct facts *facts)
{
    const struct match_operand *list = node->prepared;
    const struct node text = {.kind = NODE_TEXT, .text = list->text, .offset = list->offset};

    check_list_node(string, &text, facts, (enum list_kind)node->row.condition->data);
}

static void walk_condition(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    const struct condition_row *row = node->row.condition;
    struct facts inside = *facts;

    walk_children(string, node, facts);
    if (node->condition != NULL) {
        inside.item_is_tainted = node->child_count > 0 && find_taint(node->children[0], facts, NULL) != NULL;
        walk(string, node->condition, &inside);
    }
    if (row->second_is_pattern && node->child_count > 1)
        check_pattern_node(string, node->children[1]);
    if (strcmp(row->name, "acl") == 0 && node->child_count > 0) {
        check_untainted(string, node->children[0], facts, "the name of an ACL");
        check_acl_node(string, node->children[0]);
    }
    if (row->parse == parse_match_list)
        check_match_list(string, node, facts);
    check_condition(string, node);
}

static void walk(struct checked_string *string, const struct node *node, const struct facts *facts)
{
    switch (node->kind) {
    case NODE_SEQUENCE:
        walk_children(string, node, facts);
        return;
    case NODE_ITEM:
        walk_item(string, node, facts);
        return;
    case NODE_OPERATOR:
        walk_operator(string, node, facts);
        return;
    case NODE_CONDITION:
        walk_condition(string, node, facts);
        return;
    case NODE_TEXT:
    case NODE_VARIABLE:
    case NODE_CAPTURE:
    case NODE_MISTAKE:
        return;
    }
}

/* ---- all of it ---- */

/* Nothing is known of $item, $value and captures where a string begins. */
static const struct facts no_facts;

void check_whole_string(struct checked_string *string)
{
    walk(string, string->program->root, &no_facts);
}

void check_string(struct check *check, const struct check_text *text)
{
    struct checked_string string;

    if (string_open(&string, check, text))
        check_whole_string(&string);
    string_close(&string);
}

static void check_clean_string(struct check *check, const struct check_text *text, const char *as_what)
{
    struct checked_string string;

    if (string_open(&string, check, text)) {
        check_whole_string(&string);
        check_untainted(&string, string.program->root, &no_facts, as_what);
    }
    string_close(&string);
}

void check_file_name(struct check *check, const struct check_text *text)
{
    check_clean_string(check, text, "the name of a file");
}

void check_command(struct check *check, const struct check_text *text, bool first_only)
{
    struct check_text word;
    size_t at = 0;

    for (bool is_first = true; text_next_word(check, text, "\"'", &at, &word); is_first = false)
        if (is_first || !first_only)
            check_clean_string(check, &word, is_first ? "a command" : "an argument of this command");
        else
            check_string(check, &word);
}
