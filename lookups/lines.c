#include "lookups/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lookups/file_stat.h"

enum { FIRST_ROOM = 256 * 1024 };

const struct lookup_option line_options[] = {
    [LINE_OPTION_RET] = {"ret", "key or full: give the key, or the whole line, in place of its data", false},
};

enum outcome line_read_ret(const struct lookup_request *request, bool *is_full)
{
    const struct value *ret = request->chosen == NULL ? NULL : &request->chosen[LINE_OPTION_RET];

    *is_full = ret != NULL && ret->bytes != NULL;
    if (!*is_full || value_equals_text(ret, "full"))
        return OUTCOME_DONE;
    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "ret= of a lookup in a file of lines wants key or full, not \"%.*s\"", (int)ret->length,
                     ret->bytes);
}

/* ---- the file ---- */

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

enum outcome line_file_open(struct line_file *file, const struct lookup_request *request)
{
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    *file = (struct line_file){.fd = -1};
    if (name == NULL)
        return error_no_memory(request->error);
    /* A FIFO must not make it wait; for a regular file O_NONBLOCK means nothing. */
    file->fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0 || fstat(file->fd, &file->stat) != 0)
        return cannot_open(request, name);
    if (!S_ISREG(file->stat.st_mode))
        return error_set(request->error, request->arena, OUTCOME_FAILED,
                         "%s is not a regular file (lsearch lookup)", name);
    file->is_fresh = file_was_just_changed(&file->stat);
    file->room = FIRST_ROOM;
    if (file->stat.st_size >= 0 && file->stat.st_size < FIRST_ROOM)
        file->room = (size_t)file->stat.st_size + 1;
    file->bytes = malloc(file->room);
    return file->bytes == NULL ? error_no_memory(request->error) : OUTCOME_DONE;
}

void line_file_close(struct line_file *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->bytes);
    free(file->unquoted);
}

bool line_file_is_current(const struct line_file *file, const struct lookup_request *request)
{
    struct stat now;
    const char *name = arena_copy(request->arena, request->file.bytes, request->file.length);

    return name != NULL && !file->is_fresh && stat(name, &now) == 0 && file_is_same(&file->stat, &now);
}

void line_file_rewind(struct line_file *file)
{
    file->next = 0;
    file->error = 0;
    if (file->offset == 0)
        return;
    file->offset = 0;
    file->length = 0;
    file->is_read_out = false;
}

/* ---- the window ---- */

static bool grow(struct line_file *file, size_t room)
{
    char *bytes = room > file->room ? realloc(file->bytes, room) : NULL;

    if (bytes == NULL)
        return false;
    file->bytes = bytes;
    file->room = room;
    return true;
}

/* Room behind the window's bytes: by moving them to its start, or, when a line
   fills it all, by making it larger. */
static bool make_room(struct line_file *file)
{
    if (file->next > 0) {
        memmove(file->bytes, file->bytes + file->next, file->length - file->next);
        file->offset += (off_t)file->next;
        file->length -= file->next;
        file->next = 0;
    }
    if (file->length < file->room)
        return true;
    file->no_memory = !grow(file, file->room * 2);
    return !file->no_memory;
}

/* More bytes into the window, which has room. False at the file's end, or after an
   error. */
static bool read_block(struct line_file *file)
{
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

static bool read_more(struct line_file *file)
{
    if (file->is_read_out || file->error != 0 || (file->length == file->room && !make_room(file)))
        return false;
    return read_block(file);
}

bool line_file_load(struct line_file *file)
{
    struct stat now;
    size_t size = (size_t)file->stat.st_size;

    if (file->stat.st_size < 0 || file->stat.st_size > LARGEST_LOADED_FILE)
        return false;
    line_file_rewind(file);
    if (!file->is_read_out) {
        if (file->room <= size && !grow(file, size + 1))
            return false;
        while (file->length < file->room && read_block(file))
            ;
    }
    return file->is_read_out && file->length == size && fstat(file->fd, &now) == 0 &&
           file_is_same(&file->stat, &now);
}

bool line_file_next(struct line_file *file, struct value *line)
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

enum outcome line_file_outcome(const struct line_file *file, const struct lookup_request *request)
{
    if (file->no_memory)
        return error_no_memory(request->error);
    if (file->error != 0)
        return error_set(request->error, request->arena, OUTCOME_DEFERRED, "failed to read %.*s: %s",
                         (int)request->file.length, request->file.bytes, strerror(file->error));
    return OUTCOME_DONE;
}

/* ---- lines ---- */

static size_t skip_space(const struct value *line, size_t at)
{
    while (at < line->length && byte_is_space(line->bytes[at]))
        at++;
    return at;
}

static bool is_octal(char byte)
{
    return byte >= '0' && byte <= '7';
}

static int hex_digit(char byte)
{
    char lower = byte_lower(byte);

    if (byte_is_digit(lower))
        return lower - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
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
    if (is_octal(byte)) {
        for (; digits < 3 && *at < line->length && is_octal(line->bytes[*at]); digits++)
            code = code * 8 + (unsigned)(line->bytes[(*at)++] - '0');
        return (char)code;
    }
    ++*at;
    if (byte == 'x') {
        for (; digits < 2 && *at < line->length && hex_digit(line->bytes[*at]) >= 0; digits++, ++*at)
            code = code * 16 + (unsigned)hex_digit(line->bytes[*at]);
        return (char)code;
    }
    const char *letter = byte == '\0' ? NULL : strchr(letters, byte);
    return letter == NULL ? byte : bytes[letter - letters];
}

/* A key in quotes, which ends at the line's end if there is no second one. */
static bool read_quoted(struct line_file *file, const struct value *line, struct line_key *key)
{
    size_t length = 0;
    size_t at = 1;

    if (file->longest_quoted < line->length) {
        char *unquoted = realloc(file->unquoted, line->length);
        file->no_memory = unquoted == NULL;
        if (unquoted == NULL)
            return false;
        file->unquoted = unquoted;
        file->longest_quoted = line->length;
    }
    while (at < line->length && line->bytes[at] != '"') {
        char byte = line->bytes[at];
        if (byte == '\\')
            byte = read_escape(line, &at);
        else
            at++;
        file->unquoted[length++] = byte;
    }
    key->text = value_clean(file->unquoted, length);
    key->rest = at < line->length ? at + 1 : at;
    return true;
}

static void read_plain(const struct value *line, struct line_key *key)
{
    size_t at = 0;

    while (at < line->length && line->bytes[at] != ':' && !byte_is_space(line->bytes[at]))
        at++;
    key->text = value_clean(line->bytes, at);
    key->rest = at;
}

bool line_key_read(struct line_file *file, const struct value *line, struct line_key *key)
{
    if (line->length == 0 || line->bytes[0] == '#' || byte_is_space(line->bytes[0]))
        return false;
    if (line->bytes[0] != '"')
        read_plain(line, key);
    else if (!read_quoted(file, line, key))
        return false;
    key->data = skip_space(line, key->rest);
    if (key->data < line->length && line->bytes[key->data] == ':')
        key->data = skip_space(line, key->data + 1);
    return true;
}

/* Exim's manual has comments and empty lines left out between the lines that
   continue one; Exim itself, 4.96 at least, ends the data there, and so does this. */
enum outcome line_answer(struct line_file *file, const struct value *line, const struct line_key *key,
                         bool is_full, const struct lookup_request *request, struct lookup_answer *answer)
{
    struct buffer data;
    struct value more;
    size_t from = is_full ? key->rest : key->data;

    buffer_init(&data, request->arena);
    if (is_full)
        buffer_add(&data, key->text.bytes, key->text.length);
    buffer_add(&data, line->bytes + from, line->length - from);
    while (line_file_next(file, &more) && more.length > 0 && byte_is_space(more.bytes[0])) {
        from = skip_space(&more, 0);
        buffer_add_byte(&data, ' ');
        buffer_add(&data, more.bytes + from, more.length - from);
    }
    answer->found = true;
    return buffer_value(&data, &answer->value) ? line_file_outcome(file, request)
                                               : error_no_memory(request->error);
}
