/* Lines for the log. */

#include <string.h>

#include "acl/private.h"
#include "lang/row.h"

/* A warning that has been logged for this message. */
struct warning {
    struct warning *next;
    struct value text;
};

/* Bytes that do not print become escapes, as Exim writes them; nobody who sends
   mail makes lines of his own. */
static void add_printing(struct buffer *out, const struct value *text, bool shows_high_bytes)
{
    static const char bytes[] = "\b\f\n\r\v";
    static const char letters[] = "bfnrv";

    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        bool is_high = (unsigned char)byte >= 128;
        const char *letter = byte == '\0' ? NULL : strchr(bytes, byte);
        if (byte_is_print(byte) || byte == '\t' || (is_high && shows_high_bytes))
            buffer_add_byte(out, byte);
        else if (letter != NULL)
            buffer_format(out, "\\%c", letters[letter - bytes]);
        else
            buffer_format(out, "\\%03o", (unsigned)(unsigned char)byte);
    }
}

enum outcome acl_log(struct acl_check *check, const char *logs, const struct value *line)
{
    const struct log *log = &check->run->env->log;
    struct buffer out;
    struct value printing;

    if (log->write == NULL)
        return OUTCOME_DONE;
    buffer_init(&out, check->run->arena);
    add_printing(&out, line, check->acls->shows_high_bytes);
    if (!buffer_value(&out, &printing))
        return error_no_memory(check->run->error);
    log->write(log->context, logs, printing.bytes, printing.length);
    return OUTCOME_DONE;
}

enum outcome acl_log_format(struct acl_check *check, const char *logs, const char *format, ...)
{
    va_list arguments;

    if (check->run->env->log.write == NULL)
        return OUTCOME_DONE;
    va_start(arguments, format);
    char *text = arena_format_list(check->run->arena, format, arguments);
    va_end(arguments);
    if (text == NULL)
        return error_no_memory(check->run->error);
    const struct value line = value_of_string(text);
    return acl_log(check, logs, &line);
}

/* Whether the warning was logged before; remembers it. What finds no room any
   more is logged each time. */
static bool was_logged(struct acls *acls, const struct value *text)
{
    const struct warning *warning = acls->warnings;

    while (warning != NULL && !value_equal(&warning->text, text))
        warning = warning->next;
    if (warning != NULL)
        return true;
    char *copy = arena_copy(&acls->messages, text->bytes, text->length);
    struct warning *added = arena_calloc(&acls->messages, 1, sizeof *added);
    if (copy == NULL || added == NULL)
        return false;
    *added = (struct warning){acls->warnings, value_clean(copy, text->length)};
    acls->warnings = added;
    return false;
}

/* "X=value ", if the variable has a value. */
static enum outcome add_variable(struct acl_check *check, const char *name, char letter, struct buffer *out)
{
    const struct value written = value_of_string(name);
    struct value value;
    enum outcome outcome =
        env_variable(check->run, variable_row_find(name, written.length), &written, &value);

    if (outcome != OUTCOME_DONE || value.length == 0)
        return outcome;
    buffer_format(out, "%c=", letter);
    buffer_add_value(out, &value);
    buffer_add_byte(out, ' ');
    return OUTCOME_DONE;
}

enum outcome acl_log_warning(struct acl_check *check, const struct value *text, bool once)
{
    struct buffer out;
    struct value line;

    buffer_init(&out, check->run->arena);
    enum outcome outcome = add_variable(check, "sender_fullhost", 'H', &out);
    if (outcome == OUTCOME_DONE)
        outcome = add_variable(check, "sender_ident", 'U', &out);
    if (outcome != OUTCOME_DONE)
        return outcome;
    buffer_add_string(&out, "Warning: ");
    buffer_add_value(&out, text);
    if (!buffer_value(&out, &line))
        return error_no_memory(check->run->error);
    return once && was_logged(check->acls, &line) ? OUTCOME_DONE : acl_log(check, "main", &line);
}
