#include "config/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

#define READ_SIZE 65536

void files_init(struct files *files, struct arena *arena)
{
    memset(files, 0, sizeof *files);
    files->arena = arena;
    arena_init(&files->texts, READ_SIZE, FILES_TOTAL_LIMIT * 2);
}

void files_free(struct files *files)
{
    arena_free(&files->texts);
}

struct config_place files_place(const struct files *files)
{
    const struct source_file *top = &files->stack[files->depth == 0 ? 0 : files->depth - 1];
    return (struct config_place){.file = top->name, .line = top->line};
}

/* An error about opening: with the place of the .include, or without one. */
static enum outcome file_error(struct files *files, const char *what, const char *name, const char *reason,
                               struct error *error)
{
    struct config_place none = {0};
    return place_error(error, files->arena, files->depth == 0 ? none : files_place(files), "%s %s: %s", what,
                       name, reason);
}

static enum outcome open_error(struct files *files, const char *name, int number, struct error *error)
{
    char text[128];
    const char *what = files->depth == 0 ? "failed to open configuration file"
                                         : "failed to open included configuration file";
    return file_error(files, what, name, strerror_r(number, text, sizeof text), error);
}

/* Only the file that the user names may be a pipe or a terminal: waiting for
   those is what the user asked for, and no .include should hang. */
static enum outcome check_kind(struct files *files, int descriptor, const char *name, struct error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return open_error(files, name, errno, error);
    if (S_ISDIR(status.st_mode))
        return open_error(files, name, EISDIR, error);
    if (files->depth > 0 && !S_ISREG(status.st_mode)) {
        return file_error(files, "failed to open included configuration file", name, "not a regular file",
                          error);
    }
    return OUTCOME_DONE;
}

static enum outcome read_all(struct files *files, int descriptor, const char *name, struct buffer *text,
                             struct error *error)
{
    for (;;) {
        buffer_reserve(text, READ_SIZE);
        if (text->failed)
            return error_no_memory(error);
        ssize_t got = read(descriptor, text->bytes + text->length, READ_SIZE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return open_error(files, name, errno, error);
        text->length += (size_t)got;
        if (got == 0)
            return OUTCOME_DONE;
        if (text->length > FILES_SIZE_LIMIT || files->total + text->length > FILES_TOTAL_LIMIT)
            return file_error(files, "configuration file", name, "too large", error);
    }
}

static void push(struct files *files, const char *name, const struct value *text, struct arena_mark start)
{
    files->stack[files->depth++] = (struct source_file){.name = name, .text = *text, .start = start};
    files->total += text->length;
    files->count++;
}

static enum outcome load(struct files *files, const char *name, int descriptor, struct error *error)
{
    struct arena_mark start = arena_mark(&files->texts);
    struct buffer text;
    enum outcome outcome = check_kind(files, descriptor, name, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_init(&text, &files->texts);
    outcome = read_all(files, descriptor, name, &text, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    struct value content = value_clean(text.bytes, text.length);
    push(files, name, &content, start);
    return OUTCOME_DONE;
}

static enum outcome open_and_load(struct files *files, const char *name, bool if_exists, struct error *error)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    if (files->depth > 0)
        flags |= O_NONBLOCK; /* else open() itself waits for a pipe's other end */
    int descriptor = open(name, flags);
    if (descriptor < 0) {
        bool is_missing = errno == ENOENT || errno == ENOTDIR;
        return if_exists && is_missing ? OUTCOME_DONE : open_error(files, name, errno, error);
    }
    enum outcome outcome = load(files, name, descriptor, error);
    close(descriptor);
    return outcome;
}

enum outcome files_open(struct files *files, const char *name, struct error *error)
{
    const char *copy = arena_copy(files->arena, name, strlen(name));
    return copy == NULL ? error_no_memory(error) : open_and_load(files, copy, false, error);
}

void files_open_text(struct files *files, const char *name, const struct value *text)
{
    push(files, name, text, arena_mark(&files->texts));
    files->is_confined = true;
}

/* A relative name, as it is to be opened. */
static const char *resolve(struct files *files, const struct value *name)
{
    const char *folder = files->stack[files->depth - 1].name;
    const char *slash = strrchr(folder, '/');
    if (name->bytes[0] == '/' || slash == NULL)
        return arena_copy(files->arena, name->bytes, name->length);
    return arena_format(files->arena, "%.*s/%.*s", (int)(slash - folder), folder, (int)name->length,
                        name->bytes);
}

enum outcome files_include(struct files *files, const struct value *name, bool if_exists, struct error *error)
{
    struct config_place place = files_place(files);
    if (if_exists && (name->length == 0 || name->bytes[0] != '/')) {
        return place_error(error, files->arena, place, ".include specifies a non-absolute path \"%.*s\"",
                           (int)name->length, name->bytes);
    }
    if (name->length == 0)
        return place_error(error, files->arena, place, "file name missing after .include");
    if (files->is_confined)
        return place_error(error, files->arena, place, ".include is not allowed here");
    if (files->depth == FILES_DEPTH_LIMIT) {
        return place_error(error, files->arena, place,
                           "more than %d files include each other: does %.*s include itself?",
                           FILES_DEPTH_LIMIT, (int)name->length, name->bytes);
    }
    if (files->count >= FILES_COUNT_LIMIT)
        return place_error(error, files->arena, place, "more than %d files are included", FILES_COUNT_LIMIT);
    const char *path = resolve(files, name);
    return path == NULL ? error_no_memory(error) : open_and_load(files, path, if_exists, error);
}

bool files_next_line(struct files *files, struct value *line)
{
    if (files->depth == 0)
        return false;
    struct source_file *top = &files->stack[files->depth - 1];
    while (top->position == top->text.length) {
        arena_release(&files->texts, top->start);
        if (--files->depth == 0)
            return false; /* its name and last line stay to be seen by files_place */
        top--;
    }
    const char *start = top->text.bytes + top->position;
    size_t rest = top->text.length - top->position;
    const char *end = memchr(start, '\n', rest);
    size_t length = end == NULL ? rest : (size_t)(end - start);
    top->position += end == NULL ? length : length + 1;
    top->line++;
    *line = value_clean(start, length);
    return true;
}
