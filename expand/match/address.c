/* Patterns for mail addresses. */

#include <string.h>

#include "base/list.h"
#include "match/private.h"

/* The subject as a caseless or a caseful list wants it: the domain is always in
   lower case. */
struct parts {
    struct value address;
    struct value local_part;
    struct value domain;
};

static enum outcome take_apart(struct matcher *matcher, struct parts *parts)
{
    struct arena *arena = matcher->run->arena;
    const struct value *subject = &matcher->subject;
    const char *at = memrchr(subject->bytes, '@', subject->length);
    size_t local_length = (size_t)(at - subject->bytes);
    struct value *address = &parts->address;

    *address = matcher->lower;
    if (matcher->is_caseful) {
        char *bytes = arena_copy(arena, matcher->lower.bytes, subject->length);
        if (bytes == NULL)
            return error_no_memory(matcher->run->error);
        memcpy(bytes, subject->bytes, local_length);
        address->bytes = bytes;
    }
    parts->local_part = value_slice(arena, address, 0, local_length);
    parts->domain = value_slice(arena, address, local_length + 1, address->length);
    return OUTCOME_DONE;
}

/* ---- a lookup of the whole address, or of its local parts by its domain ---- */

static enum outcome check_whole_lookup(struct matcher *matcher, const struct value *address,
                                       const struct value *item, enum answer *answer)
{
    struct list_lookup lookup;
    struct lookup_answer found = {.found = false};
    enum outcome outcome = read_lookup(matcher, item, LOOKUP_OF_ADDRESS, &lookup);

    if (outcome == OUTCOME_DONE)
        outcome = ask_lookup(matcher, &lookup, address, &found);
    *answer = outcome == OUTCOME_DONE && found.found ? ANSWER_YES : ANSWER_NO;
    return outcome;
}

/* Whether nothing follows the item that was read. */
static bool was_last(const struct list_reader *reader)
{
    struct list_reader ahead = *reader;
    struct value ignored;

    return !list_next(&ahead, &ignored);
}

/* Goes through the local parts that a domain's data lists. "*next" is the key
   that a last item ">key" names, or empty. */
static enum outcome check_local_parts(struct matcher *matcher, const struct value *local_part,
                                      const struct value *list, bool may_chain, struct value *next,
                                      enum answer *answer)
{
    struct list_reader reader;
    struct value item;

    *next = value_clean("", 0);
    list_open(&reader, matcher->run->arena, list, ':');
    while (list_next(&reader, &item)) {
        struct value pattern = item;
        bool negated = item.length > 0 && item.bytes[0] == '!';
        if (may_chain && item.length > 0 && item.bytes[0] == '>' && was_last(&reader)) {
            *next = value_slice(matcher->run->arena, &item, 1, item.length);
            *next = value_trim(matcher->run->arena, next);
            break;
        }
        if (negated) {
            pattern = value_slice(matcher->run->arena, &item, 1, item.length);
            pattern = value_trim(matcher->run->arena, &pattern);
        }
        const struct text_question question = {
            .subject = local_part, .written = local_part, .pattern = &pattern, .may_look_up = true};
        enum outcome outcome = check_text(matcher, &question, answer);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (*answer == ANSWER_NO)
            continue;
        *answer = negated ? ANSWER_NO : ANSWER_YES;
        return OUTCOME_DONE;
    }
    return OUTCOME_DONE;
}

/* @@lookup: "item" is what stands behind "@@". */
static enum outcome check_by_domain(struct matcher *matcher, const struct parts *parts,
                                    const struct value *item, enum answer *answer)
{
    enum { LONGEST_CHAIN = 50 };
    struct value key = parts->domain;
    struct list_lookup lookup;
    struct lookup_answer found = {.found = false};
    enum outcome outcome = read_lookup(matcher, item, LOOKUP_OF_TEXT, &lookup);

    for (size_t i = 0; outcome == OUTCOME_DONE && i < LONGEST_CHAIN; i++) {
        bool may_chain = lookup.driver->style == LOOKUP_SINGLE_KEY;
        matcher->has_value = false;
        outcome = ask_lookup(matcher, &lookup, &key, &found);
        if (outcome != OUTCOME_DONE || !found.found)
            return outcome;
        matcher->has_value = false; /* the list is none */
        outcome = check_local_parts(matcher, &parts->local_part, &found.value, may_chain, &key, answer);
        if (key.length == 0)
            return outcome;
    }
    if (outcome != OUTCOME_DONE)
        return outcome;
    return match_failed(matcher, OUTCOME_FAILED, "Loop detected in lookup of local part of %.*s in @@%.*s",
                        CALL_TEXT(&matcher->subject), CALL_TEXT(item));
}

/* ---- a local part and a domain ---- */

static bool local_part_matches(struct matcher *matcher, const struct value *subject,
                               const struct value *pattern)
{
    struct arena *arena = matcher->run->arena;

    if (pattern->length == 0 || pattern->bytes[0] != '*')
        return is_same_text(matcher, subject, pattern);
    struct value end = value_slice(arena, pattern, 1, pattern->length);
    if (subject->length < end.length)
        return false;
    struct value tail = value_slice(arena, subject, subject->length - end.length, end.length);
    return is_same_text(matcher, &tail, &end);
}

/* The position of the "@" between local part and domain, or the length when
   there is none. The domain may be "@" itself, or begin with it. */
static size_t find_at(const struct value *item)
{
    const char *at = memrchr(item->bytes, '@', item->length);

    if (at == NULL)
        return item->length;
    size_t position = (size_t)(at - item->bytes);
    return position > 0 && item->bytes[position - 1] == '@' ? position - 1 : position;
}

/* Where a named list answers for the domain, its subject is that. */
static enum outcome check_domain(struct matcher *matcher, const struct value *domain,
                                 const struct value *pattern, enum answer *answer)
{
    const struct text_question question = {
        .subject = domain, .written = domain, .pattern = pattern, .is_domain = true, .may_look_up = true};
    const struct matcher outer = *matcher;

    if (pattern->length == 0 || pattern->bytes[0] != '+')
        return check_text(matcher, &question, answer);
    matcher->subject = *domain;
    matcher->lower = *domain;
    enum outcome outcome = check_named_list(matcher, LIST_DOMAIN, pattern, answer);
    matcher->subject = outer.subject;
    matcher->lower = outer.lower;
    matcher->captures = outer.captures;
    return outcome;
}

/* The pattern's local part, "@", and what the domain's item says. */
static enum outcome set_address_value(struct matcher *matcher, const struct value *local_part)
{
    struct buffer text;
    struct value whole;

    buffer_init(&text, matcher->run->arena);
    buffer_add_value(&text, local_part);
    buffer_add_byte(&text, '@');
    if (matcher->has_value)
        buffer_add_value(&text, &matcher->value);
    if (!buffer_value(&text, &whole))
        return error_no_memory(matcher->run->error);
    set_value(matcher, &whole);
    return OUTCOME_DONE;
}

static enum outcome check_parts(struct matcher *matcher, const struct parts *parts, const struct value *item,
                                enum answer *answer)
{
    static const struct captures none = {.count = 0};
    struct arena *arena = matcher->run->arena;
    size_t at = find_at(item);
    bool has_local_part = at < item->length;
    struct value local_part = value_slice(arena, item, 0, has_local_part ? at : 0);
    struct value domain = value_slice(arena, item, has_local_part ? at + 1 : 0, item->length);

    if (has_local_part && !local_part_matches(matcher, &parts->local_part, &local_part))
        return OUTCOME_DONE;
    matcher->captures = &none;
    if (domain.length == 0)
        return OUTCOME_DONE;
    enum outcome outcome = check_domain(matcher, &parts->domain, &domain, answer);
    if (outcome != OUTCOME_DONE || *answer != ANSWER_YES)
        return outcome;
    return set_address_value(matcher, &local_part);
}

/* ---- all of it ---- */

static bool is_whole_lookup(const struct value *item)
{
    const char *semicolon = memchr(item->bytes, ';', item->length);
    const char *at = memchr(item->bytes, '@', item->length);

    if (item->bytes[0] == '*' || semicolon == NULL)
        return false;
    /* In front of the type's end an "@" is a default's, as in lsearch*@; */
    return at == NULL || at > semicolon || (at > item->bytes && at[-1] == '*' && at + 1 == semicolon);
}

static bool begins_with_two_ats(const struct value *item)
{
    return item->length > 2 && item->bytes[0] == '@' && item->bytes[1] == '@' && is_lookup(item);
}

static enum outcome check_empty_address(struct matcher *matcher, const struct value *item,
                                        enum answer *answer)
{
    if (item->length == 0) {
        set_value(matcher, item);
        *answer = ANSWER_YES;
        return OUTCOME_DONE;
    }
    if (item->bytes[0] == '^')
        return check_regex(matcher, &matcher->subject, item, NULL, answer);
    return is_whole_lookup(item) ? check_whole_lookup(matcher, &matcher->subject, item, answer)
                                 : OUTCOME_DONE;
}

/* What is no address is in no list. */
enum outcome check_address_item(struct matcher *matcher, const struct value *item, enum answer *answer)
{
    static const struct captures none = {.count = 0};
    struct parts parts;

    *answer = ANSWER_NO;
    if (matcher->subject.length == 0)
        return check_empty_address(matcher, item, answer);
    if (item->length == 0 || memchr(matcher->subject.bytes, '@', matcher->subject.length) == NULL)
        return OUTCOME_DONE;
    enum outcome outcome = take_apart(matcher, &parts);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (item->bytes[0] == '^') {
        matcher->captures = &none;
        return check_regex(matcher, &parts.address, item, NULL, answer);
    }
    if (begins_with_two_ats(item)) {
        struct value rest = value_slice(matcher->run->arena, item, 2, item->length);
        matcher->captures = &none;
        return check_by_domain(matcher, &parts, &rest, answer);
    }
    if (is_whole_lookup(item))
        return check_whole_lookup(matcher, &parts.address, item, answer);
    return check_parts(matcher, &parts, item, answer);
}
