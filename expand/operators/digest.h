/* The library behind the digests. */

#ifndef REXPAND_OPERATORS_DIGEST_H
#define REXPAND_OPERATORS_DIGEST_H

#include "base/buffer.h"

/* Adds its name and version. */
void digest_version(struct buffer *out);

#endif
