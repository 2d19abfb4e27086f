/* rfc2047, rfc2047d, headerwrap: text for and from header fields. */

#include <limits.h>

#include "lang/env.h"
#include "lang/rfc2047.h"
#include "operators/operators.h"

enum outcome op_rfc2047(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    rfc2047_encode(call->out, &text, call->run->env->encoded_words.charset);
    return call_done(call);
}

enum outcome op_rfc2047d(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome == OUTCOME_DONE)
        outcome = rfc2047_decode(call->out, &text, &call->run->env->encoded_words, call->run->error);
    return outcome == OUTCOME_DONE ? call_done(call) : outcome;
}

/* ---- headerwrap ---- */

enum { DEFAULT_COLUMNS = 80, DEFAULT_LIMIT = 998, TAB_COLUMNS = 8 };

/* Text that is being broken into lines. */
struct wrapping {
    struct buffer *out;
    size_t start; /* where in "out" the text began */
    size_t limit; /* bytes of it */
    size_t columns;
    size_t column;
    bool line_has_word;
};

static size_t room(const struct wrapping *wrapping)
{
    return wrapping->limit - (wrapping->out->length - wrapping->start);
}

static void add_limited(struct wrapping *wrapping, const char *bytes, size_t length)
{
    size_t left = room(wrapping);

    buffer_add(wrapping->out, bytes, length < left ? length : left);
    wrapping->column += length;
}

static void break_line(struct wrapping *wrapping)
{
    if (room(wrapping) < 2) { /* a line that nothing stands in is none */
        wrapping->limit = wrapping->out->length - wrapping->start;
        return;
    }
    buffer_add_string(wrapping->out, "\n\t");
    wrapping->column = TAB_COLUMNS;
    wrapping->line_has_word = false;
}

/* A word, on the next line if it does not fit on this one; one that is longer than
   a line is cut. */
static void add_word(struct wrapping *wrapping, const char *word, size_t length)
{
    size_t space = wrapping->line_has_word ? 1 : 0;

    if (space > 0 && wrapping->column + space + length > wrapping->columns) {
        break_line(wrapping);
        space = 0;
    }
    if (space > 0)
        add_limited(wrapping, " ", 1);
    while (wrapping->column + length > wrapping->columns && wrapping->columns > TAB_COLUMNS &&
           room(wrapping) > 0) {
        size_t fits = wrapping->columns - wrapping->column;
        add_limited(wrapping, word, fits);
        word += fits;
        length -= fits;
        break_line(wrapping);
    }
    add_limited(wrapping, word, length);
    wrapping->line_has_word = true;
}

static void wrap(struct wrapping *wrapping, const struct value *text)
{
    size_t at = 0;

    while (at < text->length && room(wrapping) > 0) {
        size_t from = at;
        while (at < text->length && !byte_is_space(text->bytes[at]))
            at++;
        if (at > from)
            add_word(wrapping, text->bytes + from, at - from);
        while (at < text->length && byte_is_space(text->bytes[at]))
            at++;
    }
}

/* ${headerwrap_columns_bytes:…}; 0 of either is no limit. */
enum outcome op_headerwrap(struct call *call)
{
    const struct node *node = call->node;
    long columns = node->number_count > 0 ? node->numbers[0] : DEFAULT_COLUMNS;
    long limit = node->number_count > 1 ? node->numbers[1] : DEFAULT_LIMIT;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    struct wrapping wrapping = {.out = call->out,
                                .start = call->out->length,
                                .columns = columns > 0 ? (size_t)columns : INT_MAX,
                                .limit = limit > 0 ? (size_t)limit : INT_MAX};

    if (outcome != OUTCOME_DONE)
        return outcome;
    wrap(&wrapping, &text);
    if (value_is_tainted(&text))
        buffer_taint(call->out, wrapping.start, NULL);
    return call_done(call);
}
