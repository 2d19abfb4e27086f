/* escape8bit, hexquote, rxquote: a backslash where a reader of the text needs
   one. */

#include "operators/operators.h"

/* Each byte in turn through "add". */
static enum outcome add_bytes(struct call *call, void (*add)(struct buffer *out, char byte))
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_reserve(call->out, text.length);
    for (size_t i = 0; i < text.length; i++)
        add(call->out, text.bytes[i]);
    if (value_is_tainted(&text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

static void add_seven_bits(struct buffer *out, char byte)
{
    if (byte == '\\' || (unsigned char)byte >= 127)
        buffer_format(out, "\\%03o", (unsigned)(unsigned char)byte);
    else
        buffer_add_byte(out, byte);
}

enum outcome op_escape8bit(struct call *call)
{
    return add_bytes(call, add_seven_bits);
}

static void add_graphic(struct buffer *out, char byte)
{
    if (byte > ' ' && byte <= '~')
        buffer_add_byte(out, byte);
    else
        buffer_format(out, "\\x%02x", (unsigned)(unsigned char)byte);
}

enum outcome op_hexquote(struct call *call)
{
    return add_bytes(call, add_graphic);
}

static void add_for_pattern(struct buffer *out, char byte)
{
    if (!byte_is_alnum(byte))
        buffer_add_byte(out, '\\');
    buffer_add_byte(out, byte);
}

enum outcome op_rxquote(struct call *call)
{
    return add_bytes(call, add_for_pattern);
}
