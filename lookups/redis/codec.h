/* Bytes from a Redis server made into replies. hiredis reads the protocol;
   this stands in front of it and lets no byte through that breaks a limit, so
   that a server cannot make it allocate or recurse without end. */

#ifndef REXPAND_LOOKUPS_REDIS_CODEC_H
#define REXPAND_LOOKUPS_REDIS_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"

enum redis_type {
    REDIS_BULK,
    REDIS_STATUS,
    REDIS_ERROR,
    REDIS_INTEGER,
    REDIS_NIL,
    REDIS_ARRAY,
    REDIS_BOOLEAN,
    REDIS_PUSH, /* an array that answers nothing: the server's own news */
};

/* RESP3's other types are those of RESP2 that they were before: a set is an array, a
   double, a big number and a verbatim string are bulks. */
struct redis_reply {
    enum redis_type type;
    bool is_map; /* an array of keys, each with its value behind it */
    union {
        struct {
            const char *bytes; /* bulk, status, error; a NUL stands behind them */
            size_t length;
        } text;
        struct {
            struct redis_reply *elements;
            size_t count;
        } array;
        long long integer; /* a boolean's is 0 or 1 */
    } as;
};

enum { REDIS_DEEPEST_REPLY = 7, REDIS_MOST_ELEMENTS = 1024 * 1024 };

/* hiredis' reader and what is known of the reply that is coming in. */
struct redis_codec {
    void *reader;
    size_t reply_limit; /* bytes of one reply */
    const char *problem;
    size_t left;                      /* bytes that this reply may still have */
    size_t elements;                  /* that it has announced so far */
    size_t depth;                     /* arrays that are open */
    size_t open[REDIS_DEEPEST_REPLY]; /* how many elements each still lacks */
    enum redis_scan {
        REDIS_SCAN_TYPE,
        REDIS_SCAN_LINE,
        REDIS_SCAN_NUMBER,
        REDIS_SCAN_LINE_END,
        REDIS_SCAN_BULK,
    } state;
    char type; /* the type byte of the line that is being read */
    bool is_negative;
    unsigned digits;
    unsigned long long number;
    size_t bulk_left; /* bytes, CR and LF among them */
};

enum redis_progress {
    REDIS_MORE,   /* all bytes were used, the reply is not complete */
    REDIS_REPLY,  /* there is a reply */
    REDIS_BROKEN, /* "problem" says what; the connection cannot be used again */
};

/* False: out of memory. */
bool redis_codec_open(struct redis_codec *codec, size_t reply_limit);
void redis_codec_close(struct redis_codec *codec);

/* Feeds bytes up to the end of one reply; "*used" says how many that were. The
   reply is built in "arena", which must be the same one from a reply's first byte
   to its last. */
enum redis_progress redis_codec_feed(struct redis_codec *codec, struct arena *arena, const char *bytes,
                                     size_t length, size_t *used, struct redis_reply **reply);

/* Whether no part of a reply has been read yet. */
static inline bool redis_codec_is_between_replies(const struct redis_codec *codec)
{
    return codec->state == REDIS_SCAN_TYPE && codec->depth == 0;
}

/* Whether the hiredis that this was built with reads RESP3. */
bool redis_codec_knows_resp3(void);

/* "hiredis 0.14.1" */
void redis_codec_version(struct buffer *out);

#endif
