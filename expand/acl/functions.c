/* The conditions and modifiers of ACLs that this build evaluates. */

#include <stdlib.h>
#include <string.h>

#include "acl/private.h"
#include "config/quoted.h"
#include "lang/eval.h"

/* ---- acl ---- */

/* The next word of "acl =": up to white space, or what stands between double
   quotes. NULL bytes: there is none. */
static bool take_word(struct arena *arena, const char **at, struct value *word)
{
    struct buffer quoted;

    while (byte_is_space(**at))
        (*at)++;
    *word = (struct value){0};
    if (**at == '\0')
        return true;
    if (**at == '"') {
        buffer_init(&quoted, arena);
        (void)quoted_read(at, &quoted); /* without a closing quote it is what there is, as in Exim */
        return buffer_value(&quoted, word);
    }
    const char *begin = *at;
    while (**at != '\0' && !byte_is_space(**at))
        (*at)++;
    *word = value_clean(begin, (size_t)(*at - begin));
    return true;
}

/* Takes a word and expands it. What cannot be expanded is the verdict. */
static enum outcome take_expanded(struct acl_check *check, const char **at, struct value *expanded)
{
    struct value word;

    *expanded = (struct value){0};
    if (!take_word(check->run->arena, at, &word))
        return error_no_memory(check->run->error);
    if (word.bytes == NULL)
        return OUTCOME_DONE;
    enum outcome outcome = evaluate_text(check->run, &word, expanded);
    if (outcome == OUTCOME_DONE)
        return OUTCOME_DONE;
    return acl_say(check, outcome == OUTCOME_DEFERRED ? VERDICT_DEFER : VERDICT_ERROR,
                   "failed to expand ACL string \"%.*s\": %s", CALL_TEXT(&word), check->run->error->message);
}

static enum outcome run_acl(struct acl_check *check, enum acl_verb verb,
                            const struct acl_condition *condition, const struct value *text)
{
    struct acl_arguments arguments = {0};
    const char *at = text->bytes;
    struct value name;
    enum outcome outcome = take_expanded(check, &at, &name);

    (void)condition;
    while (outcome == OUTCOME_DONE && check->answer->verdict == VERDICT_ACCEPT &&
           arguments.count < ACL_ARGUMENTS) {
        outcome = take_expanded(check, &at, &arguments.texts[arguments.count]);
        if (arguments.texts[arguments.count].bytes == NULL)
            break;
        arguments.count++;
    }
    if (outcome != OUTCOME_DONE || check->answer->verdict != VERDICT_ACCEPT)
        return outcome;
    if (name.bytes == NULL)
        name = value_clean("", 0);
    check->acls->level++;
    outcome = acl_check_text(check, &name, &arguments);
    check->acls->level--;
    if (outcome != OUTCOME_DONE || check->answer->verdict != VERDICT_DISCARD || verb == ACL_ACCEPT ||
        verb == ACL_DISCARD)
        return outcome;
    return acl_say(check, VERDICT_ERROR,
                   "nested ACL returned \"discard\" for \"%s\" command (only allowed with \"accept\" or "
                   "\"discard\")",
                   acl_verb_name(verb));
}

/* ---- condition ---- */

/* Digits, perhaps behind a minus sign, or nothing at all. */
static bool is_number(const struct value *text)
{
    size_t at = text->length > 0 && text->bytes[0] == '-';

    while (at < text->length && byte_is_digit(text->bytes[at]))
        at++;
    return at == text->length;
}

static bool is_word(const struct value *text, const char *word, const char *other)
{
    const struct value first = value_of_string(word);
    const struct value second = value_of_string(other);

    return value_equal_caseless(text, &first) || value_equal_caseless(text, &second);
}

/* A number is cut to 32 bits, as in Exim. */
static enum outcome run_condition(struct acl_check *check, enum acl_verb verb,
                                  const struct acl_condition *condition, const struct value *text)
{
    (void)verb;
    (void)condition;
    if (is_number(text)) {
        uint32_t number = (uint32_t)strtol(text->bytes, NULL, 10);
        check->answer->verdict = number == 0 ? VERDICT_DENY : VERDICT_ACCEPT;
        return OUTCOME_DONE;
    }
    if (is_word(text, "yes", "true"))
        return OUTCOME_DONE;
    if (!is_word(text, "no", "false"))
        return acl_say(check, VERDICT_DEFER, "invalid \"condition\" value \"%.*s\"", CALL_TEXT(text));
    check->answer->verdict = VERDICT_DENY;
    return OUTCOME_DONE;
}

/* ---- modifiers ---- */

static enum outcome run_continue(struct acl_check *check, enum acl_verb verb,
                                 const struct acl_condition *condition, const struct value *text)
{
    (void)check;
    (void)verb;
    (void)condition;
    (void)text;
    return OUTCOME_DONE;
}

static enum outcome run_set(struct acl_check *check, enum acl_verb verb,
                            const struct acl_condition *condition, const struct value *text)
{
    bool no_memory;

    (void)verb;
    (void)env_set_value(check->run->env, condition->variable.bytes, condition->variable.length, text,
                        &no_memory);
    return no_memory ? error_no_memory(check->run->error) : OUTCOME_DONE;
}

/* ":main,reject: text": the length of the names with their colons, 0 if they
   are none. */
static size_t log_names(const struct value *text)
{
    static const char *const names[] = {"main", "panic", "reject"};
    size_t at = 1;

    while (at < text->length && text->bytes[at] != ':') {
        size_t i = 0;
        while (i < 3 && strncmp(text->bytes + at, names[i], strlen(names[i])) != 0)
            i++;
        if (i == 3)
            return 0;
        at += strlen(names[i]);
        at += text->bytes[at] == ',';
    }
    return at < text->length ? at + 1 : 0;
}

static enum outcome run_logwrite(struct acl_check *check, enum acl_verb verb,
                                 const struct acl_condition *condition, const struct value *text)
{
    const char *logs = "main";
    size_t skipped = 0;

    (void)verb;
    (void)condition;
    if (text->length > 0 && text->bytes[0] == ':') {
        skipped = log_names(text);
        if (skipped == 0)
            return acl_log_format(check, "main,panic",
                                  "unknown log name in \"%.*s\" in \"logwrite\" in unknown ACL",
                                  CALL_TEXT(text));
        if (skipped > 2)
            logs = arena_copy(check->run->arena, text->bytes + 1, skipped - 2);
        if (logs == NULL)
            return error_no_memory(check->run->error);
    }
    while (skipped < text->length && byte_is_space(text->bytes[skipped]))
        skipped++;
    struct value line = value_slice(check->run->arena, text, skipped, text->length);
    return acl_log(check, logs, &line);
}

static const struct {
    const char *name;
    acl_function *run;
} functions[] = {
    {"acl", run_acl}, {"condition", run_condition}, {"continue", run_continue}, {"logwrite", run_logwrite},
    {"set", run_set},
};

acl_function *acl_function_find(const struct acl_row *row)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcmp(functions[i].name, row->name) == 0)
            return functions[i].run;
    return NULL;
}

bool acl_row_is_evaluated(const struct acl_row *row)
{
    return row->text == ACL_TEXT_MESSAGE || row->text == ACL_TEXT_NONE || acl_function_find(row) != NULL;
}
