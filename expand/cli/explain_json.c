/* The tree as JSON (RFC 8259), one object a line. Text that is not UTF-8 is given
   twice: with U+FFFD for each byte that is none, and in base64 under the same name
   with "_base64" behind it. */

#include <stdio.h>
#include <string.h>

#include "cli/explain_print.h"
#include "cli/shown.h"

/* What is written next needs a comma in front unless it is the first. */
static void put_name(const char *name, const char *behind, bool *is_first)
{
    (void)printf("%s\"%s%s\":", *is_first ? "" : ",", name, behind);
    *is_first = false;
}

/* False when some of it is no UTF-8. */
static bool put_quoted(const char *bytes, size_t length)
{
    bool is_utf8 = true;
    unsigned long code;

    (void)putchar('"');
    for (size_t at = 0; at < length;) {
        size_t taken = utf8_length(bytes + at, length - at, &code);
        if (taken == 0) {
            (void)fputs("\\ufffd", stdout);
            is_utf8 = false;
            taken = 1;
        } else if (code == '"' || code == '\\') {
            (void)printf("\\%c", (char)code);
        } else if (code < ' ' || code == 0x7F) {
            (void)printf("\\u%04lx", code);
        } else {
            (void)fwrite(bytes + at, 1, taken, stdout);
        }
        at += taken;
    }
    (void)putchar('"');
    return is_utf8;
}

static void put_base64(const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)putchar('"');
    for (size_t at = 0; at < length; at += 3) {
        unsigned long group = 0;
        for (size_t i = 0; i < 3; i++)
            group = group << 8 | (at + i < length ? (unsigned char)bytes[at + i] : 0);
        for (size_t i = 0; i < 4; i++)
            (void)putchar(at + i > length ? '=' : digits[group >> (18 - 6 * i) & 63]);
    }
    (void)putchar('"');
}

static void put_string(const char *name, const char *text, bool *is_first)
{
    if (text == NULL)
        return;
    put_name(name, "", is_first);
    if (put_quoted(text, strlen(text)))
        return;
    put_name(name, "_base64", is_first);
    put_base64(text, strlen(text));
}

/* A text that was too long to keep has its length beside it; one that was cut in a
   character ends in front of that. */
static void put_text(const char *name, const struct kept *text, bool *is_first)
{
    size_t length = text->length;
    unsigned long code;

    if (text->bytes == NULL)
        return;
    for (size_t back = 1; text->whole > length && back < 4 && back <= length; back++) {
        if (((unsigned char)text->bytes[length - back] & 0xC0) == 0x80)
            continue;
        if (utf8_length(text->bytes + length - back, back, &code) == 0)
            length -= back;
        break;
    }
    put_name(name, "", is_first);
    if (!put_quoted(text->bytes, length)) {
        put_name(name, "_base64", is_first);
        put_base64(text->bytes, length);
    }
    if (text->whole > length) {
        put_name(name, "_length", is_first);
        (void)printf("%zu", text->whole);
    }
}

static void put_value(const char *name, const struct kept *text, bool *is_first)
{
    put_text(name, text, is_first);
    if (!text->is_tainted)
        return;
    put_name(name, "_tainted", is_first);
    (void)fputs("true", stdout);
}

static void put_flag(const char *name, bool flag, bool *is_first)
{
    if (!flag)
        return;
    put_name(name, "", is_first);
    (void)fputs("true", stdout);
}

static void put_truth(const char *name, bool truth, bool *is_first)
{
    put_name(name, "", is_first);
    (void)fputs(truth ? "true" : "false", stdout);
}

static void put_size(const char *name, size_t size, bool *is_first)
{
    put_name(name, "", is_first);
    (void)printf("%zu", size);
}

/* Microseconds with nine digits; no locale is set that would make a comma of the
   point. */
static void put_seconds(double seconds, bool *is_first)
{
    put_name("seconds", "", is_first);
    (void)printf("%.9f", seconds);
}

static void put_outcome(enum rexpand_outcome outcome, bool *is_first)
{
    static const char *const words[] = {
        [REXPAND_DONE] = "done",
        [REXPAND_FORCED_FAILURE] = "forced failure",
        [REXPAND_FAILED] = "failed",
        [REXPAND_DEFERRED] = "deferred",
    };

    put_string("outcome", words[outcome], is_first);
}

static void put_lookup(const struct explained_lookup *lookup)
{
    bool is_first = true;

    (void)putchar('{');
    put_string("driver", lookup->driver, &is_first);
    put_value("key", &lookup->key, &is_first);
    put_text("file", &lookup->file, &is_first);
    if (lookup->options.length > 0)
        put_text("options", &lookup->options, &is_first);
    put_outcome(lookup->outcome, &is_first);
    if (lookup->outcome == REXPAND_DONE)
        put_truth("found", lookup->is_found, &is_first);
    put_value("value", &lookup->value, &is_first);
    put_truth("cached", lookup->is_from_cache, &is_first);
    if (lookup->together > 0)
        put_size("together", lookup->together, &is_first);
    put_string("source", lookup->source, &is_first);
    put_string("message", lookup->message, &is_first);
    put_seconds(lookup->seconds, &is_first);
    (void)putchar('}');
}

static void put_lookups(const struct explained *part, bool *is_first)
{
    if (part->lookups == NULL)
        return;
    put_name("lookups", "", is_first);
    for (const struct explained_lookup *lookup = part->lookups; lookup != NULL; lookup = lookup->next) {
        (void)putchar(lookup == part->lookups ? '[' : ',');
        put_lookup(lookup);
    }
    (void)putchar(']');
}

static void put_captures(const struct explained *part, bool *is_first)
{
    if (part->capture_count == 0)
        return;
    put_name("captures", "", is_first);
    for (size_t i = 0; i < part->capture_count; i++) {
        bool is_first_inside = true;
        (void)fputs(i == 0 ? "[{" : ",{", stdout);
        put_value("value", &part->captures[i], &is_first_inside);
        (void)putchar('}');
    }
    (void)putchar(']');
}

static void put_place(const struct explained *part, bool *is_first)
{
    static const char *const parts[] = {
        [REXPAND_PART_STRING] = "string",     [REXPAND_PART_TEXT] = "text",
        [REXPAND_PART_VARIABLE] = "variable", [REXPAND_PART_CAPTURE] = "capture",
        [REXPAND_PART_SEQUENCE] = "sequence", [REXPAND_PART_ITEM] = "item",
        [REXPAND_PART_OPERATOR] = "operator", [REXPAND_PART_CONDITION] = "condition",
        [REXPAND_PART_MISTAKE] = "mistake",   [REXPAND_PART_LIST_ITEM] = "list item",
        [REXPAND_PART_FAIL] = "fail",         [REXPAND_PART_ABSENT] = "absent",
    };
    static const char *const roles[] = {
        [REXPAND_ROLE_PART] = "part",
        [REXPAND_ROLE_ARGUMENT] = "argument",
        [REXPAND_ROLE_CONDITION] = "condition",
        [REXPAND_ROLE_YES] = "yes",
        [REXPAND_ROLE_NO] = "no",
        [REXPAND_ROLE_EACH] = "each",
    };

    put_string("kind", parts[part->part], is_first);
    put_string("role", roles[part->role], is_first);
    put_size("number", part->number, is_first);
    put_text("name", &part->name, is_first);
    put_text("source", &part->source, is_first);
    put_size("offset", part->offset, is_first);
    put_flag("negated", part->is_negated, is_first);
    put_flag("constant", part->is_constant, is_first);
    put_flag("known", part->is_known, is_first);
    put_flag("skipped", part->is_skipped, is_first);
    if (part->dropped > 0)
        put_size("left_out_before", part->dropped, is_first);
    put_value("item", &part->item, is_first);
    put_value("so_far", &part->so_far, is_first);
}

static void put_result(const struct explained *part, bool *is_first)
{
    put_outcome(part->outcome, is_first);
    if (part->is_truth)
        put_truth("truth", part->truth, is_first);
    put_value("value", &part->value, is_first);
    put_string("message", part->message, is_first);
    if (part->message_offset != REXPAND_NO_OFFSET)
        put_size("message_offset", part->message_offset, is_first);
    put_flag("origin", part->is_origin, is_first);
    put_value("new_value", &part->new_value, is_first);
    if (part->seconds > 0)
        put_seconds(part->seconds, is_first);
}

static void put_part(const struct explained *part)
{
    bool is_first = true;

    (void)putchar('{');
    put_place(part, &is_first);
    if (part->is_left)
        put_result(part, &is_first);
    put_captures(part, &is_first);
    put_lookups(part, &is_first);
    if (part->first != NULL) {
        put_name("parts", "", &is_first);
        for (const struct explained *inner = part->first; inner != NULL; inner = inner->next) {
            (void)putchar(inner == part->first ? '[' : ',');
            put_part(inner);
        }
        (void)putchar(']');
    }
    (void)putchar('}');
}

void explain_print_json(const struct explained *root)
{
    put_part(root);
    (void)putchar('\n');
}
