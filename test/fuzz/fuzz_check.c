/* Any bytes that are a configuration can be looked through for mistakes. */

#include <stdint.h>
#include <stdlib.h>

#include "check/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_input input = {
        .path = "t.conf", .text = (const char *)data, .text_length = size, .keeps_places = true};
    const struct check_finding *findings;
    struct arena arena;
    struct config *config;
    struct error error;
    size_t count;

    arena_init(&arena, 4096, (size_t)64 << 20);
    if (data != NULL && config_read(&input, &arena, &config, &error) == OUTCOME_DONE &&
        check_config(config, &arena, &findings, &count, &error) == OUTCOME_DONE) {
        for (size_t i = 0; i < count; i++)
            if (findings[i].column == 0 || findings[i].place.line == 0 || findings[i].message == NULL)
                abort(); /* each finding has its place */
    }
    arena_free(&arena);
    return 0;
}
