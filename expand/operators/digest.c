/* OpenSSL makes the digests. It is loaded when the first one is asked for: most
   strings need none, and to load it takes as long as all the rest of a short run
   of the command. To open a library again that is there costs a tenth of a
   microsecond, so nothing about it is kept. */

#include "operators/digest.h"

#include <assert.h>
#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

static_assert((int)DIGEST_LONGEST >= EVP_MAX_MD_SIZE, "any digest fits");

/* The name of the library that the headers belong to: libcrypto.so.3,
   libcrypto.so.1.1. */
#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number
#ifdef OPENSSL_SHLIB_VERSION
#define LIBRARY "libcrypto.so." TEXT_OF(OPENSSL_SHLIB_VERSION)
#else
#define LIBRARY "libcrypto.so." SHLIB_VERSION_NUMBER
#endif

/* What is used of it, with the types that its headers declare. */
typedef __typeof__(EVP_md5) get_algorithm;
typedef __typeof__(EVP_Digest) make_digest;
typedef __typeof__(OpenSSL_version) get_version;

/* Sets *function to the library's function of that name; NULL when there is
   none. The library stays until the process ends: it does not like to go
   before. */
static void find_function(void *function, const char *name)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    void *address = library == NULL ? NULL : dlsym(library, name);

    memcpy(function, &address, sizeof address);
}

bool digest_make(enum digest_algorithm algorithm, const char *bytes, size_t length,
                 unsigned char digest[DIGEST_LONGEST], unsigned *digest_length)
{
    static const char *const names[] = {
        [DIGEST_MD5] = "EVP_md5",           [DIGEST_SHA1] = "EVP_sha1",
        [DIGEST_SHA256] = "EVP_sha256",     [DIGEST_SHA384] = "EVP_sha384",
        [DIGEST_SHA512] = "EVP_sha512",     [DIGEST_SHA3_224] = "EVP_sha3_224",
        [DIGEST_SHA3_256] = "EVP_sha3_256", [DIGEST_SHA3_384] = "EVP_sha3_384",
        [DIGEST_SHA3_512] = "EVP_sha3_512",
    };
    get_algorithm *get;
    make_digest *make;

    find_function(&get, names[algorithm]);
    find_function(&make, "EVP_Digest");
    return get != NULL && make != NULL && make(bytes, length, digest, digest_length, get(), NULL) == 1;
}

void digest_version(struct buffer *out)
{
    get_version *version;

    find_function(&version, "OpenSSL_version");
    buffer_format(out, "Library version: %s",
                  version == NULL ? LIBRARY " is not there" : version(OPENSSL_VERSION));
}
