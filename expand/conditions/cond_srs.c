/* inbound_srs. */

#include <string.h>

#include "base/digest.h"
#include "conditions/conditions.h"
#include "items/srs.h"
#include "lang/env.h"

/* operands := "{" sequence "}" "{" sequence "}" */
bool parse_inbound_srs(struct parser *parser, struct node *node)
{
    for (int i = 0; i < 2; i++) {
        parse_space(parser);
        if (parse_peek(parser) != '{')
            return parse_mistake(parser, parser->position,
                                 "too few arguments or bracketing error for inbound_srs");
        if (!parse_child(parser, node))
            return false;
    }
    return true;
}

/* What an SRS local part is made of. */
struct srs_parts {
    struct value sign;
    struct value day;
    struct value domain;
    struct value local_part;
    bool is_signed; /* there is a secret: the address is that of the signature, in lower case */
};

/* Takes what stands in front of the next "=" off "rest". */
static bool take_field(struct arena *arena, struct value *rest, struct value *field)
{
    const char *end = rest->length == 0 ? NULL : memchr(rest->bytes, '=', rest->length);

    if (end == NULL)
        return false;
    size_t length = (size_t)(end - rest->bytes);
    *field = value_slice(arena, rest, 0, length);
    *rest = value_slice(arena, rest, length + 1, rest->length);
    return true;
}

/* srs := "SRS0=" sign "=" day "=" domain "=" local-part */
static bool take_apart(struct arena *arena, const struct value *text, struct srs_parts *parts)
{
    static const struct value tag = {.bytes = "SRS0", .length = 4};
    struct value first;

    parts->local_part = *text;
    return take_field(arena, &parts->local_part, &first) && value_equal_caseless(&first, &tag) &&
           take_field(arena, &parts->local_part, &parts->sign) && parts->sign.length > 0 &&
           take_field(arena, &parts->local_part, &parts->day) && parts->day.length == SRS_DAY &&
           srs_read_day(parts->day.bytes, parts->day.length) >= 0 &&
           take_field(arena, &parts->local_part, &parts->domain);
}

/* A local part needs quotes for anything but the bytes of an atom and dots; Exim
   looks at all of what it was given. */
static bool needs_quotes(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (!byte_is_alnum(text->bytes[i]) &&
            (text->bytes[i] == '\0' || strchr(".!#$%&'*+-/=?^_`{|}~", text->bytes[i]) == NULL))
            return true;
    return false;
}

/* The address that mail to the SRS address is for, with "quote" around the
   local part. */
static bool make_recipient(struct arena *arena, const struct srs_parts *parts, const char *quote,
                           struct value *recipient)
{
    struct buffer out;

    buffer_init(&out, arena);
    buffer_add_string(&out, quote);
    buffer_add_value(&out, &parts->local_part);
    buffer_add_string(&out, quote);
    buffer_add_byte(&out, '@');
    buffer_add_value(&out, &parts->domain);
    for (size_t i = 0; parts->is_signed && i < out.length; i++)
        out.bytes[i] = byte_lower(out.bytes[i]);
    return buffer_value(&out, recipient);
}

static bool is_in_time(const struct srs_parts *parts)
{
    unsigned day = (unsigned)srs_read_day(parts->day.bytes, parts->day.length);

    return (srs_today() + SRS_DAYS - day) % SRS_DAYS <= SRS_DAYS_VALID;
}

/* The time that the comparison takes tells nothing. */
static bool is_sign(const char *wanted, const struct value *sign)
{
    char lower[SRS_SIGN];

    for (size_t i = 0; i < SRS_SIGN && i < sign->length; i++)
        lower[i] = byte_lower(sign->bytes[i]);
    return sign->length == SRS_SIGN && digest_is_same(wanted, lower, SRS_SIGN);
}

/* Without a secret all signs are good. */
static enum outcome check_signature(struct call *call, const struct value *secret,
                                    const struct srs_parts *parts, bool *good)
{
    struct arena *arena = call->run->arena;
    char wanted[SRS_SIGN + 1];
    struct value address;

    *good = secret->length == 0;
    if (*good || !is_in_time(parts))
        return OUTCOME_DONE;
    if (!make_recipient(arena, parts, "", &address) || !srs_sign(arena, secret, &address, wanted))
        return call_failed(call, "inbound_srs: the system's cryptographic library refuses md5");
    *good = is_sign(wanted, &parts->sign);
    return OUTCOME_DONE;
}

enum outcome cond_inbound_srs(struct call *call, bool *truth)
{
    struct arena *arena = call->run->arena;
    struct value text, secret, recipient;
    struct srs_parts parts;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &secret);
    *truth = false;
    if (outcome != OUTCOME_DONE || !take_apart(arena, &text, &parts))
        return outcome;
    parts.is_signed = secret.length > 0;
    outcome = check_signature(call, &secret, &parts, truth);
    if (outcome != OUTCOME_DONE || !*truth)
        return outcome;
    if (!make_recipient(arena, &parts, needs_quotes(&text) ? "\"" : "", &recipient) ||
        !env_keep_srs_recipient(call->run->env, &recipient))
        return call_no_memory(call);
    return OUTCOME_DONE;
}
