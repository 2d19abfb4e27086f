/* Lines of a file descriptor, of any length and with any bytes. */

#ifndef REXPAND_CLI_INPUT_H
#define REXPAND_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct input {
    int descriptor;
    char *bytes;
    size_t capacity;
    size_t begin; /* what is read and not yet given out: [begin, end) */
    size_t end;
    bool at_end;
    /* Called before each wait for more: the time to write what is still in a
       buffer, so that whoever feeds us line by line gets answers. */
    void (*before_wait)(void);
};

enum input_result { INPUT_LINE, INPUT_END, INPUT_FAILED };

void input_open(struct input *input, int descriptor, void (*before_wait)(void));
void input_close(struct input *input);

/* The next line without its line end; the last may lack one. The bytes stand
   until the next call. INPUT_FAILED: errno says why. */
enum input_result input_line(struct input *input, char **line, size_t *length);

#endif
