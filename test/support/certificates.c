#include "test/support/certificates.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { SECONDS_A_DAY = 24 * 60 * 60 };

static void need(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "certificates: %s\n", what);
    abort();
}

const char *certificate_file(const struct temp_folder *folder, const char *name, const char *suffix,
                             char *path, size_t room)
{
    char file[64];

    (void)snprintf(file, sizeof file, "%s.%s", name, suffix);
    temp_folder_path(folder, file, path, room);
    return path;
}

static FILE *open_file(const struct temp_folder *folder, const char *name, const char *suffix,
                       const char *mode)
{
    char path[256];
    FILE *file = fopen(certificate_file(folder, name, suffix, path, sizeof path), mode);

    need(file != NULL, path);
    return file;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    need(extension != NULL && X509_add_ext(certificate, extension, -1) == 1, value);
    X509_EXTENSION_free(extension);
}

static X509 *read_certificate(const struct temp_folder *folder, const char *name)
{
    FILE *file = open_file(folder, name, "pem", "r");
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);

    need(certificate != NULL, name);
    (void)fclose(file);
    return certificate;
}

static EVP_PKEY *read_key(const struct temp_folder *folder, const char *name)
{
    FILE *file = open_file(folder, name, "key", "r");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

    need(key != NULL, name);
    (void)fclose(file);
    return key;
}

static X509 *begin(const char *name, EVP_PKEY *key, int from_days, int to_days)
{
    X509 *certificate = X509_new();
    unsigned char serial[8];

    need(certificate != NULL && RAND_bytes(serial, sizeof serial) == 1, "no certificate");
    serial[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), (long)from_days * SECONDS_A_DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), (long)to_days * SECONDS_A_DAY);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    return certificate;
}

void certificate_make(const struct temp_folder *folder, const char *name, const char *issuer,
                      const char *names, int from_days, int to_days)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = begin(name, key, from_days, to_days);
    X509 *signer = issuer == NULL ? certificate : read_certificate(folder, issuer);
    EVP_PKEY *signing_key = issuer == NULL ? key : read_key(folder, issuer);

    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    add_extension(certificate, signer, NID_basic_constraints,
                  issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE");
    add_extension(certificate, signer, NID_subject_key_identifier, "hash");
    if (names != NULL)
        add_extension(certificate, signer, NID_subject_alt_name, names);
    need(X509_sign(certificate, signing_key, EVP_sha256()) != 0, "no signature");

    FILE *file = open_file(folder, name, "pem", "w");
    need(PEM_write_X509(file, certificate) == 1 && fclose(file) == 0, name);
    file = open_file(folder, name, "key", "w");
    need(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(file) == 0, name);
    if (issuer != NULL) {
        X509_free(signer);
        EVP_PKEY_free(signing_key);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
}
