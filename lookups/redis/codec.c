#include "lookups/redis/codec.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

/* How a record of TLS begins (RFC 8446, section 5.1): no reply does. */
enum { TLS_ALERT = 21, TLS_HANDSHAKE = 22 };

enum { VERBATIM_PREFIX = 4 };

/* hiredis 0.14 reads RESP2 only and counts elements with int, 1.0 and later read RESP3
   and count with size_t. */
#if HIREDIS_MAJOR >= 1
#define KNOWS_RESP3 1
typedef size_t element_count;
#else
#define KNOWS_RESP3 0
typedef int element_count;
#endif

/* Where a reply that hiredis has found is to be put: the element of the array
   it belongs to, or a new root. */
static struct redis_reply *place(const redisReadTask *task, enum redis_type type)
{
    struct redis_reply *reply;

    if (task->parent != NULL && task->parent->obj != NULL) {
        struct redis_reply *array = task->parent->obj;
        if (task->idx < 0 || (size_t)task->idx >= array->as.array.count)
            return NULL;
        reply = &array->as.array.elements[task->idx];
    } else {
        reply = arena_alloc(task->privdata, sizeof *reply);
    }
    if (reply != NULL)
        *reply = (struct redis_reply){.type = type};
    return reply;
}

static void *create_text(const redisReadTask *task, char *bytes, size_t length)
{
    enum redis_type type = task->type == REDIS_REPLY_ERROR    ? REDIS_ERROR
                           : task->type == REDIS_REPLY_STATUS ? REDIS_STATUS
                                                              : REDIS_BULK;
    struct redis_reply *reply = place(task, type);

    if (reply == NULL)
        return NULL;
#if KNOWS_RESP3
    if (task->type == REDIS_REPLY_VERB) { /* behind "txt:", whose length hiredis has checked */
        bytes += VERBATIM_PREFIX;
        length -= VERBATIM_PREFIX;
    }
#endif
    reply->as.text.length = length;
    reply->as.text.bytes = arena_copy(task->privdata, bytes, length);
    return reply->as.text.bytes == NULL ? NULL : reply;
}

/* hiredis counts keys and values of a map. */
static void *create_array(const redisReadTask *task, element_count count)
{
    struct redis_reply *reply = place(task, REDIS_ARRAY);

    if (reply == NULL)
        return NULL;
#if KNOWS_RESP3
    if (task->type == REDIS_REPLY_PUSH)
        reply->type = REDIS_PUSH;
    reply->is_map = task->type == REDIS_REPLY_MAP;
#endif
    reply->as.array.count = (size_t)count;
    reply->as.array.elements = arena_calloc(task->privdata, (size_t)count, sizeof *reply);
    return reply->as.array.elements == NULL ? NULL : reply;
}

static void *create_integer(const redisReadTask *task, long long integer)
{
    struct redis_reply *reply = place(task, REDIS_INTEGER);

    if (reply != NULL)
        reply->as.integer = integer;
    return reply;
}

static void *create_nil(const redisReadTask *task)
{
    return place(task, REDIS_NIL);
}

#if KNOWS_RESP3
static void *create_double(const redisReadTask *task, double number, char *bytes, size_t length)
{
    (void)number;
    return create_text(task, bytes, length);
}

static void *create_boolean(const redisReadTask *task, int boolean)
{
    struct redis_reply *reply = place(task, REDIS_BOOLEAN);

    if (reply != NULL)
        reply->as.integer = boolean != 0;
    return reply;
}
#endif

/* Everything is the arena's. */
static void free_nothing(void *reply)
{
    (void)reply;
}

/* hiredis wants it writable and does not write to it: a copy in each codec
   would be as good, but it must outlive the reader. */
static const redisReplyObjectFunctions makers = {
    .createString = create_text,
    .createArray = create_array,
    .createInteger = create_integer,
    .createNil = create_nil,
#if KNOWS_RESP3
    .createDouble = create_double,
    .createBool = create_boolean,
#endif
    .freeObject = free_nothing,
};

static void expect_reply(struct redis_codec *codec)
{
    codec->state = REDIS_SCAN_TYPE;
    codec->left = codec->reply_limit;
    codec->elements = 0;
    codec->depth = 0;
}

bool redis_codec_open(struct redis_codec *codec, size_t reply_limit)
{
    *codec = (struct redis_codec){.reply_limit = reply_limit};
    expect_reply(codec);
    codec->reader = redisReaderCreateWithFunctions((redisReplyObjectFunctions *)(uintptr_t)&makers);
    return codec->reader != NULL;
}

void redis_codec_close(struct redis_codec *codec)
{
    if (codec->reader != NULL)
        redisReaderFree(codec->reader);
    codec->reader = NULL;
}

static bool broken(struct redis_codec *codec, const char *problem)
{
    codec->problem = problem;
    return false;
}

static bool too_large(struct redis_codec *codec)
{
    return broken(codec, "its reply is larger than redis_reply_limit");
}

/* An element is complete: so are all arrays whose last it was. True when that
   ends the reply. */
static bool end_element(struct redis_codec *codec)
{
    codec->state = REDIS_SCAN_TYPE;
    while (codec->depth > 0) {
        if (--codec->open[codec->depth - 1] > 0)
            return false;
        codec->depth--;
    }
    return true;
}

static bool scan_type(struct redis_codec *codec, char byte)
{
    codec->type = byte;
    codec->is_negative = false;
    codec->digits = 0;
    codec->number = 0;
    switch (byte) {
    case '+':
    case '-':
        codec->state = REDIS_SCAN_LINE;
        return true;
    case ':':
    case '$':
    case '*':
        codec->state = REDIS_SCAN_NUMBER;
        return true;
#if KNOWS_RESP3
    case ',':
    case '(':
    case '#':
    case '_':
        codec->state = REDIS_SCAN_LINE;
        return true;
    case '=':
    case '%':
    case '~':
    case '>':
        codec->state = REDIS_SCAN_NUMBER;
        return true;
#endif
    case TLS_ALERT:
    case TLS_HANDSHAKE:
        return broken(codec, "it speaks TLS on that port (rediss:// is with TLS)");
    default:
        return broken(codec, "it does not speak the Redis protocol");
    }
}

static bool scan_digit(struct redis_codec *codec, char byte)
{
    if (byte == '-' && codec->digits == 0 && !codec->is_negative) {
        codec->is_negative = true;
        return true;
    }
    if (byte == '\r' && codec->digits > 0) {
        codec->state = REDIS_SCAN_LINE_END;
        return true;
    }
    if (!byte_is_digit(byte) || codec->digits >= 19)
        return broken(codec, "it sent a number that is none");
    codec->digits++;
    codec->number = codec->number * 10 + (unsigned)(byte - '0');
    if (codec->number > (unsigned long long)LLONG_MAX + codec->is_negative)
        return broken(codec, "it sent a number that is too large");
    return true;
}

/* The length of a bulk string is known, before any of it is there. */
static bool begin_bulk(struct redis_codec *codec)
{
    if (codec->number > codec->left || codec->left - codec->number < 2)
        return too_large(codec);
    codec->bulk_left = (size_t)codec->number + 2;
    codec->state = REDIS_SCAN_BULK;
    return true;
}

/* An element takes three bytes at least: a count that cannot be true is refused
   before room is made for it. */
static bool begin_array(struct redis_codec *codec)
{
    if (codec->number > REDIS_MOST_ELEMENTS - codec->elements)
        return broken(codec, "its reply has too many elements");
    if (codec->number > codec->left / 3)
        return too_large(codec);
    if (codec->depth == REDIS_DEEPEST_REPLY)
        return broken(codec, "its reply has arrays too deep in arrays");
    codec->elements += (size_t)codec->number;
    codec->open[codec->depth++] = (size_t)codec->number;
    codec->state = REDIS_SCAN_TYPE;
    return true;
}

/* What the number of a line is: a value, bytes that follow, or elements. */
static bool is_bulk(char type)
{
    return type == '$' || type == '=';
}

static bool is_array(char type)
{
    return type == '*' || type == '%' || type == '~' || type == '>';
}

/* Only RESP2's nil has a length below zero. */
static bool may_be_nil(const struct redis_codec *codec)
{
    return codec->number == 1 && (codec->type == '$' || codec->type == '*');
}

/* LF behind a line's CR. "*ended" is set if that ends the reply. */
static bool scan_line_end(struct redis_codec *codec, char byte, bool *ended)
{
    bool has_length = is_bulk(codec->type) || is_array(codec->type);

    if (byte != '\n')
        return broken(codec, "it sent a line without an end");
    if (has_length && codec->is_negative && !may_be_nil(codec))
        return broken(codec, "it sent a negative length");
    if (is_bulk(codec->type) && !codec->is_negative)
        return begin_bulk(codec);
    if (codec->type == '%' && codec->number <= REDIS_MOST_ELEMENTS)
        codec->number *= 2;
    if (is_array(codec->type) && !codec->is_negative && codec->number > 0)
        return begin_array(codec);
    *ended = end_element(codec);
    return true;
}

static bool scan_line(struct redis_codec *codec, const char *bytes, size_t length, size_t *used)
{
    const char *end = memchr(bytes, '\r', length);

    *used = end == NULL ? length : (size_t)(end - bytes) + 1;
    if (end != NULL)
        codec->state = REDIS_SCAN_LINE_END;
    return true;
}

/* Content needs no look, the CR and LF behind it do. */
static bool scan_bulk(struct redis_codec *codec, const char *bytes, size_t length, size_t *used, bool *ended)
{
    if (codec->bulk_left > 2) {
        *used = length < codec->bulk_left - 2 ? length : codec->bulk_left - 2;
        codec->bulk_left -= *used;
        return true;
    }
    if (bytes[0] != (codec->bulk_left == 2 ? '\r' : '\n'))
        return broken(codec, "it sent a string without an end");
    *used = 1;
    if (--codec->bulk_left == 0)
        *ended = end_element(codec);
    return true;
}

static bool scan_step(struct redis_codec *codec, const char *bytes, size_t length, size_t *used, bool *ended)
{
    *used = 1;
    switch (codec->state) {
    case REDIS_SCAN_TYPE:
        return scan_type(codec, bytes[0]);
    case REDIS_SCAN_LINE:
        return scan_line(codec, bytes, length, used);
    case REDIS_SCAN_NUMBER:
        return scan_digit(codec, bytes[0]);
    case REDIS_SCAN_LINE_END:
        return scan_line_end(codec, bytes[0], ended);
    case REDIS_SCAN_BULK:
        return scan_bulk(codec, bytes, length, used, ended);
    }
    return false;
}

/* How many of the bytes may go to hiredis: all, or up to a reply's end. */
static bool scan(struct redis_codec *codec, const char *bytes, size_t length, size_t *used, bool *ended)
{
    *used = 0;
    *ended = false;
    while (*used < length && !*ended) {
        size_t step;
        if (!scan_step(codec, bytes + *used, length - *used, &step, ended))
            return false;
        if (step > codec->left)
            return too_large(codec);
        codec->left -= step;
        *used += step;
    }
    return true;
}

enum redis_progress redis_codec_feed(struct redis_codec *codec, struct arena *arena, const char *bytes,
                                     size_t length, size_t *used, struct redis_reply **reply)
{
    redisReader *reader = codec->reader;
    bool ended;
    void *made = NULL;

    if (!scan(codec, bytes, length, used, &ended))
        return REDIS_BROKEN;
    reader->privdata = arena;
    if (*used > 0 && redisReaderFeed(reader, bytes, *used) != REDIS_OK) {
        codec->problem = "there is no memory for its reply";
        return REDIS_BROKEN;
    }
    if (!ended)
        return REDIS_MORE;
    if (redisReaderGetReply(reader, &made) != REDIS_OK || made == NULL) {
        codec->problem = reader->err == REDIS_ERR_OOM ? "there is no memory for its reply"
                                                      : "it does not speak the Redis protocol";
        return REDIS_BROKEN;
    }
    expect_reply(codec);
    *reply = made;
    return REDIS_REPLY;
}

bool redis_codec_knows_resp3(void)
{
    return KNOWS_RESP3;
}

void redis_codec_version(struct buffer *out)
{
    buffer_format(out, "hiredis %d.%d.%d", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
}
