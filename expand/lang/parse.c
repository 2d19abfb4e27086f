#include "lang/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "lang/call.h"
#include "lang/eval.h"
#include "lang/regex.h"
#include "lang/scan.h"

bool parse_take(struct parser *parser, char byte)
{
    if (parse_peek(parser) != byte || parser->position >= parser->length)
        return false;
    parser->position++;
    return true;
}

static bool is_name_byte(char byte)
{
    return byte_is_alnum(byte) || byte == '_';
}

struct value parse_name(struct parser *parser)
{
    size_t from = parser->position;

    while (parser->position < parser->length && is_name_byte(parser->text[parser->position]))
        parser->position++;
    return value_clean(parser->text + from, parser->position - from);
}

/* ---- mistakes ---- */

bool parse_mistake(struct parser *parser, size_t offset, const char *format, ...)
{
    struct error *mistake = &parser->program->mistake;
    va_list arguments;

    if (mistake->message != NULL)
        return false;
    va_start(arguments, format);
    mistake->message = arena_format_list(parser->arena, format, arguments);
    va_end(arguments);
    if (mistake->message == NULL)
        (void)error_no_memory(mistake);
    mistake->offset = offset;
    return false;
}

static bool parse_no_memory(struct parser *parser)
{
    return parse_mistake(parser, parser->position,
                         "out of memory: the string is larger than the limit allows");
}

void parse_mistake_inside(struct parser *parser, const char *where, const char *name)
{
    struct error *mistake = &parser->program->mistake;
    char *message = arena_format(parser->arena, "%s inside \"%s%s", mistake->message, name, where);

    if (message != NULL)
        mistake->message = message;
}

static const char *header_hint(const struct parser *parser)
{
    return parser->header_name_has_brace ? " - could be header name not terminated by colon" : "";
}

static bool mistake_missing_brace(struct parser *parser)
{
    return parse_mistake(parser, parser->length, "missing } at end of string%s", header_hint(parser));
}

/* ---- nodes ---- */

struct node *parse_node(struct parser *parser, enum node_kind kind, size_t offset)
{
    struct node *node = arena_calloc(parser->arena, 1, sizeof *node);

    if (node == NULL) {
        (void)parse_no_memory(parser);
        return NULL;
    }
    node->kind = kind;
    node->offset = offset;
    return node;
}

bool parse_add_child(struct parser *parser, struct node *node, struct node *child)
{
    size_t count = node->child_count;

    /* Room doubles at every power of two; there is none to remember. */
    if ((count & (count - 1)) == 0) {
        struct node **children =
            arena_alloc(parser->arena, (count == 0 ? 1 : count * 2) * sizeof(struct node *));
        if (children == NULL)
            return parse_no_memory(parser);
        if (count > 0)
            memcpy(children, node->children, count * sizeof(struct node *));
        node->children = children;
    }
    node->children[node->child_count++] = child;
    return true;
}

void parse_note_pattern(struct parser *parser, struct node *node, const struct node *pattern)
{
    if (pattern->kind != NODE_TEXT)
        return;
    struct constant_pattern *noted = arena_alloc(parser->arena, sizeof *noted);
    if (noted == NULL)
        return;
    *noted =
        (struct constant_pattern){.next = parser->program->patterns, .node = node, .text = &pattern->text};
    parser->program->patterns = noted;
}

/* ---- literal text ---- */

/* Literal text under way: a slice of the source as long as it is in one
   piece. */
struct text_run {
    struct value slice;
    struct buffer copy;
    bool copied;
};

static void run_add(struct text_run *run, const char *bytes, size_t length)
{
    if (!run->copied && run->slice.length == 0) {
        run->slice = value_clean(bytes, length);
        return;
    }
    if (!run->copied && run->slice.bytes + run->slice.length == bytes) {
        run->slice.length += length;
        return;
    }
    if (!run->copied)
        buffer_add(&run->copy, run->slice.bytes, run->slice.length);
    run->copied = true;
    buffer_add(&run->copy, bytes, length);
}

/* Ends the text and puts it behind the sequence's other parts. */
static bool run_flush(struct parser *parser, struct text_run *run, struct node *sequence, size_t offset)
{
    struct value text = run->slice;

    if (run->copied) {
        if (!buffer_value(&run->copy, &text))
            return parse_no_memory(parser);
        buffer_init(&run->copy, parser->arena);
        run->copied = false;
    }
    run->slice.length = 0;
    if (text.length == 0)
        return true;
    struct node *node = parse_node(parser, NODE_TEXT, offset);
    if (node == NULL)
        return false;
    node->text = text;
    return parse_add_child(parser, sequence, node);
}

/* literal := "\N" any "\N" , at its backslash. Without an end it goes to the
   end of the text. */
static void parse_verbatim(struct parser *parser, struct text_run *run)
{
    const char *from = parser->text + parser->position + 2;
    size_t length = parser->length - parser->position - 2;
    const char *end = length == 0 ? NULL : memmem(from, length, "\\N", 2);

    if (end != NULL) {
        run_add(run, from, (size_t)(end - from));
        parser->position = (size_t)(end - parser->text) + 2;
        return;
    }
    run_add(run, from, length);
    parser->position = parser->length;
}

static bool parse_backslash(struct parser *parser, struct text_run *run)
{
    size_t left = parser->length - parser->position;
    size_t used;

    if (left < 2)
        return parse_mistake(parser, parser->position, "\\ at end of string");
    if (parser->text[parser->position + 1] == 'N') {
        parse_verbatim(parser, run);
        return true;
    }
    char byte = scan_escape(parser->text + parser->position, left, &used);
    if (used == 2 && byte == parser->text[parser->position + 1]) {
        run_add(run, parser->text + parser->position + 1, 1);
    } else {
        char *copy = arena_copy(parser->arena, &byte, 1);
        if (copy == NULL)
            return parse_no_memory(parser);
        run_add(run, copy, 1);
    }
    parser->position += used;
    return true;
}

/* ---- variables ---- */

static bool note_read(struct parser *parser, const struct variable_row *row)
{
    struct program *program = parser->program;

    for (size_t i = 0; i < program->read_count; i++)
        if (program->reads[i] == row)
            return true;
    if (program->read_count == program->read_capacity) {
        size_t capacity = program->read_capacity == 0 ? 4 : program->read_capacity * 2;
        const struct variable_row **reads = arena_calloc(parser->arena, capacity, sizeof(*reads));
        if (reads == NULL)
            return parse_no_memory(parser);
        if (program->read_count > 0)
            memcpy(reads, program->reads, program->read_count * sizeof(*reads));
        program->reads = reads;
        program->read_capacity = capacity;
    }
    program->reads[program->read_count++] = row;
    return true;
}

static bool begins_with(const struct value *name, const char *beginning)
{
    size_t same = 0;

    while (same < name->length && beginning[same] != '\0' && name->bytes[same] == beginning[same])
        same++;
    return beginning[same] == '\0';
}

/* What Exim adds to "unknown variable" for names that are nearly ACL
   variables. */
static const char *unknown_variable_hint(const struct value *name)
{
    if (name->length > 5 && (begins_with(name, "acl_c") || begins_with(name, "acl_m")))
        return " (6th character of a user-defined ACL variable must be a digit or underscore)";
    return begins_with(name, "acl_") ? " (user-defined ACL variables must start acl_c or acl_m)" : "";
}

/* The row for a variable's name as written; NULL when there is none. Exim's
   own rule for acl_c and acl_m: a digit or underscore must follow. */
static const struct variable_row *find_variable(const struct value *name)
{
    bool is_user_defined = begins_with(name, "acl_c") || begins_with(name, "acl_m");

    if (is_user_defined && name->length > 5 && name->bytes[5] != '_' && !byte_is_digit(name->bytes[5]))
        return NULL;
    return variable_row_find(name->bytes, name->length);
}

static struct node *variable_node(struct parser *parser, const struct variable_row *row,
                                  const struct value *name, size_t offset)
{
    struct node *node = parse_node(parser, NODE_VARIABLE, offset);

    if (node == NULL || !note_read(parser, row))
        return NULL;
    node->row.variable = row;
    node->text = *name;
    return node;
}

static bool begins_header_name(const struct value *name)
{
    static const char *const beginnings[] = {"h_",      "rh_",      "bh_",      "lh_",
                                             "header_", "rheader_", "bheader_", "lheader_"};

    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (begins_with(name, beginnings[i]))
            return true;
    return false;
}

/* header-name := ( any printing byte but ":" )* [ ":" ] , behind the name
   that began it. */
static struct value parse_header_name(struct parser *parser, const struct value *name)
{
    size_t from = (size_t)(name->bytes - parser->text);

    parser->position = from;
    while (parser->position < parser->length) {
        char byte = parser->text[parser->position];
        if (byte <= ' ' || byte > '~' || byte == ':')
            break;
        if (byte == '}')
            parser->header_name_has_brace = true;
        parser->position++;
    }
    struct value whole = value_clean(parser->text + from, parser->position - from);
    (void)parse_take(parser, ':');
    return whole;
}

static struct node *capture_node(struct parser *parser, size_t offset)
{
    long number = 0;

    while (byte_is_digit(parse_peek(parser))) {
        if (number < CAPTURES)
            number = number * 10 + (parse_peek(parser) - '0');
        parser->position++;
    }
    struct node *node = parse_node(parser, NODE_CAPTURE, offset);
    if (node != NULL)
        node->numbers[0] = number;
    return node;
}

/* variable := "$" ( name | digits ) , at the byte behind "$". */
static struct node *parse_plain_variable(struct parser *parser, size_t offset)
{
    if (byte_is_digit(parse_peek(parser)))
        return capture_node(parser, offset);
    struct value name = parse_name(parser);
    if (begins_header_name(&name))
        name = parse_header_name(parser, &name);
    const struct variable_row *row = find_variable(&name);
    if (row != NULL)
        return variable_node(parser, row, &name, offset);
    if (parser->is_probe)
        return parse_node(parser, NODE_TEXT, offset);
    (void)parse_mistake(parser, offset, "unknown variable name \"%.*s\"%s", CALL_TEXT(&name),
                        unknown_variable_hint(&name));
    return NULL;
}

bool parse_defined_variable(struct parser *parser, struct node **variable)
{
    size_t offset = parser->position;
    struct value name = parse_name(parser);

    if (name.length == 0)
        return parse_mistake(parser, offset, "variable name omitted after \"def:\"");
    if (begins_header_name(&name))
        name = parse_header_name(parser, &name);
    const struct variable_row *row = find_variable(&name);
    if (row == NULL)
        return parse_mistake(parser, offset, "unknown variable \"%.*s\" after \"def:\"%s", CALL_TEXT(&name),
                             unknown_variable_hint(&name));
    *variable = variable_node(parser, row, &name, offset);
    return *variable != NULL;
}

/* ---- arguments, conditions, branches ---- */

bool parse_argument(struct parser *parser, struct node **argument)
{
    parser->position++;
    if (!parse_sequence(parser, true, argument))
        return false;
    parser->position++;
    return true;
}

bool parse_plain_argument(struct parser *parser, struct value *text)
{
    struct text_run run = {0};

    buffer_init(&run.copy, parser->arena);
    for (parser->position++; parse_peek(parser) != '}';) {
        if (parser->position >= parser->length)
            return mistake_missing_brace(parser);
        if (parse_peek(parser) != '\\')
            run_add(&run, parser->text + parser->position++, 1);
        else if (!parse_backslash(parser, &run))
            return false;
    }
    parser->position++;
    *text = run.slice;
    if (run.copied && !buffer_value(&run.copy, text))
        return parse_no_memory(parser);
    if (text->bytes == NULL)
        *text = value_clean("", 0);
    return true;
}

/* Goes over the argument with a parser that keeps nothing. What that one does
   not like is no matter as long as a brace stands where it stopped: evaluation will
   say it better. */
bool parse_unexpanded_argument(struct parser *parser, struct value *text)
{
    struct program scratch = {.mistake = {.offset = ERROR_NO_OFFSET}};
    struct parser probe = *parser;
    struct node *ignored;

    probe.program = &scratch;
    probe.is_probe = true;
    probe.position++;
    size_t from = probe.position;
    (void)parse_sequence(&probe, true, &ignored);
    regex_free(scratch.regexes);
    parser->position = probe.position;
    *text = value_clean(parser->text + from, probe.position - from);
    return parse_take(parser, '}');
}

bool parse_child(struct parser *parser, struct node *node)
{
    struct node *argument = NULL;
    bool whole = parse_argument(parser, &argument);

    if (argument != NULL && !parse_add_child(parser, node, argument))
        return false;
    return whole;
}

struct value parse_relation_name(const char *text, size_t length)
{
    size_t at = 0;

    if (length > 0 && (text[0] == '=' || text[0] == '<' || text[0] == '>'))
        return value_clean(text, length > 1 && text[1] == '=' ? 2 : 1);
    while (at < length && is_name_byte(text[at]))
        at++;
    return value_clean(text, at);
}

/* Words for the family of messages that Exim has for its conditional items. */
static bool mistake_branches(struct parser *parser, const char *problem)
{
    if (parser->header_name_has_brace)
        return parse_mistake(parser, parser->position, "missing or misplaced { or }%s", header_hint(parser));
    struct value rest = value_clean(parser->text + parser->position, parser->length - parser->position);
    return parse_mistake(
        parser, parser->position,
        "curly-bracket problem in conditional yes/no parsing: %s\n remaining string is '%.*s'", problem,
        CALL_TEXT(&rest));
}

static bool parse_no_branch(struct parser *parser, struct node *node, const char *name)
{
    if (parse_peek(parser) == '{') {
        node->no_branch = BRANCH_TEXT;
        if (!parse_argument(parser, &node->no))
            return false;
        parse_space(parser);
        return parse_take(parser, '}') || mistake_branches(parser, "did not close with '}'");
    }
    size_t at = parser->position;
    struct value word = parse_name(parser);
    if (!value_equals_text(&word, "fail"))
        return parse_mistake(parser, at, "syntax error in \"%s\" item - \"fail\" expected", name);
    node->no_branch = BRANCH_FAIL;
    parse_space(parser);
    if (parse_take(parser, '}'))
        return true;
    /* Exim words it in another way when the failure is what it came to. */
    (void)mistake_branches(parser, "did not close with '}' after forcedfail");
    node->fail_mistake = parser->program->mistake.message;
    parser->program->mistake.message = NULL;
    return mistake_branches(parser, "did not close with '}'");
}

bool parse_branches(struct parser *parser, struct node *node, const char *name)
{
    node->arguments_are_all = true;
    parse_space(parser);
    if (parse_take(parser, '}'))
        return true;
    if (parse_peek(parser) != '{')
        return mistake_branches(parser, "'yes' part did not start with '{'");
    node->yes_branch = BRANCH_TEXT;
    if (!parse_argument(parser, &node->yes))
        return false;
    parse_space(parser);
    if (parse_take(parser, '}'))
        return true;
    return parse_no_branch(parser, node, name);
}

/* name := "=" | "==" | "<" | "<=" | ">" | ">=" | letters, digits, underscores */
static struct value parse_condition_name(struct parser *parser)
{
    struct value name =
        parse_relation_name(parser->text + parser->position, parser->length - parser->position);

    parser->position += name.length;
    return name;
}

/* operands := ( "{" sequence "}" )* , as many as the row has. */
static bool parse_operands(struct parser *parser, struct node *node)
{
    const struct condition_row *row = node->row.condition;
    static const char *const ordinals[] = {"1st", "2nd", "3rd", "4th", "5th"};

    for (size_t i = 0; i < row->arguments; i++) {
        struct node *argument = NULL;
        parse_space(parser);
        if (parse_peek(parser) != '{') {
            if (i == 0)
                return parse_mistake(parser, parser->position, "missing { after \"%s\"", row->name);
            return parse_mistake(parser, parser->position, "missing %s string in {} after \"%s\"",
                                 ordinals[i], row->name);
        }
        bool whole = parse_argument(parser, &argument);
        if (argument != NULL && !parse_add_child(parser, node, argument))
            return false;
        if (!whole)
            return false;
    }
    return true;
}

static bool mistake_condition_name(struct parser *parser, const struct value *name, size_t offset)
{
    if (name->length > 0)
        return parse_mistake(parser, offset, "unknown condition \"%.*s\"", CALL_TEXT(name));
    size_t left = parser->length - parser->position;
    return parse_mistake(parser, offset, "condition name expected, but found \"%.*s\"",
                         (int)(left < 16 ? left : 16), parser->text + parser->position);
}

static bool parse_condition_operands(struct parser *parser, struct node *node)
{
    const struct condition_row *row = node->row.condition;

    if (row->parse != NULL)
        return row->parse(parser, node);
    bool whole = parse_operands(parser, node);
    if (whole && row->second_is_pattern)
        parse_note_pattern(parser, node, node->children[1]);
    return whole;
}

bool parse_condition(struct parser *parser, struct node **condition)
{
    bool negated = false;

    parse_space(parser);
    while (parse_take(parser, '!')) {
        negated = !negated;
        parse_space(parser);
    }
    size_t offset = parser->position;
    struct value name = parse_condition_name(parser);
    const struct condition_row *row = condition_row_find(name.bytes, name.length);
    if (row == NULL)
        return mistake_condition_name(parser, &name, offset);
    struct node *node = parse_node(parser, NODE_CONDITION, offset);
    if (node == NULL)
        return false;
    *condition = node;
    node->row.condition = row;
    node->negated = negated;
    if (++parser->depth > PARSE_DEPTH_LIMIT) {
        node->incomplete = true;
        return parse_mistake(parser, offset, "nested too deeply: the limit is %d", PARSE_DEPTH_LIMIT);
    }
    node->incomplete = !parse_condition_operands(parser, node);
    parser->depth--;
    return !node->incomplete;
}

/* ---- items ---- */

static bool mistake_argument_missing(struct parser *parser, const struct item_row *row, size_t index)
{
    if (row->style == ARGUMENTS_NUMBERED)
        return parse_mistake(parser, parser->position, "missing '{' for arg %zu of %s", index + 1, row->name);
    return parse_mistake(parser, parser->position, "Not enough arguments for '%s' (min is %d)", row->name,
                         row->minimum);
}

static bool parse_item_arguments(struct parser *parser, struct node *node)
{
    const struct item_row *row = node->row.item;

    for (size_t i = 0; i < row->maximum; i++) {
        struct node *argument = NULL;
        parse_space(parser);
        if (parse_peek(parser) != '{')
            return i >= row->minimum || mistake_argument_missing(parser, row, i);
        bool whole = parse_argument(parser, &argument);
        if (argument != NULL && !parse_add_child(parser, node, argument))
            return false;
        if (!whole)
            return false;
    }
    return true;
}

/* item := arguments [ branches ] "}" , behind its name. */
static bool parse_item_default(struct parser *parser, struct node *node)
{
    const struct item_row *row = node->row.item;

    if (!parse_item_arguments(parser, node))
        return false;
    if (row->second_is_pattern)
        parse_note_pattern(parser, node, node->children[1]);
    if (row->has_branches)
        return parse_branches(parser, node, row->name);
    parse_space(parser);
    if (parse_take(parser, '}'))
        return true;
    if (parse_peek(parser) == '{')
        return parse_mistake(parser, parser->position, "Too many arguments for '%s' (max is %d)", row->name,
                             row->maximum);
    return parse_mistake(parser, parser->position, "missing '}' after '%s'", row->name);
}

static struct node *parse_item(struct parser *parser, const struct item_row *row, size_t offset)
{
    struct node *node = parse_node(parser, NODE_ITEM, offset);

    if (node == NULL)
        return NULL;
    node->row.item = row;
    node->incomplete = row->parse != NULL ? !row->parse(parser, node) : !parse_item_default(parser, node);
    return node;
}

/* ---- operators ---- */

/* numbers := [ "-" ] digits* [ "_" digits+ ] , where a sign is only for the
   first number of a SIGNED operator. */
static bool parse_operator_numbers(struct node *node, const struct value *text)
{
    size_t at = 0;
    enum operator_form form = node->row.operation->form;
    bool negative = form == OPERATOR_SIGNED && text->length > 0 && text->bytes[0] == '-';
    size_t numbers = form == OPERATOR_NUMBER ? 1 : NUMBERS_AT_MOST;

    at += negative;
    for (; at < text->length; at++) {
        char byte = text->bytes[at];
        if (byte == '_' && node->number_count + 1U < numbers && at + 1 < text->length) {
            node->number_count++;
            continue;
        }
        if (!byte_is_digit(byte))
            return false;
        long *number = &node->numbers[node->number_count];
        if (*number < 100000000000000000L)
            *number = *number * 10 + (byte - '0');
    }
    if (negative)
        node->numbers[0] = -node->numbers[0];
    node->number_count++;
    return true;
}

/* Gives the row of an operator's name and reads what follows the row's own
   name; false when a mistake was recorded. */
static bool resolve_operator(struct parser *parser, struct node *node, const struct value *name)
{
    size_t used;
    const struct operator_row *row = operator_row_find(name->bytes, name->length, &used);

    if (row == NULL)
        return parse_mistake(parser, node->offset, "unknown expansion operator \"%.*s\"", CALL_TEXT(name));
    node->row.operation = row;
    bool needs_numbers =
        row->form == OPERATOR_NUMBER || row->form == OPERATOR_NUMBERS || row->form == OPERATOR_SIGNED;
    if (used == name->length && needs_numbers)
        return parse_mistake(parser, node->offset, "missing values after %s", row->name);
    if (used == name->length)
        return true;
    node->text = value_clean(name->bytes + used + 1, name->length - used - 1);
    if (row->form == OPERATOR_PLAIN || row->form == OPERATOR_WORD ||
        parse_operator_numbers(node, &node->text))
        return true;
    return parse_mistake(parser, node->offset, "non-digit after underscore in \"%.*s\"", CALL_TEXT(name));
}

/* What a pure operator makes of constant text is constant text. */
static struct node *fold(struct parser *parser, struct node *node)
{
    struct value result;

    if (node->row.operation->effect != EFFECT_PURE || node->children[0]->kind != NODE_TEXT)
        return node;
    if (!evaluate_constant(parser->arena, parser->program, node, &result))
        return node;
    node->kind = NODE_TEXT;
    node->text = result;
    node->child_count = 0;
    return node;
}

/* operator := name ":" sequence "}" , at its colon. The name is looked at
   only when the argument is whole: a mistake in that is further left. */
static struct node *parse_operator(struct parser *parser, const struct value *name, size_t offset)
{
    struct node *node = parse_node(parser, NODE_OPERATOR, offset);
    struct node *argument = NULL;

    if (node == NULL)
        return NULL;
    parser->position++;
    bool whole = parse_sequence(parser, true, &argument);
    if (argument != NULL && !parse_add_child(parser, node, argument))
        whole = false;
    if (whole)
        parser->position++;
    node->incomplete = !whole || !resolve_operator(parser, node, name);
    return node->incomplete ? node : fold(parser, node);
}

/* ---- the rest ---- */

/* ${name}: a variable. */
static struct node *parse_braced_variable(struct parser *parser, const struct value *name, size_t offset)
{
    const struct variable_row *row = begins_header_name(name) ? NULL : find_variable(name);

    parser->position++;
    if (row == NULL) {
        (void)parse_mistake(parser, offset, "unknown variable in \"${%.*s}\"%s", CALL_TEXT(name),
                            unknown_variable_hint(name));
        return NULL;
    }
    return variable_node(parser, row, name, offset);
}

static struct node *parse_braced_capture(struct parser *parser, size_t offset)
{
    struct node *node = capture_node(parser, offset);

    if (node == NULL || parse_take(parser, '}'))
        return node;
    (void)parse_mistake(parser, parser->position, "} expected after number");
    return NULL;
}

/* braced := "${" ( digits "}" | item | name ":" sequence "}" | name "}" ) ,
   behind its "{". */
static struct node *parse_braced(struct parser *parser, size_t offset)
{
    if (byte_is_digit(parse_peek(parser)))
        return parse_braced_capture(parser, offset);
    if (!byte_is_letter(parse_peek(parser))) {
        (void)parse_mistake(parser, parser->position, "letter or digit expected after ${");
        return NULL;
    }
    size_t from = parser->position;
    while (is_name_byte(parse_peek(parser)) || parse_peek(parser) == '-') /* as in ${substr_-2:…} */
        parser->position++;
    struct value name = value_clean(parser->text + from, parser->position - from);
    const struct item_row *row = item_row_find(name.bytes, name.length);
    if (row != NULL)
        return parse_item(parser, row, offset);
    if (parse_peek(parser) == ':')
        return parse_operator(parser, &name, offset);
    if (parse_peek(parser) == '}')
        return parse_braced_variable(parser, &name, offset);
    (void)parse_mistake(parser, offset,
                        "\"${%.*s\" is not a known operator (or a } is missing in a variable reference)",
                        CALL_TEXT(&name));
    return NULL;
}

/* dollar := "$" ( name | digits | "{" braced ) , at its "$". Gives NULL when
   nothing of it can be evaluated. */
static struct node *parse_dollar(struct parser *parser)
{
    size_t offset = parser->position++;
    char next = parse_peek(parser);

    if (byte_is_letter(next) || byte_is_digit(next))
        return parse_plain_variable(parser, offset);
    if (next != '{') {
        (void)parse_mistake(parser, offset, "$ not followed by letter, digit, or {");
        return NULL;
    }
    parser->position++;
    if (++parser->depth > PARSE_DEPTH_LIMIT) {
        (void)parse_mistake(parser, offset, "nested too deeply: the limit is %d", PARSE_DEPTH_LIMIT);
        return NULL;
    }
    struct node *node = parse_braced(parser, offset);
    parser->depth--;
    return node;
}

/* Literal bytes up to the next one that means something. */
static void parse_literal(struct parser *parser, bool ends_with_brace, struct text_run *run)
{
    const char *from = parser->text + parser->position;
    const char *end = parser->text + parser->length;
    const char *to = from;
    char closing = ends_with_brace ? '}' : '$';

    while (to < end && *to != '$' && *to != '\\' && *to != closing)
        to++;
    run_add(run, from, (size_t)(to - from));
    parser->position += (size_t)(to - from);
}

/* One part of a sequence, behind the text run or into it. */
static bool parse_part(struct parser *parser, bool ends_with_brace, struct node *sequence,
                       struct text_run *run, size_t *run_offset)
{
    char byte = parser->text[parser->position];

    if (run->slice.length == 0 && !run->copied)
        *run_offset = parser->position;
    if (byte == '\\')
        return parse_backslash(parser, run);
    if (byte != '$') {
        parse_literal(parser, ends_with_brace, run);
        return true;
    }
    struct node *node = parse_dollar(parser);
    if (node != NULL && node->kind == NODE_TEXT) {
        run_add(run, node->text.bytes, node->text.length);
        return true;
    }
    if (!run_flush(parser, run, sequence, *run_offset))
        return false;
    if (node != NULL && !parse_add_child(parser, sequence, node))
        return false;
    return parser->program->mistake.message == NULL;
}

/* The node that stands for the recorded mistake. */
static void add_mistake(struct parser *parser, struct node *sequence)
{
    struct node *node = arena_calloc(parser->arena, 1, sizeof *node);

    if (node == NULL)
        return;
    node->kind = NODE_MISTAKE;
    node->offset = parser->program->mistake.offset;
    (void)parse_add_child(parser, sequence, node);
}

/* The node for a sequence's parts: one part is that part, none is empty text.
   NULL when memory runs out. */
static struct node *sequence_node(struct parser *parser, const struct node *sequence)
{
    if (sequence->child_count == 1)
        return sequence->children[0];
    struct node *node = arena_alloc(parser->arena, sizeof *node);
    if (node == NULL) {
        (void)parse_no_memory(parser);
        return NULL;
    }
    *node = *sequence;
    if (node->child_count == 0) {
        node->kind = NODE_TEXT;
        node->text = value_clean("", 0);
    }
    return node;
}

bool parse_sequence(struct parser *parser, bool ends_with_brace, struct node **result)
{
    struct text_run run = {0};
    size_t run_offset = parser->position;
    struct node sequence = {.kind = NODE_SEQUENCE, .offset = parser->position};
    bool whole = true;

    buffer_init(&run.copy, parser->arena);
    while (whole && parser->position < parser->length &&
           !(ends_with_brace && parser->text[parser->position] == '}'))
        whole = parse_part(parser, ends_with_brace, &sequence, &run, &run_offset);
    if (whole)
        whole = run_flush(parser, &run, &sequence, run_offset);
    if (whole && ends_with_brace && parser->position >= parser->length)
        whole = mistake_missing_brace(parser);
    if (!whole)
        add_mistake(parser, &sequence);
    *result = sequence_node(parser, &sequence);
    return whole && *result != NULL;
}
