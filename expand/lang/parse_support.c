/* What all parse functions stand on: names, nodes, and the first mistake. */

#include "lang/parse.h"
#include "lang/parse_private.h"

#include <stdarg.h>
#include <string.h>

#include "base/buffer.h"

bool parse_take(struct parser *parser, char byte)
{
    if (parse_peek(parser) != byte || parser->position >= parser->length)
        return false;
    parser->position++;
    return true;
}

bool parse_is_name_byte(char byte)
{
    return byte_is_alnum(byte) || byte == '_';
}

struct value parse_name(struct parser *parser)
{
    size_t from = parser->position;

    while (parser->position < parser->length && parse_is_name_byte(parser->text[parser->position]))
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

bool parse_no_memory(struct parser *parser)
{
    return parse_mistake(parser, parser->position,
                         "out of memory: the string is larger than the limit allows");
}

void parse_mistake_inside(struct parser *parser, const char *where, const char *name)
{
    struct error *mistake = &parser->program->mistake;

    error_wrap(mistake, parser->arena, "%s inside \"%s%s", mistake->message, name, where);
}

const char *parse_header_hint(const struct parser *parser)
{
    return parser->header_name_has_brace ? " - could be header name not terminated by colon" : "";
}

bool parse_mistake_missing_brace(struct parser *parser)
{
    return parse_mistake(parser, parser->length, "missing } at end of string%s", parse_header_hint(parser));
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
