#include "lookups/redis/topology_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

/* The file is lines of words:

     rexpand redis topology 1
     list 127.0.0.1:7000 127.0.0.1:7001
     node 127.0.0.1 7002 3f86…        as many as there are; numbered from 0
     slots 0 5460 2 5                 first, last, the primary's number, the replicas'
     end                                                                              */

static const char title[] = "rexpand redis topology 1\n";
enum { MOST_BYTES = 2 * 1024 * 1024, OLDEST_SECONDS = 24 * 60 * 60 };

/* ---- reading ---- */

struct reader {
    const char *next;
    const char *end; /* the last byte before it is a line feed */
};

/* The word before the next space or line feed, which may not be empty. */
static bool read_word(struct reader *reader, const char **word, size_t *length)
{
    const char *begin = reader->next;

    while (reader->next < reader->end && *reader->next != ' ' && *reader->next != '\n')
        reader->next++;
    *word = begin;
    *length = (size_t)(reader->next - begin);
    return *length > 0 && reader->next < reader->end;
}

static bool read_number(struct reader *reader, unsigned highest, unsigned *number)
{
    const char *word;
    size_t length;

    if (!read_word(reader, &word, &length) || length > 9)
        return false;
    *number = 0;
    for (size_t i = 0; i < length; i++) {
        if (!byte_is_digit(word[i]))
            return false;
        *number = *number * 10 + (unsigned)(word[i] - '0');
    }
    return *number <= highest;
}

static bool skip(struct reader *reader, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(reader->end - reader->next) < length || memcmp(reader->next, text, length) != 0)
        return false;
    reader->next += length;
    return true;
}

static bool read_node(struct reader *reader, struct redis_address *address, struct arena *arena)
{
    const char *word;
    size_t length;
    const char *place = reader->next;

    /* Host and port are checked as those of a redirection are. */
    if (!read_word(reader, &word, &length) || !skip(reader, " ") || !read_word(reader, &word, &length))
        return false;
    size_t place_length = (size_t)(reader->next - place);
    char *copy = arena_copy(arena, place, place_length);
    if (copy == NULL)
        return false;
    copy[word - place - 1] = ':';
    if (!redis_address_read(address, copy, place_length, NULL, arena) || !skip(reader, " "))
        return false;
    if (skip(reader, "-\n"))
        return true;
    if (!read_word(reader, &word, &length) || length != REDIS_ID_LENGTH || !skip(reader, "\n"))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!byte_is_alnum(word[i]))
            return false;
    address->id = arena_copy(arena, word, length);
    return address->id != NULL;
}

static bool read_slots(struct reader *reader, struct redis_topology *topology,
                       const struct redis_address *addresses, size_t count)
{
    unsigned first;
    unsigned last;
    unsigned node;

    if (count == 0 || !read_number(reader, REDIS_SLOTS - 1, &first) || !skip(reader, " ") ||
        !read_number(reader, REDIS_SLOTS - 1, &last))
        return false;
    while (skip(reader, " "))
        if (!read_number(reader, (unsigned)count - 1, &node) ||
            !redis_topology_add(topology, &addresses[node]))
            return false;
    return skip(reader, "\n") && redis_topology_end_range(topology, first, last);
}

static size_t count_lines(const struct reader *reader, const char *beginning)
{
    size_t count = 0;
    size_t length = strlen(beginning);

    for (const char *line = reader->next; line != NULL && line < reader->end;
         line = memchr(line, '\n', (size_t)(reader->end - line)), line += line != NULL)
        count += (size_t)(reader->end - line) > length && memcmp(line, beginning, length) == 0;
    return count;
}

static bool read_text(struct redis_topology *topology, const char *bytes, size_t length, const char *list,
                      struct arena *arena)
{
    struct reader reader = {bytes, bytes + length};
    struct redis_address *addresses = arena_calloc(arena, REDIS_MOST_NODES, sizeof *addresses);
    size_t count = 0;

    if (addresses == NULL || length == 0 || bytes[length - 1] != '\n' || !skip(&reader, title) ||
        !skip(&reader, "list ") || !skip(&reader, list) || !skip(&reader, "\n"))
        return false;
    /* A mention of a node takes two bytes at least. */
    size_t ranges = count_lines(&reader, "slots ");
    size_t mentions = ranges * REDIS_MOST_REPLICAS < length / 2 ? ranges * REDIS_MOST_REPLICAS : length / 2;
    if (!redis_topology_open(topology, ranges, mentions, arena))
        return false;
    while (skip(&reader, "node "))
        if (count == REDIS_MOST_NODES || !read_node(&reader, &addresses[count++], arena))
            return false;
    while (skip(&reader, "slots "))
        if (!read_slots(&reader, topology, addresses, count))
            return false;
    return skip(&reader, "end\n") && reader.next == reader.end;
}

static bool is_trustworthy(const struct stat *status)
{
    time_t age = time(NULL) - status->st_mtime;

    return S_ISREG(status->st_mode) && (status->st_uid == geteuid() || status->st_uid == 0) &&
           (status->st_mode & (S_IWGRP | S_IWOTH)) == 0 && status->st_size > 0 &&
           status->st_size <= MOST_BYTES && age >= -OLDEST_SECONDS && age <= OLDEST_SECONDS;
}

static struct redis_topology_stamp stamp_of(const struct stat *status)
{
    return (struct redis_topology_stamp){status->st_dev, status->st_ino, status->st_mtim};
}

static bool is_same(const struct redis_topology_stamp *left, const struct redis_topology_stamp *right)
{
    return left->device == right->device && left->inode == right->inode &&
           left->changed.tv_sec == right->changed.tv_sec && left->changed.tv_nsec == right->changed.tv_nsec;
}

/* The bytes of the open file, in "arena"; NULL when there is nothing new. */
static char *read_bytes(int fd, struct redis_topology_stamp *stamp, size_t *length, struct arena *arena)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return NULL;
    struct redis_topology_stamp found = stamp_of(&status);
    if (is_same(&found, stamp) || !is_trustworthy(&status))
        return NULL;
    char *bytes = arena_alloc_text(arena, (size_t)status.st_size);
    if (bytes == NULL)
        return NULL;
    for (*length = 0; *length < (size_t)status.st_size;) {
        ssize_t count = read(fd, bytes + *length, (size_t)status.st_size - *length);
        if (count <= 0)
            return NULL;
        *length += (size_t)count;
    }
    *stamp = found;
    return bytes;
}

bool redis_topology_file_read(struct redis_topology *topology, const char *path, const char *list,
                              struct redis_topology_stamp *stamp, struct arena *arena)
{
    size_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return false;
    char *bytes = read_bytes(fd, stamp, &length, arena);
    (void)close(fd);
    return bytes != NULL && read_text(topology, bytes, length, list, arena);
}

/* ---- writing ---- */

static bool write_text(struct buffer *out, const struct redis_topology *topology, const char *list)
{
    struct value text;

    buffer_add_string(out, title);
    buffer_format(out, "list %s\n", list);
    for (size_t i = 0; i < topology->address_count; i++) {
        const struct redis_address *address = &topology->addresses[i];
        buffer_format(out, "node %s %u %s\n", address->host, address->port,
                      address->id[0] == '\0' ? "-" : address->id);
    }
    for (size_t i = 0; i < topology->range_count; i++) {
        const struct redis_range *range = &topology->ranges[i];
        buffer_format(out, "slots %u %u", range->first, range->last);
        for (size_t k = 0; k < range->count; k++)
            buffer_format(out, " %zu", topology->nodes[range->nodes + k]);
        buffer_add_byte(out, '\n');
    }
    buffer_add_string(out, "end\n");
    return buffer_value(out, &text);
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

void redis_topology_file_write(const struct redis_topology *topology, const char *path, const char *list,
                               struct redis_topology_stamp *stamp, struct arena *arena)
{
    struct buffer out;
    struct stat status;
    const char *made = arena_format(arena, "%s.%ld", path, (long)gettid());

    buffer_init(&out, arena);
    if (made == NULL || !write_text(&out, topology, list) || out.length > MOST_BYTES)
        return;
    /* One left over by a thread that had this number and died. */
    (void)unlink(made);
    int fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return;
    bool is_written = write_all(fd, out.bytes, out.length) && fstat(fd, &status) == 0;
    if (close(fd) != 0 || !is_written || rename(made, path) != 0) {
        (void)unlink(made);
        return;
    }
    *stamp = stamp_of(&status);
}
