/* Arguments in braces, the {yes}{no} behind an item, and conditions. */

#include "lang/parse.h"
#include "lang/parse_private.h"

#include <string.h>

#include "lang/call.h"
#include "lang/regex.h"

bool parse_argument(struct parser *parser, struct node **argument)
{
    parser->position++;
    if (!parse_sequence(parser, true, argument))
        return false;
    parser->position++;
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
    while (at < length && parse_is_name_byte(text[at]))
        at++;
    return value_clean(text, at);
}

/* Words for the family of messages that Exim has for its conditional items. */
static bool mistake_branches(struct parser *parser, const char *problem)
{
    if (parser->header_name_has_brace)
        return parse_mistake(parser, parser->position, "missing or misplaced { or }%s",
                             parse_header_hint(parser));
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
    node->end = parser->position;
    parser->depth--;
    return !node->incomplete;
}
