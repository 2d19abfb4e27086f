#include "cli/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USUAL_CAPACITY = 64 * 1024 };

void input_open(struct input *input, int descriptor, void (*before_wait)(void))
{
    *input = (struct input){.descriptor = descriptor, .before_wait = before_wait};
}

void input_close(struct input *input)
{
    free(input->bytes);
    input->bytes = NULL;
}

/* Another size for the buffer, with what is in it moved to its front. */
static bool resize(struct input *input, size_t capacity)
{
    size_t used = input->end - input->begin;
    char *bytes = malloc(capacity);

    if (bytes == NULL)
        return false;
    if (input->bytes != NULL && used > 0)
        memcpy(bytes, input->bytes + input->begin, used);
    free(input->bytes);
    input->bytes = bytes;
    input->capacity = capacity;
    input->begin = 0;
    input->end = used;
    return true;
}

/* Room for at least a byte more. After a line of exceptional length the buffer
   goes back to its usual size. */
static bool make_room(struct input *input)
{
    size_t used = input->end - input->begin;

    if (input->capacity > USUAL_CAPACITY && used < USUAL_CAPACITY / 2)
        return resize(input, USUAL_CAPACITY);
    if (input->end < input->capacity)
        return true;
    if (input->bytes != NULL && input->begin > 0 && used < input->capacity / 2) {
        memmove(input->bytes, input->bytes + input->begin, used);
        input->begin = 0;
        input->end = used;
        return true;
    }
    return resize(input, input->capacity == 0 ? USUAL_CAPACITY : input->capacity * 2);
}

static bool read_more(struct input *input)
{
    ssize_t got;

    if (!make_room(input))
        return false;
    input->before_wait();
    do
        got = read(input->descriptor, input->bytes + input->end, input->capacity - input->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    input->at_end = got == 0;
    input->end += (size_t)got;
    return true;
}

enum input_result input_line(struct input *input, char **line, size_t *length)
{
    size_t searched = 0;

    for (;;) {
        size_t used = input->end - input->begin;
        char *start = input->bytes == NULL ? NULL : input->bytes + input->begin;
        char *newline =
            start != NULL && used > searched ? memchr(start + searched, '\n', used - searched) : NULL;
        if (newline != NULL || (input->at_end && used > 0)) {
            *line = start;
            *length = newline != NULL ? (size_t)(newline - start) : used;
            input->begin += *length + (newline != NULL);
            return INPUT_LINE;
        }
        if (input->at_end)
            return INPUT_END;
        searched = used;
        if (!read_more(input))
            return INPUT_FAILED;
    }
}
