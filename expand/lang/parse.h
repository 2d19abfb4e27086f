/* Text to nodes. Rows whose arguments are out of the ordinary bring a parse
   function, and these are what it is made of. All that return bool return false when
   the program's first mistake has been recorded: the caller marks its node as
   incomplete and returns false itself. */

#ifndef REXPAND_LANG_PARSE_H
#define REXPAND_LANG_PARSE_H

#include "lang/node.h"
#include "lang/row.h"

struct parser {
    struct program *program;
    struct arena *arena; /* the program's */
    const char *text;
    size_t length;
    size_t position;
    unsigned depth;
    bool is_probe;              /* only finds an end; nothing of the result will be used */
    bool is_foreign;            /* another build will evaluate it: see program_compile_foreign */
    bool header_name_has_brace; /* a header's name swallowed a "}": a likely cause of later trouble */
};

/* Deeper nesting than this is a mistake, so that no text exhausts the stack. */
enum { PARSE_DEPTH_LIMIT = 1000 };

/* The byte at the position; NUL at the end (and for a NUL in the text, which
   nothing in the grammar wants). */
static inline char parse_peek(const struct parser *parser)
{
    return parser->position < parser->length ? parser->text[parser->position] : '\0';
}

static inline void parse_space(struct parser *parser)
{
    while (parser->position < parser->length && byte_is_space(parser->text[parser->position]))
        parser->position++;
}

/* Takes the byte if it is next. */
bool parse_take(struct parser *parser, char byte);

/* A name of letters, digits and underscores; may be empty. Points into the
   program's source. */
struct value parse_name(struct parser *parser);

/* A new node that began at "offset". */
struct node *parse_node(struct parser *parser, enum node_kind kind, size_t offset);

/* Puts a child behind a node's others. */
bool parse_add_child(struct parser *parser, struct node *node, struct node *child);

/* argument := "{" sequence "}" , at its "{". */
bool parse_argument(struct parser *parser, struct node **argument);

/* As parse_argument, and puts it behind the node's other children. */
bool parse_child(struct parser *parser, struct node *node);

/* An argument in which backslashes have their meaning but dollars have none:
   the text up to the next "}". */
bool parse_plain_argument(struct parser *parser, struct value *text);

/* An argument that is left as it is written, to be expanded in parts later;
   false without a mistake when its end is not found. */
bool parse_unexpanded_argument(struct parser *parser, struct value *text);

/* The condition's name that "text" begins with; empty if it begins with none. */
struct value parse_relation_name(const char *text, size_t length);

/* A variable's name without its "$", as in def:name and def:h_name: */
bool parse_defined_variable(struct parser *parser, struct node **variable);

/* condition := "!"* name operands */
bool parse_condition(struct parser *parser, struct node **condition);

/* branches := [ "{" yes "}" [ "{" no "}" | "fail" ] ] "}" */
bool parse_branches(struct parser *parser, struct node *node, const char *name);

/* Records the program's first mistake; later ones are dropped. Returns false,
   for the caller to return. */
bool parse_mistake(struct parser *parser, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds to the recorded mistake where it was found: ` inside "and{...}" condition`. */
void parse_mistake_inside(struct parser *parser, const char *where, const char *name);

/* Notes a constant pattern, to be compiled when the program is prepared for
   many runs; until then, and when it is wrong, it is compiled (and reported) when it is
   reached. */
void parse_note_pattern(struct parser *parser, struct node *node, const struct node *pattern);

/* A sequence from the position up to the "}" that ends it (which is not taken)
   or, for the outermost one, up to the end. */
bool parse_sequence(struct parser *parser, bool ends_with_brace, struct node **sequence);

#endif
