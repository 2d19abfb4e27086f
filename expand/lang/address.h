/* Mail addresses as people and headers write them. */

#ifndef REXPAND_LANG_ADDRESS_H
#define REXPAND_LANG_ADDRESS_H

#include "base/buffer.h"

/* What main options of a configuration allow beyond the usual. */
struct address_rules {
    bool takes_more_angles; /* strip_excess_angle_brackets: <<ann@ex.org>> */
    bool drops_last_dot;    /* strip_trailing_dot: ann@ex.org. */
    bool takes_utf8;        /* allow_utf8_domains */
};

/* Takes "text" apart: comments and a display name are passed over, a source
   route too. "local_part" and "domain" are made in "arena"; an address without a domain has
   an empty one. False when it is not one address (RFC 5322 section 3.4, with the
   dots in local parts that real mail has). */
bool address_parse(struct arena *arena, const struct address_rules *rules, const struct value *text,
                   struct value *local_part, struct value *domain);

/* The same; says in Exim's words what is wrong when it is not one. */
bool address_parse_explained(struct arena *arena, const struct address_rules *rules, const struct value *text,
                             struct value *local_part, struct value *domain, const char **problem);

/* Adds the parts with "@" between them. */
void address_add(struct buffer *out, const struct value *local_part, const struct value *domain);

/* A list of addresses as in a To: header, with groups ("name: a@b, c@d;").
   Begins with in_group false and position 0. */
struct address_list {
    struct arena *arena;
    struct address_rules rules;
    struct value text;
    size_t position;
    bool in_group;
};

/* The next of them; "*is_valid" says whether it is an address at all. False at
   the end. */
bool address_list_next(struct address_list *list, struct value *local_part, struct value *domain,
                       bool *is_valid);

#endif
