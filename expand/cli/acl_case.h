/* A case about an ACL: "NAME {ARGUMENT}…" and what the ACL says. */

#ifndef REXPAND_CLI_ACL_CASE_H
#define REXPAND_CLI_ACL_CASE_H

#include "base/arena.h"
#include "base/value.h"
#include "rexpand.h"

/* Expands the arguments, checks the ACL, and gives "accept", or "accept: message" where
   there is one; *failed: a mistake, in a string or in the ACL, whose message it is. The text
   is in "arena". False when memory runs out. */
bool acl_case_run(struct rexpand_env *env, struct arena *arena, const struct value *text, bool *failed,
                  struct value *got);

#endif
