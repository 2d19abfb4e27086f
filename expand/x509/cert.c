#include "x509/cert.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/module.h"
#include "x509/name.h"

struct cert {
    X509 *x509;
};

static struct cert *cert_read(const struct value *pem)
{
    struct cert *cert = calloc(1, sizeof *cert);
    BIO *text = pem->length > INT_MAX ? NULL : BIO_new_mem_buf(pem->bytes, (int)pem->length);

    if (cert != NULL && text != NULL)
        cert->x509 = PEM_read_bio_X509(text, NULL, NULL, NULL);
    BIO_free(text);
    if (cert != NULL && cert->x509 != NULL)
        return cert;
    free(cert);
    return NULL;
}

static void cert_free(struct cert *cert)
{
    if (cert == NULL)
        return;
    X509_free(cert->x509);
    free(cert);
}

/* A field on its way out. */
struct asked {
    struct arena *arena;
    X509 *x509;
    struct value modifiers; /* what stands behind the name, with its comma */
    struct buffer out;
    bool is_there;
};

/* ---- modifiers ---- */

/* The next one without white space around it; false at the end. */
static bool next_modifier(struct arena *arena, struct value *rest, struct value *modifier)
{
    size_t at = 0;

    if (rest->length == 0)
        return false;
    while (at < rest->length && rest->bytes[at] != ',')
        at++;
    struct value written = value_slice(arena, rest, 0, at);
    *modifier = value_trim(arena, &written);
    *rest = value_slice(arena, rest, at + 1, rest->length);
    return true;
}

static struct value behind_comma(const struct asked *asked)
{
    const char *comma =
        asked->modifiers.length == 0 ? NULL : memchr(asked->modifiers.bytes, ',', asked->modifiers.length);
    size_t from = comma == NULL ? asked->modifiers.length : (size_t)(comma - asked->modifiers.bytes) + 1;

    return value_slice(asked->arena, &asked->modifiers, from, asked->modifiers.length);
}

/* A list's separator, from ">x", and the word among the modifiers, "*word"
   being empty without one; the last of each counts. */
static char read_list_modifiers(const struct asked *asked, char separator, struct value *word)
{
    struct value rest = behind_comma(asked);
    struct value modifier;

    *word = value_clean("", 0);
    while (next_modifier(asked->arena, &rest, &modifier))
        if (modifier.length > 0 && modifier.bytes[0] != '>')
            *word = modifier;
        else if (modifier.length > 0)
            separator = modifier.length > 1 ? modifier.bytes[1] : '\n';
    return separator;
}

/* ---- output ---- */

static void add_hexadecimal(struct buffer *out, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer_format(out, i == 0 ? "%02x" : " %02x", bytes[i]);
}

/* An item of a list; separators in it are doubled. */
static void add_item(struct asked *asked, char separator, const char *tag, const char *bytes, size_t length)
{
    if (asked->is_there)
        buffer_add_byte(&asked->out, separator);
    asked->is_there = true;
    buffer_add_string(&asked->out, tag);
    for (size_t i = 0; i < length; i++) {
        buffer_add_byte(&asked->out, bytes[i]);
        if (bytes[i] == separator)
            buffer_add_byte(&asked->out, separator);
    }
}

/* ---- fields ---- */

static void add_version(struct asked *asked)
{
    buffer_format(&asked->out, "%ld", X509_get_version(asked->x509) + 1);
    asked->is_there = true;
}

/* A hexadecimal number without zeroes in front. */
static void add_serial(struct asked *asked)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(asked->x509);
    const unsigned char *bytes = ASN1_STRING_get0_data(serial);
    size_t length = (size_t)ASN1_STRING_length(serial);

    while (length > 0 && *bytes == 0) {
        bytes++;
        length--;
    }
    for (size_t i = 0; i < length; i++)
        buffer_format(&asked->out, i == 0 ? "%x" : "%02x", bytes[i]);
    if (length == 0)
        buffer_add_byte(&asked->out, '0');
    asked->is_there = true;
}

/* A distinguished name as it is written, or with a modifier as a list. */
static void add_name(struct asked *asked, const X509_NAME *name)
{
    struct value type, item;
    struct name_reader reader;
    char separator = read_list_modifiers(asked, '\0', &type);

    if (X509_NAME_entry_count(name) == 0)
        return;
    if (separator == '\0' && type.length == 0) {
        name_add(&asked->out, name);
        asked->is_there = true;
        return;
    }
    name_open(&reader, asked->arena, name);
    while (name_next(&reader, &item)) {
        if (type.length > 0 && !(item.length > type.length && item.bytes[type.length] == '=' &&
                                 memcmp(item.bytes, type.bytes, type.length) == 0))
            continue;
        size_t from = type.length > 0 ? type.length + 1 : 0;
        add_item(asked, separator == '\0' ? '\n' : separator, "", item.bytes + from, item.length - from);
    }
}

static void add_subject(struct asked *asked)
{
    add_name(asked, X509_get_subject_name(asked->x509));
}

static void add_issuer(struct asked *asked)
{
    add_name(asked, X509_get_issuer_name(asked->x509));
}

static void add_time(struct asked *asked, const ASN1_TIME *when)
{
    struct tm parts;
    char text[64];
    struct value word;

    if (ASN1_TIME_to_tm(when, &parts) != 1)
        return;
    time_t seconds = timegm(&parts);
    (void)read_list_modifiers(asked, '\n', &word);
    asked->is_there = true;
    if (value_equals_text(&word, "int")) {
        buffer_format(&asked->out, "%lld", (long long)seconds);
        return;
    }
    (void)localtime_r(&seconds, &parts);
    bool is_greenwich = parts.tm_gmtoff == 0 && strcmp(parts.tm_zone, "UTC") == 0;
    size_t length = strftime(text, sizeof text, is_greenwich ? "%b %e %T %Y GMT" : "%b %e %T %Y %Z", &parts);
    buffer_add(&asked->out, text, length);
}

static void add_not_before(struct asked *asked)
{
    add_time(asked, X509_get0_notBefore(asked->x509));
}

static void add_not_after(struct asked *asked)
{
    add_time(asked, X509_get0_notAfter(asked->x509));
}

/* GnuTLS puts the key's kind first; OpenSSL's digests are named apart. */
static void add_algorithm(struct asked *asked)
{
    static const struct {
        int key;
        const char *word;
    } keys[] = {
        {NID_rsaEncryption, "RSA"},
        {NID_rsassaPss, "RSA-PSS"},
        {NID_X9_62_id_ecPublicKey, "ECDSA"},
        {NID_dsa, "DSA"},
    };
    int digest = NID_undef;
    int key = NID_undef;
    int algorithm = X509_get_signature_nid(asked->x509);

    asked->is_there = true;
    (void)X509_get_signature_info(asked->x509, &digest, &key, NULL, NULL);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].key == key && digest != NID_undef) {
            buffer_format(&asked->out, "%s-%s", keys[i].word, OBJ_nid2sn(digest));
            return;
        }
    if (algorithm == NID_ED25519 || algorithm == NID_ED448)
        buffer_format(&asked->out, "EdDSA-%s", algorithm == NID_ED448 ? "Ed448" : "Ed25519");
    else
        buffer_add_string(&asked->out, OBJ_nid2ln(algorithm));
}

static void add_signature(struct asked *asked)
{
    const ASN1_BIT_STRING *signature;

    X509_get0_signature(&signature, NULL, asked->x509);
    add_hexadecimal(&asked->out, ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature));
    asked->is_there = true;
}

static void add_alternative_names(struct asked *asked)
{
    static const struct {
        int type;
        const char *tag;
        const char *word;
    } kinds[] = {
        {GEN_DNS, "DNS=", "dns"},
        {GEN_URI, "URI=", "uri"},
        {GEN_EMAIL, "MAIL=", "mail"},
    };
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    struct value word;
    char separator = read_list_modifiers(asked, '\n', &word);
    GENERAL_NAMES *names = X509_get_ext_d2i(asked->x509, NID_subject_alt_name, NULL, NULL);
    size_t wanted = 0;

    while (wanted < KINDS && !value_equals_text(&word, kinds[wanted].word))
        wanted++;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int type;
        size_t kind = 0;
        const ASN1_STRING *text = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
        while (kind < KINDS && kinds[kind].type != type)
            kind++;
        if (kind < KINDS && (wanted == KINDS || wanted == kind))
            add_item(asked, separator, wanted == kind ? "" : kinds[kind].tag,
                     (const char *)ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
    }
    GENERAL_NAMES_free(names);
}

static void add_address(struct asked *asked, char separator, const GENERAL_NAME *name)
{
    if (name->type != GEN_URI)
        return;
    const ASN1_STRING *text = name->d.uniformResourceIdentifier;
    add_item(asked, separator, "", (const char *)ASN1_STRING_get0_data(text),
             (size_t)ASN1_STRING_length(text));
}

static void add_ocsp_addresses(struct asked *asked)
{
    struct value word;
    char separator = read_list_modifiers(asked, '\n', &word);
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(asked->x509, NID_info_access, NULL, NULL);

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(access, i);
        if (OBJ_obj2nid(one->method) == NID_ad_OCSP)
            add_address(asked, separator, one->location);
    }
    AUTHORITY_INFO_ACCESS_free(access);
}

static void add_crl_addresses(struct asked *asked)
{
    struct value word;
    char separator = read_list_modifiers(asked, '\n', &word);
    CRL_DIST_POINTS *points = X509_get_ext_d2i(asked->x509, NID_crl_distribution_points, NULL, NULL);

    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);
        if (point->distpoint == NULL || point->distpoint->type != 0)
            continue; /* named relative to the issuer */
        const GENERAL_NAMES *names = point->distpoint->name.fullname;
        for (int j = 0; j < sk_GENERAL_NAME_num(names); j++)
            add_address(asked, separator, sk_GENERAL_NAME_value(names, j));
    }
    CRL_DIST_POINTS_free(points);
}

/* In Exim's way the name is only the beginning of what may be written. */
static const struct {
    const char *name;
    void (*add)(struct asked *asked);
} fields[] = {
    {"crl_uri", add_crl_addresses},
    {"issuer", add_issuer},
    {"notafter", add_not_after},
    {"notbefore", add_not_before},
    {"ocsp_uri", add_ocsp_addresses},
    {"serial_number", add_serial},
    {"sig_algorithm", add_algorithm},
    {"signature", add_signature},
    {"subj_altname", add_alternative_names},
    {"subject", add_subject},
    {"version", add_version},
};

/* An extension's content by its dotted number. */
static enum outcome add_extension(struct asked *asked, const struct value *number, struct error *error)
{
    char *text = arena_copy(asked->arena, number->bytes, number->length);
    ASN1_OBJECT *object = text == NULL ? NULL : OBJ_txt2obj(text, 1);
    int index = object == NULL ? -1 : X509_get_ext_by_OBJ(asked->x509, object, -1);

    ASN1_OBJECT_free(object);
    if (index < 0)
        return error_set(error, asked->arena, OUTCOME_FAILED,
                         "the certificate has no extension \"%.*s\" for certextract",
                         (int)(number->length < 100 ? number->length : 100), number->bytes);
    const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(X509_get_ext(asked->x509, index));
    add_hexadecimal(&asked->out, ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
    asked->is_there = true;
    return OUTCOME_DONE;
}

static enum outcome add_field(struct asked *asked, const struct value *selector, struct error *error)
{
    if (selector->length > 0 && byte_is_digit(selector->bytes[0]))
        return add_extension(asked, selector, error);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        size_t length = strlen(fields[i].name);
        if (selector->length < length || memcmp(selector->bytes, fields[i].name, length) != 0)
            continue;
        asked->modifiers = value_slice(asked->arena, selector, length, selector->length);
        fields[i].add(asked);
        return OUTCOME_DONE;
    }
    return error_set(error, asked->arena, OUTCOME_FAILED, "bad field selector \"%.*s\" for certextract",
                     (int)(selector->length < 65536 ? selector->length : 65536), selector->bytes);
}

static enum outcome cert_field(struct arena *arena, const struct cert *cert, const struct value *selector,
                               struct value *found, struct error *error)
{
    struct asked asked = {.arena = arena, .x509 = cert->x509};

    buffer_init(&asked.out, arena);
    *found = (struct value){0};
    enum outcome outcome = add_field(&asked, selector, error);
    if (outcome != OUTCOME_DONE || !asked.is_there)
        return outcome;
    return buffer_value(&asked.out, found) ? OUTCOME_DONE : error_no_memory(error);
}

static bool cert_add_der(struct buffer *out, const struct cert *cert)
{
    unsigned char *der = NULL;
    int length = i2d_X509(cert->x509, &der);

    if (length < 0)
        return false;
    buffer_add(out, (const char *)der, (size_t)length);
    OPENSSL_free(der);
    return true;
}

MODULE_TABLE const struct cert_calls rexpand_certs = {
    .read = cert_read,
    .free = cert_free,
    .field = cert_field,
    .add_der = cert_add_der,
};
