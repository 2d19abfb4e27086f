/* ${tr{…}}, ${nhash{…}}, ${listquote{…}}: text byte by byte. */

#include <limits.h>
#include <string.h>

#include "items/items.h"
#include "items/text.h"

/* ---- tr ---- */

/* A subject that is clean or tainted from end to end. */
static void translate_alike(struct call *call, const struct value *subject, const bool *is_changed,
                            const char *becomes)
{
    struct buffer *out = call->out;
    size_t from = out->length;

    buffer_add_value(out, subject);
    if (out->failed)
        return;
    for (size_t at = from; at < out->length; at++) {
        unsigned char byte = (unsigned char)out->bytes[at];
        if (is_changed[byte])
            out->bytes[at] = becomes[byte];
    }
}

/* The part of a subject's bytes that changes nothing is copied in one piece;
   what is changed has passed no quoting. */
static void translate(struct call *call, const struct value *subject, const bool *is_changed,
                      const char *becomes)
{
    struct arena *arena = call->run->arena;
    size_t from = 0;

    for (size_t at = 0; at < subject->length; at++) {
        unsigned char byte = (unsigned char)subject->bytes[at];
        if (!is_changed[byte])
            continue;
        struct value before = value_slice(arena, subject, from, at - from);
        struct value changed = value_slice(arena, subject, at, 1);
        buffer_add_value(call->out, &before);
        buffer_add_like(call->out, &becomes[byte], 1, &changed, NULL);
        from = at + 1;
    }
    struct value rest = value_slice(arena, subject, from, subject->length - from);
    buffer_add_value(call->out, &rest);
}

enum outcome item_tr(struct call *call)
{
    struct value values[3];
    bool is_changed[UCHAR_MAX + 1] = {false};
    char becomes[UCHAR_MAX + 1];
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < 3; i++)
        outcome = call_argument(call, i, &values[i]);
    if (outcome != OUTCOME_DONE)
        return outcome;
    const struct value *old = &values[1];
    const struct value *new = &values[2];
    for (size_t i = 0; new->length > 0 && i < old->length; i++) {
        unsigned char byte = (unsigned char)old->bytes[i];
        is_changed[byte] = true;
        becomes[byte] = new->bytes[i < new->length ? i : new->length - 1];
    }
    size_t from = call->out->length;
    const struct value *subject = &values[0];
    bool is_alike = !value_is_tainted(subject) || subject->spans == taint_whole;
    (is_alike ? translate_alike : translate)(call, subject, is_changed, becomes);
    if (value_is_tainted(new))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

/* ---- nhash ---- */

/* Bytes are weighed with the primes up to 113, from the largest down and
   round again. */
static const unsigned char primes[] = {3,  5,  7,  11, 13, 17, 19, 23, 29, 31,  37,  41,  43,  47, 53,
                                       59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113};

static unsigned long weigh(const struct value *text)
{
    unsigned long sum = 0;
    size_t prime = 0;

    for (size_t i = 0; i < text->length; i++) {
        if (prime == 0)
            prime = sizeof primes;
        sum += (unsigned long)primes[--prime] * (unsigned char)text->bytes[i];
    }
    return sum;
}

enum outcome text_nhash(struct call *call, const struct value *text, long high, const long *low)
{
    /* Exim's limits are ints that it takes for unsigned longs. */
    unsigned long first = (unsigned long)(int)high;
    unsigned long second = low == NULL ? 1 : (unsigned long)(int)*low;
    unsigned long range = first * second;

    if (range == 0)
        return call_failed(call, "nhash limit \"0\" leaves no numbers to choose from");
    unsigned long sum = weigh(text) % range;
    if (low == NULL)
        buffer_format(call->out, "%lu", sum);
    else
        buffer_format(call->out, "%lu/%lu", sum / second, sum % second);
    return call_done(call);
}

enum outcome item_nhash(struct call *call)
{
    long numbers[2] = {0, 0};
    struct value text;
    enum outcome outcome = text_numbers(call, true, numbers, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    return text_nhash(call, &text, numbers[0], call_argument_count(call) > 2 ? &numbers[1] : NULL);
}

/* ---- listquote ---- */

enum outcome item_listquote(struct call *call)
{
    struct value separator, text;
    size_t from = 0;
    enum outcome outcome = call_argument(call, 0, &separator);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &text);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (text.length == 0)
        buffer_add_byte(call->out, ' ');
    for (size_t at = 0; separator.length > 0 && at < text.length; at++) {
        if (text.bytes[at] != separator.bytes[0])
            continue;
        struct value part = value_slice(call->run->arena, &text, from, at + 1 - from);
        buffer_add_value(call->out, &part);
        from = at;
    }
    struct value rest = value_slice(call->run->arena, &text, from, text.length - from);
    buffer_add_value(call->out, &rest);
    return call_done(call);
}
