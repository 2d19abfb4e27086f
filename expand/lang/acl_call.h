/* What strings know of ACLs: how to have one checked. Who has ACLs gives the
   environment an acl_checker; rooms further left know no more of them. */

#ifndef REXPAND_LANG_ACL_CALL_H
#define REXPAND_LANG_ACL_CALL_H

#include "lang/call.h"

enum { ACL_ARGUMENTS = 9 }; /* $acl_arg1 to $acl_arg9 */

enum acl_verdict {
    VERDICT_ACCEPT,
    VERDICT_DENY,
    VERDICT_DEFER,
    VERDICT_DISCARD,
    VERDICT_DROP,
    VERDICT_ERROR, /* a mistake in the ACL; the log message says which */
    VERDICTS,
};

/* The word for it in Exim's messages: "FAIL_DROP". */
const char *acl_verdict_word(enum acl_verdict verdict);

/* What an ACL says. The messages live as long as the evaluation; their bytes
   are NULL where there is none. */
struct acl_answer {
    enum acl_verdict verdict;
    struct value message;     /* for the client */
    struct value log_message; /* for the log; the same where no other was given */
};

/* What an ACL is called with, which its strings see. */
struct acl_arguments {
    size_t count;
    struct value texts[ACL_ARGUMENTS]; /* bytes NULL behind "count" */
    struct value verify_message;       /* $acl_verify_message, bytes NULL outside of messages */
};

struct acls;

/* Checks the ACL that "name" is: a name, a file, or an ACL in place. Fails only
   for what is no verdict: memory, time, what this build cannot do. */
typedef enum outcome acl_checker(struct acls *acls, struct run *run, const struct value *name,
                                 const struct acl_arguments *arguments, struct acl_answer *answer) MUST_CHECK;

/* Evaluates the construct's arguments, an ACL and what it is called with, and
   has it checked. What is neither accepted nor denied ends the construct: an ACL that defers is a
   forced failure, as in Exim. */
enum outcome acl_call(struct call *call, struct acl_answer *answer) MUST_CHECK;

#endif
