/* What went wrong with TLS, said so that a postmaster knows what to do. */

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "lookups/redis/tls_openssl.h"

enum { MOST_NAMES = 5, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };

/* ---- certificates ---- */

/* Bytes from a certificate, in one line. */
static void add_clean(struct buffer *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < 128; i++)
        buffer_add_byte(out, byte_is_control(bytes[i]) ? '?' : bytes[i]);
}

static void add_subject(struct buffer *out, const X509_NAME *name)
{
    char line[256];

    if (X509_NAME_oneline(name, line, sizeof line) == NULL)
        return;
    add_clean(out, line[0] == '/' ? line + 1 : line, strlen(line) - (line[0] == '/'));
}

static void add_address(struct buffer *out, const ASN1_STRING *address)
{
    char *text = i2s_ASN1_OCTET_STRING(NULL, address);

    if (ASN1_STRING_length(address) == 4) {
        const unsigned char *byte = ASN1_STRING_get0_data(address);
        buffer_format(out, "%u.%u.%u.%u", byte[0], byte[1], byte[2], byte[3]);
    } else if (text != NULL) {
        buffer_add_string(out, text);
    }
    OPENSSL_free(text);
}

/* For whom a certificate is: its alternative names, or its subject if it has none. */
static void add_names(struct buffer *out, const X509 *certificate)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int shown = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names) && shown < MOST_NAMES; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS && name->type != GEN_IPADD)
            continue;
        if (shown++ > 0)
            buffer_add_string(out, ", ");
        if (name->type == GEN_DNS)
            add_clean(out, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                      (size_t)ASN1_STRING_length(name->d.dNSName));
        else
            add_address(out, name->d.iPAddress);
    }
    GENERAL_NAMES_free(names);
    if (shown == 0)
        add_subject(out, X509_get_subject_name(certificate));
}

static void add_time(struct buffer *out, const ASN1_TIME *time)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char line[64];

    if (memory != NULL && ASN1_TIME_print(memory, time) == 1) {
        int length = BIO_read(memory, line, sizeof line);
        add_clean(out, line, length > 0 ? (size_t)length : 0);
    }
    BIO_free(memory);
}

/* "its certificate", or its issuer's, which has a name. */
static void add_whose(struct buffer *out, const struct tls_link *link)
{
    if (link->blamed_depth == 0) {
        buffer_add_string(out, "its certificate");
        return;
    }
    buffer_add_string(out, "the certificate of its issuer ");
    add_subject(out, X509_get_subject_name(link->blamed));
}

static void say_expired(struct buffer *out, const struct tls_link *link)
{
    add_whose(out, link);
    buffer_add_string(out, " has expired: ");
    add_time(out, X509_get0_notAfter(link->blamed));
}

static void say_too_early(struct buffer *out, const struct tls_link *link)
{
    add_whose(out, link);
    buffer_add_string(out, " is not valid before ");
    add_time(out, X509_get0_notBefore(link->blamed));
}

static void say_wrong_name(struct buffer *out, const struct tls_link *link)
{
    buffer_format(out, "its certificate is not for %s but for ", link->name);
    add_names(out, link->blamed);
    buffer_add_string(out, " (see redis_tls_servername)");
}

static void say_unknown_issuer(struct buffer *out, const struct tls_link *link)
{
    buffer_add_string(out, "its certificate comes from an issuer that is not known here: ");
    add_subject(out, X509_get_issuer_name(link->blamed));
    buffer_add_string(out, " (see redis_tls_ca)");
}

static void say_self_signed(struct buffer *out, const struct tls_link *link)
{
    buffer_add_string(out, "its certificate is its own issuer, which is not known here: ");
    add_subject(out, X509_get_subject_name(link->blamed));
    buffer_add_string(out, " (see redis_tls_ca)");
}

static const struct {
    int error;
    void (*say)(struct buffer *out, const struct tls_link *link);
} sayings[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, say_expired},
    {X509_V_ERR_CERT_NOT_YET_VALID, say_too_early},
    {X509_V_ERR_HOSTNAME_MISMATCH, say_wrong_name},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, say_wrong_name},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, say_unknown_issuer},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, say_unknown_issuer},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, say_unknown_issuer},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, say_unknown_issuer},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, say_self_signed},
};

static const char *words_of_certificate(const struct tls_link *link, struct arena *arena)
{
    struct buffer out;
    struct value text;
    size_t i = 0;

    buffer_init(&out, arena);
    while (i < sizeof sayings / sizeof sayings[0] && sayings[i].error != link->blamed_error)
        i++;
    if (i < sizeof sayings / sizeof sayings[0] && link->blamed != NULL)
        sayings[i].say(&out, link);
    else
        buffer_format(&out, "its certificate is not accepted: %s",
                      X509_verify_cert_error_string(link->blamed_error));
    return buffer_value(&out, &text) ? text.bytes : "there is no memory for it";
}

/* ---- the protocol ---- */

static const struct {
    int reason;
    const char *words;
} reasons[] = {
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "it wants a client certificate (see redis_tls_certificate)"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "it broke off the TLS handshake: it wants a client certificate "
                                          "(see redis_tls_certificate), or there is no "
                                          "cipher that both know"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA,
     "it does not know the issuer of the client certificate (see redis_tls_certificate)"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "it does not accept the client certificate"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "it does not accept the client certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "it does not accept the client certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "it says that the client certificate has been revoked"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "it says that the client certificate has expired"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "it does not speak TLS 1.2 or later"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "it does not speak TLS 1.2 or later"},
    {SSL_R_TLSV1_UNRECOGNIZED_NAME, "it does not know the name it is asked for (see redis_tls_servername)"},
};

static bool is_plain_text(const struct tls_link *link)
{
    return link->has_first && link->first != RECORD_ALERT && link->first != RECORD_HANDSHAKE;
}

const char *tls_words_of_error(struct tls_link *link)
{
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);

    for (size_t i = 0; ERR_GET_LIB(error) == ERR_LIB_SSL && i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].reason == reason)
            return reasons[i].words;
    const char *words = ERR_reason_error_string(error);
    (void)snprintf(link->words, sizeof link->words, "TLS failed: %s",
                   words == NULL ? "it gives no reason" : words);
    return link->words;
}

const char *tls_words_of_handshake(struct tls_link *link, struct arena *arena)
{
    if (link->blamed_error != X509_V_OK)
        return words_of_certificate(link, arena);
    if (is_plain_text(link))
        return "it does not speak TLS on that port (redis:// is without TLS)";
    const char *words = tls_words_of_error(link);
    if (words != link->words)
        return words;
    const char *copy = arena_format(arena, "%s", words);
    return copy == NULL ? "there is no memory for it" : copy;
}
