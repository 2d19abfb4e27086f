/* A line a part: its source, an arrow, its value; below it, further to the right,
   the parts that it was made of. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/explain_print.h"
#include "cli/shown.h"

enum paint { PLAIN, FAINT, LABEL, VALUE, TAINTED, NO, WRONG, STRING };

static const char *const paints[] = {
    [PLAIN] = "",          [FAINT] = "\033[2m",    [LABEL] = "\033[36m", [VALUE] = "\033[32m",
    [TAINTED] = "\033[35m", [NO] = "\033[33m", [WRONG] = "\033[31m", [STRING] = "\033[1m",
};

/* Deeper parts are not shown further to the right than this share of the line. */
enum { INDENT = 2, INDENT_SHARE = 3, LEAST_WIDTH = 40, STRING_LINES = 4 };

static void put(const struct explain_look *look, enum paint paint, const char *text)
{
    bool is_painted = look->has_colour && paint != PLAIN;

    if (is_painted)
        (void)fputs(paints[paint], stdout);
    (void)fputs(text, stdout);
    if (is_painted)
        (void)fputs("\033[0m", stdout);
}

static void begin_paint(const struct explain_look *look, enum paint paint)
{
    if (look->has_colour)
        (void)fputs(paints[paint], stdout);
}

static void end_paint(const struct explain_look *look)
{
    if (look->has_colour)
        (void)fputs("\033[0m", stdout);
}

/* ---- pieces of a line ---- */

static size_t columns_of(const char *text)
{
    return shown_columns(SHOWN_SOURCE, text, strlen(text), SIZE_MAX - 1);
}

static size_t put_indent(const struct explain_look *look, size_t level)
{
    size_t indent = level * INDENT;

    if (indent > look->width / INDENT_SHARE)
        indent = look->width / INDENT_SHARE;
    (void)printf("%*s", (int)indent, "");
    return indent;
}

static bool is_shown_whole(enum shown_as as, const struct kept *text, size_t room)
{
    return text->whole == text->length && shown_columns(as, text->bytes, text->length, room) <= room;
}

static void put_source(const struct explain_look *look, enum paint paint, const struct kept *source, size_t room)
{
    begin_paint(look, paint);
    if (is_shown_whole(SHOWN_SOURCE, source, room)) {
        (void)shown_print(SHOWN_SOURCE, source->bytes, source->length, room);
    } else {
        (void)shown_print(SHOWN_SOURCE, source->bytes, source->length, room > 1 ? room - 1 : 1);
        (void)fputs("…", stdout);
    }
    end_paint(look);
}

/* In quotes, and cut, with its length named, where it does not fit. */
static void put_value(const struct explain_look *look, const struct kept *value, size_t room)
{
    char length[48];
    size_t inside = room > 2 ? room - 2 : 1;

    if (value->bytes == NULL)
        return;
    bool is_whole = is_shown_whole(SHOWN_VALUE, value, inside);
    (void)snprintf(length, sizeof length, " (%zu bytes)", value->whole);
    if (!is_whole)
        inside = inside > strlen(length) + 9 ? inside - strlen(length) - 1 : 8;
    begin_paint(look, VALUE);
    (void)putchar('"');
    (void)shown_print(SHOWN_VALUE, value->bytes, value->length, inside);
    (void)fputs(is_whole ? "\"" : "…\"", stdout);
    end_paint(look);
    if (!is_whole)
        put(look, FAINT, length);
    if (value->is_tainted)
        put(look, TAINTED, " tainted");
}

static size_t value_columns(const struct kept *value, size_t most)
{
    if (value->bytes == NULL)
        return 0;
    return shown_columns(SHOWN_VALUE, value->bytes, value->length, most) + 2 +
           (value->is_tainted ? strlen(" tainted") : 0) + (value->whole > value->length ? most : 0);
}

static void put_time(const struct explain_look *look, double seconds)
{
    char text[48];

    if (seconds >= 1)
        (void)snprintf(text, sizeof text, "  %.2f s", seconds);
    else
        (void)snprintf(text, sizeof text, "  %.*f ms", seconds >= 0.01 ? 0 : 2, seconds * 1000);
    put(look, FAINT, text);
}

static void put_message(const struct explain_look *look, const char *message)
{
    begin_paint(look, WRONG);
    (void)shown_print(SHOWN_SOURCE, message, strlen(message), SIZE_MAX);
    end_paint(look);
}

/* ---- results ---- */

static const char *result_words(const struct explained *part)
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
        return part->truth ? "→ decides" : "→ no match";
    return part->truth ? "→ true" : "→ false";
}

/* Columns that the result would like to have. */
static size_t result_columns(const struct explained *part, size_t most)
{
    if (part->outcome == REXPAND_DONE && !part->is_truth)
        return strlen("-> ") + value_columns(&part->value, most);
    return columns_of(result_words(part));
}

static void put_result(const struct explain_look *look, const struct explained *part, size_t room)
{
    if (part->outcome != REXPAND_DONE) {
        put(look, part->outcome == REXPAND_FORCED_FAILURE ? NO : WRONG, result_words(part));
        if (!part->is_origin || part->outcome == REXPAND_FORCED_FAILURE || part->message == NULL)
            return;
        (void)fputs(": ", stdout);
        put_message(look, part->message);
        return;
    }
    if (part->is_truth) {
        put(look, part->truth ? VALUE : NO, result_words(part));
        return;
    }
    put(look, FAINT, "→ ");
    size_t taken = strlen("-> ") + (part->value.is_tainted ? strlen(" tainted") : 0);
    put_value(look, &part->value, room > taken + 12 ? room - taken : 12);
}

/* What there is to say behind a result. */
static void put_notes(const struct explain_look *look, const struct explained *part)
{
    if (part->is_constant)
        put(look, FAINT, "  constant");
    if (part->is_known && part->part == REXPAND_PART_LIST_ITEM)
        put(look, FAINT, "  remembered");
    if (part->is_known && part->part == REXPAND_PART_STRING && part->outer != NULL)
        put(look, FAINT, "  compiled before");
    if (part->seconds >= 0.001 && part->lookups == NULL)
        put_time(look, part->seconds);
}

/* ---- lines ---- */

static const char *label_of(const struct explained *part)
{
    if (part->part == REXPAND_PART_STRING)
        return "expands ";
    if (part->part == REXPAND_PART_LIST_ITEM)
        return "item ";
    switch (part->role) {
    case REXPAND_ROLE_YES:
        return "yes: ";
    case REXPAND_ROLE_NO:
        return "no: ";
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

static size_t put_label(const struct explain_look *look, const struct explained *part, size_t room)
{
    char text[48];

    if (part->role == REXPAND_ROLE_EACH && part->item.bytes != NULL) {
        size_t most = room / 3;
        (void)snprintf(text, sizeof text, "item %zu ", part->number);
        put(look, LABEL, text);
        put_value(look, &part->item, most);
        put(look, LABEL, ": ");
        size_t columns = value_columns(&part->item, most);
        return strlen(text) + 2 + (columns < most ? columns : most);
    }
    const char *label = label_of(part);
    put(look, LABEL, label);
    return columns_of(label);
}

/* The source with its "!", or the variable's name. Gives the columns. */
static size_t put_head(const struct explain_look *look, const struct explained *part, size_t room, bool *is_whole)
{
    enum paint paint = part->is_skipped ? FAINT : PLAIN;
    size_t taken = 0;

    *is_whole = true;
    if (is_variable(part)) {
        put(look, paint, "$");
        put_source(look, paint, &part->name, room);
        return 1 + shown_columns(SHOWN_SOURCE, part->name.bytes, part->name.length, room);
    }
    if (part->is_negated) {
        put(look, paint, "!");
        taken = 1;
    }
    *is_whole = is_shown_whole(SHOWN_SOURCE, &part->source, room - taken);
    put_source(look, paint, &part->source, room - taken);
    size_t columns = shown_columns(SHOWN_SOURCE, part->source.bytes, part->source.length, room);
    return taken + (columns < room - taken ? columns : room - taken);
}

static void put_caret(size_t column)
{
    (void)printf("%*s^\n", (int)column, "");
}

static bool is_same_text(const struct kept *left, const struct kept *right)
{
    return left->whole == right->whole && left->length == right->length && left->bytes != NULL &&
           right->bytes != NULL && memcmp(left->bytes, right->bytes, left->length) == 0;
}

/* What stands on a skipped part's line instead of a result. */
static const char *why_skipped(const struct explained *part)
{
    if (part->role == REXPAND_ROLE_YES || part->role == REXPAND_ROLE_NO)
        return "  not taken";
    return part->role == REXPAND_ROLE_EACH ? "  not evaluated: the list is empty" : "  not evaluated";
}

/* One part's line; says whether all of its source is on it. */
static bool print_line(const struct explain_look *look, const struct explained *part, size_t level)
{
    size_t indent = put_indent(look, level);
    size_t room = look->width - indent;
    size_t label = put_label(look, part, room);
    bool is_whole = true;

    room = room > label + LEAST_WIDTH / 2 ? room - label : LEAST_WIDTH / 2;
    if (part->is_skipped) {
        size_t words = strlen(why_skipped(part));
        (void)put_head(look, part, room - words > LEAST_WIDTH / 4 ? room - words : LEAST_WIDTH / 4, &is_whole);
        put(look, FAINT, why_skipped(part));
        (void)putchar('\n');
        return is_whole;
    }
    /* The source may have what the result leaves, and half of the line anyway. */
    size_t result = result_columns(part, room) + 1;
    size_t source = result < room / 2 ? room - result : room / 2;
    bool is_plain = part->part == REXPAND_PART_TEXT && is_same_text(&part->source, &part->value);
    size_t head = 0;
    if (part->part == REXPAND_PART_ABSENT)
        put(look, FAINT, "nothing is written ");
    else if (!is_plain)
        head = put_head(look, part, source, &is_whole) + 1;
    if (head > 0)
        (void)putchar(' ');
    put_result(look, part, room > head ? room - head : 0);
    put_notes(look, part);
    (void)putchar('\n');
    bool has_caret = part->part == REXPAND_PART_STRING && part->outcome != REXPAND_DONE && is_whole &&
                     part->message_offset <= part->source.length;
    if (has_caret)
        put_caret(indent + label +
                  shown_columns(SHOWN_SOURCE, part->source.bytes, part->message_offset, SIZE_MAX - 1));
    return is_whole;
}

static void print_lookup(const struct explain_look *look, const struct explained_lookup *lookup, size_t level)
{
    size_t indent = put_indent(look, level);
    size_t room = look->width - indent;

    put(look, LABEL, "lookup ");
    (void)fputs(lookup->driver, stdout);
    if (lookup->options.length > 0) {
        (void)putchar(',');
        put_source(look, PLAIN, &lookup->options, room / 4);
    }
    if (lookup->file.length > 0) {
        (void)putchar(' ');
        put_source(look, PLAIN, &lookup->file, room / 3);
    }
    if (lookup->source != NULL && lookup->file.length == 0)
        (void)printf(" %s", lookup->source);
    if (lookup->is_from_cache)
        put(look, FAINT, " from the cache");
    (void)putchar(' ');
    if (lookup->outcome != REXPAND_DONE) {
        put(look, WRONG, lookup->outcome == REXPAND_DEFERRED ? "✗ deferred" : "✗ failed");
    } else if (lookup->is_found) {
        put(look, VALUE, "→ found ");
        put_value(look, &lookup->value, room / 3 > 20 ? room / 3 : 20);
    } else {
        put(look, NO, "→ not found");
    }
    if (!lookup->is_from_cache)
        put_time(look, lookup->seconds);
    if (lookup->source != NULL && lookup->file.length > 0) {
        (void)fputs("  ", stdout);
        put(look, FAINT, lookup->source);
    }
    (void)putchar('\n');
}

static void print_lookups(const struct explain_look *look, const struct explained *part, size_t level)
{
    for (const struct explained_lookup *lookup = part->lookups; lookup != NULL; lookup = lookup->next)
        print_lookup(look, lookup, level);
}

/* $0, $1, … and $value, as the part left them, or a string found them. */
static void print_bindings(const struct explain_look *look, const struct explained *part, size_t level)
{
    if (part->capture_count == 0 && part->new_value.bytes == NULL)
        return;
    size_t room = look->width - put_indent(look, level);
    put(look, LABEL, part->part == REXPAND_PART_STRING ? "with" : "sets");
    for (size_t i = 0; i < part->capture_count; i++) {
        (void)printf("%s $%zu = ", i == 0 ? "" : ",", i);
        put_value(look, &part->captures[i], room / 3);
    }
    if (part->new_value.bytes != NULL) {
        (void)printf("%s $value = ", part->capture_count == 0 ? "" : ",");
        put_value(look, &part->new_value, room / 3);
    }
    (void)putchar('\n');
}

static void print_dropped(const struct explain_look *look, size_t count, size_t level)
{
    char text[64];

    (void)put_indent(look, level);
    (void)snprintf(text, sizeof text, "… and %zu more\n", count);
    put(look, FAINT, text);
}

/* ---- the tree ---- */

/* $item is on the line of the item already. */
static bool is_item_again(const struct explained *part)
{
    const struct explained *outer = part->outer;

    if (part->part != REXPAND_PART_VARIABLE || part->name.bytes == NULL || strcmp(part->name.bytes, "item") != 0)
        return false;
    while (outer != NULL && outer->item.bytes == NULL)
        outer = outer->outer;
    return outer != NULL && is_same_text(&outer->item, &part->value);
}

/* Plain text that the source of the part around shows as well, and what says
   nothing new. */
static bool is_obvious(const struct explained *part, bool outer_is_whole)
{
    if (part->is_skipped || part->outcome != REXPAND_DONE || part->dropped > 0)
        return false;
    if (is_item_again(part) && part->role != REXPAND_ROLE_EACH)
        return true;
    if (part->part == REXPAND_PART_ABSENT)
        return part->role == REXPAND_ROLE_YES;
    if (part->part != REXPAND_PART_TEXT || part->is_constant)
        return false;
    return part->role == REXPAND_ROLE_PART || (part->role == REXPAND_ROLE_ARGUMENT && outer_is_whole);
}

/* The only part of a string, whose line would be the string's again. */
static bool is_whole_string(const struct explained *part)
{
    const struct explained *outer = part->outer;

    return outer != NULL && outer->part == REXPAND_PART_STRING && part->role == REXPAND_ROLE_PART &&
           part->part != REXPAND_PART_STRING && part->source.whole == outer->source.whole &&
           part->part != REXPAND_PART_MISTAKE;
}

static void print_part(const struct explain_look *look, const struct explained *part, size_t level,
                       bool outer_is_whole);

static void print_inside(const struct explain_look *look, const struct explained *part, size_t level,
                         bool is_whole)
{
    bool looked_up = part->lookups == NULL;

    if (part->part == REXPAND_PART_STRING)
        print_bindings(look, part, level);
    for (const struct explained *inner = part->first; inner != NULL; inner = inner->next) {
        if (!looked_up && (inner->role == REXPAND_ROLE_YES || inner->role == REXPAND_ROLE_NO)) {
            print_lookups(look, part, level);
            looked_up = true;
        }
        print_part(look, inner, level, is_whole);
    }
    if (!looked_up)
        print_lookups(look, part, level);
    if (part->part != REXPAND_PART_STRING)
        print_bindings(look, part, level);
}

static void print_part(const struct explain_look *look, const struct explained *part, size_t level,
                       bool outer_is_whole)
{
    if (part->dropped > 0)
        print_dropped(look, part->dropped, level);
    if (is_obvious(part, outer_is_whole))
        return;
    if (is_whole_string(part) && !(part->is_origin && part->outer->outer == NULL)) {
        print_inside(look, part, level, outer_is_whole);
        return;
    }
    bool is_whole = print_line(look, part, level);
    print_inside(look, part, level + 1, is_whole);
}

/* ---- the string itself ---- */

/* The part of the string around "offset" with a mark below it. */
static void print_place(const struct explain_look *look, const struct explained *root)
{
    const struct kept *source = &root->source;
    size_t offset = root->message_offset;

    if (offset > source->length)
        return;
    if (shown_columns(SHOWN_SOURCE, source->bytes, source->length, look->width) <= look->width) {
        put_caret(shown_columns(SHOWN_SOURCE, source->bytes, offset, SIZE_MAX - 1));
        return;
    }
    size_t from = offset;
    while (from > 0 && shown_columns(SHOWN_SOURCE, source->bytes + from, offset - from, look->width) <
                           look->width * 3 / 4)
        from--;
    while (from > 0 && (source->bytes[from] & 0xC0) == 0x80)
        from--;
    (void)fputs(from > 0 ? "  …" : "  ", stdout);
    size_t room = look->width - 4;
    size_t shown = shown_print(SHOWN_SOURCE, source->bytes + from, source->length - from, room);
    (void)fputs(from + shown < source->length ? "…\n" : "\n", stdout);
    put_caret(2 + (from > 0) + shown_columns(SHOWN_SOURCE, source->bytes + from, offset - from, SIZE_MAX - 1));
}

void explain_print_text(const struct explained *root, const struct explain_look *look)
{
    put_source(look, STRING, &root->source, look->width * STRING_LINES * 4);
    (void)putchar('\n');
    if (root->outcome == REXPAND_DONE) {
        put_result(look, root, look->width * STRING_LINES);
    } else {
        print_place(look, root);
        put(look, WRONG, "✗ Failed: ");
        put_message(look, root->message == NULL ? "" : root->message);
    }
    put_notes(look, root);
    (void)putchar('\n');
    print_inside(look, root, 1, true);
}
