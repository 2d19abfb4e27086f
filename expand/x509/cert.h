/* Certificates and what can be asked of them, in Exim's words: those of an
   Exim with GnuTLS, as Debian has it. */

#ifndef REXPAND_X509_CERT_H
#define REXPAND_X509_CERT_H

#include "base/buffer.h"
#include "base/outcome.h"
#include "base/value.h"

struct arena;
struct cert;

/* OpenSSL reads them; CRYPTO_TABLE(rexpand_certs, …) gives this. */
struct cert_calls {
    /* The first certificate in a text in PEM; NULL when there is none. The caller
       frees it. */
    struct cert *(*read)(const struct value *pem);
    void (*free)(struct cert *cert);

    /* A field and its modifiers behind commas (Exim specification, chapter 11,
       "${certextract"), or an extension by its object identifier. "*found" has no bytes
       (NULL) when the certificate does not have it. OUTCOME_FAILED: there is no such
       field. */
    enum outcome (*field)(struct arena *arena, const struct cert *cert, const struct value *selector,
                          struct value *found, struct error *error);

    /* Adds it in DER (RFC 5280, section 4.1). False when it cannot be written so. */
    bool (*add_der)(struct buffer *out, const struct cert *cert);
};

extern const struct cert_calls rexpand_certs;

#endif
