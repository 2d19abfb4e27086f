/* One lookup in a line: what the tests of lookups share. */

#ifndef REXPAND_TEST_ASK_H
#define REXPAND_TEST_ASK_H

#include "lookups/lookup.h"

/* Lookups and the arena of the last answer. */
struct asker {
    struct lookups *lookups;
    struct arena arena;
    struct error error;
    struct lookup_answer answer;
};

void asker_open(struct asker *asker);
void asker_close(struct asker *asker);

/* Sets a setting; the test fails when that is refused. */
void asker_set(struct asker *asker, const char *name, const char *text);

/* Asks redis; "options" as behind the comma. The answer is valid until the next. */
enum outcome ask_value(struct asker *asker, const struct value *query, const char *options);
enum outcome ask(struct asker *asker, const char *query);

/* Asks a file. */
enum outcome ask_file(struct asker *asker, const char *driver, const char *key, const char *file);

/* Asks, and compares what comes with "expected": the text, "(none)" for not found,
   or for an outcome that is not done its message, of which "expected" must be a
   part, behind "failed: " or "deferred: ". */
#define assert_answer(asker, query, expected) assert_answer_at(asker, query, expected, __FILE__, __LINE__)
void assert_answer_at(struct asker *asker, const char *query, const char *expected, const char *file,
                      int line);

/* The same for an answer that is already there. */
#define assert_result(asker, outcome, expected) assert_result_at(asker, outcome, expected, __FILE__, __LINE__)
void assert_result_at(struct asker *asker, enum outcome outcome, const char *expected, const char *file,
                      int line);

#endif
