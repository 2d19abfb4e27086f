/* The public interface to what looks for mistakes. */

#include "check/check.h"
#include "facade.h"
#include "rexpand.h"

struct rexpand_config *rexpand_config_read_places(const char *path, const char *text, size_t text_length,
                                                  const char *const *definitions, size_t definition_count,
                                                  char **message)
{
    struct config_input input = {
        .path = path,
        .text = text,
        .text_length = text_length,
        .definitions = definitions,
        .definition_count = definition_count,
        .keeps_places = true,
    };

    return facade_config_read(&input, message);
}

static void tell(const struct check_finding *finding,
                 void (*found)(void *context, const struct rexpand_finding *finding), void *context)
{
    const struct rexpand_finding told = {
        .file = finding->place.file,
        .line = finding->place.line,
        .column = finding->column,
        .is_warning = check_kind_is_warning(finding->kind),
        .kind = check_kind_word(finding->kind),
        .message = finding->message,
    };

    found(context, &told);
}

bool rexpand_check(const struct rexpand_config *config,
                   void (*found)(void *context, const struct rexpand_finding *finding), void *context,
                   char **message)
{
    struct error error = {.offset = ERROR_NO_OFFSET};
    const struct check_finding *findings;
    struct arena arena;
    size_t count;

    if (message != NULL)
        *message = NULL;
    arena_init(&arena, 4096, SIZE_MAX);
    enum outcome outcome = check_config(facade_config(config), &arena, &findings, &count, &error);
    for (size_t i = 0; outcome == OUTCOME_DONE && i < count; i++)
        tell(&findings[i], found, context);
    if (outcome != OUTCOME_DONE)
        facade_hand_over(message, &error);
    arena_free(&arena);
    return outcome == OUTCOME_DONE;
}
