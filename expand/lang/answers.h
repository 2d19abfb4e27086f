/* What servers answered, kept for an environment's later questions. */

#ifndef REXPAND_LANG_ANSWERS_H
#define REXPAND_LANG_ANSWERS_H

#include "base/value.h"

struct answers;

/* NULL when memory runs out. */
struct answers *answers_new(void);
void answers_free(struct answers *answers);
void answers_forget_all(struct answers *answers);

/* The kept answer of "server" to "question", or NULL. It is valid until
   something is forgotten. */
const struct value *answers_find(const struct answers *answers, const struct value *server,
                                 const struct value *question);

/* Keeps copies; without memory nothing is kept. */
void answers_keep(struct answers *answers, const struct value *server, const struct value *question,
                  const struct value *answer);

/* Forgets all that "server" said. */
void answers_forget(struct answers *answers, const struct value *server);

#endif
