#include "lookups/line_index.h"

#include <stdlib.h>
#include <string.h>

#include "lookups/hash.h"

/* Lines that may have a key. */
static size_t count_keys(const struct line_file *file)
{
    const char *at = file->bytes;
    const char *end = file->bytes + file->length;
    size_t count = 0;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        count += *at != '#' && !byte_is_space(*at);
        if (newline == NULL)
            break;
        at = newline + 1;
    }
    return count;
}

/* As many slots as make few collisions, if they fit: the copy is one of the three
   times the file's size. */
static size_t choose_size(size_t keys, size_t file_size)
{
    size_t most = 2 * file_size / sizeof(struct line_slot);

    if (2 * keys <= most)
        return 2 * keys;
    return keys + keys / 4 <= most ? keys + keys / 4 + 1 : 0;
}

static uint64_t hash_key(const struct line_index *index, const struct value *text)
{
    return hash_bytes_caseless(index->seed, text->bytes, text->length);
}

static size_t first_slot(const struct line_index *index, uint64_t hash)
{
    return (size_t)(((hash >> 32) * index->size) >> 32);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)hash;
}

static bool is_line_of(struct line_file *file, uint32_t offset, const struct value *text, struct value *line,
                       struct line_key *key)
{
    line_file_go_to(file, offset - 1);
    return line_file_next(file, line) && line_key_read(file, line, key) &&
           value_equal_caseless(&key->text, text);
}

bool line_index_find(const struct line_index *index, struct line_file *file, const struct value *text,
                     struct value *line, struct line_key *key)
{
    if (index->size == 0)
        return false;
    uint64_t hash = hash_key(index, text);
    for (size_t at = first_slot(index, hash); index->slots[at].offset != 0;
         at = at + 1 == index->size ? 0 : at + 1)
        if (index->slots[at].tag == tag_of(hash) &&
            is_line_of(file, index->slots[at].offset, text, line, key))
            return true;
    return false;
}

/* Whether the line at that offset has the same key. The text may be the file's own
   copy of an unquoted key, which must outlive the look at the other line. */
static bool is_same_key(struct line_file *file, uint32_t offset, const struct value *text)
{
    char *kept = file->unquoted;
    size_t room = file->longest_quoted;
    struct value line;
    struct line_key key;

    file->unquoted = NULL;
    file->longest_quoted = 0;
    bool is_same = is_line_of(file, offset, text, &line, &key);
    free(file->unquoted);
    file->unquoted = kept;
    file->longest_quoted = room;
    return is_same;
}

/* A key that is there already comes too late: the first line counts. */
static void insert(struct line_index *index, struct line_file *file, const struct value *text, size_t offset)
{
    uint64_t hash = hash_key(index, text);
    size_t at = first_slot(index, hash);

    for (; index->slots[at].offset != 0; at = at + 1 == index->size ? 0 : at + 1)
        if (index->slots[at].tag == tag_of(hash) && is_same_key(file, index->slots[at].offset, text))
            return;
    index->slots[at] = (struct line_slot){.tag = tag_of(hash), .offset = (uint32_t)offset + 1};
}

bool line_index_build(struct line_index *index, struct line_file *file)
{
    struct value line;
    struct line_key key;

    *index = (struct line_index){.seed = hash_seed(index)};
    size_t keys = count_keys(file);
    index->size = choose_size(keys, file->length);
    if (index->size == 0 && keys > 0)
        return false;
    index->slots = calloc(index->size + 1, sizeof *index->slots);
    if (index->slots == NULL)
        return false;
    line_file_go_to(file, 0);
    for (size_t offset = 0; line_file_next(file, &line); offset = file->next) {
        size_t next = file->next;
        if (line_key_read(file, &line, &key))
            insert(index, file, &key.text, offset);
        line_file_go_to(file, next);
    }
    if (!file->no_memory)
        return true;
    line_index_free(index);
    return false;
}

void line_index_free(struct line_index *index)
{
    free(index->slots);
    *index = (struct line_index){.slots = NULL};
}
