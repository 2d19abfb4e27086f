/* Where in a loaded file of lines a key stands: a hash table of offsets. */

#ifndef REXPAND_LOOKUPS_LINE_INDEX_H
#define REXPAND_LOOKUPS_LINE_INDEX_H

#include "lookups/lines.h"

struct line_slot {
    uint32_t tag;    /* of the key's hash */
    uint32_t offset; /* of its line, + 1; 0: free */
};

struct line_index {
    struct line_slot *slots; /* NULL: there is no index */
    size_t size;
    uint64_t seed;
};

/* Indexes a file that line_file_load has read. False when it has so many lines for
   its size that index and copy would take more than three times the file's size, or
   memory runs out. */
bool line_index_build(struct line_index *index, struct line_file *file);
void line_index_free(struct line_index *index);

/* Goes to the first line with that key, without regard to case. */
bool line_index_find(const struct line_index *index, struct line_file *file, const struct value *text,
                     struct value *line, struct line_key *key);

#endif
