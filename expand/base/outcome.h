/* The four outcomes that every layer hands up unchanged: from a Redis
   connection through a lookup and an item to the caller of the library. There
   is no fifth, no errno and no NULL with two meanings. */

#ifndef REXPAND_BASE_OUTCOME_H
#define REXPAND_BASE_OUTCOME_H

#include <stddef.h>

struct arena;

enum outcome {
    OUTCOME_DONE,           /* there is a value */
    OUTCOME_FORCED_FAILURE, /* the configuration asked for it with the word "fail" */
    OUTCOME_FAILED,         /* a mistake; the message says which */
    OUTCOME_DEFERRED,       /* it may work later; the message says what is in the way */
};

/* Functions whose outcome may not be dropped. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define ERROR_NO_OFFSET ((size_t)-1)

/* Why an outcome is not OUTCOME_DONE. The message is text for a person, never
   NULL once set, without a line end, and holds no secret: a password is never
   formatted into it. It lives in the arena it was made in. */
struct error {
    const char *message;
    size_t offset; /* byte in the source string, or ERROR_NO_OFFSET */
};

/* Writes the formatted message into "error" and returns "outcome", so that a
   caller can say `return error_set(…)`. If the arena has no room left, a
   constant message says that instead. */
enum outcome error_set(struct error *error, struct arena *arena, enum outcome outcome, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

/* The longest message that error_wrap makes. */
enum { ERROR_LONGEST = 4096 };

/* Puts words around the message that is there, which is one of the format's
   arguments. Strings that expand strings can nest a thousand deep, each with words of its
   own: a message that is long already gets no more of them, and one that would become
   longer than ERROR_LONGEST loses its middle. Without memory it stays as it was. */
void error_wrap(struct error *error, struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The answer to an allocation that the arena's limit refused: OUTCOME_FAILED,
   with a constant message. */
enum outcome error_no_memory(struct error *error);

#endif
