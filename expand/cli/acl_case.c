#include "cli/acl_case.h"

#include <string.h>

#include "base/buffer.h"

/* The name and the arguments as they are written. */
struct call_text {
    struct value name;
    struct value arguments[REXPAND_ACL_ARGUMENTS];
    size_t count;
};

static struct value skip_space(struct value text)
{
    while (text.length > 0 && byte_is_space(text.bytes[0]))
        text = value_clean(text.bytes + 1, text.length - 1);
    return text;
}

/* What stands up to the brace that closes the first one; backslashes hide braces. */
static bool take_braces(struct value *text, struct value *inside)
{
    size_t depth = 0;

    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] == '\\')
            i++;
        else if (text->bytes[i] == '{')
            depth++;
        else if (text->bytes[i] == '}' && --depth == 0) {
            *inside = value_clean(text->bytes + 1, i - 1);
            *text = value_clean(text->bytes + i + 1, text->length - i - 1);
            return true;
        }
    }
    return false;
}

/* Gives what is wrong with the text, or NULL. */
static const char *read_call(struct value text, struct call_text *call)
{
    *call = (struct call_text){.count = 0};
    while (call->name.length < text.length && !byte_is_space(text.bytes[call->name.length]) &&
           text.bytes[call->name.length] != '{')
        call->name.length++;
    call->name.bytes = text.bytes;
    if (call->name.length == 0)
        return "the name of an ACL is expected";
    text = skip_space(value_clean(text.bytes + call->name.length, text.length - call->name.length));
    while (text.length > 0) {
        if (text.bytes[0] != '{')
            return "arguments of an ACL stand in braces";
        if (call->count == REXPAND_ACL_ARGUMENTS)
            return "an ACL takes 9 arguments at most";
        if (!take_braces(&text, &call->arguments[call->count++]))
            return "a brace of an argument is not closed";
        text = skip_space(text);
    }
    return NULL;
}

static bool give(struct arena *arena, const char *bytes, size_t length, struct value *got)
{
    char *copy = arena_copy(arena, bytes, length);

    *got = value_clean(copy, length);
    return copy != NULL;
}

static bool give_verdict(struct arena *arena, const struct rexpand_acl_result *result, bool *failed,
                         struct value *got)
{
    static const char *const words[] = {
        [REXPAND_ACCEPT] = "accept",   [REXPAND_DENY] = "deny", [REXPAND_DEFER] = "defer",
        [REXPAND_DISCARD] = "discard", [REXPAND_DROP] = "drop",
    };
    struct buffer out;

    *failed = result->verdict == REXPAND_ERROR;
    if (*failed)
        return give(arena, result->log_message, result->log_message_length, got);
    buffer_init(&out, arena);
    buffer_add_string(&out, words[result->verdict]);
    if (result->message != NULL) {
        buffer_add_string(&out, ": ");
        buffer_add(&out, result->message, result->message_length);
    }
    return buffer_value(&out, got);
}

bool acl_case_run(struct rexpand_env *env, struct arena *arena, const struct value *text, bool *failed,
                  struct value *got)
{
    const char *arguments[REXPAND_ACL_ARGUMENTS];
    struct rexpand_acl_result checked;
    struct rexpand_result result;
    struct call_text call;
    const char *problem = read_call(*text, &call);

    *failed = true;
    if (problem != NULL)
        return give(arena, problem, strlen(problem), got);
    for (size_t i = 0; i < call.count; i++) {
        if (rexpand_expand(env, call.arguments[i].bytes, call.arguments[i].length, &result) != REXPAND_DONE)
            return give(arena, result.message, strlen(result.message), got);
        arguments[i] = arena_copy(arena, result.bytes, result.length);
        if (arguments[i] == NULL)
            return false;
    }
    const char *name = arena_copy(arena, call.name.bytes, call.name.length);
    if (name == NULL)
        return false;
    (void)rexpand_acl_check(env, name, arguments, call.count, &checked);
    return give_verdict(arena, &checked, failed, got);
}
