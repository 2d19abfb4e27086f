/* The driver "lsearch": a text file with a key and its data a line, searched
   from its start. Up to a size the file stays in memory; what is larger is read
   anew for each key. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_lsearch;

enum { FIRST_ROOM = 256 * 1024 };

/* An open file, and a window of it that lines are cut from. */
struct lsearch_file {
    int fd;
    struct stat stat; /* as it was when it was opened */
    char *bytes;      /* the window */
    size_t room;
    size_t length;    /* bytes in the window */
    size_t next;      /* the first one that no line has taken */
    off_t offset;     /* of the window in the file */
    bool is_read_out; /* the window ends where the file does */
    int error;        /* errno of a read that failed */
    bool no_memory;
};

static bool is_same(const struct stat *left, const struct stat *right)
{
    return left->st_ino == right->st_ino && left->st_dev == right->st_dev &&
           left->st_size == right->st_size && left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
           left->st_mtim.tv_nsec == right->st_mtim.tv_nsec && left->st_ctim.tv_sec == right->st_ctim.tv_sec &&
           left->st_ctim.tv_nsec == right->st_ctim.tv_nsec;
}

static void rewind_file(struct lsearch_file *file)
{
    file->next = 0;
    file->error = 0;
    if (file->offset == 0)
        return;
    file->offset = 0;
    file->length = 0;
    file->is_read_out = false;
}

/* Room behind the window's bytes: by moving them to its start, or, when a line
   fills it all, by making it larger. */
static bool make_room(struct lsearch_file *file)
{
    if (file->next > 0) {
        memmove(file->bytes, file->bytes + file->next, file->length - file->next);
        file->offset += (off_t)file->next;
        file->length -= file->next;
        file->next = 0;
    }
    if (file->length < file->room)
        return true;
    size_t room = file->room * 2;
    char *bytes = room > file->room ? realloc(file->bytes, room) : NULL;
    if (bytes == NULL) {
        file->no_memory = true;
        return false;
    }
    file->bytes = bytes;
    file->room = room;
    return true;
}

/* More bytes into the window. False at the file's end, or after an error. */
static bool read_more(struct lsearch_file *file)
{
    if (file->is_read_out || file->error != 0 || (file->length == file->room && !make_room(file)))
        return false;
    for (;;) {
        ssize_t count = pread(file->fd, file->bytes + file->length, file->room - file->length,
                              file->offset + (off_t)file->length);
        if (count > 0) {
            file->length += (size_t)count;
            return true;
        }
        if (count == 0) {
            file->is_read_out = true;
            return false;
        }
        if (errno != EINTR) {
            file->error = errno;
            return false;
        }
    }
}

/* The next line without its end and the white space before it; valid until the
   next call. */
static bool next_line(struct lsearch_file *file, struct value *line)
{
    size_t seen = 0;
    const char *end = NULL;

    for (;;) {
        size_t left = file->length - file->next - seen;
        const char *from = file->bytes + file->next + seen;
        end = left == 0 ? NULL : memchr(from, '\n', left);
        if (end != NULL)
            break;
        seen += left;
        if (!read_more(file))
            break;
    }
    const char *begin = file->bytes + file->next;
    size_t length = end != NULL ? (size_t)(end - begin) : file->length - file->next;
    if ((end == NULL && length == 0) || file->error != 0 || file->no_memory)
        return false;
    file->next += length + (end != NULL);
    while (length > 0 && byte_is_space(begin[length - 1]))
        length--;
    *line = value_clean(begin, length);
    return true;
}

static size_t skip_space(const struct value *line, size_t at)
{
    while (at < line->length && byte_is_space(line->bytes[at]))
        at++;
    return at;
}

/* Reads the escape behind the backslash at "at" in a quoted key, moves "at"
   behind it and gives the byte that it means. */
static char read_escape(const struct value *line, size_t *at)
{
    static const char letters[] = "bfnrtv";
    static const char bytes[] = "\b\f\n\r\t\v";
    unsigned code = 0;
    size_t digits = 0;

    if (++*at >= line->length)
        return '\\';
    char byte = line->bytes[*at];
    if (byte >= '0' && byte <= '7') {
        for (; digits < 3 && *at < line->length && line->bytes[*at] >= '0' && line->bytes[*at] <= '7';
             digits++)
            code = code * 8 + (unsigned)(line->bytes[(*at)++] - '0');
        return (char)code;
    }
    ++*at;
    if (byte == 'x') {
        for (; digits < 2 && *at < line->length; digits++, ++*at) {
            char digit = byte_lower(line->bytes[*at]);
            if (byte_is_digit(digit))
                code = code * 16 + (unsigned)(digit - '0');
            else if (digit >= 'a' && digit <= 'f')
                code = code * 16 + (unsigned)(digit - 'a') + 10;
            else
                break;
        }
        return (char)code;
    }
    const char *letter = byte == '\0' ? NULL : strchr(letters, byte);
    return letter == NULL ? byte : bytes[letter - letters];
}

/* Whether the quoted key at the line's start is "key"; "*end" is behind its
   quote, or the line's end if there is none. */
static bool matches_quoted(const struct value *line, const struct value *key, size_t *end)
{
    size_t matched = 0;
    bool is_same_so_far = true;
    size_t at = 1;

    while (at < line->length && line->bytes[at] != '"') {
        char byte = line->bytes[at];
        if (byte == '\\')
            byte = read_escape(line, &at);
        else
            at++;
        if (matched >= key->length || byte_lower(byte) != byte_lower(key->bytes[matched]))
            is_same_so_far = false;
        matched++;
    }
    *end = at < line->length ? at + 1 : at;
    return is_same_so_far && matched == key->length;
}

static bool matches_plain(const struct value *line, const struct value *key, size_t *end)
{
    size_t at = 0;

    while (at < line->length && line->bytes[at] != ':' && !byte_is_space(line->bytes[at]))
        at++;
    *end = at;
    struct value word = value_clean(line->bytes, at);
    return value_equal_caseless(&word, key);
}

/* Whether a line has "key", and where its data begin. */
static bool matches(const struct value *line, const struct value *key, size_t *data)
{
    size_t at;
    bool is_quoted = line->length > 0 && line->bytes[0] == '"';

    if (line->length == 0 || line->bytes[0] == '#' || byte_is_space(line->bytes[0]))
        return false;
    if (!(is_quoted ? matches_quoted(line, key, &at) : matches_plain(line, key, &at)))
        return false;
    at = skip_space(line, at);
    if (at < line->length && line->bytes[at] == ':')
        at = skip_space(line, at + 1);
    *data = at;
    return true;
}

/* The data behind a key, with the lines that continue it. Exim's manual has
   comments and empty lines left out between them; Exim itself, 4.96 at least, ends
   the data there, and so does this. */
static enum outcome read_data(struct lsearch_file *file, struct value line, size_t from,
                              const struct lookup_request *request, struct lookup_answer *answer)
{
    struct buffer data;

    buffer_init(&data, request->arena);
    buffer_add(&data, line.bytes + from, line.length - from);
    while (next_line(file, &line) && line.length > 0 && byte_is_space(line.bytes[0])) {
        from = skip_space(&line, 0);
        buffer_add_byte(&data, ' ');
        buffer_add(&data, line.bytes + from, line.length - from);
    }
    return buffer_value(&data, &answer->value) ? OUTCOME_DONE : error_no_memory(request->error);
}

static enum outcome lsearch_find(void *opened, const struct lookup_request *request,
                                 struct lookup_answer *answer)
{
    struct lsearch_file *file = opened;
    struct value line;
    size_t data = 0;
    enum outcome outcome = OUTCOME_DONE;

    rewind_file(file);
    answer->source = file->is_read_out ? "the file is in memory" : "the file was read";
    answer->found = false;
    if (request->key.length == 0)
        return OUTCOME_DONE;
    while (!answer->found && next_line(file, &line))
        answer->found = matches(&line, &request->key, &data);
    if (answer->found)
        outcome = read_data(file, line, data, request, answer);
    if (file->no_memory)
        return error_no_memory(request->error);
    if (file->error != 0)
        return error_set(request->error, request->arena, OUTCOME_DEFERRED, "failed to read %.*s: %s",
                         (int)request->file.length, request->file.bytes, strerror(file->error));
    return outcome;
}

static enum outcome cannot_open(const struct lookup_request *request, const char *name)
{
    int error = errno;

    if (error == EACCES)
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "failed to open %s for linear search: %s (euid=%ld egid=%ld)", name, strerror(error),
                         (long)geteuid(), (long)getegid());
    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "failed to open %s for linear search: %s", name, strerror(error));
}

static void lsearch_close(void *opened)
{
    struct lsearch_file *file = opened;

    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->bytes);
    free(file);
}

static enum outcome open_file(struct lsearch_file *file, const char *name,
                              const struct lookup_request *request)
{
    /* A FIFO must not make it wait; for a regular file O_NONBLOCK means nothing. */
    file->fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0 || fstat(file->fd, &file->stat) != 0)
        return cannot_open(request, name);
    if (!S_ISREG(file->stat.st_mode))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "%s is not a regular file (lsearch lookup)", name);
    file->room = FIRST_ROOM;
    if (file->stat.st_size >= 0 && file->stat.st_size < FIRST_ROOM)
        file->room = (size_t)file->stat.st_size + 1;
    file->bytes = malloc(file->room);
    return file->bytes == NULL ? error_no_memory(request->error) : OUTCOME_DONE;
}

static enum outcome lsearch_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    struct lsearch_file *file = calloc(1, sizeof *file);
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    (void)lookups;
    if (file == NULL || name == NULL) {
        free(file);
        return error_no_memory(request->error);
    }
    file->fd = -1;
    enum outcome outcome = open_file(file, name, request);
    if (outcome != OUTCOME_DONE) {
        lsearch_close(file);
        return outcome;
    }
    *opened = file;
    return OUTCOME_DONE;
}

static bool lsearch_check(void *opened, const struct lookup_request *request)
{
    const struct lsearch_file *file = opened;
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && stat(name, &now) == 0 && is_same(&file->stat, &now);
}

static bool lsearch_quote(struct buffer *out, const struct value *text, const struct value *option)
{
    buffer_add(out, text->bytes, text->length);
    return option->length == 0;
}

const struct lookup_driver lookup_driver_lsearch = {
    .name = "lsearch",
    .built_by = "LOOKUP_LSEARCH",
    .help = "a text file with a key and its data a line: ${lookup{key}lsearch{/file}}",
    .style = LOOKUP_SINGLE_KEY,
    .wants_absolute_file = true,
    .open = lsearch_open,
    .check = lsearch_check,
    .find = lsearch_find,
    .close = lsearch_close,
    .quote = lsearch_quote,
};
