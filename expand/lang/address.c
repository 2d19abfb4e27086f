#include "lang/address.h"

#include <string.h>

#include "base/arena.h"

enum { COMMENT_DEPTH_LIMIT = 50 };

struct reader {
    struct arena *arena;
    struct address_rules rules;
    struct value text;
    size_t position;
    bool groups_allowed; /* "name:" and ";" may stand around addresses */
    bool in_group;
    const char *problem; /* in Exim's words; NULL where none has been met */
};

/* Keeps the first problem. Gives false, for the caller to return. */
static bool refuse(struct reader *reader, const char *problem)
{
    if (reader->problem == NULL)
        reader->problem = problem;
    return false;
}

static char peek(const struct reader *reader)
{
    return reader->position < reader->text.length ? reader->text.bytes[reader->position] : '\0';
}

static bool take(struct reader *reader, char byte)
{
    if (peek(reader) != byte || reader->position >= reader->text.length)
        return false;
    reader->position++;
    return true;
}

/* One comment, with those inside it. */
static void skip_comment(struct reader *reader)
{
    size_t depth = 0;

    while (reader->position < reader->text.length) {
        char byte = reader->text.bytes[reader->position++];
        if (byte == '\\' && reader->position < reader->text.length)
            reader->position++;
        else if (byte == '(' && ++depth > COMMENT_DEPTH_LIMIT)
            return;
        else if (byte == ')' && --depth == 0)
            return;
    }
}

static void skip_space_and_comments(struct reader *reader)
{
    while (byte_is_space(peek(reader)) || peek(reader) == '(')
        if (peek(reader) == '(')
            skip_comment(reader);
        else
            reader->position++;
}

static void add(struct reader *reader, struct buffer *out, size_t from)
{
    struct value part = value_slice(reader->arena, &reader->text, from, reader->position - from);

    buffer_add_value(out, &part);
}

static bool is_special(char byte)
{
    return byte == '\0' || byte_is_control(byte) || strchr(" ()<>@,;:\\\"[]", byte) != NULL;
}

/* A dot, with its taint. */
static bool take_dot(struct reader *reader, struct buffer *out)
{
    if (!take(reader, '.'))
        return false;
    add(reader, out, reader->position - 1);
    return true;
}

/* One byte, or two when the first is a backslash with something behind it. */
static void pass_byte(struct reader *reader)
{
    bool is_pair = peek(reader) == '\\' && reader->position + 1 < reader->text.length;

    reader->position += is_pair ? 2 : 1;
}

/* word := quoted-string | bytes that are not special, dots among them */
static bool read_word(struct reader *reader, struct buffer *out)
{
    size_t from = reader->position;

    if (!take(reader, '"')) {
        while (!is_special(peek(reader)) || peek(reader) == '\\')
            pass_byte(reader);
        add(reader, out, from);
        return reader->position > from;
    }
    while (reader->position < reader->text.length && peek(reader) != '"')
        pass_byte(reader);
    if (!take(reader, '"')) {
        reader->position = from;
        return false;
    }
    add(reader, out, from);
    return true;
}

static const char *local_part_problem(const struct reader *reader)
{
    if (peek(reader) == '"')
        return "unmatched doublequote in local part";
    return peek(reader) == '@' ? "no local part" : "missing or malformed local part";
}

/* local-part := word ( "." word )* , with comments between. */
static bool read_local_part(struct reader *reader, struct buffer *out)
{
    skip_space_and_comments(reader);
    while (take_dot(reader, out))
        continue;
    if (!read_word(reader, out) && out->length == 0)
        return refuse(reader, local_part_problem(reader));
    skip_space_and_comments(reader);
    while (peek(reader) == '.' || (out->length > 0 && out->bytes[out->length - 1] == '.' &&
                                   peek(reader) != '@' && peek(reader) != '\0')) {
        (void)take_dot(reader, out);
        skip_space_and_comments(reader);
        if (peek(reader) != '.' && !read_word(reader, out))
            break;
        skip_space_and_comments(reader);
    }
    return true;
}

static bool is_literal_byte(char byte)
{
    return byte > ' ' && byte <= '~' && byte != '[' && byte != ']' && byte != '\\';
}

/* The bytes of a character beyond ASCII, 0 where none is whole: what begins it
   says how many follow (RFC 3629, section 3). */
static size_t utf8_length(const struct reader *reader)
{
    static const struct {
        unsigned char mask;
        unsigned char begin;
        unsigned char length;
    } forms[] = {{0xE0, 0xC0, 2}, {0xF0, 0xE0, 3}, {0xF8, 0xF0, 4}};
    const unsigned char *bytes = (const unsigned char *)reader->text.bytes + reader->position;
    size_t left = reader->text.length - reader->position;

    for (size_t i = 0; left > 0 && i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = forms[i].length;
        if ((bytes[0] & forms[i].mask) != forms[i].begin || left < length)
            continue;
        for (size_t at = 1; at < length; at++)
            if ((bytes[at] & 0xC0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}

/* Letters, digits and hyphens, and where they are allowed characters beyond
   ASCII. */
static void pass_label(struct reader *reader)
{
    for (;;) {
        size_t length = byte_is_alnum(peek(reader)) || peek(reader) == '-' ? 1U : 0U;
        if (length == 0 && reader->rules.takes_utf8)
            length = utf8_length(reader);
        if (length == 0)
            return;
        reader->position += length;
    }
}

/* domain := "[" literal "]" | label ( "." label )* */
static bool read_domain(struct reader *reader, struct buffer *out)
{
    size_t from;

    skip_space_and_comments(reader);
    if (peek(reader) == '[') {
        from = reader->position;
        reader->position++;
        while (is_literal_byte(peek(reader)))
            reader->position++;
        if (!take(reader, ']'))
            return refuse(reader, "malformed domain literal");
        add(reader, out, from);
        skip_space_and_comments(reader);
        return true;
    }
    for (;;) {
        from = reader->position;
        pass_label(reader);
        if (reader->position == from && from > 0 && reader->rules.drops_last_dot && out->length > 0) {
            buffer_truncate(out, out->length - 1);
            return true;
        }
        if (reader->position == from || reader->text.bytes[from] == '-')
            return refuse(reader, "domain missing or malformed");
        add(reader, out, from);
        skip_space_and_comments(reader);
        if (!take_dot(reader, out))
            return true;
        skip_space_and_comments(reader);
    }
}

/* route := ( "@" domain [ "," ] )+ ":" , no domain being a literal. */
static bool read_route(struct reader *reader)
{
    struct buffer ignored;

    while (take(reader, '@')) {
        buffer_init(&ignored, reader->arena);
        skip_space_and_comments(reader);
        if (peek(reader) == '[')
            return refuse(reader, "domain literals not allowed");
        if (!read_domain(reader, &ignored))
            return false;
        bool has_comma = take(reader, ',');
        skip_space_and_comments(reader);
        if (take(reader, ':'))
            return true;
        if (!has_comma)
            return refuse(reader, "no local part");
    }
    return refuse(reader, "colon expected after route list");
}

/* addr-spec := [ route ] local-part [ "@" domain ] , the domain being left out
   only where there is no route. */
static bool read_addr_spec(struct reader *reader, struct buffer *local_part, struct buffer *domain)
{
    skip_space_and_comments(reader);
    bool has_route = peek(reader) == '@';
    if (has_route && !read_route(reader))
        return false;
    if (has_route && peek(reader) == '@')
        return refuse(reader, "missing or malformed local part");
    if (!read_local_part(reader, local_part))
        return false;
    if (take(reader, '@'))
        return read_domain(reader, domain);
    return !has_route || refuse(reader, "domain missing in source-routed address");
}

/* Passes over a display name's words. */
static void skip_phrase(struct reader *reader)
{
    struct buffer ignored;

    for (;;) {
        skip_space_and_comments(reader);
        buffer_init(&ignored, reader->arena);
        if (!take(reader, '.') && !read_word(reader, &ignored))
            return;
    }
}

/* Where "<" is, behind a display name and perhaps the name of a group; else
   false, and the reader is where an address without these begins. */
static bool find_angle(struct reader *reader)
{
    for (;;) {
        size_t start = reader->position;
        skip_phrase(reader);
        if (take(reader, '<'))
            return true;
        if (!reader->groups_allowed || reader->in_group || !take(reader, ':')) {
            reader->position = start;
            return false;
        }
        reader->in_group = true;
    }
}

/* What stands behind an address that is whole. */
static bool refuse_rest(struct reader *reader, bool has_domain)
{
    size_t length = reader->text.length - reader->position;
    const char *rest = reader->text.bytes + reader->position;

    if (!has_domain)
        return refuse(reader, *rest == '"' ? "unmatched doublequote in local part (expected word or \"<\")"
                                           : "missing or malformed local part (expected word or \"<\")");
    char *problem = arena_format(reader->arena, "malformed address: %.*s may not follow %.*s", (int)length,
                                 rest, (int)reader->position, reader->text.bytes);
    return refuse(reader, problem == NULL ? "malformed address" : problem);
}

/* "<" has no end. */
static bool refuse_open(struct reader *reader, const struct buffer *local_part, const struct buffer *domain)
{
    if (domain->length > 0)
        return refuse(reader, "'>' missing at end of address");
    char *problem = arena_format(reader->arena, "\"@\" or \".\" expected after \"%.*s\"",
                                 (int)local_part->length, local_part->bytes);
    return refuse(reader, problem == NULL ? "malformed address" : problem);
}

static bool read_address(struct reader *reader, struct buffer *local_part, struct buffer *domain)
{
    size_t angles = find_angle(reader) ? 1 : 0;

    while (angles > 0 && reader->rules.takes_more_angles && take(reader, '<'))
        angles++;
    if (!read_addr_spec(reader, local_part, domain))
        return false;
    for (; angles > 0; angles--)
        if (!take(reader, '>'))
            return refuse_open(reader, local_part, domain);
    skip_space_and_comments(reader);
    return reader->position >= reader->text.length || (reader->in_group && peek(reader) == ';') ||
           refuse_rest(reader, domain->length > 0);
}

static bool parse(struct reader *reader, struct value *local_part, struct value *domain)
{
    struct buffer local_buffer, domain_buffer;

    buffer_init(&local_buffer, reader->arena);
    buffer_init(&domain_buffer, reader->arena);
    return read_address(reader, &local_buffer, &domain_buffer) && buffer_value(&local_buffer, local_part) &&
           buffer_value(&domain_buffer, domain);
}

bool address_parse_explained(struct arena *arena, const struct address_rules *rules, const struct value *text,
                             struct value *local_part, struct value *domain, const char **problem)
{
    struct reader reader = {.arena = arena, .rules = *rules, .text = *text};

    skip_space_and_comments(&reader);
    if (reader.position >= text->length)
        (void)refuse(&reader, "empty address");
    reader.position = 0;
    bool is_address = parse(&reader, local_part, domain);
    *problem = reader.problem != NULL ? reader.problem : "missing or malformed local part";
    return is_address;
}

bool address_parse(struct arena *arena, const struct address_rules *rules, const struct value *text,
                   struct value *local_part, struct value *domain)
{
    const char *ignored;

    return address_parse_explained(arena, rules, text, local_part, domain, &ignored);
}

void address_add(struct buffer *out, const struct value *local_part, const struct value *domain)
{
    buffer_add_value(out, local_part);
    if (domain->length == 0)
        return;
    buffer_add_like(out, "@", 1, domain, NULL);
    buffer_add_value(out, domain);
}

/* ---- lists ---- */

static void skip_quoted(struct reader *reader)
{
    reader->position++;
    while (reader->position < reader->text.length && peek(reader) != '"')
        pass_byte(reader);
    reader->position++;
}

/* A byte, or a quoted string, or a comment. */
static void skip_unit(struct reader *reader)
{
    if (peek(reader) == '"')
        skip_quoted(reader);
    else if (peek(reader) == '(')
        skip_comment(reader);
    else
        pass_byte(reader);
}

/* A source route has commas of its own, up to its colon. Exim sees it only
   where no white space stands in front. */
static void skip_route_text(struct reader *reader)
{
    if (peek(reader) != '@')
        return;
    while (reader->position < reader->text.length && strchr(":<>", peek(reader)) == NULL)
        skip_unit(reader);
}

/* "<" to ">", and to the colon of a route, where a comma does not end an
   address. */
static void skip_angle_text(struct reader *reader)
{
    bool in_angle = true;

    reader->position++;
    bool in_route = peek(reader) == '@';
    while (reader->position < reader->text.length && (in_angle || in_route)) {
        in_angle = in_angle && peek(reader) != '>';
        in_route = in_route && peek(reader) != ':';
        skip_unit(reader);
    }
}

/* Goes to the comma that ends an address. Gives whether a ";" stood on the
   way, which ends a group. */
static bool find_comma(struct reader *reader)
{
    bool group_ends = false;

    skip_route_text(reader);
    while (reader->position < reader->text.length && peek(reader) != ',') {
        group_ends = group_ends || peek(reader) == ';';
        if (peek(reader) == '<')
            skip_angle_text(reader);
        else
            skip_unit(reader);
    }
    if (reader->position > reader->text.length)
        reader->position = reader->text.length;
    return group_ends;
}

bool address_list_next(struct address_list *list, struct value *local_part, struct value *domain,
                       bool *is_valid)
{
    size_t from = list->position;
    struct reader whole = {.arena = list->arena, .text = list->text, .position = from};

    if (list->position > list->text.length)
        return false;
    bool group_ends = find_comma(&whole);
    list->position = whole.position + 1;
    struct reader one = {.arena = list->arena,
                         .rules = list->rules,
                         .text = value_slice(list->arena, &list->text, from, whole.position - from),
                         .groups_allowed = true,
                         .in_group = list->in_group};
    *is_valid = parse(&one, local_part, domain);
    list->in_group = one.in_group && !group_ends;
    return true;
}
