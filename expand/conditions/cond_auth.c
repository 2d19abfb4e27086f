/* crypteq, and the conditions that ask a service about a password. */

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "conditions/conditions.h"

/* ---- crypteq ---- */

enum { CRYPT_DES_LENGTH = 13, CRYPT16_FIRST_PART = 8 };

/* Whether "hash" is what the password becomes. A comparison's time tells nothing. */
static bool is_same(const char *made, size_t length, const struct value *hash)
{
    return hash->length == length && digest_is_same(made, hash->bytes, length);
}

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
        *truth = is_same(text.bytes, text.length, hash);
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

/* What a password and a setting (an earlier hash is one) give; false for a
   setting that nothing is known of. */
static bool make_hash(const char *password, const char *setting, struct crypt_data *data, struct value *hash)
{
    /* Not crypt_r: the address sanitizer puts its own in front of that, and the
       library behind it is then not linked. */
    const char *made = crypt_rn(password, setting, data, (int)sizeof *data);

    if (made == NULL)
        return false;
    *hash = value_of_string(made);
    return true;
}

static bool matches_crypt(const char *password, const struct value *hash, struct crypt_data *data)
{
    struct value made;

    return make_hash(password, hash->bytes, data, &made) && is_same(made.bytes, made.length, hash);
}

/* Exim's crypt16: the password's first eight bytes, then the others with a
   salt out of the first result. */
static bool matches_crypt16(const char *password, const struct value *hash, struct crypt_data *data)
{
    char whole[2 * CRYPT_DES_LENGTH + 1];
    size_t length = CRYPT_DES_LENGTH;
    struct value made;

    if (hash->length < 2)
        return false;
    const char first_salt[3] = {hash->bytes[0], hash->bytes[1], '\0'};
    if (!make_hash(password, first_salt, data, &made) || made.length != CRYPT_DES_LENGTH)
        return false;
    memcpy(whole, made.bytes, CRYPT_DES_LENGTH);
    if (strlen(password) > CRYPT16_FIRST_PART) {
        const char salt[3] = {whole[2], whole[3], '\0'};
        if (!make_hash(password + CRYPT16_FIRST_PART, salt, data, &made) || made.length != CRYPT_DES_LENGTH)
            return false;
        memcpy(whole + length, made.bytes + 2, CRYPT_DES_LENGTH - 2);
        length += CRYPT_DES_LENGTH - 2;
    }
    return is_same(whole, length, hash);
}

/* crypt() reads C strings: what holds a NUL never matches. */
static enum outcome crypt_equals(struct call *call, const struct value *password, const struct value *hash,
                                 bool (*matches)(const char *, const struct value *, struct crypt_data *),
                                 bool *truth)
{
    struct arena *arena = call->run->arena;
    char *text = arena_copy(arena, password->bytes, password->length);
    const char *setting = arena_copy(arena, hash->bytes, hash->length);
    struct crypt_data *data = calloc(1, sizeof *data);

    if (text == NULL || setting == NULL || data == NULL) {
        free(data);
        return call_no_memory(call);
    }
    struct value copy = value_clean(setting, hash->length);
    *truth =
        strlen(text) == password->length && strlen(setting) == hash->length && matches(text, &copy, data);
    explicit_bzero(text, password->length);
    explicit_bzero(data, sizeof *data);
    free(data);
    return OUTCOME_DONE;
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
        return crypt_equals(call, password, hash, matches_crypt16, truth);
    if (take_scheme(hash, "{crypt}") || hash->length == 0 || hash->bytes[0] != '{')
        return crypt_equals(call, password, hash, matches_crypt, truth);
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
