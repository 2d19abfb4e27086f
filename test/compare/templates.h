/* What constructs look like. A "%" and a letter stand for something that the
   generator writes there:

     %t text of any kind   %w a word           %n a number          %e arithmetic
     %l a list             %L one with another separator            %s separators
     %d a domain           %p a local part     %a a mail address    %A addresses of a header
     %i an IP address      %m one with a mask  %f a file            %j JSON
     %r a regular expression                   %h hexadecimal digits
     %b base64             %T a time           %u text in UTF-8     %q name=value pairs
     %c a condition        %C conditions in braces                  %B {yes}{no}, or part of it
     %v a variable's name  %N digits           %k a key of the files %x encoded words
     %g a list for match_… %%  a percent sign */

#ifndef REXPAND_TEST_COMPARE_TEMPLATES_H
#define REXPAND_TEST_COMPARE_TEMPLATES_H

#include <stddef.h>

#include "rexpand.h"

struct template
{
    enum rexpand_kind kind;
    const char *name; /* of the table's row */
    const char *text;
};

extern const struct template templates[];
extern const size_t template_count;

/* Rows that cannot be compared, and why. */
struct left_out_row {
    enum rexpand_kind kind;
    const char *name;
    const char *reason;
};

extern const struct left_out_row left_out_rows[];
extern const size_t left_out_count;

#endif
