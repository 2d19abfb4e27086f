/* The language in a line: what its tests share. */

#ifndef REXPAND_TEST_SPEAKER_H
#define REXPAND_TEST_SPEAKER_H

#include "lang/env.h"

/* An environment and what the last string gave. */
struct speaker {
    struct env *env;
    struct error error;
    struct value value;
    enum outcome outcome;
    char shown[4096];
};

/* With these variables: $local_part "Ann" and $domain "ex.org", tainted;
   $acl_m_clean "Clean". */
void speaker_open(struct speaker *speaker);
void speaker_close(struct speaker *speaker);

void speaker_set(struct speaker *speaker, const char *name, const char *text, bool clean);

/* Compiles and evaluates. The value is valid until the next. */
enum outcome speak(struct speaker *speaker, const char *text);
enum outcome speak_bytes(struct speaker *speaker, const char *text, size_t length);

/* A value as text in which tainted bytes stand in [brackets], and those that were
   quoted for a lookup in [its name|brackets]. Good until the next. */
const char *speaker_show(struct speaker *speaker, const struct value *value);

/* Speaks, and compares with "expected": the value with its taint shown, or for
   what does not end well "failed: ", "forced: " or "deferred: " and the message. */
#define assert_speaks(speaker, text, expected) assert_speaks_at(speaker, text, expected, __FILE__, __LINE__)
void assert_speaks_at(struct speaker *speaker, const char *text, const char *expected, const char *file,
                      int line);

/* Many of them. */
struct speech {
    const char *text;
    const char *expected;
};
#define assert_speeches(speaker, speeches)                                                                   \
    assert_speeches_at(speaker, speeches, sizeof(speeches) / sizeof *(speeches), __FILE__, __LINE__)
void assert_speeches_at(struct speaker *speaker, const struct speech *speeches, size_t count,
                        const char *file, int line);

/* cmocka's setup and teardown: a speaker in *state. */
int speaker_setup(void **state);
int speaker_teardown(void **state);

#endif
