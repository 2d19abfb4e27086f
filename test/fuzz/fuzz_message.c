/* Any bytes as a message: it is read, and strings see no more of it than there
   is. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rexpand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t expand(struct rexpand_env *env, const char *text, bool must_be_tainted)
{
    struct rexpand_result result;

    if (rexpand_expand(env, text, strlen(text), &result) != REXPAND_DONE)
        abort();
    if (must_be_tainted && result.length > 0 && !result.is_tainted)
        abort();
    return result.length;
}

static void look(struct rexpand_env *env, const char *bytes, size_t size,
                 const struct rexpand_message_options *options)
{
    static const char *const texts[] = {
        "$message_headers", "$rh_a:", "$h_a:", "$bh_a:", "$lh_a:", "$h_to:", "$reply_address", "$h_subject:",
    };

    if (!rexpand_env_message(env, bytes, size, options, NULL))
        return;
    /* Each byte may become two: a bare carriage return. */
    if (expand(env, "$message_headers_raw", true) > 2 * size + 1000)
        abort();
    if (expand(env, "$message_body", true) > 500 || expand(env, "$message_body_end", true) > 500)
        abort();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)expand(env, texts[i], true);
    (void)expand(env, "$message_body_size $body_linecount $body_zerocount $message_linecount", false);
    (void)expand(env, "$sender_address $return_path $received_count $max_received_linelength", false);
}

/* The first byte says how the others are taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rexpand_message_options options = {0};
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    if (env == NULL)
        return 0;
    if (size > 0) {
        options.dot_ends = (data[0] & 1) != 0;
        options.is_local = (data[0] & 2) != 0;
        look(env, (const char *)data + 1, size - 1, &options);
    }
    rexpand_env_free(env);
    return 0;
}
