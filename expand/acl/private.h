/* What the files of this folder share. */

#ifndef REXPAND_ACL_PRIVATE_H
#define REXPAND_ACL_PRIVATE_H

#include "acl/acl.h"
#include "lang/env.h"

struct loaded_acl;
struct warning;

struct acls {
    const struct config *config;
    struct arena arena;        /* of what was loaded */
    struct loaded_acl *loaded; /* the ACLs of files */
    struct arena messages;     /* of the warnings */
    struct warning *warnings;  /* that this message has given rise to */
    unsigned level;            /* how deep ACLs call each other now */
    bool shows_high_bytes;     /* in the log: print_topbitchars */
};

/* One ACL while it is checked. */
struct acl_check {
    struct acls *acls;
    struct run *run;
    struct acl_answer *answer;
};

/* check.c: checks the ACL that an expanded text is, with the arguments bound. */
enum outcome acl_check_text(struct acl_check *check, const struct value *text,
                            const struct acl_arguments *arguments) MUST_CHECK;

/* find.c: the ACL that an expanded text is. NULL, with the verdict in the
   answer, when there is none. */
enum outcome acl_find(struct acl_check *check, const struct value *text, const struct acl **acl) MUST_CHECK;

/* statement.c: does what a verb says. *decided: the ACL ends with the answer's
   verdict. */
enum outcome acl_do_statement(struct acl_check *check, const struct acl_statement *statement,
                              bool *decided) MUST_CHECK;

/* functions.c: what a condition does. The verdict is VERDICT_ACCEPT before, and
   stays so when the condition holds. "text" is expanded where the row says so. */
typedef enum outcome acl_function(struct acl_check *check, enum acl_verb verb,
                                  const struct acl_condition *condition, const struct value *text) MUST_CHECK;

/* NULL: this build has none for it. */
acl_function *acl_function_find(const struct acl_row *row);

/* log.c: writes a line to "logs", names with commas; bytes that do not print
   are escaped. */
enum outcome acl_log(struct acl_check *check, const char *logs, const struct value *line) MUST_CHECK;
enum outcome acl_log_format(struct acl_check *check, const char *logs, const char *format, ...)
    __attribute__((format(printf, 3, 4))) MUST_CHECK;

/* log.c: a line about the client, "Warning: …"; once a message for a text if
   "once". */
enum outcome acl_log_warning(struct acl_check *check, const struct value *text, bool once) MUST_CHECK;

/* The verdict, and for the log why. */
enum outcome acl_say(struct acl_check *check, enum acl_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4))) MUST_CHECK;

#endif
