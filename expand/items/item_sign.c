/* ${hmac{…}}, ${prvs{…}}, ${prvscheck{…}}: text that only who knows a secret
   can have made. */

#include <string.h>
#include <time.h>

#include "items/items.h"
#include "items/sign.h"
#include "lang/env.h"

static const struct {
    const char *name;
    enum digest_algorithm algorithm;
} algorithms[] = {
    {"md5", DIGEST_MD5},
    {"sha1", DIGEST_SHA1},
};
enum { ALGORITHMS = sizeof algorithms / sizeof algorithms[0] };

bool sign_hmac(enum digest_algorithm algorithm, const struct value *secret, const struct value *text,
               char digits[SIGN_DIGITS + 1])
{
    unsigned char digest[DIGEST_LONGEST];
    unsigned length = 0;

    if (!digest_authenticate(algorithm, secret, text, digest, &length) || length > SIGN_DIGITS / 2)
        return false;
    for (unsigned i = 0; i < length; i++) {
        digits[(size_t)2 * i] = digest_lower_digits[digest[i] >> 4];
        digits[(size_t)2 * i + 1] = digest_lower_digits[digest[i] & 15];
    }
    digits[(size_t)2 * length] = '\0';
    return true;
}

/* ---- hmac ---- */

enum outcome item_hmac(struct call *call)
{
    char digits[SIGN_DIGITS + 1];
    struct value values[3];
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < 3; i++)
        outcome = call_argument(call, i, &values[i]);
    if (outcome != OUTCOME_DONE)
        return outcome;
    size_t found = 0;
    while (found < ALGORITHMS && !value_equals_text(&values[0], algorithms[found].name))
        found++;
    if (found == ALGORITHMS)
        return call_failed(call, "hmac algorithm \"%.*s\" is not recognised", CALL_TEXT(&values[0]));
    if (!sign_hmac(algorithms[found].algorithm, &values[1], &values[2], digits))
        return call_failed(call, "the system's cryptographic library is missing or refuses \"%.*s\"",
                           CALL_TEXT(&values[0]));
    buffer_add_string(call->out, digits);
    return call_done(call);
}

/* ---- prvs ---- */

/* prvs=KDDDSSSSSS=address: key number, day of expiry, start of the digest. */
enum {
    PRVS_KEY = 0,
    PRVS_DAY = 1,
    PRVS_SIGN = 4,
    PRVS_TAG = 10,
    PRVS_DAYS_VALID = 7,
    PRVS_DAYS = 1000,
    SECONDS_A_DAY = 86400
};
static const char prvs_mark[] = "prvs=";

static unsigned today(unsigned days_from_now)
{
    return (unsigned)((time(NULL) / SECONDS_A_DAY + days_from_now) % PRVS_DAYS);
}

/* The tag of an address; "front" is key number and day. */
static bool make_tag(struct arena *arena, const char front[PRVS_SIGN + 1], const struct value *address,
                     const struct value *secret, char tag[PRVS_TAG + 1])
{
    char digits[SIGN_DIGITS + 1];
    struct buffer text;
    struct value signed_text;

    buffer_init(&text, arena);
    buffer_add(&text, front, PRVS_SIGN);
    buffer_add_value(&text, address);
    if (!buffer_value(&text, &signed_text) || !sign_hmac(DIGEST_SHA1, secret, &signed_text, digits))
        return false;
    memcpy(tag, front, PRVS_SIGN);
    memcpy(tag + PRVS_SIGN, digits, PRVS_TAG - PRVS_SIGN);
    tag[PRVS_TAG] = '\0';
    return true;
}

static bool is_qualified(const struct value *address)
{
    const char *at = address->length == 0 ? NULL : memrchr(address->bytes, '@', address->length);

    return at != NULL && at > address->bytes && at + 1 < address->bytes + address->length;
}

enum outcome item_prvs(struct call *call)
{
    struct value values[3];
    char front[PRVS_SIGN + 1];
    char tag[PRVS_TAG + 1];
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < 3; i++)
        outcome = call_argument(call, i, &values[i]);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!is_qualified(&values[0]))
        return call_failed(call, "prvs first argument must be a qualified email address");
    const struct value *key = &values[2];
    bool has_key = call_argument_count(call) > 2;
    if (has_key && (key->length != 1 || !byte_is_digit(key->bytes[0])))
        return call_failed(call, "prvs third argument must be a single digit");
    unsigned day = today(PRVS_DAYS_VALID);
    front[PRVS_KEY] = has_key ? key->bytes[0] : '0';
    for (size_t i = PRVS_SIGN; i-- > PRVS_DAY; day /= 10)
        front[i] = (char)('0' + day % 10);
    if (!make_tag(call->run->arena, front, &values[0], &values[1], tag))
        return call_failed(call, "prvs hmac-sha1 conversion problem");
    buffer_add_string(call->out, prvs_mark);
    buffer_add_string(call->out, tag);
    buffer_add_byte(call->out, '=');
    buffer_add_value(call->out, &values[0]);
    return call_done(call);
}

/* ---- prvscheck ---- */

/* Exim counts the strings behind the first one anew. */
bool parse_prvscheck(struct parser *parser, struct node *node)
{
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "Not enough arguments for 'prvscheck' (min is 1)");
    if (!parse_child(parser, node))
        return false;
    for (size_t i = 0; i < 2; i++) {
        parse_space(parser);
        if (parse_peek(parser) != '{' && i == 0)
            return parse_mistake(parser, parser->position, "Not enough arguments for 'prvscheck' (min is 1)");
        if (parse_peek(parser) == '{' && !parse_child(parser, node))
            return false;
    }
    parse_space(parser);
    if (parse_peek(parser) == '{')
        return parse_mistake(parser, parser->position, "Too many arguments for 'prvscheck' (max is 2)");
    return parse_take(parser, '}') ||
           parse_mistake(parser, parser->position, "missing '}' after 'prvscheck'");
}

static bool is_tag(const char *bytes)
{
    for (size_t i = 0; i < PRVS_TAG; i++) {
        bool is_hexadecimal = i >= PRVS_SIGN && byte_lower(bytes[i]) >= 'a' && byte_lower(bytes[i]) <= 'f';
        if (!byte_is_digit(bytes[i]) && !is_hexadecimal)
            return false;
    }
    return true;
}

/* Takes a signed address apart; false when it is none. */
static bool read_signed(struct arena *arena, const struct value *text, struct value *tag,
                        struct value *address)
{
    size_t mark = sizeof prvs_mark - 1;
    struct value begin = value_slice(arena, text, 0, mark);
    struct value wanted = value_clean(prvs_mark, mark);

    if (text->length < mark + PRVS_TAG + 1 || !value_equal_caseless(&begin, &wanted))
        return false;
    if (!is_tag(text->bytes + mark) || text->bytes[mark + PRVS_TAG] != '=')
        return false;
    *tag = value_slice(arena, text, mark, PRVS_TAG);
    *address = value_slice(arena, text, mark + PRVS_TAG + 1, text->length);
    return is_qualified(address);
}

/* Whether the tag's day is not past. Days are counted modulo 1000. */
static bool is_in_time(const struct value *tag)
{
    unsigned now = today(0);
    unsigned expires = 0;

    for (size_t i = PRVS_DAY; i < PRVS_SIGN; i++)
        expires = expires * 10 + (unsigned)(tag->bytes[i] - '0');
    if (now > PRVS_DAYS - 100 && expires < 100)
        expires += PRVS_DAYS;
    return now <= expires;
}

static enum outcome check(struct call *call, const struct value *tag, const struct value *address,
                          bool *is_good)
{
    struct value secret;
    char front[PRVS_SIGN + 1];
    char wanted[PRVS_TAG + 1];
    enum outcome outcome = call_argument(call, 1, &secret);

    if (outcome != OUTCOME_DONE)
        return outcome;
    memcpy(front, tag->bytes, PRVS_SIGN);
    if (!make_tag(call->run->arena, front, address, &secret, wanted))
        return call_failed(call, "hmac-sha1 conversion problem");
    struct value lower = value_clean(wanted, PRVS_TAG);
    *is_good = value_equal_caseless(tag, &lower) && is_in_time(tag);
    return OUTCOME_DONE;
}

static enum outcome check_and_add(struct call *call, const struct value *tag, const struct value *address)
{
    struct env *env = call->run->env;
    struct value text;
    bool is_good = false;
    enum outcome outcome = check(call, tag, address, &is_good);

    if (outcome != OUTCOME_DONE)
        return outcome;
    env->prvs_is_good = is_good;
    outcome = call_argument(call, 2, &text);
    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_add_value(call->out, text.length == 0 ? address : &text);
    return call_done(call);
}

/* $prvscheck_result stays, as in Exim, until the next check; the address and
   the key's number are there for the item's own strings. */
enum outcome item_prvscheck(struct call *call)
{
    struct run *run = call->run;
    struct value text, tag, address;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    run->env->prvs_is_good = false;
    if (!read_signed(run->arena, &text, &tag, &address))
        return OUTCOME_DONE;
    struct bindings outer = run->bindings;
    run->bindings.prvs_address = address;
    run->bindings.prvs_key = value_slice(run->arena, &tag, PRVS_KEY, 1);
    outcome = check_and_add(call, &tag, &address);
    run->bindings = outer;
    return outcome;
}
