#include "config/acl_reader.h"

#include <string.h>

#include "config/private.h"
#include "lang/call.h"

/* A line is taken apart from the left. */
struct scanner {
    struct acl_reader *reader;
    const struct config_line *line;
    const char *at;
    struct value name; /* read last */
    struct error *error;
};

void acl_reader_begin(struct acl_reader *reader, struct arena *arena, struct acl *acl)
{
    *reader = (struct acl_reader){.arena = arena, .acl = acl, .next_statement = &acl->statements};
}

/* Reads a name, which may be empty, and the white space around it. */
static const char *read_name(const char *text, struct value *name)
{
    text = skip_space(text);
    *name = value_clean(text, byte_is_letter(*text) ? word_length(text) : 0);
    return skip_space(text + name->length);
}

bool acl_reader_ends(const struct value *text)
{
    struct value name;
    const char *rest = skip_space(text->bytes);

    if (*rest == '!')
        rest++;
    rest = read_name(rest, &name);
    bool is_upper = name.length > 0 && name.bytes[0] >= 'A' && name.bytes[0] <= 'Z';
    return *rest == ':' || (is_upper && *rest == '=');
}

static enum outcome fail_with_line(struct scanner *scanner, const char *what)
{
    return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED, "%s \"%s\"", what,
                     scanner->line->text.bytes);
}

static bool find_verb(const struct value *name, enum acl_verb *verb)
{
    for (size_t i = 0; i < ACL_VERBS; i++) {
        if (!value_equals_text(name, acl_verb_name((enum acl_verb)i)))
            continue;
        *verb = (enum acl_verb)i;
        return true;
    }
    return false;
}

static enum outcome add_statement(struct scanner *scanner, enum acl_verb verb)
{
    struct acl_reader *reader = scanner->reader;
    struct acl_statement *statement = arena_calloc(reader->arena, 1, sizeof *statement);

    if (statement == NULL)
        return error_no_memory(scanner->error);
    statement->verb = verb;
    statement->place = scanner->line->place;
    *reader->next_statement = statement;
    reader->next_statement = &statement->next;
    reader->statement = statement;
    reader->next_condition = &statement->conditions;
    return OUTCOME_DONE;
}

/* The verb that a line may begin with; a condition's name there goes on with the
   verb before. */
static enum outcome read_verb(struct scanner *scanner, bool *is_negated)
{
    enum acl_verb verb;

    scanner->at = skip_space(scanner->at);
    *is_negated = *scanner->at == '!';
    scanner->at = read_name(scanner->at + *is_negated, &scanner->name);
    if (!find_verb(&scanner->name, &verb)) {
        if (scanner->reader->statement != NULL)
            return OUTCOME_DONE;
        return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED,
                         "unknown ACL verb \"%.*s\" in \"%s\"", CALL_TEXT(&scanner->name),
                         scanner->line->text.bytes);
    }
    if (*is_negated)
        return fail_with_line(scanner, "malformed ACL line");
    enum outcome outcome = add_statement(scanner, verb);
    if (outcome != OUTCOME_DONE || *scanner->at == '\0') {
        scanner->name = (struct value){0};
        return outcome;
    }
    *is_negated = *scanner->at == '!';
    scanner->at = read_name(scanner->at + *is_negated, &scanner->name);
    return OUTCOME_DONE;
}

/* What the table and the verb say against the condition. */
static enum outcome check_condition(struct scanner *scanner, const struct acl_row *row, bool is_negated)
{
    enum acl_verb verb = scanner->reader->statement->verb;

    if (row == NULL)
        return fail_with_line(scanner, "unknown ACL condition/modifier in");
    if (is_negated && row->is_modifier) {
        return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED,
                         "ACL error: negation is not allowed with \"%s\"", row->name);
    }
    if (row->text == ACL_TEXT_NONE && verb != ACL_ACCEPT && verb != ACL_DISCARD) {
        return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED,
                         "ACL error: \"%s\" is not allowed with \"%s\"", row->name, acl_verb_name(verb));
    }
    return OUTCOME_DONE;
}

/* acl_(c|m)(digit | "_") and then letters, digits, "_". */
static enum outcome read_variable(struct scanner *scanner, struct value *variable)
{
    static const char prefix[] = "acl_";
    const size_t letter = sizeof prefix - 1;
    const char *name = scanner->at;
    const char *wrong = NULL;

    if (strncmp(name, prefix, letter) != 0 || (name[letter] != 'c' && name[letter] != 'm'))
        wrong = "must start \"acl_c\" or \"acl_m\"";
    else if (!byte_is_digit(name[letter + 1]) && name[letter + 1] != '_')
        wrong = "digit or underscore must follow acl_c or acl_m";
    if (wrong != NULL) {
        return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED,
                         "invalid variable name after \"set\" in ACL modifier \"set %s\" (%s)", name, wrong);
    }
    const char *end = name + word_length(name);
    if (*end != '\0' && *end != '=' && !byte_is_space(*end)) {
        return error_set(scanner->error, scanner->reader->arena, OUTCOME_FAILED,
                         "invalid character \"%c\" in variable name in ACL modifier \"set %s\"", *end, name);
    }
    *variable = value_clean(name, (size_t)(end - name));
    scanner->at = skip_space(end);
    return OUTCOME_DONE;
}

/* Reads what stands behind a condition's name, and adds it. */
static enum outcome add_condition(struct scanner *scanner, const struct acl_row *row, bool is_negated)
{
    struct acl_reader *reader = scanner->reader;
    struct acl_condition *condition = arena_calloc(reader->arena, 1, sizeof *condition);

    if (condition == NULL)
        return error_no_memory(scanner->error);
    *condition = (struct acl_condition){.row = row, .is_negated = is_negated, .line = scanner->line};
    if (strcmp(row->name, "set") == 0) {
        enum outcome outcome = read_variable(scanner, &condition->variable);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    if (row->text != ACL_TEXT_NONE) {
        if (*scanner->at != '=') {
            return error_set(scanner->error, reader->arena, OUTCOME_FAILED,
                             "\"=\" missing after ACL \"%s\" %s", row->name,
                             row->is_modifier ? "modifier" : "condition");
        }
        scanner->at = skip_space(scanner->at + 1);
        condition->offset = (size_t)(scanner->at - scanner->line->text.bytes);
        condition->text = value_clean(scanner->at, scanner->line->text.length - condition->offset);
    }
    *reader->next_condition = condition;
    reader->next_condition = &condition->next;
    return OUTCOME_DONE;
}

enum outcome acl_reader_add(struct acl_reader *reader, const struct config_line *line, struct error *error)
{
    struct scanner scanner = {.reader = reader, .line = line, .at = line->text.bytes, .error = error};
    bool is_negated;
    enum outcome outcome = read_verb(&scanner, &is_negated);

    if (outcome != OUTCOME_DONE || scanner.name.bytes == NULL)
        return outcome;
    const struct acl_row *row = acl_row_find(scanner.name.bytes, scanner.name.length);
    outcome = check_condition(&scanner, row, is_negated);
    return outcome == OUTCOME_DONE ? add_condition(&scanner, row, is_negated) : outcome;
}
