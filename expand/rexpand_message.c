/* The public interface to messages: reading one, and what Exim makes of one that
   a local user hands in. */

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "config/config.h"
#include "facade.h"
#include "lang/address.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/message.h"
#include "lang/regex.h"
#include "rexpand.h"

/* One call of rexpand_env_message. */
struct taking {
    struct rexpand_env *env;
    const struct rexpand_message_options *options;
    struct run run;
    struct error error;
    struct message *message;
    struct value sender; /* bytes NULL: not known yet */
    bool is_local_user;  /* the sender is who runs this */
};

/* An option's text, or its default where there is no configuration; the bytes
   are never NULL. */
static struct value option_text(const struct rexpand_env *env, const char *name)
{
    struct value text = {0};

    if (env->config != NULL)
        text = config_text(env->config, name);
    else if (option_row_find(name, strlen(name))->default_text != NULL)
        text = value_of_string(option_row_find(name, strlen(name))->default_text);
    if (text.bytes == NULL)
        text = value_clean("", 0);
    return text;
}

static bool option_is_true(const struct rexpand_env *env, const char *name)
{
    const struct value text = option_text(env, name);

    return value_equals_text(&text, "true");
}

static size_t option_number(const struct rexpand_env *env, const char *name)
{
    if (env->config == NULL)
        return strtoul(option_text(env, name).bytes, NULL, 10);
    int64_t number = config_number(env->config, name);
    return number < 0 ? 0 : (size_t)number;
}

static enum outcome variable_text(struct taking *taking, const char *name, struct value *value)
{
    const struct value written = value_of_string(name);

    return env_variable(&taking->run, variable_row_find(name, written.length), &written, value);
}

static void log_line(const struct taking *taking, const char *line)
{
    const struct log *log = &taking->env->env->log;

    if (log->write != NULL)
        log->write(log->context, "main", line, strlen(line));
}

/* ---- the sender ---- */

/* Takes an address out of "text"; "qualified": with $qualify_domain if it has no
   domain. The problem is NULL when there is none. */
static enum outcome read_address(struct taking *taking, const struct value *text, bool qualified,
                                 struct value *address, const char **problem)
{
    struct arena *arena = taking->run.arena;
    const struct value bare = value_trim(arena, text);
    struct value local_part, domain;
    struct buffer out;

    *problem = NULL;
    *address = value_tainted("", 0);
    if (bare.length == 0 || value_equals_text(&bare, "<>"))
        return OUTCOME_DONE;
    if (!address_parse_explained(arena, &taking->env->env->options.addresses, &bare, &local_part, &domain,
                                 problem))
        return OUTCOME_DONE;
    *problem = NULL;
    if (domain.length == 0 && qualified) {
        enum outcome outcome = variable_text(taking, "qualify_domain", &domain);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    buffer_init(&out, arena);
    address_add(&out, &local_part, &domain);
    return buffer_value(&out, address) ? OUTCOME_DONE : error_no_memory(&taking->error);
}

static enum outcome take_given_sender(struct taking *taking)
{
    const char *problem = NULL;

    if (taking->options->sender == NULL)
        return OUTCOME_DONE;
    const struct value text = value_tainted(taking->options->sender, strlen(taking->options->sender));
    enum outcome outcome = read_address(taking, &text, true, &taking->sender, &problem);
    if (outcome != OUTCOME_DONE || problem == NULL)
        return outcome;
    return error_set(&taking->error, taking->run.arena, OUTCOME_FAILED, "bad -f address \"%s\": %s",
                     taking->options->sender, problem);
}

/* The sender that uucp_from_sender makes of what uucp_from_pattern caught. */
static enum outcome take_from_line(void *context, const struct value *line, bool *is_taken)
{
    struct taking *taking = context;
    struct run *run = &taking->run;
    const struct value pattern = option_text(taking->env, "uucp_from_pattern");
    const struct value sender = option_text(taking->env, "uucp_from_sender");
    struct captures captures = {0};
    struct regex_match match = {0};
    const struct regex *regex;
    struct value text;
    const char *problem = NULL;

    enum outcome outcome = regex_cache_get(run->env->regexes, run->arena, &pattern, &regex, &taking->error);
    if (outcome == OUTCOME_DONE)
        outcome =
            regex_match(regex, run->env->regex_scratch, run->arena, line, &match, &captures, &taking->error);
    *is_taken = outcome == OUTCOME_DONE && match.found;
    if (!*is_taken || taking->options->sender != NULL)
        return outcome;
    run->bindings.captures = &captures;
    outcome = evaluate_text(run, &sender, &text);
    run->bindings.captures = NULL;
    if (outcome == OUTCOME_DONE)
        outcome = read_address(taking, &text, true, &text, &problem);
    if (outcome != OUTCOME_DONE || problem != NULL)
        return outcome;
    taking->sender = text;
    log_line(taking, "Sender taken from \"From \" line");
    return OUTCOME_DONE;
}

/* ---- a local user's message ---- */

static const struct passwd *find_user(struct passwd *entry, char *strings, size_t size)
{
    struct passwd *found = NULL;

    return getpwuid_r(getuid(), entry, strings, size, &found) == 0 ? found : NULL;
}

static enum outcome take_local_sender(struct taking *taking)
{
    struct passwd entry;
    char strings[4096];
    const struct passwd *user = find_user(&entry, strings, sizeof strings);
    const char *problem = NULL;

    if (taking->sender.bytes != NULL || user == NULL)
        return OUTCOME_DONE;
    const struct value login = value_of_string(user->pw_name);
    taking->is_local_user = true;
    return read_address(taking, &login, true, &taking->sender, &problem);
}

/* "count" digits of base 62. */
static void write_base62(char *to, size_t count, unsigned long number)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    for (size_t i = count; i-- > 0; number /= 62)
        to[i] = digits[number % 62];
}

/* As Exim names a message: time, process, part of the second. */
static bool name_message(struct message *message)
{
    char id[] = "------------------";
    struct timeval now;

    (void)gettimeofday(&now, NULL);
    enum { TIME = 6, PROCESS = 6, PART = 2, LENGTH = TIME + 1 + PROCESS + 1 + PART };
    write_base62(id, TIME, (unsigned long)now.tv_sec);
    write_base62(id + TIME + 1, PROCESS, (unsigned long)getpid());
    write_base62(id + TIME + PROCESS + 2, PART, (unsigned long)now.tv_usec / 500);
    char *copy = arena_copy(&message->arena, id, LENGTH);
    message->id = value_clean(copy, LENGTH);
    return copy != NULL;
}

/* "Ann Example <", as a From: field may have it: with quotes where it must, in
   encoded words where it is not ASCII. */
static void add_name(struct taking *taking, struct buffer *out, const char *name)
{
    bool is_plain = true;
    bool is_ascii = true;

    for (const char *at = name; *at != '\0'; at++) {
        is_ascii = is_ascii && (unsigned char)*at < 128;
        is_plain = is_plain && (byte_is_alnum(*at) || strchr(" !#$%&'*+-/=?^_`{|}~", *at) != NULL);
    }
    const struct value text = value_of_string(name);
    if (!is_ascii) {
        rfc2047_encode(out, &text, taking->env->env->encoded_words.charset);
    } else if (is_plain) {
        buffer_add_value(out, &text);
    } else {
        buffer_add_byte(out, '"');
        for (const char *at = name; *at != '\0'; at++)
            buffer_format(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
        buffer_add_byte(out, '"');
    }
    buffer_add_string(out, " <");
}

static void add_message_id(struct taking *taking, struct buffer *out)
{
    struct value host;

    buffer_add_string(out, "<E");
    buffer_add_value(out, &taking->message->id);
    buffer_add_byte(out, '@');
    if (variable_text(taking, "primary_hostname", &host) == OUTCOME_DONE)
        buffer_add_value(out, &host);
    buffer_add_byte(out, '>');
}

static void add_from(struct taking *taking, struct buffer *out)
{
    struct passwd entry;
    char strings[4096];
    const struct passwd *user = taking->is_local_user ? find_user(&entry, strings, sizeof strings) : NULL;
    char *name = user == NULL ? NULL : user->pw_gecos;

    if (name != NULL)
        name[strcspn(name, ",")] = '\0';
    if (name != NULL && *name != '\0')
        add_name(taking, out, name);
    buffer_add_value(out, &taking->sender);
    if (name != NULL && *name != '\0')
        buffer_add_byte(out, '>');
}

static void add_date(struct taking *taking, struct buffer *out)
{
    struct value now;

    if (variable_text(taking, "tod_full", &now) == OUTCOME_DONE)
        buffer_add_value(out, &now);
}

/* The fields that a message must have, in the order in which Exim adds them;
   those with "Resent-" go in front if "before". */
static const struct wanted_field {
    const char *name;
    bool before;
    void (*add)(struct taking *taking, struct buffer *out);
} wanted_fields[] = {
    {"Message-Id", true, add_message_id}, {"From", false, add_from}, {"Date", true, add_date}};

static bool has_resent_fields(const struct message *message)
{
    for (const struct message_field *field = message->first; field != NULL; field = field->next)
        if (strncasecmp(field->text, "resent-", 7) == 0)
            return true;
    return false;
}

static enum outcome add_missing(struct taking *taking)
{
    const char *prefix = has_resent_fields(taking->message) ? "Resent-" : "";

    for (size_t i = 0; i < sizeof wanted_fields / sizeof wanted_fields[0]; i++) {
        const struct wanted_field *wanted = &wanted_fields[i];
        struct buffer out;
        struct value name;
        struct value field;
        buffer_init(&out, taking->run.arena);
        buffer_format(&out, "%s%s", prefix, wanted->name);
        if (!buffer_value(&out, &name))
            return error_no_memory(&taking->error);
        if (message_find(taking->message, &name, true) != NULL ||
            (wanted->add == add_from && taking->sender.length == 0))
            continue;
        buffer_add_string(&out, ": ");
        wanted->add(taking, &out);
        buffer_add_byte(&out, '\n');
        if (!buffer_value(&out, &field) ||
            !message_add_field(taking->message, field.bytes, field.length, *prefix != '\0' && wanted->before))
            return error_no_memory(&taking->error);
    }
    return OUTCOME_DONE;
}

static enum outcome make_local(struct taking *taking)
{
    if (taking->message->first == NULL)
        log_line(taking, "Warning: no message headers read");
    enum outcome outcome = take_local_sender(taking);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return name_message(taking->message) ? add_missing(taking) : error_no_memory(&taking->error);
}

/* ---- the message ---- */

static enum outcome keep_text(struct taking *taking, const struct value *text, struct value *kept)
{
    char *copy = arena_copy(&taking->message->arena, text->bytes, text->length);

    *kept = value_is_tainted(text) ? value_tainted(copy, text->length) : value_clean(copy, text->length);
    return copy == NULL ? error_no_memory(&taking->error) : OUTCOME_DONE;
}

/* The address in a Return-path: field takes the field's place. */
static enum outcome take_return_path(struct taking *taking)
{
    struct value *return_path = &taking->message->return_path;
    struct value address;
    const char *problem = NULL;

    if (return_path->bytes == NULL)
        return OUTCOME_DONE;
    enum outcome outcome = read_address(taking, return_path, false, &address, &problem);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (problem != NULL)
        address = value_trim(taking->run.arena, return_path);
    return keep_text(taking, &address, return_path);
}

static enum outcome take_message(struct taking *taking, const char *bytes, size_t length)
{
    const struct rexpand_env *env = taking->env;
    const struct message_rules rules = {
        .visible_bytes = option_number(env, "message_body_visible"),
        .keeps_newlines = option_is_true(env, "message_body_newlines"),
        .dot_ends = taking->options->dot_ends,
        .header_limit = option_number(env, "header_maxsize"),
        .line_limit = option_number(env, "header_line_maxsize"),
        .keeps_return_path = !option_is_true(env, "return_path_remove"),
        .keeps_envelope_to = !option_is_true(env, "envelope_to_remove"),
        .keeps_delivery_date = !option_is_true(env, "delivery_date_remove"),
        .take_from_line = take_from_line,
        .context = taking,
    };
    enum outcome outcome = take_given_sender(taking);

    if (outcome == OUTCOME_DONE)
        outcome = message_read(bytes, length, &rules, taking->run.arena, &taking->message, &taking->error);
    if (outcome == OUTCOME_DONE)
        outcome = take_return_path(taking);
    if (outcome == OUTCOME_DONE && taking->options->is_local)
        outcome = make_local(taking);
    if (outcome == OUTCOME_DONE && taking->sender.bytes != NULL)
        outcome = keep_text(taking, &taking->sender, &taking->message->sender);
    return outcome;
}

bool rexpand_env_message(struct rexpand_env *env, const char *bytes, size_t length,
                         const struct rexpand_message_options *options, char **message)
{
    static const struct rexpand_message_options none;
    struct taking taking = {.env = env, .options = options == NULL ? &none : options};

    if (message != NULL)
        *message = NULL;
    env_begin(env->env, &taking.run, &taking.error);
    env_set_message(env->env, NULL);
    if (bytes == NULL)
        return true;
    bool done = take_message(&taking, bytes, length) == OUTCOME_DONE;
    if (done) {
        env_set_message(env->env, taking.message);
    } else {
        facade_hand_over(message, &taking.error);
        message_free(taking.message);
    }
    return done;
}
