#include "match/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { BLOCK = 16 * 1024 };

static enum outcome cannot(struct run *run, const char *what, const struct value *path, const char *why)
{
    return error_set(run->error, run->arena, OUTCOME_FAILED, "failed to %s %.*s when checking \"%.*s\": %s",
                     what, CALL_TEXT(path), CALL_TEXT(path), why);
}

/* A FIFO or a device would make it wait, or never end. */
static enum outcome open_regular(struct run *run, const struct value *path, int *fd)
{
    struct stat stat;
    const char *name = arena_copy(run->arena, path->bytes, path->length);

    if (name == NULL)
        return error_no_memory(run->error);
    *fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return cannot(run, "open", path, strerror(errno));
    if (fstat(*fd, &stat) == 0 && S_ISREG(stat.st_mode))
        return OUTCOME_DONE;
    (void)close(*fd);
    return cannot(run, "read", path, "it is not a regular file");
}

static enum outcome read_all(struct run *run, const struct value *path, int fd, struct value *text)
{
    char block[BLOCK];
    struct buffer content;
    ssize_t got;

    buffer_init(&content, run->arena);
    while ((got = read(fd, block, sizeof block)) > 0)
        buffer_add(&content, block, (size_t)got);
    if (got < 0)
        return cannot(run, "read", path, strerror(errno));
    return buffer_value(&content, text) ? OUTCOME_DONE : error_no_memory(run->error);
}

enum outcome list_file_open(struct list_file *file, struct run *run, const struct value *path,
                            bool comment_begins_anywhere)
{
    int fd = -1;

    file->comment_begins_anywhere = comment_begins_anywhere;
    if (value_is_tainted(path))
        return error_set(run->error, run->arena, OUTCOME_FAILED, "Tainted filename '%.*s'", CALL_TEXT(path));
    if (memchr(path->bytes, '\0', path->length) != NULL)
        return cannot(run, "open", path, strerror(ENOENT));
    enum outcome outcome = open_regular(run, path, &fd);
    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = read_all(run, path, fd, &file->rest);
    (void)close(fd);
    return outcome;
}

/* Where the comment begins, or the line's end. */
static size_t comment_start(const struct list_file *file, const char *line, size_t length)
{
    for (size_t at = 0; at < length; at++)
        if (line[at] == '#' && (file->comment_begins_anywhere || at == 0 || byte_is_space(line[at - 1])))
            return at;
    return length;
}

bool list_file_next(struct list_file *file, struct value *line)
{
    while (file->rest.length > 0) {
        const char *bytes = file->rest.bytes;
        const char *end = memchr(bytes, '\n', file->rest.length);
        size_t length = end == NULL ? file->rest.length : (size_t)(end - bytes);
        size_t taken = end == NULL ? length : length + 1;
        struct value whole = value_clean(bytes, comment_start(file, bytes, length));
        file->rest = value_clean(bytes + taken, file->rest.length - taken);
        *line = value_trim(NULL, &whole); /* clean text: no spans to copy */
        if (line->length > 0)
            return true;
    }
    return false;
}
