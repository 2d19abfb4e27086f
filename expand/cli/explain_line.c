#include "cli/explain_line.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/paint.h"
#include "cli/shown.h"

/* Deeper parts are not shown further to the right than this share of the line. */
enum { INDENT = 2, INDENT_SHARE = 3, LEAST_WIDTH = 40 };

static size_t put_indent(const struct explain_look *look, size_t level)
{
    size_t indent = level * INDENT;

    if (indent > look->width / INDENT_SHARE)
        indent = look->width / INDENT_SHARE;
    (void)printf("%*s", (int)indent, "");
    return indent;
}

/* ---- results ---- */

const char *explain_outcome(const struct explained *part)
{
    static const char *const words[] = {
        [REXPAND_DONE] = "",
        [REXPAND_FORCED_FAILURE] = "✗ forced failure",
        [REXPAND_FAILED] = "✗ failed",
        [REXPAND_DEFERRED] = "✗ deferred",
    };

    if (part->outcome != REXPAND_DONE)
        return words[part->outcome];
    if (!part->is_truth)
        return "";
    if (part->part == REXPAND_PART_LIST_ITEM)
        return !part->truth                   ? "→ no match"
               : part->source.bytes[0] == '!' ? "→ match: not in the list"
                                              : "→ match";
    return part->truth ? "→ true" : "→ false";
}

static bool has_message(const struct explained *part)
{
    return part->is_origin && part->outcome != REXPAND_FORCED_FAILURE && part->message != NULL;
}

/* Columns that the result would like to have. */
static size_t result_columns(const struct explained *part, size_t most)
{
    if (part->outcome == REXPAND_DONE && !part->is_truth)
        return paint_columns("→ ") + paint_value_columns(&part->value, most);
    size_t words = paint_columns(explain_outcome(part));
    return has_message(part)
               ? words + 2 + shown_columns(SHOWN_SOURCE, part->message, strlen(part->message), most)
               : words;
}

void explain_result(const struct explain_look *look, const struct explained *part, size_t room)
{
    if (part->outcome != REXPAND_DONE) {
        paint_words(look, part->outcome == REXPAND_FORCED_FAILURE ? NO : WRONG, explain_outcome(part));
        if (!has_message(part))
            return;
        (void)fputs(": ", stdout);
        size_t words = paint_columns(explain_outcome(part)) + 2;
        paint_message(look, part->message, room > words + LEAST_WIDTH / 2 ? room - words : LEAST_WIDTH / 2);
        return;
    }
    if (part->is_truth) {
        paint_words(look, part->truth ? VALUE : NO, explain_outcome(part));
        return;
    }
    paint_words(look, FAINT, "→ ");
    size_t taken = paint_columns("→ ") + (part->value.is_tainted ? strlen(" tainted") : 0);
    paint_value(look, &part->value, room > taken + 12 ? room - taken : 12);
}

/* What there is to say behind a result. */
static const char *note_of(const struct explained *part)
{
    bool is_constant_string =
        part->first != NULL && explained_is_whole(part->first) && part->first->is_constant;

    if (part->is_skipped)
        return "";
    if (part->is_constant || is_constant_string)
        return "  constant";
    if (part->is_known && part->part == REXPAND_PART_LIST_ITEM)
        return "  remembered";
    return part->is_known && part->part == REXPAND_PART_STRING && part->outer != NULL ? "  compiled before"
                                                                                      : "";
}

static bool has_time(const struct explained *part)
{
    return part->seconds >= 0.001 && part->lookups == NULL;
}

static size_t notes_columns(const struct explained *part)
{
    return strlen(note_of(part)) + (has_time(part) ? strlen("  1000 ms") : 0);
}

void explain_notes(const struct explain_look *look, const struct explained *part)
{
    paint_words(look, FAINT, note_of(part));
    if (has_time(part))
        paint_time(look, part->seconds);
}

/* ---- lines ---- */

static const char *label_of(const struct explained *part, bool has_colon)
{
    if (part->part == REXPAND_PART_STRING)
        return "expands ";
    if (part->part == REXPAND_PART_LIST_ITEM)
        return "item ";
    switch (part->role) {
    case REXPAND_ROLE_YES:
        return has_colon ? "yes: " : "yes ";
    case REXPAND_ROLE_NO:
        return has_colon ? "no: " : "no ";
    case REXPAND_ROLE_EACH:
    case REXPAND_ROLE_PART:
    case REXPAND_ROLE_ARGUMENT:
    case REXPAND_ROLE_CONDITION:
        break;
    }
    return "";
}

static bool is_variable(const struct explained *part)
{
    return part->part == REXPAND_PART_VARIABLE || part->part == REXPAND_PART_CAPTURE;
}

/* Text whose source is its value. */
static bool is_plain(const struct explained *part)
{
    return !part->is_skipped && part->part == REXPAND_PART_TEXT && kept_equal(&part->source, &part->value);
}

/* A value among a label's words, in a third of the line at most. Gives the columns. */
static size_t put_label_value(const struct explain_look *look, const struct kept *value, size_t room)
{
    size_t most = room / 3 + (value->is_tainted ? strlen(" tainted") : 0);
    size_t columns = paint_value_columns(value, most);

    paint_value(look, value, room / 3);
    return columns < most ? columns : most;
}

static size_t put_item_label(const struct explain_look *look, const struct explained *part, size_t room)
{
    char text[48];
    const char *end = is_plain(part) ? " " : ": ";

    (void)snprintf(text, sizeof text, "item %zu ", part->number);
    paint_words(look, LABEL, text);
    size_t columns = strlen(text) + put_label_value(look, &part->item, room) + strlen(end);
    if (part->so_far.bytes != NULL) {
        paint_words(look, LABEL, " after ");
        columns += strlen(" after ") + put_label_value(look, &part->so_far, room);
    }
    paint_words(look, LABEL, end);
    return columns;
}

static size_t put_label(const struct explain_look *look, const struct explained *part, size_t room)
{
    bool has_colon = !is_plain(part);
    const char *label = label_of(part, has_colon);

    if (part->role == REXPAND_ROLE_EACH && part->item.bytes != NULL)
        return put_item_label(look, part, room);
    if (label[0] == '\0' && !has_colon)
        label = "text ";
    paint_words(look, LABEL, label);
    return paint_columns(label);
}

/* The source with its "!", or the variable's name. Gives the columns. */
static size_t put_head(const struct explain_look *look, const struct explained *part, size_t room,
                       bool *is_whole)
{
    enum paint paint = part->is_skipped ? FAINT : PLAIN;
    size_t taken = 0;

    *is_whole = true;
    if (is_variable(part)) {
        paint_words(look, paint, "$");
        paint_source(look, paint, &part->name, room);
        return 1 + shown_columns(SHOWN_SOURCE, part->name.bytes, part->name.length, room);
    }
    if (part->is_negated) {
        paint_words(look, paint, "!");
        taken = 1;
    }
    *is_whole = paint_fits(SHOWN_SOURCE, &part->source, room - taken);
    paint_source(look, paint, &part->source, room - taken);
    size_t columns = shown_columns(SHOWN_SOURCE, part->source.bytes, part->source.length, room);
    return taken + (columns < room - taken ? columns : room - taken);
}

static size_t head_columns(const struct explained *part, size_t most)
{
    const struct kept *source = is_variable(part) ? &part->name : &part->source;
    size_t columns = shown_columns(SHOWN_SOURCE, source->bytes, source->length, most);

    return columns + (is_variable(part) || part->is_negated) + (source->whole > source->length ? most : 0);
}

void explain_caret(size_t column)
{
    (void)printf("%*s^\n", (int)column, "");
}

/* What stands on a skipped part's line instead of a result. */
static const char *why_skipped(const struct explained *part)
{
    if (part->role == REXPAND_ROLE_YES || part->role == REXPAND_ROLE_NO)
        return "  not taken";
    return part->role == REXPAND_ROLE_EACH ? "  not evaluated: the list is empty" : "  not evaluated";
}

/* What stands where a part's source would, if that says nothing. */
static const char *words_for(const struct explained *part)
{
    if (part->part == REXPAND_PART_ABSENT)
        return "nothing is written";
    return part->part == REXPAND_PART_MISTAKE ? "here" : NULL;
}

/* Where a line has come to. */
struct line {
    size_t indent;
    size_t room;  /* left behind the label */
    size_t label; /* columns */
};

/* The part and its result: on one line if they fit, or one of them is short and the
   other can be cut, else on two. Says whether all of the source is there. */
static bool put_part(const struct explain_look *look, const struct explained *part, const struct line *line)
{
    const char *words = words_for(part);
    size_t result = result_columns(part, line->room) + notes_columns(part);
    bool is_whole = true;

    if (is_plain(part)) {
        explain_result(look, part, line->room - notes_columns(part));
        return true;
    }
    if (words != NULL)
        paint_words(look, FAINT, words);
    size_t wanted = words != NULL ? paint_columns(words) : head_columns(part, line->room);
    size_t room = line->room - notes_columns(part);
    if (wanted + 1 + result > line->room && result > line->room / 3 && wanted > line->room / 3) {
        if (words == NULL)
            (void)put_head(look, part, line->room, &is_whole);
        (void)printf("\n%*s", (int)(line->indent + INDENT), "");
        explain_result(look, part, look->width - line->indent - INDENT - notes_columns(part));
        return is_whole;
    }
    if (words == NULL)
        wanted = put_head(look, part, result > line->room / 3 ? wanted : line->room - result - 1, &is_whole);
    (void)putchar(' ');
    explain_result(look, part, room - wanted - 1);
    return is_whole;
}

static bool put_skipped(const struct explain_look *look, const struct explained *part,
                        const struct line *line)
{
    const char *why = why_skipped(part);
    bool is_whole;

    (void)put_head(look, part, line->room > strlen(why) ? line->room - strlen(why) : 1, &is_whole);
    paint_words(look, FAINT, why);
    return is_whole;
}

bool explain_line(const struct explain_look *look, const struct explained *part, size_t level)
{
    struct line line = {.indent = put_indent(look, level)};

    line.label = put_label(look, part, look->width - line.indent);
    line.room = look->width - line.indent - line.label;
    if (line.room > look->width || line.room < LEAST_WIDTH / 2)
        line.room = LEAST_WIDTH / 2;
    bool is_whole = part->is_skipped ? put_skipped(look, part, &line) : put_part(look, part, &line);
    explain_notes(look, part);
    (void)putchar('\n');
    bool has_caret = part->part == REXPAND_PART_STRING && part->outcome != REXPAND_DONE && is_whole &&
                     part->message_offset <= part->source.length;
    if (has_caret)
        explain_caret(line.indent + line.label +
                      shown_columns(SHOWN_SOURCE, part->source.bytes, part->message_offset, SIZE_MAX - 1));
    return is_whole;
}

static size_t most(size_t columns, size_t limit)
{
    return columns < limit ? columns : limit;
}

/* Driver, options, file and server of a lookup. Gives the columns. */
static size_t put_question(const struct explain_look *look, const struct explained_lookup *lookup,
                           size_t room)
{
    size_t taken = strlen("lookup ") + strlen(lookup->driver);

    paint_words(look, LABEL, "lookup ");
    (void)fputs(lookup->driver, stdout);
    if (lookup->options.length > 0) {
        (void)putchar(',');
        paint_source(look, PLAIN, &lookup->options, room / 2);
        taken += 1 + most(lookup->options.length, room / 2);
    }
    if (lookup->file.length > 0) {
        (void)putchar(' ');
        paint_source(look, PLAIN, &lookup->file, room / 2);
        taken += 1 + most(lookup->file.length, room / 2);
    } else if (lookup->source != NULL) {
        (void)printf(" %s", lookup->source);
        taken += 1 + strlen(lookup->source);
    }
    if (lookup->is_from_cache) {
        paint_words(look, FAINT, " from the cache");
        taken += strlen(" from the cache");
    }
    return taken;
}

/* How long it took, and how it was done. */
static void explain_manner(const struct explain_look *look, const struct explained_lookup *lookup)
{
    char text[64];

    if (!lookup->is_from_cache)
        paint_time(look, lookup->seconds);
    if (lookup->together > 0) {
        (void)snprintf(text, sizeof text, " for %zu asked together", lookup->together + 1);
        paint_words(look, FAINT, text);
    }
    if (lookup->source != NULL && lookup->file.length > 0) {
        (void)fputs("  ", stdout);
        paint_words(look, FAINT, lookup->source);
    }
}

static void print_lookup(const struct explain_look *look, const struct explained_lookup *lookup, size_t level)
{
    size_t indent = put_indent(look, level);
    size_t taken = indent + put_question(look, lookup, look->width - indent) + strlen("  1000 ms");

    (void)putchar(' ');
    if (lookup->outcome != REXPAND_DONE) {
        paint_words(look, WRONG, lookup->outcome == REXPAND_DEFERRED ? "✗ deferred" : "✗ failed");
    } else if (lookup->is_found) {
        taken += paint_columns(" → found ") + (lookup->value.is_tainted ? strlen(" tainted") : 0);
        paint_words(look, VALUE, "→ found ");
        paint_value(look, &lookup->value,
                    look->width > taken + LEAST_WIDTH / 2 ? look->width - taken : LEAST_WIDTH / 2);
    } else {
        paint_words(look, NO, "→ not found");
    }
    explain_manner(look, lookup);
    (void)putchar('\n');
}

void explain_lookups(const struct explain_look *look, const struct explained *part, size_t level)
{
    for (const struct explained_lookup *lookup = part->lookups; lookup != NULL; lookup = lookup->next)
        print_lookup(look, lookup, level);
}

void explain_bindings(const struct explain_look *look, const struct explained *part, size_t level)
{
    if (part->capture_count == 0 && part->new_value.bytes == NULL)
        return;
    size_t room = look->width - put_indent(look, level);
    bool is_tainted = part->new_value.is_tainted;
    paint_words(look, LABEL, part->part == REXPAND_PART_STRING ? "with" : "sets");
    for (size_t i = 0; i < part->capture_count; i++) {
        (void)printf("%s $%zu = ", i == 0 ? "" : ",", i);
        paint_quoted(look, &part->captures[i], room / 3);
        is_tainted = is_tainted || part->captures[i].is_tainted;
    }
    if (part->new_value.bytes != NULL) {
        (void)printf("%s $value = ", part->capture_count == 0 ? "" : ",");
        paint_quoted(look, &part->new_value, room / 3);
    }
    if (is_tainted)
        paint_words(look, TAINTED, " tainted");
    (void)putchar('\n');
}

void explain_dropped(const struct explain_look *look, size_t count, size_t level)
{
    char text[64];

    (void)put_indent(look, level);
    (void)snprintf(text, sizeof text, "… and %zu more\n", count);
    paint_words(look, FAINT, text);
}
