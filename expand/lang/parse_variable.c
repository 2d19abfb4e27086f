/* Variables, header fields and captures. */

#include "lang/parse.h"
#include "lang/parse_private.h"

#include <string.h>

#include "lang/call.h"

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
    node->end = parser->position;
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
    if (node == NULL)
        return NULL;
    node->numbers[0] = number;
    node->end = parser->position;
    return node;
}

/* variable := "$" ( name | digits ) , at the byte behind "$". */
struct node *parse_plain_variable(struct parser *parser, size_t offset)
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

/* ${name}: a variable. */
struct node *parse_braced_variable(struct parser *parser, const struct value *name, size_t offset)
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

struct node *parse_braced_capture(struct parser *parser, size_t offset)
{
    struct node *node = capture_node(parser, offset);

    if (node == NULL || parse_take(parser, '}'))
        return node;
    (void)parse_mistake(parser, parser->position, "} expected after number");
    return NULL;
}
