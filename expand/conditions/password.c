#include "conditions/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/module.h"

enum { CRYPT_DES_LENGTH = 13, CRYPT16_FIRST_PART = 8 };

static bool is_same(const struct value *made, const struct value *hash)
{
    return hash->length == made->length && digest_is_same(made->bytes, hash->bytes, made->length);
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

    return make_hash(password, hash->bytes, data, &made) && is_same(&made, hash);
}

static bool matches_crypt16(const char *password, const struct value *hash, struct crypt_data *data)
{
    char whole[2 * CRYPT_DES_LENGTH + 1];
    struct value made;
    struct value both = value_clean(whole, CRYPT_DES_LENGTH);

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
        memcpy(whole + both.length, made.bytes + 2, CRYPT_DES_LENGTH - 2);
        both.length += CRYPT_DES_LENGTH - 2;
    }
    return is_same(&both, hash);
}

/* crypt() reads C strings: what holds a NUL never matches. */
static bool compare(struct arena *arena, const struct value *password, const struct value *hash,
                    bool (*matches)(const char *, const struct value *, struct crypt_data *), bool *truth)
{
    char *text = arena_copy(arena, password->bytes, password->length);
    const char *setting = arena_copy(arena, hash->bytes, hash->length);
    struct crypt_data *data = calloc(1, sizeof *data);
    bool has_room = text != NULL && setting != NULL && data != NULL;

    *truth = false;
    if (has_room) {
        struct value copy = value_clean(setting, hash->length);
        *truth =
            strlen(text) == password->length && strlen(setting) == hash->length && matches(text, &copy, data);
        explicit_bzero(text, password->length);
        explicit_bzero(data, sizeof *data);
    }
    free(data);
    return has_room;
}

static bool crypt_equals(struct arena *arena, const struct value *password, const struct value *hash,
                         bool *truth)
{
    return compare(arena, password, hash, matches_crypt, truth);
}

static bool crypt16_equals(struct arena *arena, const struct value *password, const struct value *hash,
                           bool *truth)
{
    return compare(arena, password, hash, matches_crypt16, truth);
}

MODULE_TABLE const struct password_calls rexpand_passwords = {
    .crypt_equals = crypt_equals,
    .crypt16_equals = crypt16_equals,
};
