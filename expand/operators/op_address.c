/* address, addresses, domain, local_part, quote_local_part. */

#include <string.h>

#include "base/list.h"
#include "lang/address.h"
#include "lang/env.h"
#include "operators/operators.h"

/* Text that is not one address has two empty parts, as in Exim. */
static enum outcome read_argument(struct call *call, struct value *local_part, struct value *domain)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome == OUTCOME_DONE &&
        !address_parse(call->run->arena, &call->run->env->options.addresses, &text, local_part, domain))
        *local_part = *domain = value_clean("", 0);
    return outcome;
}

enum outcome op_address(struct call *call)
{
    struct value local_part, domain;
    enum outcome outcome = read_argument(call, &local_part, &domain);

    if (outcome != OUTCOME_DONE)
        return outcome;
    address_add(call->out, &local_part, &domain);
    return call_done(call);
}

enum outcome op_domain(struct call *call)
{
    struct value local_part, domain;
    enum outcome outcome = read_argument(call, &local_part, &domain);

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_add_value(call->out, &domain);
    return call_done(call);
}

enum outcome op_local_part(struct call *call)
{
    struct value local_part, domain;
    enum outcome outcome = read_argument(call, &local_part, &domain);

    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_add_value(call->out, &local_part);
    return call_done(call);
}

/* ---- addresses ---- */

/* separator := [ white space ] [ ">" byte ] , in front of the list. What came
   from outside does not choose it. */
static bool take_separator(struct call *call, struct value *text, char *separator)
{
    size_t at = 0;

    *separator = ':';
    while (at < text->length && byte_is_space(text->bytes[at]))
        at++;
    *text = value_slice(call->run->arena, text, at, text->length);
    if (text->length == 0 || text->bytes[0] != '>' || value_byte_is_tainted(text, 0))
        return true;
    if (text->length == 1)
        return false;
    if (value_byte_is_tainted(text, 1))
        return true;
    *separator = text->bytes[1];
    *text = value_slice(call->run->arena, text, 2, text->length);
    return true;
}

static bool add_address(struct call *call, size_t start, bool is_first, char separator,
                        const struct value *local_part, const struct value *domain)
{
    struct buffer joined;
    struct value item;

    buffer_init(&joined, call->run->arena);
    address_add(&joined, local_part, domain);
    if (!buffer_value(&joined, &item))
        return false;
    list_add(call->out, start, is_first, separator, &item);
    return true;
}

enum outcome op_addresses(struct call *call)
{
    struct address_list list = {.arena = call->run->arena, .rules = call->run->env->options.addresses};
    size_t start = call->out->length;
    bool is_first = true;
    bool is_valid;
    struct value local_part, domain;
    char separator;
    enum outcome outcome = call_argument(call, 0, &list.text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!take_separator(call, &list.text, &separator))
        return call_failed(call, "output separator missing in expanding ${addresses:%.*s}",
                           CALL_TEXT(&list.text));
    while (address_list_next(&list, &local_part, &domain, &is_valid)) {
        if (!is_valid)
            continue;
        if (!add_address(call, start, is_first, separator, &local_part, &domain))
            return call_no_memory(call);
        is_first = false;
    }
    return call_done(call);
}

/* ---- quote_local_part ---- */

/* The text of an atom (RFC 5322, section 3.2.3), dots inside. */
static bool is_dot_atom(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        bool is_edge = i == 0 || i + 1 == text->length;
        bool is_atom = byte_is_alnum(byte) || (byte != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", byte) != NULL);
        if (!is_atom && (byte != '.' || is_edge))
            return false;
    }
    return text->length > 0;
}

enum outcome op_quote_local_part(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (is_dot_atom(&text))
        buffer_add_value(call->out, &text);
    else
        op_add_quoted(call->out, &text);
    return call_done(call);
}
