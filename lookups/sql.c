#include "lookups/sql.h"

#include <string.h>

/* Where in a query a reader stands. */
enum place {
    IN_STATEMENT,
    IN_LITERAL,
    IN_DOUBLE_LITERAL,
    IN_NAME,
    IN_DOLLAR_LITERAL,
    IN_LINE_COMMENT,
    IN_COMMENT,
};

struct sql_reader {
    const struct sql_dialect *dialect;
    const struct value *query;
    size_t at;
    enum place place;
    char end;        /* of a name */
    size_t depth;    /* of comments */
    size_t tag;      /* of a dollar quote: where it stands */
    size_t tag_size; /* both dollars included */
};

static char byte_at(const struct sql_reader *reader, size_t at)
{
    return at < reader->query->length ? reader->query->bytes[at] : '\0';
}

static bool is_at(const struct sql_reader *reader, const char *text)
{
    size_t length = strlen(text);

    return reader->query->length - reader->at >= length &&
           memcmp(reader->query->bytes + reader->at, text, length) == 0;
}

/* $$ or $tag$ at this place; 0: neither. */
static size_t dollar_tag(const struct sql_reader *reader)
{
    size_t at = reader->at + 1;

    if (reader->at > 0 &&
        (byte_is_alnum(byte_at(reader, reader->at - 1)) || byte_at(reader, reader->at - 1) == '_'))
        return 0;
    while (byte_is_alnum(byte_at(reader, at)) || byte_at(reader, at) == '_' ||
           (unsigned char)byte_at(reader, at) > 127)
        at++;
    return byte_at(reader, at) == '$' ? at + 1 - reader->at : 0;
}

static size_t begin_name(struct sql_reader *reader, char end)
{
    reader->place = IN_NAME;
    reader->end = end;
    return 1;
}

static size_t begin(struct sql_reader *reader, enum place place, size_t taken)
{
    reader->place = place;
    return taken;
}

static size_t read_statement(struct sql_reader *reader)
{
    const struct sql_dialect *dialect = reader->dialect;

    switch (byte_at(reader, reader->at)) {
    case '\'':
        return begin(reader, IN_LITERAL, 1);
    case '"':
        return dialect->has_double_literal ? begin(reader, IN_DOUBLE_LITERAL, 1) : begin_name(reader, '"');
    case '`':
        return dialect->has_backquotes ? begin_name(reader, '`') : 1;
    case '[':
        return dialect->has_brackets ? begin_name(reader, ']') : 1;
    case '#':
        return dialect->has_hash_comments ? begin(reader, IN_LINE_COMMENT, 1) : 1;
    case '-':
        return is_at(reader, "--") ? begin(reader, IN_LINE_COMMENT, 2) : 1;
    case '/':
        reader->depth = 1;
        return is_at(reader, "/*") ? begin(reader, IN_COMMENT, 2) : 1;
    case '$':
        reader->tag = reader->at;
        reader->tag_size = dialect->has_dollar_quotes ? dollar_tag(reader) : 0;
        return reader->tag_size == 0 ? 1 : begin(reader, IN_DOLLAR_LITERAL, reader->tag_size);
    default:
        return 1;
    }
}

/* To the other quote; two of them are one. */
static size_t read_quoted(struct sql_reader *reader, char end, bool has_backslashes)
{
    char byte = byte_at(reader, reader->at);

    if (byte == '\\' && has_backslashes)
        return 2;
    if (byte != end)
        return 1;
    if (end != ']' && byte_at(reader, reader->at + 1) == end)
        return 2;
    return begin(reader, IN_STATEMENT, 1);
}

static size_t read_comment(struct sql_reader *reader)
{
    if (reader->dialect->nests_comments && is_at(reader, "/*")) {
        reader->depth++;
        return 2;
    }
    if (!is_at(reader, "*/"))
        return 1;
    return begin(reader, --reader->depth == 0 ? IN_STATEMENT : IN_COMMENT, 2);
}

static size_t read_dollar_literal(struct sql_reader *reader)
{
    bool is_end =
        reader->query->length - reader->at >= reader->tag_size &&
        memcmp(reader->query->bytes + reader->at, reader->query->bytes + reader->tag, reader->tag_size) == 0;

    return is_end ? begin(reader, IN_STATEMENT, reader->tag_size) : 1;
}

/* Letters, digits and spaces mean nothing by themselves anywhere but in a dollar quote. */
static void skip_plain(struct sql_reader *reader, size_t limit)
{
    const char *bytes = reader->query->bytes;

    while (reader->at < limit && (byte_is_alnum(bytes[reader->at]) || bytes[reader->at] == ' '))
        reader->at++;
}

/* Moves behind the next token or part of one, not beyond "limit": a token that would
   reach beyond it is not one. False: one would. */
static bool step(struct sql_reader *reader, size_t limit)
{
    bool has_backslashes = reader->dialect->has_backslashes;
    size_t taken = 1;

    skip_plain(reader, limit);
    if (reader->at == limit)
        return true;
    switch (reader->place) {
    case IN_STATEMENT:
        taken = read_statement(reader);
        break;
    case IN_LITERAL:
        taken = read_quoted(reader, '\'', has_backslashes);
        break;
    case IN_DOUBLE_LITERAL:
        taken = read_quoted(reader, '"', has_backslashes);
        break;
    case IN_NAME:
        taken = read_quoted(reader, reader->end, false);
        break;
    case IN_DOLLAR_LITERAL:
        taken = read_dollar_literal(reader);
        break;
    case IN_LINE_COMMENT:
        if (byte_at(reader, reader->at) == '\n')
            reader->place = IN_STATEMENT;
        break;
    case IN_COMMENT:
        taken = read_comment(reader);
        break;
    }
    reader->at += taken;
    return reader->at <= limit;
}

static bool is_in_literal(const struct sql_reader *reader)
{
    return reader->place == IN_LITERAL || reader->place == IN_DOUBLE_LITERAL;
}

/* Whether what was quoted, which ends at "end", is text from its first byte to its
   last: it may only leave its literal to join it to the next one. */
static bool stays_in_literal(struct sql_reader *reader, size_t end)
{
    const char *joint = reader->dialect->joint;

    if (!is_in_literal(reader))
        return false;
    while (reader->at < end) {
        if (!step(reader, end))
            return false;
        if (is_in_literal(reader))
            continue;
        if (joint == NULL || !is_at(reader, joint))
            return false;
        reader->at += strlen(joint);
        if (reader->at >= end || byte_at(reader, reader->at) != '\'')
            return false;
        if (!step(reader, end))
            return false;
    }
    return is_in_literal(reader);
}

/* Says what, whence if that is known, and what to write instead. */
static enum outcome refuse(const struct lookup_request *request, const struct taint_span *span,
                           bool is_quoted)
{
    enum { MOST_SHOWN = 40 };
    const char *name = request->driver->name;
    struct value bytes = value_slice(request->arena, &request->key, span->begin, span->end - span->begin);
    const char *source = request->name_source == NULL ? NULL : request->name_source(request->source, &bytes);
    int shown = bytes.length < MOST_SHOWN ? (int)bytes.length : MOST_SHOWN;

    return error_set(request->error, request->arena, OUTCOME_FAILED,
                     "tainted text in a %s query is not %s: \"%.*s\"%s%s: write '${quote_%s:%s%s}' with the "
                     "single quotes around it",
                     name, is_quoted ? "inside a literal" : "quoted", shown, bytes.bytes,
                     source == NULL ? "" : " from $", source == NULL ? "" : source, name,
                     source == NULL ? "..." : "$", source == NULL ? "" : source);
}

enum outcome sql_check(const struct lookup_request *request, const struct sql_dialect *dialect)
{
    const struct value *query = &request->key;
    struct sql_reader reader = {.dialect = dialect, .query = query};

    for (size_t i = 0; i < query->span_count; i++) {
        const struct taint_span *span = &query->spans[i];
        size_t end = span->end < query->length ? span->end : query->length;
        if (span->begin == span->end)
            continue;
        if (span->quoter != request->driver)
            return refuse(request, span, false);
        while (reader.at < span->begin)
            if (!step(&reader, span->begin))
                return refuse(request, span, true);
        if (!stays_in_literal(&reader, end))
            return refuse(request, span, true);
    }
    return OUTCOME_DONE;
}

static bool needs_quotes(const struct value *text)
{
    if (text->length == 0 || text->bytes[0] == '"')
        return true;
    for (size_t i = 0; i < text->length; i++)
        if (strchr(" \t\n\r", text->bytes[i]) != NULL && text->bytes[i] != '\0')
            return true;
    return false;
}

void sql_add_field(struct buffer *out, const struct value *name, const struct value *text)
{
    buffer_add(out, name->bytes, name->length);
    buffer_add_byte(out, '=');
    if (!needs_quotes(text)) {
        buffer_add(out, text->bytes, text->length);
        buffer_add_byte(out, ' ');
        return;
    }
    buffer_add_byte(out, '"');
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] == '"' || text->bytes[i] == '\\')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, text->bytes[i]);
    }
    buffer_add_string(out, "\" ");
}
