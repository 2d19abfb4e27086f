/* What the text of an option is made of: what Exim does with it before it uses
   it, and so what can be wrong with it. */

#ifndef REXPAND_CONFIG_CONTENTS_H
#define REXPAND_CONFIG_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>

enum content {
    CONTENT_PLAIN,       /* used as it is written */
    CONTENT_STRING,      /* expanded */
    CONTENT_STRINGS,     /* a list whose items are expanded one by one */
    CONTENT_LINES,       /* the same, with line ends between the items */
    CONTENT_BOOL,        /* true, false or a string that expands to one of them */
    CONTENT_DOLLAR,      /* expanded if it begins with "$" */
    CONTENT_FILE,        /* expanded to a file's name, which may not be tainted */
    CONTENT_COMMAND,     /* split into arguments, each of which is expanded */
    CONTENT_ACL,         /* expanded to an ACL's name, a file or an ACL itself */
    CONTENT_REGEX,       /* a regular expression, not expanded */
    CONTENT_REWRITE,     /* rules as in the section rewrite, in a list */
    CONTENT_ROUTE_LIST,  /* domain, hosts, options; separated by semicolons */
    CONTENT_VARIABLES,   /* name = string to expand, in a list */
    CONTENT_ADDRESSES,   /* expanded to a list of addresses, … */
    CONTENT_DOMAINS,     /* … domains, … */
    CONTENT_HOSTS,       /* … hosts … */
    CONTENT_LOCAL_PARTS, /* … and local parts, with all that may stand in such a list */
};

/* Of a main option, by the name of its row. */
enum content option_content(const char *name);

/* The main options that are not CONTENT_PLAIN, in byte order of names; false
   behind the last. */
bool option_content_at(size_t index, const char **name, enum content *content);

#endif
