/* crypteq, and the conditions that ask a service about a password. */

#include "base/base64.h"
#include "base/digest.h"
#include "base/module.h"
#include "conditions/conditions.h"
#include "conditions/password.h"

/* ---- crypteq ---- */

/* In base64 or in hexadecimal, of any case: the length tells. */
static enum outcome compare_digest(struct call *call, enum digest_algorithm algorithm,
                                   const struct value *password, const struct value *hash, bool *truth)
{
    unsigned char digest[DIGEST_LONGEST];
    struct buffer text;
    unsigned length = 0;

    if (!digest_make(algorithm, password->bytes, password->length, digest, &length))
        return call_failed(call, "the system's cryptographic library is missing or refuses the digest");
    buffer_init(&text, call->run->arena);
    if (hash->length != (size_t)2 * length) {
        base64_encode(&text, (const char *)digest, length);
        *truth = text.length == hash->length && digest_is_same(text.bytes, hash->bytes, hash->length);
        return text.failed ? call_no_memory(call) : OUTCOME_DONE;
    }
    char *lower = arena_copy(call->run->arena, hash->bytes, hash->length);
    digest_add(&text, digest, length, digest_lower_digits);
    if (lower == NULL || text.failed)
        return call_no_memory(call);
    for (size_t i = 0; i < hash->length; i++)
        lower[i] = byte_lower(lower[i]);
    *truth = digest_is_same(text.bytes, lower, hash->length);
    return OUTCOME_DONE;
}

static enum outcome compare_crypt(struct call *call, bool is_crypt16, const struct value *password,
                                  const struct value *hash, bool *truth)
{
    const char *problem = "";
    const struct password_calls *calls = CRYPTO_TABLE(rexpand_passwords, &problem);

    if (calls == NULL)
        return call_failed(call, "passwords cannot be compared: %s", problem);
    bool has_room =
        (is_crypt16 ? calls->crypt16_equals : calls->crypt_equals)(call->run->arena, password, hash, truth);
    return has_room ? OUTCOME_DONE : call_no_memory(call);
}

/* Takes the scheme {name} off a hash. */
static bool take_scheme(struct value *hash, const char *scheme)
{
    struct value wanted = value_of_string(scheme);
    struct value begin = *hash;

    if (hash->length < wanted.length)
        return false;
    begin.length = wanted.length;
    if (!value_equal_caseless(&begin, &wanted))
        return false;
    *hash = value_clean(hash->bytes + wanted.length, hash->length - wanted.length);
    return true;
}

static enum outcome compare_hash(struct call *call, const struct value *password, struct value *hash,
                                 bool *truth)
{
    if (take_scheme(hash, "{md5}"))
        return compare_digest(call, DIGEST_MD5, password, hash, truth);
    if (take_scheme(hash, "{sha1}"))
        return compare_digest(call, DIGEST_SHA1, password, hash, truth);
    if (take_scheme(hash, "{crypt16}"))
        return compare_crypt(call, true, password, hash, truth);
    if (take_scheme(hash, "{crypt}") || hash->length == 0 || hash->bytes[0] != '{')
        return compare_crypt(call, false, password, hash, truth);
    return call_failed(call, "unknown encryption mechanism in \"%.*s\"", CALL_TEXT(hash));
}

enum outcome cond_crypteq(struct call *call, bool *truth)
{
    struct value password, hash;
    enum outcome outcome = call_argument(call, 0, &password);

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &hash);
    *truth = false;
    return outcome == OUTCOME_DONE ? compare_hash(call, &password, &hash, truth) : outcome;
}

/* ---- services ---- */

enum outcome cond_not_compiled(struct call *call, bool *truth)
{
    struct value ignored;

    *truth = false;
    for (size_t i = 0; i < call_argument_count(call); i++) {
        enum outcome outcome = call_argument(call, i, &ignored);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return call_failed(call, "support for \"%s\" not compiled", call_name(call));
}
