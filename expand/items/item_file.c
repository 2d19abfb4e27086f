/* ${readfile{…}}. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "items/io.h"
#include "items/items.h"

void io_add_lines(struct buffer *out, const char *bytes, size_t length, const struct value *end_of_line)
{
    while (end_of_line != NULL && length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        if (newline == NULL)
            break;
        buffer_add(out, bytes, (size_t)(newline - bytes));
        buffer_add_value(out, end_of_line);
        length -= (size_t)(newline - bytes) + 1;
        bytes = newline + 1;
    }
    buffer_add(out, bytes, length);
}

/* As in Exim, whatever cannot be read (a folder, say) ends the text. */
static enum outcome add_file(struct call *call, int file, const struct value *end_of_line)
{
    enum { STEP = 16 * 1024 };
    char block[STEP];
    ssize_t got;

    while (!call->out->failed &&
           ((got = read(file, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))) {
        if (got > 0)
            io_add_lines(call->out, block, (size_t)got, end_of_line);
        if (clock_is_past(call->run->deadline))
            return call_failed(call, "the expansion took longer than its time limit");
    }
    return call_done(call);
}

static enum outcome refuse_open(struct call *call, const struct value *name, int problem)
{
    if (problem == EACCES)
        return call_failed(call, "failed to open %.*s: %s (euid=%ld egid=%ld)", CALL_TEXT(name),
                           strerror(problem), (long)geteuid(), (long)getegid());
    return call_failed(call, "failed to open %.*s: %s", CALL_TEXT(name), strerror(problem));
}

enum outcome item_readfile(struct call *call)
{
    struct value name, end_of_line;
    enum outcome outcome = call_outside(call, "file insertions");

    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 0, &name);
    if (outcome == OUTCOME_DONE)
        outcome = call_argument(call, 1, &end_of_line);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (value_is_tainted(&name))
        return call_failed(call, "Tainted filename '%.*s'", CALL_TEXT(&name));
    char *path = arena_copy(call->run->arena, name.bytes, name.length);
    if (path == NULL)
        return call_no_memory(call);
    /* A pipe without a writer must not hold the mail up. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return refuse_open(call, &name, errno);
    outcome = add_file(call, file, call_argument_count(call) > 1 ? &end_of_line : NULL);
    (void)close(file);
    return outcome;
}
