/* ${run{…}} and ${run,preexpand{…}}. */

#include <string.h>
#include <unistd.h>

#include "items/items.h"
#include "items/process.h"
#include "lang/env.h"
#include "lang/eval.h"
#include "lang/scan.h"

enum { ARGUMENTS_AT_MOST = 60 };

/* A command whose arguments are expanded one by one: its text. With
   "preexpand" it is the node's argument instead, expanded as a whole. */
struct prepared_run {
    bool is_preexpanded;
    struct value command;
};

/* ---- reading ---- */

/* options := ( "," "preexpand" )* */
static bool parse_options(struct parser *parser, struct prepared_run *prepared)
{
    static const char option[] = "preexpand";

    while (parse_take(parser, ',')) {
        const char *at = parser->text + parser->position;
        size_t left = parser->length - parser->position;
        if (left < sizeof option - 1 || memcmp(at, option, sizeof option - 1) != 0) {
            size_t length = 0;
            while (length < left && at[length] != '{')
                length++;
            if (length == 0 && left > 0)
                length = 1;
            while (length > 0 && length < left && byte_is_space(at[length - 1]))
                length--;
            return parse_mistake(parser, parser->position, "bad option '%.*s' for run", (int)length, at);
        }
        parser->position += sizeof option - 1;
        prepared->is_preexpanded = true;
    }
    return true;
}

/* run := options "{" command "}" branches */
bool parse_run(struct parser *parser, struct node *node)
{
    struct prepared_run *prepared = arena_calloc(parser->arena, 1, sizeof *prepared);

    if (prepared == NULL)
        return parse_mistake(parser, parser->position, "out of memory");
    node->prepared = prepared;
    if (!parse_options(parser, prepared))
        return false;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing '{' for command arg of run");
    if (prepared->is_preexpanded)
        return parse_child(parser, node) && parse_branches(parser, node, "run");
    if (!parse_unexpanded_argument(parser, &prepared->command))
        return parse_mistake(parser, parser->position, "missing '}' closing command arg of run");
    return parse_branches(parser, node, "run");
}

struct value item_run_command(const struct node *node)
{
    const struct prepared_run *prepared = node->prepared;

    return prepared->command;
}

/* ---- the command's arguments ---- */

/* A command line on its way to arguments. */
struct command_line {
    struct call *call;
    struct value text;
    size_t position;
    char *arguments[ARGUMENTS_AT_MOST + 1];
    size_t count;
    bool has_taint; /* in any argument */
    bool path_is_tainted;
};

/* An argument in double quotes; backslashes have their meaning in it. */
static bool read_quoted(struct command_line *line, struct value *argument)
{
    const struct value *text = &line->text;
    struct buffer out;

    buffer_init(&out, line->call->run->arena);
    while (line->position < text->length && text->bytes[line->position] != '"') {
        size_t used = 1;
        char byte = text->bytes[line->position];
        if (byte == '\\' && line->position + 1 < text->length)
            byte = scan_escape(text->bytes + line->position, text->length - line->position, &used);
        struct value source = value_slice(line->call->run->arena, text, line->position, used);
        buffer_add_like(&out, &byte, 1, &source, NULL);
        line->position += used;
    }
    line->position++;
    return buffer_value(&out, argument);
}

static struct value read_until(struct command_line *line, bool (*is_end)(char byte))
{
    size_t from = line->position;

    while (line->position < line->text.length && !is_end(line->text.bytes[line->position]))
        line->position++;
    return value_slice(line->call->run->arena, &line->text, from, line->position - from);
}

static bool is_apostrophe(char byte)
{
    return byte == '\'';
}

/* The next argument as it is written, without its quotes; false at the end. */
static bool next_argument(struct command_line *line, struct value *argument, bool *no_memory)
{
    const struct value *text = &line->text;

    *no_memory = false;
    while (line->position < text->length && byte_is_space(text->bytes[line->position]))
        line->position++;
    if (line->position >= text->length)
        return false;
    char first = text->bytes[line->position];
    if (first != '"' && first != '\'') {
        *argument = read_until(line, byte_is_space);
        return true;
    }
    line->position++;
    if (first == '"') {
        *no_memory = !read_quoted(line, argument);
        return !*no_memory;
    }
    *argument = read_until(line, is_apostrophe);
    line->position++;
    return true;
}

static enum outcome expand_argument(struct call *call, const struct value *command, struct value *argument)
{
    struct run *run = call->run;
    struct value source = *argument;
    enum outcome outcome = evaluate_text(run, &source, argument);

    if (outcome == OUTCOME_DONE)
        return outcome;
    error_wrap(run->error, run->arena,
               "Expansion of \"%.*s\" from command \"%.*s\" in ${run} expansion failed: %s",
               CALL_TEXT(&source), CALL_TEXT(command), run->error->message);
    return outcome;
}

static enum outcome add_argument(struct command_line *line, struct value *argument, bool is_expanded)
{
    struct call *call = line->call;
    enum outcome outcome = is_expanded ? OUTCOME_DONE : expand_argument(call, &line->text, argument);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (line->count == ARGUMENTS_AT_MOST)
        return call_failed(call, "Too many arguments in command \"%.*s\" in ${run} expansion",
                           CALL_TEXT(&line->text));
    char *copy = arena_copy(call->run->arena, argument->bytes, argument->length);
    if (copy == NULL)
        return call_no_memory(call);
    line->has_taint = line->has_taint || value_is_tainted(argument);
    line->path_is_tainted = line->path_is_tainted || (line->count == 0 && value_is_tainted(argument));
    line->arguments[line->count++] = copy;
    return OUTCOME_DONE;
}

/* Neither a command nor, once all of it was expanded as one text, an argument
   may come from outside. */
static enum outcome read_command(struct command_line *line, const struct prepared_run *prepared)
{
    struct call *call = line->call;
    struct value argument;
    bool no_memory;
    enum outcome outcome = OUTCOME_DONE;

    line->text = prepared->command;
    if (prepared->is_preexpanded)
        outcome = call_argument(call, 0, &line->text);
    while (outcome == OUTCOME_DONE && next_argument(line, &argument, &no_memory))
        outcome = add_argument(line, &argument, prepared->is_preexpanded);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (no_memory)
        return call_no_memory(call);
    if (line->path_is_tainted || (prepared->is_preexpanded && line->has_taint))
        return call_failed(call, "Attempt to exec tainted path: '%s'", line->arguments[0]);
    return OUTCOME_DONE;
}

/* ---- running ---- */

static enum outcome refuse_end(struct call *call, enum process_end end, int status)
{
    if (end == PROCESS_KILLED)
        return call_failed(call, "command killed by signal %d", status);
    if (end == PROCESS_TOO_LATE)
        return call_failed(call, "command timed out");
    return call_failed(call, "couldn't create child process: %s", strerror(status));
}

static enum outcome run_command(struct command_line *line, struct value *output)
{
    struct call *call = line->call;
    struct env *env = call->run->env;
    const char *const *environment =
        env->environment != NULL ? env->environment : (const char *const *)environ;
    enum process_end end = PROCESS_EXITED;
    struct buffer text;
    int status = 127;

    buffer_init(&text, call->run->arena);
    if (line->count > 0)
        end = process_run(line->arguments, (char *const *)(uintptr_t)environment, call->run->deadline, &text,
                          &status);
    if (text.failed || !buffer_value(&text, output))
        return call_no_memory(call);
    if (end != PROCESS_EXITED)
        return refuse_end(call, end, status);
    env->run_status = status;
    return OUTCOME_DONE;
}

/* $value stays what the command wrote, behind the item too: what Exim's
   specification promises for logging it. */
enum outcome item_run(struct call *call)
{
    struct command_line line = {.call = call};
    struct value output;
    enum outcome outcome = call_outside(call, "commands");

    if (outcome == OUTCOME_DONE)
        outcome = read_command(&line, call->node->prepared);
    if (outcome == OUTCOME_DONE)
        outcome = run_command(&line, &output);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!env_keep_output(call->run->env, &output))
        return call_no_memory(call);
    call->run->bindings.value = (struct value){0}; /* and so the environment's copy is it */
    return call_branch(call, call->run->env->run_status == 0, &output);
}
