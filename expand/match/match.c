/* The way through a list: negation, files, named lists, and the items that
   change what follows. */

#include "match/match.h"

#include <stdarg.h>
#include <string.h>

#include "base/list.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/trace.h"
#include "match/file.h"
#include "match/patterns.h"
#include "match/private.h"

/* Lists that name each other nest no deeper. */
enum { DEPTH_LIMIT = 50 };

static const struct kind_row {
    check_item *check;
    bool has_case;                /* "+caseful" means something */
    bool has_unknown;             /* "+include_unknown" and its kin do */
    bool comment_begins_anywhere; /* in a file; else a "#" counts behind white space only */
} kinds[LIST_KINDS] = {
    [LIST_ADDRESS] = {check_address_item, .has_case = true},
    [LIST_DOMAIN] = {check_domain_item, .comment_begins_anywhere = true},
    [LIST_HOST] = {check_host_item, .has_unknown = true, .comment_begins_anywhere = true},
    [LIST_LOCAL_PART] = {check_local_part_item, .has_case = true},
};

/* What to make of items that cannot tell. */
enum trouble { TROUBLE_ENDS, TROUBLE_INCLUDES, TROUBLE_IS_IGNORED };

/* One list on its way. */
struct walk {
    struct matcher *matcher;
    enum list_kind kind;
    enum trouble unknown; /* a name of a host that is not known */
    enum trouble defer;   /* a lookup that has no answer now */
    bool negated;         /* the last item was */
    bool decided;
    bool matches;
};

enum outcome match_failed(struct matcher *matcher, enum outcome outcome, const char *format, ...)
{
    struct error *error = matcher->run->error;
    va_list arguments;

    va_start(arguments, format);
    error->message = arena_format_list(matcher->run->arena, format, arguments);
    va_end(arguments);
    return error->message == NULL ? error_no_memory(error) : outcome;
}

enum outcome match_outside(struct matcher *matcher, const char *words)
{
    return matcher->run->env->is_sealed ? match_failed(matcher, OUTCOME_FAILED, "%s are not permitted", words)
                                        : OUTCOME_DONE;
}

void set_value(struct matcher *matcher, const struct value *value)
{
    matcher->has_value = true;
    matcher->value = *value;
}

/* ---- items ---- */

static const struct mode_row {
    const char *item;
    bool is_case;
    bool is_defer;
    enum trouble trouble;
} modes[] = {
    {.item = "+caseful", .is_case = true},
    {.item = "+ignore_defer", .is_defer = true, .trouble = TROUBLE_IS_IGNORED},
    {.item = "+ignore_unknown", .trouble = TROUBLE_IS_IGNORED},
    {.item = "+include_defer", .is_defer = true, .trouble = TROUBLE_INCLUDES},
    {.item = "+include_unknown", .trouble = TROUBLE_INCLUDES},
};

/* Takes an item that says how the others are to be read. */
static bool take_mode(struct walk *walk, const struct value *item)
{
    const struct kind_row *kind = &kinds[walk->kind];

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const struct mode_row *mode = &modes[i];
        if (!(mode->is_case ? kind->has_case : kind->has_unknown) || !value_equals_text(item, mode->item))
            continue;
        if (mode->is_case)
            walk->matcher->is_caseful = true;
        else if (mode->is_defer)
            walk->defer = mode->trouble;
        else
            walk->unknown = mode->trouble;
        return true;
    }
    return false;
}

/* Takes "!" and the white space behind it. */
static bool take_negation(struct matcher *matcher, struct value *item)
{
    size_t at = 1;

    if (item->length == 0 || item->bytes[0] != '!')
        return false;
    while (at < item->length && byte_is_space(item->bytes[at]))
        at++;
    *item = value_slice(matcher->run->arena, item, at, item->length);
    return true;
}

static void decide(struct walk *walk, bool matches)
{
    walk->decided = true;
    walk->matches = matches;
}

/* What an item's answer does to the list. "negated" is the sum of all "!". */
static enum outcome take_answer(struct walk *walk, enum outcome outcome, enum answer answer, bool negated)
{
    enum trouble trouble = outcome == OUTCOME_DEFERRED ? walk->defer : walk->unknown;

    if (outcome == OUTCOME_DONE && answer == ANSWER_NO)
        return outcome;
    if (outcome == OUTCOME_DONE && answer == ANSWER_YES) {
        decide(walk, !negated);
        return outcome;
    }
    if (outcome != OUTCOME_DONE && outcome != OUTCOME_DEFERRED)
        return outcome;
    if (trouble == TROUBLE_ENDS && outcome == OUTCOME_DEFERRED)
        return outcome;
    if (trouble != TROUBLE_IS_IGNORED)
        decide(walk, trouble == TROUBLE_INCLUDES);
    return OUTCOME_DONE;
}

typedef enum outcome check_written(struct walk *walk, const struct value *written, bool negated);

/* Whoever watches sees what each item says. */
static enum outcome check_watched(struct walk *walk, const struct value *written, bool negated,
                                  check_written *check)
{
    struct run *run = walk->matcher->run;
    struct trace_frame frame;

    if (run->trace == NULL)
        return check(walk, written, negated);
    trace_enter_list_item(run, &frame, written);
    enum outcome outcome = check(walk, written, negated);
    trace_leave_truth(run, &frame, outcome, walk->decided);
    return outcome;
}

static enum outcome check_line(struct walk *walk, const struct value *written, bool negated)
{
    struct matcher *matcher = walk->matcher;
    struct value line = *written;
    enum answer answer = ANSWER_NO;
    bool line_negated = take_negation(matcher, &line);
    enum outcome outcome = kinds[walk->kind].check(matcher, &line, &answer);

    if (outcome == OUTCOME_DONE && answer == ANSWER_YES)
        set_value(matcher, &line);
    return take_answer(walk, outcome, answer, negated != line_negated);
}

/* The lines of a file are items; but none of them names another file or a
   list, and the value is always the line. */
static enum outcome check_file(struct walk *walk, const struct value *path, bool negated)
{
    struct matcher *matcher = walk->matcher;
    struct list_file file;
    struct value line;
    enum outcome outcome = match_outside(matcher, "files in lists");

    if (outcome == OUTCOME_DONE)
        outcome = list_file_open(&file, matcher->run, path, kinds[walk->kind].comment_begins_anywhere);

    while (outcome == OUTCOME_DONE && !walk->decided && list_file_next(&file, &line))
        outcome = check_watched(walk, &line, negated, check_line);
    return outcome;
}

static enum outcome check_list_item(struct walk *walk, const struct value *written, bool outer_negated)
{
    struct value item = *written;
    enum answer answer = ANSWER_NO;
    enum outcome outcome;

    (void)outer_negated; /* a named list around it has its own answer */
    if (take_mode(walk, &item))
        return OUTCOME_DONE;
    walk->negated = take_negation(walk->matcher, &item);
    if (item.length > 0 && item.bytes[0] == '/')
        return check_file(walk, &item, walk->negated);
    if (item.length > 0 && item.bytes[0] == '+')
        outcome = check_named_list(walk->matcher, walk->kind, &item, &answer);
    else
        outcome = kinds[walk->kind].check(walk->matcher, &item, &answer);
    return take_answer(walk, outcome, answer, walk->negated);
}

/* A list that nothing decides matches if its last item was negated. */
static enum outcome check_list(struct matcher *matcher, enum list_kind kind, const struct value *list,
                               bool *matches)
{
    struct walk walk = {.matcher = matcher, .kind = kind};
    struct list_reader reader;
    struct value item;
    enum outcome outcome = OUTCOME_DONE;

    list_open(&reader, matcher->run->arena, list, ':');
    while (outcome == OUTCOME_DONE && !walk.decided && list_next(&reader, &item))
        outcome = check_watched(&walk, &item, false, check_list_item);
    *matches = walk.decided ? walk.matches : walk.negated;
    return outcome;
}

/* ---- named lists ---- */

static void take_recalled(struct matcher *matcher, enum list_kind kind, struct list_answer *recalled)
{
    if (recalled->has_value)
        set_value(matcher, &recalled->value);
    if (kind != LIST_HOST)
        matcher->captures = &recalled->captures;
}

/* A forced failure makes it a list that nothing is in, any other a list that
   cannot be asked. */
static enum outcome expand_list(struct matcher *matcher, const struct named_list *list, struct value *text)
{
    struct run *run = matcher->run;

    if (memchr(list->text.bytes, '$', list->text.length) == NULL &&
        memchr(list->text.bytes, '\\', list->text.length) == NULL) {
        *text = list->text;
        return OUTCOME_DONE;
    }
    enum outcome outcome = evaluate_text(run, &list->text, text);
    if (outcome == OUTCOME_DONE || outcome == OUTCOME_FORCED_FAILURE)
        return outcome;
    return match_failed(matcher, outcome, "failed to expand \"%.*s\" while checking a list: %s",
                        CALL_TEXT(&list->text), run->error->message);
}

/* What the way through a list left behind. */
static void fill_answer(const struct matcher *matcher, struct list_answer *answer)
{
    answer->has_value = matcher->has_value;
    answer->value = matcher->has_value ? matcher->value : value_clean("", 0);
    answer->captures.count = 0;
    if (matcher->captures != NULL)
        answer->captures = *matcher->captures;
}

/* Goes through the list and keeps what came of it. */
static enum outcome ask_list(struct matcher *matcher, enum list_kind kind, struct named_list *list,
                             struct list_answer *answer)
{
    const struct matcher before = *matcher;
    const struct value subject = *shown_subject(matcher);
    struct value text;
    enum outcome outcome = expand_list(matcher, list, &text);

    if (outcome == OUTCOME_FORCED_FAILURE)
        return OUTCOME_DONE;
    matcher->has_value = false;
    if (outcome == OUTCOME_DONE)
        outcome = check_list(matcher, kind, &text, &answer->matches);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (matcher->is_lasting && matcher->is_caseful == before.is_caseful) {
        fill_answer(matcher, answer);
        named_list_note(list, &subject, before.is_caseful, answer);
    }
    if (!matcher->has_value && before.has_value)
        set_value(matcher, &before.value);
    return OUTCOME_DONE;
}

static enum outcome consult(struct matcher *matcher, enum list_kind kind, struct named_list *list,
                            bool *matches)
{
    struct list_answer *answer = arena_calloc(matcher->run->arena, 1, sizeof *answer);
    enum outcome outcome = OUTCOME_DONE;

    if (answer == NULL)
        return error_no_memory(matcher->run->error);
    if (named_list_recall(list, shown_subject(matcher), matcher->is_caseful, matcher->run->arena, answer)) {
        take_recalled(matcher, kind, answer);
        if (matcher->run->trace != NULL)
            trace_note_remembered(matcher->run);
    } else {
        outcome = ask_list(matcher, kind, list, answer);
    }
    *matches = answer->matches;
    return outcome;
}

enum outcome check_named_list(struct matcher *matcher, enum list_kind kind, const struct value *item,
                              enum answer *answer)
{
    struct named_list *list =
        named_lists_find(matcher->run->env->lists, kind, item->bytes + 1, item->length - 1);
    bool was_lasting = matcher->is_lasting;
    bool matches = false;

    if (list == NULL)
        return match_failed(matcher, OUTCOME_FAILED, "unknown named %s list \"%.*s\"", list_kind_noun(kind),
                            CALL_TEXT(item));
    if (matcher->depth >= DEPTH_LIMIT)
        return match_failed(matcher, OUTCOME_FAILED,
                            "named lists nest too deeply at \"%.*s\": the limit is %d", CALL_TEXT(item),
                            DEPTH_LIMIT);
    if (clock_is_past(matcher->run->deadline))
        return match_failed(matcher, OUTCOME_FAILED, "the expansion took longer than its time limit");
    matcher->depth++;
    matcher->is_lasting = list->is_constant;
    enum outcome outcome = consult(matcher, kind, list, &matches);
    matcher->is_lasting = matcher->is_lasting && was_lasting;
    matcher->depth--;
    *answer = matches ? ANSWER_YES : ANSWER_NO;
    return outcome;
}

/* ---- the whole ---- */

/* The subject as the list's kind has it. */
static enum outcome prepare(struct matcher *matcher, enum list_kind kind, const struct value *subject)
{
    static const struct captures none = {.count = 0};

    matcher->subject = *subject;
    matcher->lower = *subject;
    if (kind != LIST_HOST) {
        matcher->captures = kind == LIST_ADDRESS ? NULL : &none;
        return make_lower(matcher->run, subject, &matcher->lower);
    }
    if (subject->length == 0)
        return OUTCOME_DONE;
    if (!ip_read(subject, &matcher->address))
        return match_failed(matcher, OUTCOME_FAILED, "\"%.*s\" is not an IP address", CALL_TEXT(subject));
    ip_unmap(&matcher->address);
    return OUTCOME_DONE;
}

/* A list without any items is not looked at, and $0 stays what it was. */
static bool is_empty(struct arena *arena, const struct value *list)
{
    struct list_reader reader;
    struct value item;

    list_open(&reader, arena, list, ':');
    return !list_next(&reader, &item);
}

enum outcome match_list(struct run *run, enum list_kind kind, const struct value *subject,
                        const struct value *list, struct match_result *result)
{
    struct matcher matcher = {.run = run, .is_lasting = true};
    enum outcome outcome = prepare(&matcher, kind, subject);

    *result = (struct match_result){.matches = false};
    if (outcome != OUTCOME_DONE || is_empty(run->arena, list))
        return outcome;
    outcome = check_list(&matcher, kind, list, &result->matches);
    if (outcome != OUTCOME_DONE)
        return match_failed(&matcher, outcome, "unable to complete match against \"%.*s\": %s",
                            CALL_TEXT(list), run->error->message);
    result->has_value = matcher.has_value;
    result->value = matcher.value;
    result->captures = matcher.captures;
    return OUTCOME_DONE;
}

/* ---- keys of a file ---- */

static enum outcome expand_key(void *context, const struct value *text, struct value *result)
{
    struct run *run = context;
    struct matcher matcher = {.run = run};
    enum outcome outcome = evaluate_text(run, text, result);

    if (outcome == OUTCOME_DONE || outcome == OUTCOME_FORCED_FAILURE)
        return outcome;
    return match_failed(&matcher, outcome, "failed to expand \"%.*s\" while checking a list: %s",
                        CALL_TEXT(text), run->error->message);
}

/* Of the items that change a list only "!" and files have a meaning here. */
static enum outcome match_key(void *context, const struct value *subject, const struct value *item,
                              bool *matches)
{
    struct matcher matcher = {.run = context};
    struct walk walk = {.matcher = &matcher, .kind = LIST_LOCAL_PART};
    struct value pattern = *item;
    enum answer answer = ANSWER_NO;
    enum outcome outcome = prepare(&matcher, LIST_LOCAL_PART, subject);

    if (outcome != OUTCOME_DONE)
        return outcome;
    walk.negated = take_negation(&matcher, &pattern);
    if (pattern.length > 0 && pattern.bytes[0] == '/') {
        outcome = check_file(&walk, &pattern, walk.negated);
    } else {
        outcome = check_local_part_item(&matcher, &pattern, &answer);
        outcome = take_answer(&walk, outcome, answer, walk.negated);
    }
    *matches = walk.decided ? walk.matches : walk.negated;
    return outcome;
}

const struct lookup_language lookup_patterns = {.expand = expand_key, .match = match_key};
