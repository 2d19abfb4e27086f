/* ${length{…}}, ${substr{…}}, ${hash{…}}, ${sg{…}}. */

#include <string.h>

#include "items/text.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/regex.h"

struct value text_substr(struct arena *arena, const struct value *text, long start, long length)
{
    long size = (long)text->length;

    if (start < 0) {
        start += size;
        if (start < 0) {
            if (length >= 0)
                length = length + start < 0 ? 0 : length + start;
            else
                length = 0;
            start = 0;
        } else if (length < 0) {
            length = start;
            start = 0;
        }
    } else if (start > size) {
        start = size;
        length = 0;
    } else if (length < 0) {
        length = size;
    }
    return value_slice(arena, text, (size_t)start, (size_t)length);
}

/* The order of letters is Exim's, in which s follows r and t only seemingly
   wrongly: hashes are stored in the names of mail folders. */
static const char hash_alphabet[] = "abcdefghijklmnopqrtsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* Folds what is behind the first "length" bytes into them, each byte rotated
   by a count that depends on it and its place. */
static void mix(unsigned char *bytes, size_t length, const struct value *text)
{
    size_t to = 0;

    for (size_t from = length; from < text->length; from++) {
        unsigned byte = (unsigned char)text->bytes[from];
        unsigned shift = (byte + (unsigned)from) & 7;
        bytes[to] = (unsigned char)(bytes[to] ^ ((byte << shift) | (byte >> (8 - shift))));
        to = to + 1 == length ? 0 : to + 1;
    }
}

enum outcome text_hash(struct call *call, const struct value *text, long length, long letters)
{
    if (letters > TEXT_HASH_ALPHABET)
        return call_failed(call, "hash count \"%ld\" too big", letters);
    if (length < 0 || text->length <= (size_t)length) {
        buffer_add_value(call->out, text);
        return call_done(call);
    }
    if (letters == 0)
        return call_failed(call, "hash count \"0\" leaves no letters to choose from");
    unsigned char *bytes = arena_alloc(call->run->arena, (size_t)length);
    if (bytes == NULL)
        return call_no_memory(call);
    if (length == 0)
        return OUTCOME_DONE;
    memcpy(bytes, text->bytes, (size_t)length);
    mix(bytes, (size_t)length, text);
    for (size_t i = 0; i < (size_t)length; i++)
        bytes[i] = (unsigned char)hash_alphabet[bytes[i] % (unsigned)letters];
    /* Exim taints this, and no digest: whoever sends the text can choose its hash. */
    buffer_add_like(call->out, (const char *)bytes, (size_t)length, text, NULL);
    return call_done(call);
}

/* A number among an item's arguments: white space and a sign may stand in
   front, nothing behind, and no number at all is 0 (C's strtol). */
static enum outcome read_number(struct call *call, const struct value *text, bool may_be_negative,
                                long *number)
{
    size_t at = 0;

    while (at < text->length && byte_is_space(text->bytes[at]))
        at++;
    bool has_sign = at < text->length && (text->bytes[at] == '-' || text->bytes[at] == '+');
    bool negative = has_sign && text->bytes[at] == '-';
    at += has_sign;
    size_t digits = at;
    *number = 0;
    for (; at < text->length && byte_is_digit(text->bytes[at]); at++)
        if (*number < 100000000000000000L)
            *number = *number * 10 + (text->bytes[at] - '0');
    bool is_number = at == text->length && (at > digits || text->length == 0);
    if (!is_number || (negative && *number > 0 && !may_be_negative))
        return call_failed(call, "\"%.*s\" is not a%s number (in \"%s\" expansion)", CALL_TEXT(text),
                           may_be_negative ? "" : " positive", call_name(call));
    if (negative)
        *number = -*number;
    return OUTCOME_DONE;
}

/* As in Exim all are evaluated before the numbers are looked at. */
enum outcome text_numbers(struct call *call, bool first_may_be_negative, long numbers[2], struct value *text)
{
    size_t count = call_argument_count(call);
    struct value values[3];
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < count; i++)
        outcome = call_argument(call, i, &values[i]);
    for (size_t i = 0; outcome == OUTCOME_DONE && i + 1 < count; i++)
        outcome = read_number(call, &values[i], i == 0 && first_may_be_negative, &numbers[i]);
    if (outcome == OUTCOME_DONE)
        *text = values[count - 1];
    return outcome;
}

enum outcome item_length(struct call *call)
{
    long numbers[2] = {0, 0};
    struct value text;
    enum outcome outcome = text_numbers(call, false, numbers, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    struct value part = text_substr(call->run->arena, &text, 0, numbers[0]);
    buffer_add_value(call->out, &part);
    return call_done(call);
}

enum outcome item_substr(struct call *call)
{
    long numbers[2] = {0, TEXT_REST};
    struct value text;
    enum outcome outcome = text_numbers(call, true, numbers, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    struct value part = text_substr(call->run->arena, &text, numbers[0], numbers[1]);
    buffer_add_value(call->out, &part);
    return call_done(call);
}

enum outcome item_hash(struct call *call)
{
    long numbers[2] = {0, TEXT_HASH_LETTERS};
    struct value text;
    enum outcome outcome = text_numbers(call, true, numbers, &text);

    return outcome == OUTCOME_DONE ? text_hash(call, &text, numbers[0], numbers[1]) : outcome;
}

/* ---- sg ---- */

/* Where ${sg{…}} is: what it looks for, in what, and what it puts there. */
struct substitution {
    const struct regex *regex;
    struct value subject;
    struct value replacement; /* holds $1 and the like, to be expanded for each match */
    bool has_references;
    struct program_use program; /* of the replacement then, once there was a match */
};

static void add_part(struct call *call, const struct value *subject, size_t from, size_t to)
{
    struct value part = value_slice(call->run->arena, subject, from, to - from);

    buffer_add_value(call->out, &part);
}

static enum outcome add_replacement(struct call *call, struct substitution *substitution,
                                    const struct captures *captures)
{
    struct run *run = call->run;
    enum outcome outcome = OUTCOME_DONE;

    if (!substitution->has_references) {
        buffer_add_value(call->out, &substitution->replacement);
        return OUTCOME_DONE;
    }
    if (substitution->program.program == NULL)
        outcome = text_begin(run, &substitution->replacement, &substitution->program);
    if (outcome != OUTCOME_DONE)
        return outcome;
    run->bindings.captures = captures;
    return text_append(run, &substitution->program, call->out);
}

/* Each match in turn. After an empty one, another that is not empty is tried
   at the same place before a byte is passed over, as Perl does. */
static enum outcome substitute(struct call *call, struct substitution *substitution)
{
    struct run *run = call->run;
    const struct value *subject = &substitution->subject;
    struct regex_match match = {.deadline = call->run->deadline};
    struct captures captures;

    for (;;) {
        enum outcome outcome = regex_match(substitution->regex, run->env->regex_scratch, run->arena, subject,
                                           &match, &captures, run->error);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (!match.found && !match.not_empty_here)
            break;
        if (!match.found) {
            if (match.from >= subject->length)
                break;
            add_part(call, subject, match.from, match.from + 1);
            match.from++;
            match.not_empty_here = false;
            continue;
        }
        size_t begin = match.begin < match.from ? match.from : match.begin;
        add_part(call, subject, match.from, begin);
        outcome = add_replacement(call, substitution, &captures);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (call->out->failed)
            return call_no_memory(call);
        match.not_empty_here = match.end <= begin;
        match.from = match.end < begin ? begin : match.end;
    }
    add_part(call, subject, match.from, subject->length);
    return call_done(call);
}

enum outcome item_sg(struct call *call)
{
    struct substitution substitution = {.regex = call->node->regex};
    struct run *run = call->run;
    struct value pattern;
    enum outcome outcome = call_argument(call, 0, &substitution.subject);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &pattern);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 2, &substitution.replacement);
    if (outcome == OUTCOME_DONE && substitution.regex == NULL)
        outcome = regex_cache_get(run->env->regexes, run->arena, &pattern, &substitution.regex, run->error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    const struct value *replacement = &substitution.replacement;
    substitution.has_references =
        replacement->length > 0 && (memchr(replacement->bytes, '$', replacement->length) != NULL ||
                                    memchr(replacement->bytes, '\\', replacement->length) != NULL);
    struct bindings outer = run->bindings;
    outcome = substitute(call, &substitution);
    program_cache_release(&substitution.program);
    run->bindings = outer;
    return outcome;
}
