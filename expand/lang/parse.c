/* A string: literal text, items, operators. */

#include "lang/parse.h"
#include "lang/parse_private.h"

#include <string.h>

#include "base/buffer.h"
#include "lang/call.h"
#include "lang/eval.h"
#include "lang/scan.h"

/* ---- literal text ---- */

/* Literal text under way: a slice of the source as long as it is in one
   piece. */
struct text_run {
    struct value slice;
    struct buffer copy;
    bool copied;
    bool is_folded;
    size_t end; /* where it ends in the source */
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
    bool is_folded = run->is_folded;
    run->slice.length = 0;
    run->is_folded = false;
    if (text.length == 0)
        return true;
    struct node *node = parse_node(parser, NODE_TEXT, offset);
    if (node == NULL)
        return false;
    node->text = text;
    node->is_folded = is_folded;
    node->end = run->end;
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

bool parse_plain_argument(struct parser *parser, struct value *text)
{
    struct text_run run = {0};

    buffer_init(&run.copy, parser->arena);
    for (parser->position++; parse_peek(parser) != '}';) {
        if (parser->position >= parser->length)
            return parse_mistake_missing_brace(parser);
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

/* ---- items ---- */

static bool mistake_argument_missing(struct parser *parser, const struct item_row *row, size_t index)
{
    if (row->style == ARGUMENTS_NUMBERED)
        return parse_mistake_brace(parser, parser->position, "missing '{' for arg %zu of %s", index + 1,
                                   row->name);
    return parse_mistake_brace(parser, parser->position, "Not enough arguments for '%s' (min is %d)",
                               row->name, row->minimum);
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
        return parse_check(parser, node) && parse_branches(parser, node, row->name);
    parse_space(parser);
    if (parse_take(parser, '}'))
        return parse_check(parser, node);
    if (parse_peek(parser) == '{')
        return parse_mistake(parser, parser->position, "Too many arguments for '%s' (max is %d)", row->name,
                             row->maximum);
    return parse_mistake_brace(parser, parser->position, "missing '}' after '%s'", row->name);
}

bool parse_check(struct parser *parser, const struct node *node)
{
    struct error error = {.offset = ERROR_NO_OFFSET};

    return parser->is_probe || evaluate_check(parser->arena, node, &error) ||
           parse_mistake(parser, error.offset, "%s", error.message);
}

static struct node *parse_item(struct parser *parser, const struct item_row *row, size_t offset)
{
    struct node *node = parse_node(parser, NODE_ITEM, offset);

    if (node == NULL)
        return NULL;
    node->row.item = row;
    node->incomplete = row->parse != NULL ? !row->parse(parser, node) : !parse_item_default(parser, node);
    node->end = parser->position;
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
    if (at < text->length && text->bytes[at] == '_')
        return false;
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
    if (used == name->length && !needs_numbers)
        return true;
    if (used < name->length) {
        node->text = value_clean(name->bytes + used + 1, name->length - used - 1);
        if (row->form == OPERATOR_PLAIN || row->form == OPERATOR_WORD ||
            parse_operator_numbers(node, &node->text))
            return true;
    }
    /* Exim looks at the numbers when it evaluates: these are no mistake in a branch
       that is not taken. */
    node->fail_mistake =
        used == name->length
            ? arena_format(parser->arena, "missing values after %s", row->name)
            : arena_format(parser->arena, "non-digit after underscore in \"%.*s\"", CALL_TEXT(name));
    if (node->fail_mistake == NULL)
        return parse_no_memory(parser);
    parse_doubt(parser, node->offset, node->fail_mistake);
    return true;
}

/* What a pure operator makes of constant text is constant text. */
static struct node *fold(struct parser *parser, struct node *node)
{
    struct value result;
    const struct operator_row *row = node->row.operation;

    if (row->effect != EFFECT_PURE || row->follows_options || node->fail_mistake != NULL ||
        node->children[0]->kind != NODE_TEXT)
        return node;
    if (!evaluate_constant(parser->arena, parser->program, node, &result))
        return node;
    parser->folds++;
    node->kind = NODE_TEXT;
    node->text = result;
    node->child_count = 0;
    return node;
}

/* Where the operand of one of these begins with "$" Exim looks for a name up to
   the next brace first, and misses that before any other mistake. */
static void note_missing_name_end(struct parser *parser, const struct value *name, size_t operand)
{
    struct parser probe = *parser;
    struct value ignored;
    size_t used;
    const struct operator_row *row = operator_row_find(name->bytes, name->length, &used);

    if (row == NULL || !row->takes_certificate || operand >= parser->length || parser->text[operand] != '$')
        return;
    /* $x and the like have their brace, whatever comes before it. */
    size_t rest = parser->length - operand - 1;
    if (rest > 0 && parser->text[operand + 1] == '$' && memchr(parser->text + operand + 1, '{', rest) != NULL)
        return;
    probe.position = operand;
    if (parse_unexpanded_argument(&probe, &ignored) || probe.position < probe.length)
        return;
    parser->program->mistake.message = NULL;
    (void)parse_mistake_missing_brace(parser);
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
    size_t operand = parser->position;
    bool whole = parse_sequence(parser, true, &argument);
    if (argument != NULL && !parse_add_child(parser, node, argument))
        whole = false;
    if (whole)
        parser->position++;
    else
        note_missing_name_end(parser, name, operand);
    node->end = parser->position;
    node->incomplete = !whole || !resolve_operator(parser, node, name);
    return node->incomplete ? node : fold(parser, node);
}

/* ---- the rest ---- */

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
    while (parse_is_name_byte(parse_peek(parser)) || parse_peek(parser) == '-') /* as in ${substr_-2:…} */
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
    if (node != NULL)
        node->end = parser->position;
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
    if (byte == '\\') {
        bool whole = parse_backslash(parser, run);
        run->end = parser->position;
        return whole;
    }
    if (byte != '$') {
        parse_literal(parser, ends_with_brace, run);
        run->end = parser->position;
        return true;
    }
    struct node *node = parse_dollar(parser);
    if (node != NULL && node->kind == NODE_TEXT) {
        run_add(run, node->text.bytes, node->text.length);
        run->is_folded = true;
        run->end = parser->position;
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
    node->end = parser->length;
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
    node->end = parser->position;
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
    size_t folds = parser->folds;

    buffer_init(&run.copy, parser->arena);
    while (whole && parser->position < parser->length &&
           !(ends_with_brace && parser->text[parser->position] == '}'))
        whole = parse_part(parser, ends_with_brace, &sequence, &run, &run_offset);
    if (whole)
        whole = run_flush(parser, &run, &sequence, run_offset);
    if (whole && ends_with_brace && parser->position >= parser->length)
        whole = parse_mistake_missing_brace(parser);
    if (!whole)
        add_mistake(parser, &sequence);
    *result = sequence_node(parser, &sequence);
    if (*result != NULL && (*result)->kind == NODE_TEXT && parser->folds > folds)
        (*result)->form = TEXT_FOLDED;
    return whole && *result != NULL;
}
