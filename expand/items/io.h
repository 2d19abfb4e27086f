/* Text from files and sockets. */

#ifndef REXPAND_ITEMS_IO_H
#define REXPAND_ITEMS_IO_H

#include "base/buffer.h"

/* Adds bytes with each newline replaced by "end_of_line" (NULL: by none). */
void io_add_lines(struct buffer *out, const char *bytes, size_t length, const struct value *end_of_line);

#endif
