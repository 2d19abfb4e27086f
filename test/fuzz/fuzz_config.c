/* Any bytes are a configuration or a mistake in one. Files are out of reach:
   text that is read from memory cannot include any. */

#include <stdint.h>

#include "config/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct config *config, struct arena *arena, struct error *error)
{
    static const char *const words[] = {"unused", "config", "macros"};
    static const struct config_print_style style = {0};
    struct buffer out;
    struct value line = VALUE_LITERAL("A = B _HAVE_TLS");
    struct value result;
    const char *name;
    buffer_init(&out, arena);
    (void)!config_print(config, NULL, 0, &style, &out, arena, error);
    (void)!config_print(config, words, 3, &style, &out, arena, error);
    if (config_replace_macros(config, arena, &line, &result, error) == OUTCOME_DONE)
        (void)!config_define(config, &result, &name, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_input input = {.text = (const char *)data, .text_length = size};
    struct arena arena;
    struct config *config;
    struct error error;
    arena_init(&arena, 4096, (size_t)64 << 20);
    if (data != NULL && config_read(&input, &arena, &config, &error) == OUTCOME_DONE)
        use(config, &arena, &error);
    arena_free(&arena);
    return 0;
}
