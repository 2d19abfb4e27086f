/* lc, uc, length, substr, hash, strlen, listcount, quote, escape, expand. */

#include <string.h>

#include "base/list.h"
#include "items/text.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lookups/lookup.h"
#include "operators/operators.h"

/* Byte for byte, so that the taint stays where it was. */
static enum outcome change_case(struct call *call, char (*change)(char))
{
    struct value text;
    struct buffer *out = call->out;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    size_t from = out->length;
    buffer_add_value(out, &text);
    for (size_t i = from; i < out->length; i++)
        out->bytes[i] = change(out->bytes[i]);
    return call_done(call);
}

enum outcome op_lc(struct call *call)
{
    return change_case(call, byte_lower);
}

enum outcome op_uc(struct call *call)
{
    return change_case(call, byte_upper);
}

static enum outcome add_substr(struct call *call, long start, long length)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    struct value part = text_substr(call->run->arena, &text, start, length);
    buffer_add_value(call->out, &part);
    return call_done(call);
}

enum outcome op_length(struct call *call)
{
    return add_substr(call, 0, call->node->numbers[0]);
}

enum outcome op_substr(struct call *call)
{
    const struct node *node = call->node;

    return add_substr(call, node->numbers[0], node->number_count > 1 ? node->numbers[1] : TEXT_REST);
}

enum outcome op_hash(struct call *call)
{
    const struct node *node = call->node;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    return text_hash(call, &text, node->numbers[0],
                     node->number_count > 1 ? node->numbers[1] : TEXT_HASH_LETTERS);
}

enum outcome op_nhash(struct call *call)
{
    const struct node *node = call->node;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    return text_nhash(call, &text, node->numbers[0], node->number_count > 1 ? &node->numbers[1] : NULL);
}

static enum outcome add_number(struct call *call, size_t number)
{
    buffer_format(call->out, "%zu", number);
    return call_done(call);
}

enum outcome op_strlen(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    return outcome == OUTCOME_DONE ? add_number(call, text.length) : outcome;
}

enum outcome op_listcount(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    return outcome == OUTCOME_DONE ? add_number(call, list_count(call->run->arena, &text)) : outcome;
}

/* ---- quote ---- */

static bool needs_quotes(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (!byte_is_alnum(byte) && byte != '_' && byte != '-' && byte != '.')
            return true;
    }
    return text->length == 0;
}

/* A string in double quotes as the configuration file and address headers
   read it. */
void op_add_quoted(struct buffer *out, const struct value *text)
{
    size_t from = out->length;

    buffer_add_byte(out, '"');
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (byte == '\n' || byte == '\r') {
            buffer_add_string(out, byte == '\n' ? "\\n" : "\\r");
            continue;
        }
        if (byte == '\\' || byte == '"')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, byte);
    }
    buffer_add_byte(out, '"');
    if (value_is_tainted(text))
        buffer_taint(out, from, NULL);
}

static enum outcome mistake_option(struct call *call, const struct lookup_driver *driver,
                                   const struct value *option)
{
    return call_failed(call, "\"%.*s\" unrecognized after \"${quote_%s\"", CALL_TEXT(option), driver->name);
}

/* ${quote_redis:…}: the driver's own rules. */
static enum outcome quote_for_driver(struct call *call, const struct value *text)
{
    const struct value *word = &call->node->text;
    const char *underscore = memchr(word->bytes, '_', word->length);
    size_t name_length = underscore == NULL ? word->length : (size_t)(underscore - word->bytes);
    const struct lookup_driver *driver = lookup_driver_find(word->bytes, name_length);
    struct value option = value_clean("", 0);
    size_t from = call->out->length;

    if (driver == NULL)
        return call_failed(call, "unknown lookup type \"%.*s\"", (int)name_length, word->bytes);
    if (underscore != NULL)
        option = value_clean(underscore + 1, word->length - name_length - 1);
    if (driver->quote == NULL) {
        if (option.length > 0)
            return mistake_option(call, driver, &option);
        buffer_add_value(call->out, text);
        return call_done(call);
    }
    if (!driver->quote(call->out, text, &option))
        return mistake_option(call, driver, &option);
    if (value_is_tainted(text))
        buffer_taint(call->out, from, driver);
    return call_done(call);
}

enum outcome op_quote(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (call->node->text.bytes != NULL)
        return quote_for_driver(call, &text);
    if (!needs_quotes(&text)) {
        buffer_add_value(call->out, &text);
        return call_done(call);
    }
    op_add_quoted(call->out, &text);
    return call_done(call);
}

/* ---- escape ---- */

static void add_escaped(struct buffer *out, char byte)
{
    static const char letters[][2] = {{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\v', 'v'}};

    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i][0] != byte)
            continue;
        buffer_add_byte(out, '\\');
        buffer_add_byte(out, letters[i][1]);
        return;
    }
    buffer_format(out, "\\%03o", (unsigned)(unsigned char)byte);
}

enum outcome op_escape(struct call *call)
{
    bool prints_top_bits = call->run->env->options.prints_top_bits;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        bool is_printed = byte_is_print(byte) || ((unsigned char)byte >= 128 && prints_top_bits);
        if (is_printed || byte == '\t')
            buffer_add_byte(call->out, byte);
        else
            add_escaped(call->out, byte);
    }
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

/* ---- expand ---- */

enum outcome op_expand(struct call *call)
{
    struct run *run = call->run;
    struct value text, result;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = evaluate_text(run, &text, &result);
    if (outcome == OUTCOME_DONE) {
        buffer_add_value(call->out, &result);
        return call_done(call);
    }
    error_wrap(run->error, run->arena, "internal expansion of \"%.*s\" failed: %s", CALL_TEXT(&text),
               run->error->message);
    return outcome;
}
