/* The variables that hold a TLS certificate, in PEM where they have one. */

#ifndef REXPAND_ITEMS_CERTIFICATE_H
#define REXPAND_ITEMS_CERTIFICATE_H

#include "lang/call.h"
#include "x509/cert.h"

bool certificate_is_in(const struct variable_row *variable);

/* The certificate in such a variable's value, and the functions for it. "*cert"
   is NULL when the variable is empty; otherwise the caller gives it to
   (*calls)->free. "variable" is its name as it was written, for messages. */
enum outcome certificate_read(struct call *call, const struct value *variable, const struct value *pem,
                              const struct cert_calls **calls, struct cert **cert) MUST_CHECK;

/* An operator's operand, where Exim takes a certificate too (specification,
   chapter 11: base64, md5, sha1, sha256). When it is nothing but such a variable,
   written without braces, "*is_certificate" says so, and "text" is the certificate in DER;
   without one it is the variable's name, which Exim takes then. */
enum outcome certificate_argument(struct call *call, struct value *text, bool *is_certificate) MUST_CHECK;

#endif
