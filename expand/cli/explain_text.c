/* A line a part: its source, an arrow, its value; below it, further to the right,
   the parts that it was made of. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/explain_line.h"
#include "cli/explain_print.h"
#include "cli/paint.h"
#include "cli/shown.h"

/* The string itself may take more than a line. */
enum { STRING_LINES = 4 };

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
    return outer != NULL && kept_equal(&outer->item, &part->value);
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
        return kept_equal(&part->source, &part->value);
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
        explain_bindings(look, part, level);
    for (const struct explained *inner = part->first; inner != NULL; inner = inner->next) {
        if (!looked_up && (inner->role == REXPAND_ROLE_YES || inner->role == REXPAND_ROLE_NO)) {
            explain_lookups(look, part, level);
            looked_up = true;
        }
        print_part(look, inner, level, is_whole);
    }
    if (!looked_up)
        explain_lookups(look, part, level);
    if (part->part != REXPAND_PART_STRING)
        explain_bindings(look, part, level);
}

static void print_part(const struct explain_look *look, const struct explained *part, size_t level,
                       bool outer_is_whole)
{
    if (part->dropped > 0)
        explain_dropped(look, part->dropped, level);
    if (is_obvious(part, outer_is_whole))
        return;
    if (explained_is_whole(part) && !(part->is_origin && part->outer->outer == NULL)) {
        print_inside(look, part, level, outer_is_whole);
        return;
    }
    bool is_whole = explain_line(look, part, level);
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
        explain_caret(shown_columns(SHOWN_SOURCE, source->bytes, offset, SIZE_MAX - 1));
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
    explain_caret((from > 0 ? 3 : 2) +
                  shown_columns(SHOWN_SOURCE, source->bytes + from, offset - from, SIZE_MAX - 1));
}

void explain_print_text(const struct explained *root, const struct explain_look *look)
{
    char length[48];

    paint_source(look, STRING, &root->source, look->width * STRING_LINES);
    if (!paint_fits(SHOWN_SOURCE, &root->source, look->width * STRING_LINES)) {
        (void)snprintf(length, sizeof length, " (%zu bytes)", root->source.whole);
        paint_words(look, FAINT, length);
    }
    (void)putchar('\n');
    if (root->outcome == REXPAND_DONE) {
        explain_result(look, root, look->width * STRING_LINES);
    } else {
        print_place(look, root);
        paint_words(look, root->outcome == REXPAND_FORCED_FAILURE ? NO : WRONG, explain_outcome(root));
        (void)fputs(": ", stdout);
        paint_message(look, root->message == NULL ? "" : root->message, look->width * STRING_LINES);
    }
    explain_notes(look, root);
    (void)putchar('\n');
    print_inside(look, root, 1, true);
}
