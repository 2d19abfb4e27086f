/* One mail address as people and headers write it. */

#ifndef REXPAND_LANG_ADDRESS_H
#define REXPAND_LANG_ADDRESS_H

#include "base/buffer.h"

/* Takes "text" apart: comments and a display name are passed over, a source
   route too. "local_part" and "domain" are made in "arena"; an address without a domain has
   an empty one. False when it is not one address (RFC 5322 section 3.4, with the
   dots in local parts that real mail has). */
bool address_parse(struct arena *arena, const struct value *text, struct value *local_part,
                   struct value *domain);

/* The same; says in Exim's words what is wrong when it is not one. */
bool address_parse_explained(struct arena *arena, const struct value *text, struct value *local_part,
                             struct value *domain, const char **problem);

#endif
