/* A line a part: its source, an arrow, its value; below it, further to the right,
   the parts that it was made of. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/explain_print.h"
#include "cli/paint.h"
#include "cli/shown.h"

/* Deeper parts are not shown further to the right than this share of the line. */
enum { INDENT = 2, INDENT_SHARE = 3, LEAST_WIDTH = 40, STRING_LINES = 4 };

static size_t put_indent(const struct explain_look *look, size_t level)
{
    size_t indent = level * INDENT;

    if (indent > look->width / INDENT_SHARE)
        indent = look->width / INDENT_SHARE;
    (void)printf("%*s", (int)indent, "");
    return indent;
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
        return !part->truth                   ? "→ no match"
               : part->source.bytes[0] == '!' ? "→ match: not in the list"
                                              : "→ match";
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
        size_t words = columns_of(result_words(part)) + 2;
        put_message(look, part->message, room > words + LEAST_WIDTH ? room - words : LEAST_WIDTH);
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

/* The only part of a string, whose line would be the string's again. */
static bool is_whole_string(const struct explained *part)
{
    const struct explained *outer = part->outer;

    return outer != NULL && outer->part == REXPAND_PART_STRING && part->role == REXPAND_ROLE_PART &&
           part->part != REXPAND_PART_STRING && part->source.whole == outer->source.whole &&
           part->part != REXPAND_PART_MISTAKE;
}

/* What there is to say behind a result. */
static void put_notes(const struct explain_look *look, const struct explained *part)
{
    if (part->is_constant ||
        (part->first != NULL && is_whole_string(part->first) && part->first->is_constant))
        put(look, FAINT, "  constant");
    if (part->is_known && part->part == REXPAND_PART_LIST_ITEM)
        put(look, FAINT, "  remembered");
    if (part->is_known && part->part == REXPAND_PART_STRING && part->outer != NULL)
        put(look, FAINT, "  compiled before");
    if (part->seconds >= 0.001 && part->lookups == NULL)
        put_time(look, part->seconds);
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

static bool is_same_text(const struct kept *left, const struct kept *right)
{
    return left->whole == right->whole && left->length == right->length && left->bytes != NULL &&
           right->bytes != NULL && memcmp(left->bytes, right->bytes, left->length) == 0;
}

/* Text whose source is its value. */
static bool is_plain(const struct explained *part)
{
    return !part->is_skipped && part->part == REXPAND_PART_TEXT && is_same_text(&part->source, &part->value);
}

static size_t put_label(const struct explain_look *look, const struct explained *part, size_t room)
{
    char text[48];
    bool has_colon = !is_plain(part);

    if (part->role == REXPAND_ROLE_EACH && part->item.bytes != NULL) {
        size_t most = room / 3;
        (void)snprintf(text, sizeof text, "item %zu ", part->number);
        put(look, LABEL, text);
        put_value(look, &part->item, most);
        put(look, LABEL, has_colon ? ": " : " ");
        size_t columns = value_columns(&part->item, most);
        return strlen(text) + 2 + (columns < most ? columns : most);
    }
    const char *label = label_of(part, has_colon);
    if (label[0] == '\0' && !has_colon)
        label = "text ";
    put(look, LABEL, label);
    return columns_of(label);
}

/* The source with its "!", or the variable's name. Gives the columns. */
static size_t put_head(const struct explain_look *look, const struct explained *part, size_t room,
                       bool *is_whole)
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
        (void)put_head(look, part, room - words > LEAST_WIDTH / 4 ? room - words : LEAST_WIDTH / 4,
                       &is_whole);
        put(look, FAINT, why_skipped(part));
        (void)putchar('\n');
        return is_whole;
    }
    /* The source may have what the result leaves, and half of the line anyway. */
    size_t result = result_columns(part, room) + 1;
    size_t source = result < room / 2 ? room - result : room / 2;
    size_t head = 0;
    if (part->part == REXPAND_PART_ABSENT)
        put(look, FAINT, "nothing is written ");
    else if (part->part == REXPAND_PART_MISTAKE)
        put(look, FAINT, "here ");
    else if (!is_plain(part))
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
        put_source(look, PLAIN, &lookup->options, room / 2);
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
        put_value(look, &lookup->value,
                  room > 2 * LEAST_WIDTH ? room - LEAST_WIDTH - LEAST_WIDTH / 4 : LEAST_WIDTH / 2);
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
    bool is_tainted = part->new_value.is_tainted;
    put(look, LABEL, part->part == REXPAND_PART_STRING ? "with" : "sets");
    for (size_t i = 0; i < part->capture_count; i++) {
        (void)printf("%s $%zu = ", i == 0 ? "" : ",", i);
        put_quoted(look, &part->captures[i], room / 3);
        is_tainted = is_tainted || part->captures[i].is_tainted;
    }
    if (part->new_value.bytes != NULL) {
        (void)printf("%s $value = ", part->capture_count == 0 ? "" : ",");
        put_quoted(look, &part->new_value, room / 3);
    }
    if (is_tainted)
        put(look, TAINTED, " tainted");
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

    if (part->part != REXPAND_PART_VARIABLE || part->name.bytes == NULL ||
        strcmp(part->name.bytes, "item") != 0)
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
    if (part->part == REXPAND_PART_STRING && part->capture_count == 0)
        return is_same_text(&part->source, &part->value);
    if (part->part != REXPAND_PART_TEXT || part->is_constant)
        return false;
    return part->role == REXPAND_ROLE_PART || (part->role == REXPAND_ROLE_ARGUMENT && outer_is_whole);
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
    size_t before = look->width * 3 / 4;
    while (from > 0 && shown_columns(SHOWN_SOURCE, source->bytes + from, offset - from, before) < before)
        from--;
    while (from > 0 && ((unsigned char)source->bytes[from] & 0xC0) == 0x80)
        from--;
    (void)fputs(from > 0 ? "  …" : "  ", stdout);
    size_t room = look->width - 4;
    size_t shown = shown_print(SHOWN_SOURCE, source->bytes + from, source->length - from, room);
    (void)fputs(from + shown < source->length ? "…\n" : "\n", stdout);
    put_caret((from > 0 ? 3 : 2) +
              shown_columns(SHOWN_SOURCE, source->bytes + from, offset - from, SIZE_MAX - 1));
}

void explain_print_text(const struct explained *root, const struct explain_look *look)
{
    char length[48];

    put_source(look, STRING, &root->source, look->width * STRING_LINES);
    if (!is_shown_whole(SHOWN_SOURCE, &root->source, look->width * STRING_LINES)) {
        (void)snprintf(length, sizeof length, " (%zu bytes)", root->source.whole);
        put(look, FAINT, length);
    }
    (void)putchar('\n');
    if (root->outcome == REXPAND_DONE) {
        put_result(look, root, look->width * STRING_LINES);
    } else {
        print_place(look, root);
        put(look, root->outcome == REXPAND_FORCED_FAILURE ? NO : WRONG, result_words(root));
        (void)fputs(": ", stdout);
        put_message(look, root->message == NULL ? "" : root->message, look->width * STRING_LINES);
    }
    put_notes(look, root);
    (void)putchar('\n');
    print_inside(look, root, 1, true);
}
