/* Patterns for a domain or a local part. */

#include <string.h>

#include "lang/env.h"
#include "lang/regex.h"
#include "match/private.h"

bool is_same_text(const struct matcher *matcher, const struct value *left, const struct value *right)
{
    return matcher->is_caseful ? value_equal(left, right) : value_equal_caseless(left, right);
}

enum outcome make_lower(struct run *run, const struct value *text, struct value *lower)
{
    char *bytes = arena_copy(run->arena, text->length == 0 ? "" : text->bytes, text->length);

    if (bytes == NULL)
        return error_no_memory(run->error);
    for (size_t i = 0; i < text->length; i++)
        bytes[i] = byte_lower(bytes[i]);
    *lower = *text;
    lower->bytes = bytes;
    return OUTCOME_DONE;
}

/* Remembers $0 and up to two more. */
static enum outcome capture(struct matcher *matcher, const struct text_question *question,
                            const struct value *first, const struct value *second)
{
    if (!question->changes_captures)
        return OUTCOME_DONE;
    struct captures *captures = arena_calloc(matcher->run->arena, 1, sizeof *captures);
    if (captures == NULL)
        return error_no_memory(matcher->run->error);
    captures->texts[captures->count++] = *question->subject;
    if (first != NULL)
        captures->texts[captures->count++] = *first;
    if (second != NULL)
        captures->texts[captures->count++] = *second;
    matcher->captures = captures;
    return OUTCOME_DONE;
}

static enum outcome check_end(struct matcher *matcher, const struct text_question *question,
                              enum answer *answer)
{
    struct arena *arena = matcher->run->arena;
    struct value end = value_slice(arena, question->pattern, 1, question->pattern->length);

    if (question->subject->length < end.length)
        return OUTCOME_DONE;
    size_t variable = question->subject->length - end.length;
    struct value tail = value_slice(arena, question->subject, variable, end.length);
    if (!is_same_text(matcher, &tail, &end))
        return OUTCOME_DONE;
    struct value begin = value_slice(arena, question->subject, 0, variable);
    *answer = ANSWER_YES;
    set_value(matcher, question->pattern);
    return capture(matcher, question, &begin, NULL);
}

/* The pattern compiled. Its own "(?-i)" can take the lack of regard to case
   back; a message shows it without ours. */
static enum outcome get_regex(struct matcher *matcher, const struct value *pattern,
                              const struct regex **regex)
{
    struct run *run = matcher->run;
    struct buffer caseless;
    struct value text;

    if (matcher->is_caseful)
        return regex_cache_get(run->env->regexes, run->arena, pattern, regex, run->error);
    buffer_init(&caseless, run->arena);
    buffer_add_string(&caseless, "(?i)");
    buffer_add(&caseless, pattern->bytes, pattern->length);
    if (!buffer_value(&caseless, &text))
        return error_no_memory(run->error);
    enum outcome outcome = regex_cache_get(run->env->regexes, run->arena, &text, regex, run->error);
    if (outcome == OUTCOME_FAILED)
        outcome = regex_cache_get(run->env->regexes, run->arena, pattern, regex, run->error);
    return outcome;
}

enum outcome check_regex(struct matcher *matcher, const struct value *subject, const struct value *pattern,
                         struct captures *captures, enum answer *answer)
{
    struct run *run = matcher->run;
    struct regex_match match = {.deadline = run->deadline};
    const struct regex *regex = NULL;
    enum outcome outcome = get_regex(matcher, pattern, &regex);

    if (outcome == OUTCOME_DONE)
        outcome =
            regex_match(regex, run->env->regex_scratch, run->arena, subject, &match, captures, run->error);
    *answer = outcome == OUTCOME_DONE && match.found ? ANSWER_YES : ANSWER_NO;
    return outcome;
}

/* $0 is all of the subject here, not only what matched. */
static enum outcome check_expression(struct matcher *matcher, const struct text_question *question,
                                     enum answer *answer)
{
    struct captures *captures = arena_calloc(matcher->run->arena, 1, sizeof *captures);

    if (captures == NULL)
        return error_no_memory(matcher->run->error);
    enum outcome outcome = check_regex(matcher, question->written, question->pattern, captures, answer);
    if (outcome != OUTCOME_DONE || *answer != ANSWER_YES)
        return outcome;
    set_value(matcher, question->pattern);
    captures->texts[0] = *question->written;
    if (question->changes_captures)
        matcher->captures = captures;
    return OUTCOME_DONE;
}

static enum outcome check_lookup(struct matcher *matcher, const struct text_question *question,
                                 enum answer *answer)
{
    struct list_lookup lookup;
    struct lookup_answer found = {.found = false};
    enum outcome outcome = read_lookup(matcher, question->pattern, LOOKUP_OF_TEXT, &lookup);

    if (outcome == OUTCOME_DONE)
        outcome = ask_lookup(matcher, &lookup, question->subject, &found);
    if (outcome != OUTCOME_DONE || !found.found)
        return outcome;
    *answer = ANSWER_YES;
    return found.has_parts ? capture(matcher, question, &found.wild, &found.fixed)
                           : capture(matcher, question, NULL, NULL);
}

/* ---- "@" ---- */

static enum outcome check_own_name(struct matcher *matcher, const struct text_question *question,
                                   enum answer *answer)
{
    const struct value name = VALUE_LITERAL("primary_hostname");
    const struct variable_row *row = variable_row_find(name.bytes, name.length);
    struct value own;
    enum outcome outcome = env_variable(matcher->run, row, &name, &own);

    if (outcome != OUTCOME_DONE || !value_equal_caseless(&own, question->subject))
        return outcome;
    *answer = ANSWER_YES;
    set_value(matcher, &own);
    return capture(matcher, question, NULL, NULL);
}

/* A domain literal: an address of this machine in square brackets. */
static enum outcome check_own_literal(struct matcher *matcher, const struct text_question *question,
                                      enum answer *answer)
{
    const struct value *subject = question->subject;
    struct ip_address address;

    if (subject->length < 2 || subject->bytes[0] != '[' || subject->bytes[subject->length - 1] != ']')
        return OUTCOME_DONE;
    struct value inside = value_slice(matcher->run->arena, subject, 1, subject->length - 2);
    if (!ip_read(&inside, &address) || !is_own_address(matcher, &address))
        return OUTCOME_DONE;
    *answer = ANSWER_YES;
    set_value(matcher, question->pattern);
    return capture(matcher, question, NULL, NULL);
}

static enum outcome check_mx(struct matcher *matcher, const struct text_question *question,
                             enum answer *answer)
{
    (void)answer;
    return match_failed(matcher, OUTCOME_DEFERRED, "\"%.*s\" needs MX records, which are not in this version",
                        CALL_TEXT(question->pattern));
}

/* What means something in a domain list only. A "/" and more may follow the
   last three. */
static const struct special_row {
    const char *pattern;
    bool may_go_on;
    enum outcome (*check)(struct matcher *matcher, const struct text_question *question, enum answer *answer);
} specials[] = {
    {"@", false, check_own_name},    {"@[]", false, check_own_literal}, {"@mx_any", true, check_mx},
    {"@mx_primary", true, check_mx}, {"@mx_secondary", true, check_mx},
};

static const struct special_row *find_special(const struct value *pattern)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        size_t length = strlen(specials[i].pattern);
        struct value begin = *pattern;
        if (pattern->length < length)
            continue;
        begin.length = length;
        struct value wanted = value_of_string(specials[i].pattern);
        if (!value_equal_caseless(&begin, &wanted))
            continue;
        if (pattern->length == length || (specials[i].may_go_on && pattern->bytes[length] == '/'))
            return &specials[i];
    }
    return NULL;
}

/* ---- all of it ---- */

enum outcome check_text(struct matcher *matcher, const struct text_question *question, enum answer *answer)
{
    const struct value *pattern = question->pattern;
    const struct special_row *special = question->is_domain ? find_special(pattern) : NULL;

    *answer = ANSWER_NO;
    if (pattern->length > 0 && pattern->bytes[0] == '*')
        return check_end(matcher, question, answer);
    if (pattern->length > 0 && pattern->bytes[0] == '^')
        return check_expression(matcher, question, answer);
    if (special != NULL)
        return special->check(matcher, question, answer);
    if (question->may_look_up && is_lookup(pattern))
        return check_lookup(matcher, question, answer);
    if (!is_same_text(matcher, question->subject, pattern))
        return OUTCOME_DONE;
    *answer = ANSWER_YES;
    set_value(matcher, pattern);
    return capture(matcher, question, NULL, NULL);
}

enum outcome check_domain_item(struct matcher *matcher, const struct value *item, enum answer *answer)
{
    const struct text_question question = {.subject = shown_subject(matcher),
                                           .written = &matcher->subject,
                                           .pattern = item,
                                           .is_domain = true,
                                           .may_look_up = true,
                                           .changes_captures = true};

    return check_text(matcher, &question, answer);
}

enum outcome check_local_part_item(struct matcher *matcher, const struct value *item, enum answer *answer)
{
    const struct text_question question = {.subject = shown_subject(matcher),
                                           .written = &matcher->subject,
                                           .pattern = item,
                                           .may_look_up = true,
                                           .changes_captures = true};

    return check_text(matcher, &question, answer);
}
