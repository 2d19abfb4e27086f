/* Exim's lists (specification, chapter 6, "List construction"): items between
   separators. The separator is a colon unless the list begins with "<" and
   another punctuation or control character; white space around items does not
   count; a doubled separator is one such character in an item, unless it is a
   control character. An empty last item is not there, all others are. */

#ifndef REXPAND_BASE_LIST_H
#define REXPAND_BASE_LIST_H

#include "base/buffer.h"

struct list_reader {
    struct arena *arena;
    struct value list;
    size_t position;
    char separator;
};

/* Prepares to read "list" (whose bytes and spans must outlive the reader) and
   takes a change of separator from its start. Tainted bytes cannot change the
   separator. "separator" is the one without such a change: ':' for nearly all
   lists. Items that cannot share the list's bytes are made in "arena". */
void list_open(struct list_reader *reader, struct arena *arena, const struct value *list, char separator);

/* The next item with its taint; false at the end. The item shares the list's
   bytes unless it holds a doubled separator. If memory runs out, what remains
   is given undoubled as it stands. */
bool list_next(struct list_reader *reader, struct value *item);

/* How many items list_next would give. */
size_t list_count(struct arena *arena, const struct value *list);

/* Adds an item to a list in "out" so that list_next gives it back: separators
   in it are doubled and, after the first item, one is put in front. An item behind
   another that is empty or begins with the separator gets a space in front, or the two
   separators would be a doubled one. "start" is where in "out" the list began;
   "is_first" says whether no item was added yet. */
void list_add(struct buffer *out, size_t start, bool is_first, char separator, const struct value *item);

#endif
