#include "test/support/config_text.h"

#include <string.h>

void config_text_read_input(struct config_text *read, const struct config_input *input)
{
    memset(read, 0, sizeof *read);
    arena_init(&read->arena, 4096, (size_t)1 << 28);
    read->outcome = config_read(input, &read->arena, &read->config, &read->error);
}

void config_text_read(struct config_text *read, const char *text)
{
    struct config_input input = {.path = "t.conf", .text = text, .text_length = strlen(text)};
    config_text_read_input(read, &input);
}

void config_text_free(struct config_text *read)
{
    arena_free(&read->arena);
}

const char *config_text_print(struct config_text *read, const char *word)
{
    const struct config_print_style style = {0};
    struct buffer out;
    struct value text;
    buffer_init(&out, &read->arena);
    enum outcome outcome =
        config_print(read->config, &word, word == NULL ? 0 : 1, &style, &out, &read->arena, &read->error);
    if (outcome != OUTCOME_DONE)
        return read->error.message;
    return buffer_value(&out, &text) ? text.bytes : "out of memory";
}

char *config_text_show(const char *text, const char *word)
{
    struct config_text read;
    config_text_read(&read, text);
    const char *shown = read.outcome == OUTCOME_DONE ? config_text_print(&read, word) : read.error.message;
    char *copy = strdup(shown);
    config_text_free(&read);
    return copy;
}
