#include "items/srs.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "items/items.h"
#include "items/sign.h"
#include "lang/address.h"
#include "lang/env.h"

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

bool srs_sign(struct arena *arena, const struct value *secret, const struct value *return_path,
              char sign[SRS_SIGN + 1])
{
    char digits[SIGN_DIGITS + 1];
    char *lower = arena_alloc_text(arena, return_path->length + 1);

    if (lower == NULL)
        return false;
    for (size_t i = 0; i < return_path->length; i++)
        lower[i] = byte_lower(return_path->bytes[i]);
    struct value text = value_clean(lower, return_path->length);
    if (!sign_hmac(DIGEST_MD5, secret, &text, digits))
        return false;
    memcpy(sign, digits, SRS_SIGN);
    sign[SRS_SIGN] = '\0';
    return true;
}

unsigned srs_today(void)
{
    enum { SECONDS_A_DAY = 86400 };

    return (unsigned)(time(NULL) / SECONDS_A_DAY % SRS_DAYS);
}

void srs_write_day(unsigned day, char text[SRS_DAY + 1])
{
    text[0] = base32[day / 32 % 32];
    text[1] = base32[day % 32];
    text[SRS_DAY] = '\0';
}

int srs_read_day(const char *text, size_t length)
{
    int day = 0;

    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(base32, byte_lower(text[i]));
        if (digit == NULL)
            return -1;
        day = (day * 32 + (int)(digit - base32)) % SRS_DAYS;
    }
    return length == 0 ? -1 : day;
}

/* SRS0=sign=day=domain=local-part@here. A local part in quotes keeps them
   around the whole. */
static void add_encoded(struct call *call, const char *sign, const struct value *local_part,
                        const struct value *domain, const struct value *here)
{
    char day[SRS_DAY + 1];
    bool is_quoted = local_part->length > 0 && local_part->bytes[0] == '"';
    struct value rest = value_slice(call->run->arena, local_part, is_quoted, local_part->length);

    srs_write_day(srs_today(), day);
    buffer_add_string(call->out, is_quoted ? "\"SRS0=" : "SRS0=");
    buffer_add_string(call->out, sign);
    buffer_add_byte(call->out, '=');
    buffer_add_string(call->out, day);
    buffer_add_byte(call->out, '=');
    buffer_add_value(call->out, domain);
    buffer_add_byte(call->out, '=');
    buffer_add_value(call->out, &rest);
    buffer_add_byte(call->out, '@');
    buffer_add_value(call->out, here);
}

/* An empty return path is a bounce's, and stays empty. */
enum outcome item_srs_encode(struct call *call)
{
    struct value values[3], local_part, domain;
    const char *problem = "";
    char sign[SRS_SIGN + 1];
    enum outcome outcome = OUTCOME_DONE;

    for (size_t i = 0; outcome == OUTCOME_DONE && i < 3; i++)
        outcome = call_argument(call, i, &values[i]);
    if (outcome != OUTCOME_DONE || values[1].length == 0)
        return outcome;
    if (!address_parse_explained(call->run->arena, &call->run->env->options.addresses, &values[1],
                                 &local_part, &domain, &problem))
        return call_failed(call, "%s", problem);
    if (!srs_sign(call->run->arena, &values[0], &values[1], sign))
        return call_failed(call, "srs_encode: the system's cryptographic library refuses md5");
    add_encoded(call, sign, &local_part, &domain, &values[2]);
    return call_done(call);
}
