/* ${readsocket{name}{request}{options}{end of line}{failure}} */

#include <string.h>

#include "base/list.h"
#include "items/io.h"
#include "items/items.h"
#include "items/stream.h"
#include "lang/answers.h"
#include "lang/env.h"

enum { NAME = 0, REQUEST = 1, OPTIONS = 2, END_OF_LINE = 3, ARGUMENTS = 4 };
static const nanoseconds default_timeout = 5 * NANOSECONDS_PER_SECOND;

/* ---- reading ---- */

/* readsocket := two to four arguments [ "{" sequence "}" ] "}" */
bool parse_readsocket(struct parser *parser, struct node *node)
{
    for (size_t i = 0; i < ARGUMENTS; i++) {
        parse_space(parser);
        if (parse_peek(parser) != '{' && i <= REQUEST)
            return parse_mistake_brace(parser, parser->position,
                                       "Not enough arguments for 'readsocket' (min is 2)");
        if (parse_peek(parser) == '{' && !parse_child(parser, node))
            return false;
    }
    node->arguments_are_all = true;
    parse_space(parser);
    if (parse_peek(parser) == '{' && !parse_argument(parser, &node->no))
        return false;
    parse_space(parser);
    return parse_take(parser, '}') ||
           parse_mistake_brace(parser, parser->position, "missing '}' closing readsocket");
}

/* ---- options ---- */

/* What the item was asked. */
struct question {
    struct value arguments[ARGUMENTS];
    nanoseconds timeout;
    bool shuts_down;
    bool has_tls;
    bool is_cached;
    struct value sni;
};

/* Exim's times: 5s, 2m30s. Nothing that is not one. */
static bool read_time(const struct value *text, nanoseconds *span)
{
    static const struct {
        char letter;
        nanoseconds seconds;
    } units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    nanoseconds total = 0;
    nanoseconds number = 0;
    bool has_digit = false;

    for (size_t i = 0; i <= text->length; i++) {
        char byte = i < text->length ? text->bytes[i] : 's';
        if (byte_is_digit(byte)) {
            number = number < 100000000 ? number * 10 + (byte - '0') : number;
            has_digit = true;
            continue;
        }
        if (i == text->length && !has_digit)
            break;
        size_t unit = 0;
        while (unit < sizeof units / sizeof units[0] && units[unit].letter != byte)
            unit++;
        if (unit == sizeof units / sizeof units[0] || !has_digit)
            return false;
        total += number * units[unit].seconds;
        number = 0;
        has_digit = false;
    }
    if (text->length == 0)
        return false;
    *span = total * NANOSECONDS_PER_SECOND;
    return true;
}

static bool take_word(const struct value *text, const char *name, bool *yes)
{
    size_t length = strlen(name);

    if (text->length <= length || memcmp(text->bytes, name, length) != 0 || text->bytes[length] != '=')
        return false;
    struct value word = value_clean(text->bytes + length + 1, text->length - length - 1);
    *yes = value_equals_text(&word, "yes");
    return true;
}

/* The first is the time; words that are not known count for nothing, as in
   Exim. */
static void read_options(struct call *call, struct question *question)
{
    struct list_reader reader;
    struct value option;
    bool yes;
    bool is_first = true;

    list_open(&reader, call->run->arena, &question->arguments[OPTIONS], ':');
    for (; list_next(&reader, &option); is_first = false) {
        if (is_first && read_time(&option, &question->timeout))
            continue;
        if (take_word(&option, "shutdown", &yes))
            question->shuts_down = yes;
        else if (take_word(&option, "tls", &yes))
            question->has_tls = yes;
        else if (take_word(&option, "cache", &yes))
            question->is_cached = yes;
        else if (take_word(&option, "sni", &yes))
            question->sni = value_slice(call->run->arena, &option, strlen("sni="), option.length);
    }
}

/* ---- asking ---- */

static bool is_port(const char *port)
{
    unsigned long number = 0;

    if (!byte_is_digit(port[0]))
        return port[0] != '\0';
    for (; byte_is_digit(*port); port++)
        number = number > 65535 ? number : number * 10 + (unsigned long)(*port - '0');
    return *port == '\0' && number > 0 && number <= 65535;
}

/* "host:port", where the host may be an IPv6 address in brackets or not. */
static bool connect_inet(struct stream *stream, const char *text)
{
    char *name = arena_copy(stream->arena, text, strlen(text));
    char *colon = name == NULL ? NULL : strrchr(name, ':');

    if (name == NULL || colon == NULL) {
        stream->problem = name == NULL ? "out of memory" : "missing port number for readsocket";
        return false;
    }
    *colon = '\0';
    if (!is_port(colon + 1)) {
        char *problem = arena_format(stream->arena, "unknown port \"%s\" for readsocket", colon + 1);
        stream->problem = problem == NULL ? "out of memory" : problem;
        return false;
    }
    size_t length = strlen(name);
    bool has_brackets = length > 1 && name[0] == '[' && name[length - 1] == ']';
    char *host = arena_copy(stream->arena, name + has_brackets, length - 2 * (size_t)has_brackets);
    if (host == NULL) {
        stream->problem = "out of memory";
        return false;
    }
    return stream_connect_inet(stream, name, host, colon + 1);
}

static bool connect_to(struct stream *stream, const struct question *question)
{
    static const char inet[] = "inet:";
    const struct value *name = &question->arguments[NAME];
    char *text = arena_copy(stream->arena, name->bytes, name->length);

    if (text == NULL) {
        stream->problem = "out of memory";
        return false;
    }
    return strncmp(text, inet, strlen(inet)) == 0 ? connect_inet(stream, text + strlen(inet))
                                                  : stream_connect_unix(stream, text, name->length);
}

static bool send_request(struct stream *stream, const struct question *question)
{
    const char *sni = NULL;

    if (question->sni.length > 0)
        sni = arena_copy(stream->arena, question->sni.bytes, question->sni.length);
    if (question->has_tls && !stream_start_tls(stream, sni))
        return false;
    const struct value *request = &question->arguments[REQUEST];
    if (!stream_send(stream, request->bytes, request->length))
        return false;
    if (question->shuts_down)
        stream_end_sending(stream);
    return true;
}

static bool receive_answer(struct stream *stream, struct buffer *answer)
{
    enum { STEP = 16 * 1024 };
    char block[STEP];
    ssize_t got;

    while (!answer->failed && (got = stream_receive(stream, block, sizeof block)) != 0) {
        if (got < 0)
            return false;
        buffer_add(answer, block, (size_t)got);
    }
    return true;
}

/* ---- the item ---- */

static enum outcome add_answer(struct call *call, const struct question *question, const struct value *answer)
{
    const struct value *end_of_line = &question->arguments[END_OF_LINE];

    io_add_lines(call->out, answer->bytes, answer->length, end_of_line->length == 0 ? NULL : end_of_line);
    return call_done(call);
}

static enum outcome add_failure(struct call *call, const char *problem)
{
    if (call->node->no != NULL)
        return call_append(call, call->node->no);
    return call_failed(call, "%s", problem);
}

static enum outcome ask(struct call *call, const struct question *question)
{
    const struct value *arguments = question->arguments;
    struct answers *answers = call->run->env->answers;
    struct stream stream;
    struct buffer text;
    struct value answer;

    stream_init(&stream, call->run->arena,
                clock_earlier(clock_deadline(question->timeout), call->run->deadline));
    buffer_init(&text, call->run->arena);
    bool answered =
        connect_to(&stream, question) && send_request(&stream, question) && receive_answer(&stream, &text);
    const char *problem = stream.problem;
    stream_close(&stream);
    if (!answered)
        return add_failure(call, problem);
    if (!buffer_value(&text, &answer))
        return call_no_memory(call);
    if (question->is_cached)
        answers_keep(answers, &arguments[NAME], &arguments[REQUEST], &answer);
    else
        answers_forget(answers, &arguments[NAME]);
    return add_answer(call, question, &answer);
}

enum outcome item_readsocket(struct call *call)
{
    struct question question = {.timeout = default_timeout, .shuts_down = true, .sni = value_clean("", 0)};
    enum outcome outcome = call_outside(call, "socket insertions");

    for (size_t i = 0; outcome == OUTCOME_DONE && i < ARGUMENTS; i++)
        outcome = call_argument(call, i, &question.arguments[i]);
    if (outcome != OUTCOME_DONE)
        return outcome;
    const struct value *name = &question.arguments[NAME];
    if (value_is_tainted(name))
        return call_failed(call, "Tainted filename for search: '%.*s'", CALL_TEXT(name));
    read_options(call, &question);
    const struct value *kept = NULL;
    if (question.is_cached)
        kept = answers_find(call->run->env->answers, name, &question.arguments[REQUEST]);
    return kept != NULL ? add_answer(call, &question, kept) : ask(call, &question);
}
