/* What the parser's own files share; rows see parse.h. */

#ifndef REXPAND_LANG_PARSE_PRIVATE_H
#define REXPAND_LANG_PARSE_PRIVATE_H

#include "lang/parse.h"

/* Letters, digits and the underscore. */
bool parse_is_name_byte(char byte);

/* The mistakes that the whole parser can make. */
bool parse_no_memory(struct parser *parser);
bool parse_mistake_missing_brace(struct parser *parser);

/* What Exim adds where a header's name may have swallowed the brace. */
const char *parse_header_hint(const struct parser *parser);

/* Whether the construct takes those arguments that are constant. */
bool parse_check(struct parser *parser, const struct node *node);

/* variable := name | digits , at the byte behind "$"; the "$" is at "offset".
   NULL when a mistake was recorded. */
struct node *parse_plain_variable(struct parser *parser, size_t offset);

/* ${name} with the name read, at its "}", and ${digits} at the first digit. */
struct node *parse_braced_variable(struct parser *parser, const struct value *name, size_t offset);
struct node *parse_braced_capture(struct parser *parser, size_t offset);

#endif
