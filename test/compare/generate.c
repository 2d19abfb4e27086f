#include "test/compare/generate.h"

#include <stdlib.h>
#include <string.h>

#include "lang/row.h"
#include "test/compare/templates.h"
#include "test/compare/words.h"

enum { LONG_ENOUGH = 1500 };

/* ---- chance ---- */

/* splitmix64, by Sebastiano Vigna: good enough, and the same everywhere. */
static uint64_t next_random(struct generator *generator)
{
    uint64_t mixed = generator->state += 0x9E3779B97F4A7C15U;

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

size_t pick(struct generator *generator, size_t limit)
{
    return (size_t)(next_random(generator) % limit);
}

bool happens(struct generator *generator, size_t chances)
{
    return pick(generator, chances) == 0;
}

/* ---- coverage ---- */

static size_t row_count(enum rexpand_kind kind)
{
    const size_t counts[KINDS] = {
        [REXPAND_ITEM] = item_row_count,
        [REXPAND_OPERATOR] = operator_row_count,
        [REXPAND_CONDITION] = condition_row_count,
        [REXPAND_VARIABLE] = variable_row_count,
    };

    return counts[kind];
}

static const char *row_name(enum rexpand_kind kind, size_t row)
{
    const char *name = "";
    const char *help;

    (void)rexpand_describe(kind, row, &name, &help);
    return name;
}

bool coverage_open(struct coverage *coverage)
{
    for (int kind = 0; kind < KINDS; kind++) {
        coverage->rows[kind] = row_count((enum rexpand_kind)kind);
        coverage->counts[kind] = calloc(coverage->rows[kind], sizeof(size_t));
        if (coverage->counts[kind] == NULL)
            return false;
    }
    return true;
}

void coverage_close(struct coverage *coverage)
{
    for (int kind = 0; kind < KINDS; kind++)
        free(coverage->counts[kind]);
}

static void note(struct generator *generator, enum rexpand_kind kind, const char *name)
{
    for (size_t row = 0; row < row_count(kind); row++)
        if (strcmp(row_name(kind, row), name) == 0)
            generator->coverage->counts[kind][row]++;
}

const char *left_out(enum rexpand_kind kind, const char *name)
{
    for (size_t i = 0; i < left_out_count; i++)
        if (left_out_rows[i].kind == kind && strcmp(left_out_rows[i].name, name) == 0)
            return left_out_rows[i].reason;
    return NULL;
}

static void write_template(struct generator *generator, const char *text);
static void write_row(struct generator *generator, enum rexpand_kind kind, size_t row);
static void write_any(struct generator *generator);
static void write_text(struct generator *generator);

/* A piece of literal text as it is written. */
static void write_literal(struct generator *generator)
{
    size_t way = pick(generator, 30);

    if (way == 0) {
        size_t length = pick(generator, happens(generator, 8) ? 1200 : 60);
        for (size_t i = 0; i < length; i++)
            buffer_add_byte(generator->out, (char)('a' + pick(generator, 26)));
    } else if (way == 1) {
        char byte = (char)(1 + pick(generator, 255));
        if (byte != '$' && byte != '\\' && byte != '}' && byte != '{')
            buffer_add_byte(generator->out, byte);
    } else if (way < 18) {
        write_word(generator);
    } else {
        PUT_ONE_OF(generator, " ", "  ", "\\n", "\\t", "\\x41", "\\101", "\\\\", "\\$", "\\{", "\\}",
                   "\\N$x{\\N", "\\N\\N", "\\8", "\\e", "\\r", ":", "::", ",", ";", "=", "\"", "'", "%", "!",
                   "\\:", "\n", "\t", "1", "22", "-3", ".", "@", "é", "\x80", "/", "<", ">", "#", "(", ")",
                   "[", "]", "|", "&", "~", "^", "*", "+", "?", "_", "`", "\\N", "\\x0a", "{x");
    }
}

static void write_list(struct generator *generator)
{
    size_t items = pick(generator, 6);

    for (size_t i = 0; i < items; i++) {
        if (i > 0)
            PUT_ONE_OF(generator, ":", ":", ":", " : ", "::");
        if (happens(generator, 6))
            write_text(generator);
        else if (happens(generator, 4))
            write_number(generator);
        else
            write_word(generator);
    }
    if (happens(generator, 10))
        put(generator, ":");
}

static void write_other_list(struct generator *generator)
{
    static const char *const separators[] = {",",     ";", "|", "/", "\\n", "+", ".",
                                             "\\x01", "a", " ", "<", "?",   "="};
    const char *separator = separators[pick(generator, COUNT(separators))];
    size_t items = pick(generator, 5);

    put(generator, happens(generator, 8) ? " <" : "<");
    put(generator, separator);
    if (happens(generator, 2))
        put(generator, " ");
    for (size_t i = 0; i < items; i++) {
        if (i > 0)
            put(generator, separator);
        if (happens(generator, 8))
            put(generator, separator);
        write_word(generator);
        if (happens(generator, 4))
            put(generator, " ");
    }
}

/* ---- variables and conditions ---- */

static const char *pick_variable(struct generator *generator)
{
    for (;;) {
        const char *name = row_name(REXPAND_VARIABLE, pick(generator, variable_row_count));
        if (left_out(REXPAND_VARIABLE, name) == NULL)
            return name;
    }
}

static bool is_family(const char *name)
{
    const struct variable_row *row = variable_row_find(name, strlen(name));

    return row != NULL && row->is_family;
}

/* The name of one of a family. */
static void write_member(struct generator *generator, const char *family)
{
    put(generator, family);
    if (strncmp(family, "acl_", 4) == 0)
        PUT_ONE_OF(generator, "0", "_x", "1", "_", "_abc", "19");
    else if (strchr(family, '_') != NULL)
        PUT_ONE_OF(generator, "subject:", "from:", "x-y:", "to", "Received: ", "a_b:");
    else
        PUT_ONE_OF(generator, "x", "_x", "1");
}

static void write_variable_name(struct generator *generator, const char *name)
{
    note(generator, REXPAND_VARIABLE, name);
    if (is_family(name))
        write_member(generator, name);
    else
        put(generator, name);
}

static void write_variable(struct generator *generator, const char *name)
{
    bool has_braces = happens(generator, 3);

    put(generator, has_braces ? "${" : "$");
    write_variable_name(generator, name);
    if (has_braces)
        put(generator, "}");
}

static void write_common_variable(struct generator *generator)
{
    switch (pick(generator, 4)) {
    case 0:
        PUT_ONE_OF(generator, "$value", "$item", "$0", "$1", "$2", "${1}", "$9", "$10", "$00", "${value}",
                   "$item$value", "$21", "${0}", "$3");
        return;
    case 1:
        PUT_ONE_OF(generator, "$nosuch", "$acl_cx", "$acl_", "${nosuch}", "$h_subject:", "$h_a", "${h_a}",
                   "$local_part", "$domain", "$tls_in_cipher", "$acl_m_x", "$sender_host_address",
                   "$rh_x:", "$H_x:");
        return;
    default:
        write_variable(generator, pick_variable(generator));
    }
}

/* A row that is not left out. */
static size_t pick_row(struct generator *generator, enum rexpand_kind kind)
{
    for (;;) {
        size_t row = pick(generator, row_count(kind));
        if (left_out(kind, row_name(kind, row)) == NULL)
            return row;
    }
}

static void write_condition(struct generator *generator)
{
    static const char *const plain[] = {"eq{a}{a}", "eq{a}{b}", "def:local_part", "bool{yes}",
                                        "eq{$item}{a}"};

    if (happens(generator, 6))
        put(generator, happens(generator, 4) ? "! " : "!");
    if (generator->depth >= DEEPEST) {
        put(generator, plain[pick(generator, COUNT(plain))]);
        return;
    }
    generator->depth++;
    write_row(generator, REXPAND_CONDITION, pick_row(generator, REXPAND_CONDITION));
    generator->depth--;
}

static void write_conditions(struct generator *generator)
{
    size_t count = pick(generator, 4);

    for (size_t i = 0; i < count; i++) {
        put(generator, happens(generator, 8) ? " {" : "{");
        write_condition(generator);
        put(generator, happens(generator, 8) ? "} " : "}");
    }
}

static void write_branches(struct generator *generator)
{
    size_t way = pick(generator, 8);

    if (way == 0)
        return;
    write_template(generator, way == 1   ? "{$value}"
                              : way == 2 ? "{%t}"
                              : way == 3 ? "{%t}fail"
                              : way == 4 ? "{%t} fail "
                              : way == 5 ? "{[$value]}{%t}"
                              : way == 6 ? " {%t} {%t} "
                                         : "{%t}{%t}");
}

/* ---- text ---- */

/* What stands where any text may. */
static void write_part(struct generator *generator)
{
    bool is_deep = generator->depth >= DEEPEST || generator->out->length > LONG_ENOUGH;

    if (is_deep || !happens(generator, 3)) {
        write_literal(generator);
        return;
    }
    if (happens(generator, 3)) {
        write_common_variable(generator);
        return;
    }
    generator->depth++;
    write_any(generator);
    generator->depth--;
}

static void write_text(struct generator *generator)
{
    size_t parts = happens(generator, 8) ? 0 : 1 + pick(generator, 3);

    for (size_t i = 0; i < parts; i++)
        write_part(generator);
}

static const struct {
    char letter;
    void (*write)(struct generator *generator);
} writers[] = {
    {'t', write_text},       {'w', write_word},       {'n', write_number},     {'e', write_arithmetic},
    {'l', write_list},       {'L', write_other_list}, {'s', write_separator},  {'d', write_domain},
    {'p', write_local_part}, {'a', write_address},    {'A', write_addresses},  {'i', write_ip},
    {'m', write_masked},     {'f', write_file},       {'j', write_json},       {'r', write_pattern},
    {'h', write_hex},        {'b', write_base64},     {'T', write_time},       {'u', write_unicode},
    {'q', write_pairs},      {'c', write_condition},  {'C', write_conditions}, {'B', write_branches},
    {'N', write_digits},     {'k', write_key},        {'x', write_encoded},    {'g', write_list_match},
};

static void write_placeholder(struct generator *generator, char letter)
{
    if (letter == 'v') {
        write_variable_name(generator, pick_variable(generator));
        return;
    }
    if (letter == '%') {
        put(generator, "%");
        return;
    }
    /* Sometimes what should be a number is anything at all; but files are left alone. */
    bool is_free = strchr("fBCcvNs", letter) == NULL;
    if (is_free && happens(generator, 12)) {
        write_text(generator);
        return;
    }
    for (size_t i = 0; i < COUNT(writers); i++)
        if (writers[i].letter == letter)
            writers[i].write(generator);
}

/* White space may stand between arguments. */
static void write_template(struct generator *generator, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '%') {
            write_placeholder(generator, *++text);
            continue;
        }
        buffer_add_byte(generator->out, *text);
        if (*text == '}' && text[1] == '{' && happens(generator, 25))
            PUT_ONE_OF(generator, " ", "\n", "\t", "  ");
    }
}

/* ---- rows ---- */

static void write_arguments(struct generator *generator, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_template(generator, "{%t}");
}

/* Rows that have no template. */
static void write_plain_row(struct generator *generator, enum rexpand_kind kind, size_t row)
{
    if (kind == REXPAND_ITEM) {
        const struct item_row *item = &item_rows[row];
        buffer_format(generator->out, "${%s", item->name);
        write_arguments(generator,
                        item->minimum + pick(generator, (size_t)(item->maximum - item->minimum) + 1));
        if (item->has_branches)
            write_branches(generator);
        put(generator, "}");
    } else if (kind == REXPAND_OPERATOR) {
        buffer_format(generator->out, "${%s:", operator_rows[row].name);
        write_text(generator);
        put(generator, "}");
    } else {
        put(generator, condition_rows[row].name);
        write_arguments(generator, condition_rows[row].arguments);
    }
}

/* One of the row's templates; sometimes it is another number of arguments. */
static void write_row(struct generator *generator, enum rexpand_kind kind, size_t row)
{
    const char *name = row_name(kind, row);
    const struct template *fitting[16];
    size_t count = 0;

    note(generator, kind, name);
    for (size_t i = 0; i < template_count; i++)
        if (templates[i].kind == kind && strcmp(templates[i].name, name) == 0 && count < COUNT(fitting))
            fitting[count++] = &templates[i];
    if (count == 0 || happens(generator, 40))
        write_plain_row(generator, kind, row);
    else
        write_template(generator, fitting[pick(generator, count)]->text);
}

static void write_any(struct generator *generator)
{
    size_t way = pick(generator, 10);

    if (way < 4)
        write_row(generator, REXPAND_ITEM, pick_row(generator, REXPAND_ITEM));
    else if (way < 8)
        write_row(generator, REXPAND_OPERATOR, pick_row(generator, REXPAND_OPERATOR));
    else
        write_template(generator, "${if %c%B}");
}

/* The "turn"th construct of all tables, as far as they take part. */
static void write_turn(struct generator *generator, size_t turn)
{
    size_t kind = 0;

    while (turn >= row_count((enum rexpand_kind)kind)) {
        turn -= row_count((enum rexpand_kind)kind);
        kind++;
    }
    const char *name = row_name((enum rexpand_kind)kind, turn);
    if (left_out((enum rexpand_kind)kind, name) != NULL) {
        write_any(generator);
    } else if (kind == REXPAND_VARIABLE) {
        write_variable(generator, name);
    } else if (kind == REXPAND_CONDITION) {
        put(generator, "${if ");
        write_row(generator, REXPAND_CONDITION, turn);
        write_template(generator, "%B}");
    } else {
        write_row(generator, (enum rexpand_kind)kind, turn);
    }
}

/* Variables say little alone: their turn comes in one of three rounds. */
static size_t whose_turn(struct generator *generator, size_t number)
{
    size_t constructs = item_row_count + operator_row_count + condition_row_count;

    if (number % 3 == 0)
        return constructs + pick(generator, variable_row_count);
    return number % constructs;
}

void generate(struct generator *generator, uint64_t seed, size_t number, struct buffer *out)
{
    generator->state = seed * 0xD1342543DE82EF95U + number;
    generator->out = out;
    generator->depth = 0;
    if (happens(generator, 4))
        write_literal(generator);
    write_turn(generator, whose_turn(generator, number));
    while (happens(generator, 3))
        write_part(generator);
}
