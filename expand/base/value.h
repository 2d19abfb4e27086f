/* A value: bytes, how many, and which of them came from outside ("taint"). */

#ifndef REXPAND_BASE_VALUE_H
#define REXPAND_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct lookup_driver; /* only ever pointed to here: base knows no driver */

/* Bytes [begin, end) of a value came from outside. "quoter" is the lookup
   driver whose quote_ operator they passed, NULL when none. A span's end may lie
   beyond the value's end and means that end then, so that one constant span
   marks a whole value of any length. A span of no bytes says that an empty text
   from outside stands at that place: to Redis it is an argument all the same. */
struct taint_span {
    size_t begin;
    size_t end;
    const struct lookup_driver *quoter;
};

/* Bytes may hold anything, NUL too. One NUL stands behind the last byte
   wherever a value came out of a buffer, a variable or a constant; a slice has no
   such NUL. Spans are in ascending order and do not touch or overlap unless
   their quoters differ. Whoever hands a value on says how long the bytes live:
   mostly as long as the evaluation's arena. */
struct value {
    const char *bytes;
    size_t length;
    const struct taint_span *spans;
    size_t span_count;
};

/* The span list of a value that is tainted from end to end and not quoted. */
extern const struct taint_span taint_whole[1];

/* Clean text. */
#define VALUE_LITERAL(text) ((struct value){.bytes = (text), .length = sizeof(text) - 1})

static inline struct value value_clean(const char *bytes, size_t length)
{
    return (struct value){.bytes = bytes, .length = length};
}

static inline struct value value_tainted(const char *bytes, size_t length)
{
    return (struct value){.bytes = bytes, .length = length, .spans = taint_whole, .span_count = 1};
}

/* Clean, from a C string. */
struct value value_of_string(const char *text);

static inline bool value_is_tainted(const struct value *value)
{
    return value->span_count > 0;
}

/* Whether the byte at "position" is tainted. */
bool value_byte_is_tainted(const struct value *value, size_t position);

/* "length" bytes from "from" on, both cut to what there is, with their taint.
   The bytes are shared with "value"; spans are copied into "arena" only when some but
   not all of the bytes are tainted. If the arena has no room the whole slice is
   tainted, which is the safe mistake. */
static inline struct value value_slice(struct arena *arena, const struct value *value, size_t from,
                                       size_t length);

/* Without white space (space, \t, \n, \v, \f, \r) at both ends. */
struct value value_trim(struct arena *arena, const struct value *value);

/* The part of value_slice that is not for speed alone: from and length lie in
   the value, and some of its bytes are tainted. */
struct value value_slice_spans(struct arena *arena, const struct value *value, size_t from, size_t length);

static inline struct value value_slice(struct arena *arena, const struct value *value, size_t from,
                                       size_t length)
{
    if (from > value->length)
        from = value->length;
    if (length > value->length - from)
        length = value->length - from;
    if (value->span_count == 0 || length == 0)
        return value_clean(value->bytes + from, length);
    if (value->spans == taint_whole)
        return value_tainted(value->bytes + from, length);
    return value_slice_spans(arena, value, from, length);
}

/* Bytes equal, taint left aside. */
bool value_equal(const struct value *left, const struct value *right);
bool value_equals_text(const struct value *value, const char *text);

/* Bytes equal when ASCII letters' case is left aside. */
bool value_equal_caseless(const struct value *left, const struct value *right);

/* <0, 0, >0 by unsigned bytes; a prefix is less. Caseless: by the lower-case
   form of ASCII letters. */
int value_compare(const struct value *left, const struct value *right);
int value_compare_caseless(const struct value *left, const struct value *right);

/* ASCII only, whatever the locale: what configurations and Redis mean. */
static inline bool byte_is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static inline bool byte_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool byte_is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static inline bool byte_is_alnum(char byte)
{
    return byte_is_letter(byte) || byte_is_digit(byte);
}

static inline bool byte_is_print(char byte)
{
    return byte >= ' ' && byte <= '~';
}

static inline bool byte_is_punctuation(char byte)
{
    return byte > ' ' && byte <= '~' && !byte_is_alnum(byte);
}

static inline bool byte_is_control(char byte)
{
    return (unsigned char)byte < ' ' || byte == 127;
}

static inline char byte_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static inline char byte_upper(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - ('a' - 'A')) : byte;
}

#endif
