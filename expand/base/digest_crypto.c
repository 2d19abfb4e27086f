#include <assert.h>
#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/digest.h"
#include "base/module.h"

static_assert((int)DIGEST_LONGEST >= EVP_MAX_MD_SIZE, "any digest fits");

static const EVP_MD *find_algorithm(enum digest_algorithm algorithm)
{
    static const EVP_MD *(*const algorithms[])(void) = {
        [DIGEST_MD5] = EVP_md5,           [DIGEST_SHA1] = EVP_sha1,         [DIGEST_SHA256] = EVP_sha256,
        [DIGEST_SHA384] = EVP_sha384,     [DIGEST_SHA512] = EVP_sha512,     [DIGEST_SHA3_224] = EVP_sha3_224,
        [DIGEST_SHA3_256] = EVP_sha3_256, [DIGEST_SHA3_384] = EVP_sha3_384, [DIGEST_SHA3_512] = EVP_sha3_512,
    };

    return algorithms[algorithm]();
}

static bool make(enum digest_algorithm algorithm, const char *bytes, size_t length,
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length)
{
    return EVP_Digest(bytes, length, digest, digest_length, find_algorithm(algorithm), NULL) == 1;
}

static bool authenticate(enum digest_algorithm algorithm, const struct value *secret,
                         const struct value *text, unsigned char digest[DIGEST_LONGEST],
                         unsigned *digest_length)
{
    return secret->length <= INT_MAX &&
           HMAC(find_algorithm(algorithm), secret->bytes, (int)secret->length,
                (const unsigned char *)text->bytes, text->length, digest, digest_length) != NULL;
}

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

MODULE_TABLE const struct digest_calls rexpand_digests = {
    .make = make,
    .authenticate = authenticate,
    .version = version,
};
