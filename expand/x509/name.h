/* Distinguished names as text: CN=mx.example.org,O=Example, in the order of the
   certificate, with backslashes in front of what means something. */

#ifndef REXPAND_X509_NAME_H
#define REXPAND_X509_NAME_H

#include <openssl/x509.h>

#include "base/buffer.h"

void name_add(struct buffer *out, const X509_NAME *name);

/* Its parts one by one. Exim takes the backslash off a comma, and leaves it
   elsewhere. */
struct name_reader {
    struct arena *arena;
    struct value text;
    size_t position;
};

void name_open(struct name_reader *reader, struct arena *arena, const X509_NAME *name);
bool name_next(struct name_reader *reader, struct value *part);

#endif
