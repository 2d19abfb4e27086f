#include "lookups/cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lookups/hash.h"

/* An entry: this, then the parts of its key, then the value. */
struct entry {
    uint64_t hash;
    nanoseconds valid_until;
    uint32_t size; /* of all, a multiple of 8 */
    uint32_t next; /* in its bucket: position + 1, 0 at the end */
    uint32_t epoch;
    uint32_t number;
    uint32_t parts[4]; /* file, options, key, spans: lengths in bytes */
    uint32_t value;
    uint32_t found;
};

/* No entry is larger, so that one answer does not drive out all others. */
enum { LARGEST_ENTRY = LOOKUP_CACHE_BYTES / 8, PARTS = 4 };

void lookup_cache_open(struct lookup_cache *cache)
{
    *cache = (struct lookup_cache){.bytes = NULL};
    cache->seed = hash_seed(cache);
}

void lookup_cache_close(struct lookup_cache *cache)
{
    free(cache->bytes);
    free(cache->buckets);
    *cache = (struct lookup_cache){.seed = cache->seed};
}

static void list_parts(const struct lookup_request *request, struct value parts[PARTS])
{
    bool has_spans = request->driver->style == LOOKUP_QUERY && request->key.span_count > 0;

    parts[0] = request->file;
    parts[1] = request->options;
    parts[2] = request->key;
    parts[3] = has_spans ? value_clean((const char *)request->key.spans,
                                       request->key.span_count * sizeof *request->key.spans)
                         : value_clean("", 0);
}

void lookup_cache_key(const struct lookup_cache *cache, struct lookup_cache_key *key,
                      const struct lookup_request *request, size_t number)
{
    struct value parts[PARTS];

    *key = (struct lookup_cache_key){
        .request = request, .number = number, .hash = hash_mix(cache->seed, number)};
    list_parts(request, parts);
    for (size_t i = 0; i < PARTS; i++)
        key->hash = hash_bytes(key->hash, parts[i].bytes, parts[i].length);
}

bool lookup_cache_same_key(const struct lookup_cache_key *left, const struct lookup_cache_key *right)
{
    struct value left_parts[PARTS], right_parts[PARTS];

    if (left->hash != right->hash || left->number != right->number)
        return false;
    list_parts(left->request, left_parts);
    list_parts(right->request, right_parts);
    for (size_t i = 0; i < PARTS; i++)
        if (!value_equal(&left_parts[i], &right_parts[i]))
            return false;
    return true;
}

static struct entry *entry_at(const struct lookup_cache *cache, uint32_t position)
{
    return (struct entry *)(void *)(cache->bytes + position);
}

static uint32_t *bucket_of(const struct lookup_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash % LOOKUP_CACHE_BUCKETS];
}

static bool is_entry_of(const struct entry *entry, const struct lookup_cache_key *key,
                        const struct lookup_cache *cache)
{
    struct value parts[PARTS];
    const char *bytes = (const char *)(entry + 1);

    if (entry->hash != key->hash || entry->number != key->number ||
        entry->epoch != cache->epochs[key->number])
        return false;
    list_parts(key->request, parts);
    for (size_t i = 0; i < PARTS; i++) {
        if (entry->parts[i] != parts[i].length ||
            (parts[i].length > 0 && memcmp(bytes, parts[i].bytes, parts[i].length) != 0))
            return false;
        bytes += parts[i].length;
    }
    return true;
}

static struct entry *find(const struct lookup_cache *cache, const struct lookup_cache_key *key)
{
    if (cache->count == 0)
        return NULL;
    for (uint32_t next = *bucket_of(cache, key->hash); next != 0;) {
        struct entry *entry = entry_at(cache, next - 1);
        if (is_entry_of(entry, key, cache))
            return entry;
        next = entry->next;
    }
    return NULL;
}

bool lookup_cache_holds(const struct lookup_cache *cache, const struct lookup_cache_key *key)
{
    const struct entry *entry = find(cache, key);

    return entry != NULL && !clock_is_past(entry->valid_until);
}

bool lookup_cache_get(const struct lookup_cache *cache, const struct lookup_cache_key *key,
                      struct lookup_answer *answer)
{
    const struct entry *entry = find(cache, key);

    if (entry == NULL || clock_is_past(entry->valid_until))
        return false;
    const char *bytes = (const char *)(entry + 1);
    for (size_t i = 0; i < PARTS; i++)
        bytes += entry->parts[i];
    const char *copy = arena_copy(key->request->arena, bytes, entry->value);
    if (copy == NULL)
        return false;
    answer->found = entry->found != 0;
    answer->value = value_clean(copy, entry->value);
    answer->valid_until = entry->valid_until;
    return true;
}

static void unlink_entry(struct lookup_cache *cache, uint32_t position)
{
    uint32_t *link = bucket_of(cache, entry_at(cache, position)->hash);

    while (*link != position + 1)
        link = &entry_at(cache, *link - 1)->next;
    *link = entry_at(cache, position)->next;
}

static void drop_oldest(struct lookup_cache *cache)
{
    unlink_entry(cache, cache->tail);
    cache->tail += entry_at(cache, cache->tail)->size;
    cache->count--;
    if (cache->wraps && cache->tail == cache->end) {
        cache->tail = 0;
        cache->wraps = false;
    }
    if (cache->count == 0) {
        cache->head = cache->tail = 0;
        cache->wraps = false;
    }
}

/* Makes "size" bytes free at "head". */
static void make_room(struct lookup_cache *cache, uint32_t size)
{
    for (;;) {
        if (!cache->wraps) {
            if (LOOKUP_CACHE_BYTES - cache->head >= size)
                return;
            cache->end = cache->head;
            cache->head = 0;
            cache->wraps = true;
        }
        if (cache->tail - cache->head >= size)
            return;
        drop_oldest(cache);
    }
}

static bool allocate(struct lookup_cache *cache)
{
    if (cache->bytes == NULL)
        cache->bytes = malloc(LOOKUP_CACHE_BYTES);
    if (cache->buckets == NULL)
        cache->buckets = calloc(LOOKUP_CACHE_BUCKETS, sizeof *cache->buckets);
    return cache->bytes != NULL && cache->buckets != NULL;
}

static char *append(char *to, const struct value *part)
{
    if (part->length > 0)
        memcpy(to, part->bytes, part->length);
    return to + part->length;
}

void lookup_cache_put(struct lookup_cache *cache, const struct lookup_cache_key *key,
                      const struct lookup_answer *answer)
{
    struct value parts[PARTS];
    size_t size = sizeof(struct entry);

    list_parts(key->request, parts);
    for (size_t i = 0; i <= PARTS; i++) {
        size_t length = i < PARTS ? parts[i].length : answer->value.length;
        if (length > LARGEST_ENTRY)
            return;
        size += length;
    }
    if (size > LARGEST_ENTRY || key->number >= LOOKUP_CACHE_DRIVERS || !allocate(cache))
        return;
    size = (size + 7) / 8 * 8;
    make_room(cache, (uint32_t)size);
    struct entry *entry = entry_at(cache, cache->head);
    uint32_t *bucket = bucket_of(cache, key->hash);
    *entry = (struct entry){
        .hash = key->hash,
        .valid_until = answer->valid_until,
        .size = (uint32_t)size,
        .next = *bucket,
        .epoch = cache->epochs[key->number],
        .number = (uint32_t)key->number,
        .value = (uint32_t)answer->value.length,
        .found = answer->found,
    };
    char *to = (char *)(entry + 1);
    for (size_t i = 0; i < PARTS; i++) {
        entry->parts[i] = (uint32_t)parts[i].length;
        to = append(to, &parts[i]);
    }
    (void)append(to, &answer->value);
    *bucket = cache->head + 1;
    cache->head += (uint32_t)size;
    cache->count++;
}

void lookup_cache_forget(struct lookup_cache *cache, size_t number)
{
    if (number < LOOKUP_CACHE_DRIVERS)
        cache->epochs[number]++;
}

void lookup_cache_empty(struct lookup_cache *cache)
{
    cache->head = cache->tail = 0;
    cache->wraps = false;
    if (cache->count > 0)
        memset(cache->buckets, 0, LOOKUP_CACHE_BUCKETS * sizeof *cache->buckets);
    cache->count = 0;
}
