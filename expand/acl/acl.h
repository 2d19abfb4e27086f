/* Access control lists (Exim specification, chapter 43): what they say. */

#ifndef REXPAND_ACL_ACL_H
#define REXPAND_ACL_ACL_H

#include "config/acls.h"
#include "lang/acl_call.h"

/* The ACLs of a configuration as an environment has them: those of files are
   kept once they are read, and warnings that were logged are known. The functions' arguments
   are those of one environment and its evaluation. */

/* "config" may be NULL, and outlives what is made. NULL when memory runs out. */
struct acls *acls_new(const struct config *config);
void acls_free(struct acls *acls);

/* The end of a message: the same warning is worth a line again. */
void acls_forget(struct acls *acls);

/* Checks the ACL that "name" is, for a string that is being evaluated: the name
   of one of the configuration's, the path of a file, or an ACL itself. An answer is
   there when the outcome is OUTCOME_DONE; a mistake in the ACL is an answer, too. */
acl_checker acls_check;

/* The same for the text of an option such as acl_smtp_rcpt, which is expanded
   first. */
acl_checker acls_check_option;

/* Whether this build evaluates a condition or modifier; others are an error
   when they are reached. */
bool acl_row_is_evaluated(const struct acl_row *row);

#endif
