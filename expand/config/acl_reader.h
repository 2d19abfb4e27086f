/* One ACL while it is read, line by line. */

#ifndef REXPAND_CONFIG_ACL_READER_H
#define REXPAND_CONFIG_ACL_READER_H

#include "config/acls.h"

struct acl_reader {
    struct arena *arena;
    struct acl *acl; /* NULL: none is being read */
    struct acl_statement **next_statement;
    struct acl_statement *statement;
    struct acl_condition **next_condition;
};

/* Starts an ACL. Everything goes into "arena". */
void acl_reader_begin(struct acl_reader *reader, struct arena *arena, struct acl *acl);

/* Whether an ACL ends in front of the line, which gives a name or a macro. */
bool acl_reader_ends(const struct value *text);

/* Adds a line, which must live as long as the ACL. Messages are Exim's,
   without a place. */
enum outcome acl_reader_add(struct acl_reader *reader, const struct config_line *line,
                            struct error *error) MUST_CHECK;

#endif
