#include "cli/shown.h"

#include <stdio.h>
#include <string.h>

size_t utf8_length(const char *bytes, size_t left, unsigned long *code)
{
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)bytes[0];
    size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    if (length == 0 || first > 0xF4 || left < length)
        return 0;
    *code = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)bytes[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | ((unsigned char)bytes[i] & 0x3F);
    }
    return *code < least[length] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF) ? 0 : length;
}

struct range {
    unsigned long from, to;
};

static bool is_in(const struct range *ranges, size_t count, unsigned long code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return false;
}

/* What is no character to be seen: controls, and what turns the direction of
   writing or has no width. */
static bool is_invisible(unsigned long code)
{
    static const struct range ranges[] = {{0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},
                                          {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
                                          {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

    return is_in(ranges, sizeof ranges / sizeof ranges[0], code);
}

/* East Asian characters and pictures take two columns, accents that go over the
   letter in front none. */
static size_t width_of(unsigned long code)
{
    static const struct range wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                                        {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                                        {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    static const struct range over[] = {{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};

    if (is_in(over, sizeof over / sizeof over[0], code))
        return 0;
    return is_in(wide, sizeof wide / sizeof wide[0], code) ? 2 : 1;
}

/* One character as it is shown. */
struct piece {
    char text[8];
    size_t columns;
    size_t used; /* bytes that it stands for */
};

static void escape(struct piece *piece, enum shown_as as, char byte)
{
    static const char controls[] = "\a\b\t\n\v\f\r\033";
    static const char letters[] = "abtnvfre";
    const char *control = byte == '\0' ? NULL : strchr(controls, byte);

    piece->used = 1;
    if (as == SHOWN_SOURCE && byte >= '\t' && byte <= '\r')
        (void)snprintf(piece->text, sizeof piece->text, " ");
    else if (control != NULL)
        (void)snprintf(piece->text, sizeof piece->text, "\\%c", letters[control - controls]);
    else
        (void)snprintf(piece->text, sizeof piece->text, "\\x%02x", (unsigned)(unsigned char)byte);
    piece->columns = strlen(piece->text);
}

static void next_piece(struct piece *piece, enum shown_as as, const char *bytes, size_t left)
{
    unsigned long code = 0;
    size_t length = utf8_length(bytes, left, &code);

    if (length == 0 || is_invisible(code)) {
        escape(piece, as, bytes[0]);
        return;
    }
    if (as == SHOWN_VALUE && (code == '"' || code == '\\')) {
        *piece = (struct piece){.text = {'\\', (char)code, '\0'}, .columns = 2, .used = 1};
        return;
    }
    memcpy(piece->text, bytes, length);
    piece->text[length] = '\0';
    piece->used = length;
    piece->columns = width_of(code);
}

size_t shown_columns(enum shown_as as, const char *bytes, size_t length, size_t most)
{
    struct piece piece;
    size_t columns = 0;

    for (size_t at = 0; at < length && columns <= most; at += piece.used) {
        next_piece(&piece, as, bytes + at, length - at);
        columns += piece.columns;
    }
    return columns;
}

size_t shown_print(enum shown_as as, const char *bytes, size_t length, size_t room)
{
    struct piece piece;
    size_t at = 0;

    for (; at < length; at += piece.used) {
        next_piece(&piece, as, bytes + at, length - at);
        if (piece.columns > room)
            break;
        room -= piece.columns;
        (void)fputs(piece.text, stdout);
    }
    return at;
}
